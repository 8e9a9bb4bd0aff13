"""Writing an announcement, reading it, and seeing who has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from sites.models import Announcement, Notice
from sites.notices.announcing import AnnouncementRefused, announce, managed_tenants
from sites.notices.listing import moment
from sites.notices.rights import announcements_seen_by, receipts_of
from sites.region_field import RegionField
from tenants.memberships import is_operator
from tenants.names import shown_name

RECEIPTS_PER_PAGE = 50


class AnnouncementForm(forms.Form):
    """Written by a site manager for one of the managed sites, by an operator for a region or everybody."""

    tenant = forms.ModelChoiceField(label=gettext_lazy("To the people of"), queryset=None, empty_label=None)
    region = RegionField(
        label=gettext_lazy("To all sites of the region"),
        required=False,
        help_text=gettext_lazy("The region's code or name, with everything below it. Empty: the whole platform."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    text = forms.CharField(
        label=gettext_lazy("Text of the announcement"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_operator(user):
            del self.fields["tenant"]
        else:
            del self.fields["region"]
            self.fields["tenant"].queryset = managed_tenants(user)
            self.fields["tenant"].label_from_instance = lambda tenant: tenant.name


def write(request: HttpRequest) -> HttpResponse:
    form = AnnouncementForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = announce(**form.cleaned_data, by=request.user)
        except AnnouncementRefused as refused:
            form.add_error(None, refused.say(_))
        else:
            messages.success(request, _("The announcement is on its way."))
            return redirect("govsites_notices:announcement", made.pk)
    context = {
        "form": form,
        "page_title": _("Write an announcement"),
        "header_title": _("Write an announcement"),
        "header_icon": "edit",
        "back_url": reverse("govsites_notices:list"),
    }
    return render(request, "govsites/notices/write.html", context)


def announcement(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Show an announcement to those it was sent to, and to site managers with the receipts of their people."""
    found = get_object_or_404(Announcement.objects.select_related("by", "region", "tenant"), pk=announcement_id)
    oversees = announcements_seen_by(request.user).filter(pk=found.pk).exists()
    own = Notice.objects.filter(announcement=found, user=request.user).exists()
    if not oversees and not own:
        raise Http404
    context: dict[str, Any] = {
        "announcement": found,
        "audience": audience_of(found),
        "page_title": _("Announcement"),
        "header_title": found.title,
        "header_icon": "bell",
        "back_url": reverse("govsites_notices:announcements" if oversees else "govsites_notices:list"),
    }
    if oversees:
        context |= _receipts(found, request)
    return render(request, "govsites/notices/announcement.html", context)


def _receipts(found: Announcement, request: HttpRequest) -> dict[str, Any]:
    rows = receipts_of(found, request.user)
    counts = rows.aggregate(all=Count("pk"), opened=Count("read_at"))
    only = request.GET.get("only") if request.GET.get("only") in {"opened", "unopened"} else ""
    if only:
        rows = rows.filter(read_at__isnull=only == "unopened")
    shown = rows.select_related("user", "tenant").order_by("tenant__code", "user_id")
    page = Paginator(shown, RECEIPTS_PER_PAGE).get_page(request.GET.get("p"))
    return {"receipts": page, "counts": counts, "only": only}


def audience_of(found: Announcement) -> str:
    """Return who an announcement was written to, in words."""
    if found.tenant is not None:
        return str(found.tenant.name)
    if found.region is not None:
        return _("%(region)s and below") % {"region": found.region.name}
    return _("The whole platform")


class AnnouncementListView(BaseListingView):
    """The announcements that reached the people of the sites a person manages, with how many have opened them."""

    template_name = "govsites/notices/list.html"
    page_title = gettext_lazy("Announcements sent")
    verbose_name_plural = gettext_lazy("announcements")
    header_icon = "history"
    model = Announcement
    paginate_by = 30
    default_ordering = "-at"
    index_url_name = "govsites_notices:announcements"
    index_results_url_name = "govsites_notices:announcements_results"
    columns = [
        TitleColumn(
            "title",
            label=gettext_lazy("Title"),
            get_url=lambda row: reverse("govsites_notices:announcement", args=[row.pk]),
        ),
        Column("audience", label=gettext_lazy("To"), accessor=audience_of),
        Column("by", label=gettext_lazy("From"), accessor=lambda row: shown_name(row.by)),
        Column("at", label=gettext_lazy("Time"), accessor=lambda row: moment(row.at)),
    ]

    def get_base_queryset(self) -> QuerySet[Announcement]:
        return announcements_seen_by(self.request.user).select_related("by", "tenant", "region")

    def order_queryset(self, queryset: QuerySet[Announcement]) -> QuerySet[Announcement]:
        return queryset.order_by("-at", "-pk")
