"""The desk's addresses, below /admin/desk/."""

from django.urls import path

from sites.desk import quota_pages, reading, supervision, views

urlpatterns = [
    path("", views.DeskView.as_view(), name="home"),
    path("columns/", views.ColumnsView.as_view(), name="columns"),
    path("columns/<int:column_id>/", views.ItemsView.as_view(), name="items"),
    path("sites/", supervision.SitesView.as_view(), name="sites"),
    path("sites/<int:tenant_id>/", reading.SiteView.as_view(), name="site"),
    path("items/<int:page_id>/", reading.ItemView.as_view(), name="item"),
    path("quotas/", quota_pages.QuotasView.as_view(), name="quotas"),
    path("quotas/<int:quota_id>/clear/", quota_pages.ClearQuotaView.as_view(), name="clear_quota"),
]
