"""The queue: what waits for me, what is open, what I submitted, what was decided."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import Button

from sites.models import Review, Stage
from sites.reach import reach_of
from sites.review import queue
from sites.working import working_tenant
from tenants.memberships import is_operator

PER_PAGE = 30
MINE, OPEN, SUBMITTED, CLOSED = "mine", "open", "submitted", "closed"
LABELS = {
    MINE: _("Waiting for me"),
    OPEN: _("All in review"),
    SUBMITTED: _("Submitted by me"),
    CLOSED: _("Decided"),
}


class ReviewFilterSet(WagtailFilterSet):
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=Stage.choices)
    urgent = django_filters.BooleanFilter(label=_("Urgent"))
    correction = django_filters.BooleanFilter(label=_("Correction of a published item"))

    class Meta:
        model = Review
        fields: list[str] = []


class ArticleColumn(TitleColumn):
    cell_template_name = "govsites/review/cells/article.html"


class WaitingColumn(Column):
    cell_template_name = "govsites/review/cells/waiting.html"

    def get_cell_context_data(self, instance: Review, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"review": instance, "late": queue.is_late(instance, timezone.now())}


class PersonColumn(Column):
    cell_template_name = "govsites/review/cells/person.html"


class StateColumn(Column):
    cell_template_name = "govsites/review/cells/state.html"


class QueueView(BaseListingView):
    template_name = "govsites/review/queue.html"
    results_template_name = "govsites/review/queue_results.html"
    page_title = _("Review")
    verbose_name_plural = _("articles")
    header_icon = "check"
    model = Review
    paginate_by = PER_PAGE
    is_searchable = True
    filterset_class = ReviewFilterSet
    index_url_name = "govsites_review:queue"
    index_results_url_name = "govsites_review:queue_results"
    columns = [
        ArticleColumn(
            "title", label=_("Article"), get_url=lambda review: reverse("govsites_review:detail", args=[review.pk])
        ),
        StateColumn("state", label=_("Stage")),
        PersonColumn("submitted_by", label=_("Submitted by")),
        WaitingColumn("waiting_since", label=_("Waiting")),
    ]

    @cached_property
    def reviews_tenants(self) -> frozenset[int] | None:
        """The tenants whose rounds the person may read beside the own ones: reviewers, managers and supervisors."""
        return reach_of(self.request.user).tenant_ids("review", "manage", "supervise")

    @cached_property
    def shown(self) -> str:
        asked = self.request.GET.get("show", "")
        if asked in self.tabs:
            return asked
        return MINE if MINE in self.tabs else SUBMITTED

    @cached_property
    def tabs(self) -> list[str]:
        user = self.request.user
        may_review = is_operator(user) or bool(reach_of(user).tenant_ids("review"))
        oversees = self.reviews_tenants is None or bool(self.reviews_tenants)
        return [
            *([MINE] if may_review else []),
            *([OPEN] if oversees else []),
            SUBMITTED,
            *([CLOSED] if oversees else []),
        ]

    def get_base_queryset(self) -> QuerySet[Review]:
        user = self.request.user
        if self.shown == MINE:
            return queue.waiting_for(user)
        if self.shown == OPEN:
            return queue.open_reviews(self.reviews_tenants)
        if self.shown == CLOSED:
            return queue.closed_reviews(self.reviews_tenants)
        return queue.submitted_by(user)

    def order_queryset(self, queryset: QuerySet[Review]) -> QuerySet[Review]:
        return queryset  # each list has its own order: the oldest first where something waits

    def search_queryset(self, queryset: QuerySet[Review]) -> QuerySet[Review]:
        return queryset.filter(title__icontains=self.search_query) if self.is_searching else queryset

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        tenant = working_tenant(self.request)
        if tenant is None or not reach_of(self.request.user).may_in("manage", tenant.pk):
            return []
        return [Button(_("Rules of review"), url=reverse("govsites_review:rules", args=[tenant.pk]), icon_name="cogs")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [{"name": name, "label": LABELS[name], "current": name == self.shown} for name in self.tabs]
        return super().get_context_data(**kwargs) | {
            "tabs": tabs,
            "shown": self.shown,
            "queue_url": reverse("govsites_review:queue"),
        }
