"""A person's own notices: list, filters, opening, marking as read, and the number for the bell."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import Button, HeaderButton

from sites.models import Notice, NoticeKind
from sites.notices.rights import may_announce
from sites.notices.unread import unread_of

PER_PAGE = 30


def moment(value: Any) -> str:
    """Return a moment the way the lists show it: 2026-11-20 09:30."""
    return date(timezone.localtime(value), "Y-m-d H:i") if value else ""


class NoticeFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=NoticeKind.choices, widget=forms.CheckboxSelectMultiple
    )
    unread = django_filters.BooleanFilter(
        label=gettext_lazy("Unread only"), method="filter_unread", widget=forms.CheckboxInput
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def filter_unread(self, rows: QuerySet[Notice], _name: str, value: bool) -> QuerySet[Notice]:
        return rows.filter(read_at=None) if value else rows


class NoticeColumn(TitleColumn):
    cell_template_name = "govsites/notices/notice_cell.html"


class NoticeListView(BaseListingView):
    """Shows the notices of the person who asks, within the person's reach; nobody else's."""

    template_name = "govsites/notices/list.html"
    results_template_name = "govsites/notices/list_results.html"
    page_title = gettext_lazy("Notices")
    verbose_name_plural = gettext_lazy("notices")
    header_icon = "bell"
    model = Notice
    paginate_by = PER_PAGE
    is_searchable = True
    default_ordering = "-at"
    filterset_class = NoticeFilterSet
    index_url_name = "govsites_notices:list"
    index_results_url_name = "govsites_notices:list_results"
    columns = [
        NoticeColumn(
            "text",
            label=gettext_lazy("Notice"),
            get_url=lambda notice: reverse("govsites_notices:read", args=[notice.pk]),
        ),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display", classname="notices-minor"),
        Column("tenant", label=gettext_lazy("Sub-site"), accessor="tenant.short_name", classname="notices-minor"),
        Column(
            "at",
            label=gettext_lazy("Time"),
            accessor=lambda notice: moment(notice.at),
            sort_key="at",
            classname="notices-at",
        ),
        Column(
            "read_at",
            label=gettext_lazy("Read at"),
            accessor=lambda notice: moment(notice.read_at) or "—",
            classname="notices-minor",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.filter(user=self.request.user).select_related("tenant")

    def order_queryset(self, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.order_by(self.ordering or self.default_ordering, "-pk")

    def search_queryset(self, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        return queryset.filter(text__icontains=self.search_query) if self.is_searching else queryset

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not may_announce(self.request.user):
            return []
        return [HeaderButton(_("Write an announcement"), url=reverse("govsites_notices:announce"), icon_name="edit")]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        if not may_announce(self.request.user):
            return []
        return [Button(_("Announcements sent"), url=reverse("govsites_notices:announcements"), icon_name="history")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"unread": unread_of(self.request.user)}


@require_GET
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Note that the person has opened the notice, and go where it leads."""
    notice = get_object_or_404(Notice.objects.filter(user=request.user), pk=notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return HttpResponseRedirect(notice.url or reverse("govsites_notices:list"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's notices as read."""
    done = Notice.objects.filter(user=request.user, read_at=None).update(read_at=timezone.now())
    messages.success(request, _("%(count)d notices marked as read.") % {"count": done})
    return redirect("govsites_notices:list")


@require_GET
@never_cache
def unread(request: HttpRequest) -> HttpResponse:
    """Answer {"unread": 3} to the bell, which asks every two minutes."""
    return JsonResponse({"unread": unread_of(request.user)})
