"""Addresses of column care, below /admin/columns/."""

from django.urls import path

from sites.columns import closing_pages, pages

urlpatterns = [
    path("", pages.of_working_site, name="mine"),
    path("<int:tenant_id>/", pages.CareView.as_view(), name="care"),
    path("<int:tenant_id>/add/", pages.AddView.as_view(), name="add"),
    path("<int:tenant_id>/slug/", pages.SlugView.as_view(), name="slug"),
    path("<int:tenant_id>/appearance/", pages.AppearanceView.as_view(), name="appearance"),
    path("column/<int:column_id>/", pages.ChangeView.as_view(), name="change"),
    path("column/<int:column_id>/move/<slug:direction>/", pages.MoveView.as_view(), name="move"),
    path("column/<int:column_id>/close/", closing_pages.CloseView.as_view(), name="close"),
    path("column/<int:column_id>/reopen/", closing_pages.ReopenView.as_view(), name="reopen"),
]
