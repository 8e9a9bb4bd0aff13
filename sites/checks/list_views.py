"""The operator's pages for the lists: paged and searched, edited one by one, taken in and out as a table."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from sites.checks import importing
from sites.models import LeaderName, ListUpload, Severity, WordRule
from sites.region_field import RegionField
from tenants.digits import whole
from tenants.memberships import is_operator
from tenants.tables import MAX_FILE_BYTES, TableError
from tenants.tables.export import write_csv, write_xlsx

PER_PAGE = 50
PROBLEMS_SHOWN = 200
WRITERS = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
INDEX = {"words": "govsites_words:index", "leaders": "govsites_leaders:index"}


class ListIndexView(generic.IndexView):
    """Wagtail's list with ways to import and export."""

    kind = ""

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [
            Button(_("Import a table"), url=reverse("govsites_checks:import", args=[self.kind]), icon_name="upload"),
            Button(_("Download XLSX"), url=_export_url(self.kind, "xlsx"), icon_name="download"),
            Button(_("Download CSV"), url=_export_url(self.kind, "csv"), icon_name="download"),
        ]


def _export_url(kind: str, form: str) -> str:
    return reverse("govsites_checks:export", args=[kind, form])


class WordIndexView(ListIndexView):
    kind = "words"
    page_title = gettext_lazy("Word list")


class LeaderIndexView(ListIndexView):
    kind = "leaders"
    page_title = gettext_lazy("Leaders' names")

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("region")


class WordForm(WagtailAdminModelForm):
    class Meta:
        model = WordRule
        fields = ("word", "replacement", "severity", "note")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("word") and cleaned.get("word") == cleaned.get("replacement"):
            self.add_error("replacement", _("Write something else than the word itself, or leave it empty."))
        return cleaned


class LeaderForm(WagtailAdminModelForm):
    region = RegionField(
        label=gettext_lazy("Region"),
        required=False,
        help_text=gettext_lazy("Code or name. Sites of this region and below know the leader. Empty: all sites."),
    )

    class Meta:
        model = LeaderName
        fields = ("name", "post", "region", "rank")
        labels = {"name": pgettext_lazy("of a person", "Name")}


class WordFilterSet(WagtailFilterSet):
    severity = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Severity"), choices=Severity.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WordRule
        fields: list[str] = []


class ListViewSet(ModelViewSet):
    """What both lists share. Only operators come here (sites/doors)."""

    list_per_page = PER_PAGE
    copy_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None  # plain database search: the lists are not in the search index

    def get_menu_item(self, order: int | None = None) -> Any:
        item = super().get_menu_item(order)
        item.is_shown = lambda request: is_operator(request.user)
        return item


class WordViewSet(ListViewSet):
    model = WordRule
    name = "govsites_words"
    url_prefix = "checks/words"
    menu_label = gettext_lazy("Word list")
    icon = "check-text"
    index_view_class = WordIndexView
    filterset_class = WordFilterSet
    search_fields = ["word", "replacement", "note"]
    list_display = [
        "word",
        "replacement",
        Column("severity", accessor="get_severity_display", sort_key="severity"),
        "note",
    ]
    ordering = ["word"]

    def get_form_class(self, for_update: bool = False) -> type[WordForm]:
        return WordForm


class LeaderViewSet(ListViewSet):
    model = LeaderName
    name = "govsites_leaders"
    url_prefix = "checks/leaders"
    menu_label = gettext_lazy("Leaders' names")
    icon = "user"
    index_view_class = LeaderIndexView
    search_fields = ["name", "post"]
    list_display = [
        TitleColumn(
            "name",
            label=pgettext_lazy("of a person", "Name"),
            sort_key="name",
            get_url=lambda row: reverse("govsites_leaders:edit", args=[row.pk]),
        ),
        "post",
        Column("region", label=gettext_lazy("Region"), accessor="region.name"),
        "rank",
    ]
    ordering = ["rank", "id"]

    def get_form_class(self, for_update: bool = False) -> type[LeaderForm]:
        return LeaderForm


class ListGroup(ViewSetGroup):
    items = (WordViewSet("govsites_words"), LeaderViewSet("govsites_leaders"))
    menu_label = gettext_lazy("Lists for checks")
    menu_icon = "check-text"
    menu_order = 60

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        item = super().get_menu_item(order)
        item.is_shown = lambda request: is_operator(request.user)
        return item


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Table (XLSX or CSV, up to 50,000 rows)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(
                _("The file is over %(limit)d MB. Split it.") % {"limit": MAX_FILE_BYTES // 2**20}
            )
        return file


def import_view(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a table in: first a trial that says what would happen, then (`upload` names the table kept) for good."""
    if kind not in importing.KINDS:
        raise Http404
    if request.method == "POST" and "upload" in request.POST:
        return _carry_out(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    title = _("Import: word list") if kind == "words" else _("Import: leaders' names")
    context: dict[str, Any] = {
        "form": form,
        "page_title": title,
        "header_title": title,
        "header_icon": "upload",
        "index_url": reverse(INDEX[kind]),
        "headers": importing.exported(kind)[0],
        "kind": kind,
    }
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        try:
            outcome = importing.import_list(kind, data, file.name, dry_run=True)
        except TableError as error:
            form.add_error("file", _(error.msgid) % error.params)
        else:
            context |= {
                "outcome": outcome,
                "said": [problem.say(_) for problem in outcome.problems[:PROBLEMS_SHOWN]],
                "upload": importing.keep_for_later(kind, data, file.name, request.user),
            }
    return render(request, "govsites/checks/import.html", context)


def _carry_out(request: HttpRequest, kind: str) -> HttpResponse:
    chosen = request.POST["upload"]
    waiting = ListUpload.objects.filter(kind=kind, by=request.user)
    upload = get_object_or_404(waiting, pk=whole(chosen) or 0)
    outcome = importing.import_list(kind, bytes(upload.content), upload.name, dry_run=False)
    upload.delete()
    messages.success(
        request,
        _("%(added)d added, %(changed)d changed, %(unchanged)d unchanged, %(faulty)d left out.")
        % {
            "added": outcome.added,
            "changed": outcome.changed,
            "unchanged": outcome.unchanged,
            "faulty": outcome.faulty,
        },
    )
    return redirect(INDEX[kind])


@require_GET
def export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """Hand the whole list out as a table that can be taken in again."""
    if kind not in importing.KINDS or form not in WRITERS:
        raise Http404
    write, content_type = WRITERS[form]
    answer = HttpResponse(write(*importing.exported(kind)), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{timezone.localdate():%Y%m%d}.{form}"'
    return answer
