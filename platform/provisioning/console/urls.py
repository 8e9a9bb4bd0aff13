"""The console's addresses, below /admin/platform/."""

from django.urls import path

from provisioning.console import detail, listing, lookups, provision, rollout_choice, rollout_pages, run_pages, steps

urlpatterns = [
    path("sites/", listing.SiteListView.as_view(), name="sites"),
    path("sites/results/", listing.SiteListView.as_view(results_only=True), name="sites_results"),
    path("site/<slug:code>/", detail.SiteDetailView.as_view(), name="site"),
    path("site/<slug:code>/edit/", detail.AmendView.as_view(), name="site_edit"),
    path("site/<slug:code>/step/<slug:action>/", steps.StepView.as_view(), name="site_step"),
    path("open/", provision.UploadView.as_view(), name="upload"),
    path("open/one/", provision.SingleView.as_view(), name="single"),
    path("open/template.xlsx", provision.EmptyListView.as_view(), name="empty_list"),
    path("runs/", run_pages.RunListView.as_view(), name="runs"),
    path("runs/results/", run_pages.RunListView.as_view(results_only=True), name="runs_results"),
    path("runs/<int:pk>/", run_pages.RunView.as_view(), name="run"),
    path("runs/<int:pk>/start/", run_pages.StartView.as_view(), name="run_start"),
    path("runs/<int:pk>/discard/", run_pages.DiscardView.as_view(), name="run_discard"),
    path("runs/<int:pk>/state.json", run_pages.StateView.as_view(), name="run_state"),
    path("runs/<int:pk>/rows/", run_pages.RowsView.as_view(), name="run_rows"),
    path("templates/", rollout_pages.FleetView.as_view(), name="rollouts"),
    path("templates/preview/", rollout_choice.PreviewView.as_view(), name="rollout_preview"),
    path("templates/<int:pk>/", rollout_pages.RollOutView.as_view(), name="rollout"),
    path("templates/<int:pk>/state.json", rollout_pages.RollOutStateView.as_view(), name="rollout_state"),
    path("templates/<int:pk>/<slug:action>/", rollout_pages.RollOutActionView.as_view(), name="rollout_action"),
    path("lookup/tenants/", lookups.TenantLookup.as_view(), name="lookup_tenants"),
    path("lookup/regions/", lookups.RegionLookup.as_view(), name="lookup_regions"),
]
