"""The checks' addresses, below /admin/checks/."""

from django.urls import path

from sites.checks import list_views, views

urlpatterns = [
    path("page/<int:page_id>/", views.page, name="page"),
    path("page/<int:page_id>/apply/", views.apply, name="apply"),
    path("page/<int:page_id>/ignore/", views.ignore, name="ignore"),
    path("<slug:kind>/import/", list_views.import_view, name="import"),
    path("<slug:kind>/export.<slug:form>", list_views.export, name="export"),
]
