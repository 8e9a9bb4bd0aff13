"""Addresses of the review, below /admin/review/."""

from django.urls import path

from sites.review.views import decide, lists, rules, submission

urlpatterns = [
    path("", lists.QueueView.as_view(), name="queue"),
    path("results/", lists.QueueView.as_view(results_only=True), name="queue_results"),
    path("<int:review_id>/", decide.DetailView.as_view(), name="detail"),
    path("<int:review_id>/preview/<str:which>/", decide.preview, name="preview"),
    path("submit/<int:page_id>/", submission.SubmitView.as_view(), name="submit"),
    path("withdraw/<int:page_id>/", submission.WithdrawView.as_view(), name="withdraw"),
    path("rules/<int:tenant_id>/", rules.RulesView.as_view(), name="rules"),
]
