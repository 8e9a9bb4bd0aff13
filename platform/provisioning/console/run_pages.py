"""Runs (运行记录): the list of them, and of each the plan, the confirmation, the progress and the receipt."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from provisioning import tasks
from provisioning.console import export, queries
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.forms import NEW_STATUSES
from provisioning.models import ProvisioningRun, RunStatus
from provisioning.runs import RunError
from sites.downloads import CONTENT_TYPES, download

PER_PAGE = 50
# The list itself may be large: never read it to show a page.
RUNS = ProvisioningRun.objects.defer("data").select_related("started_by")
COUNT_LABELS = {
    "create": gettext_lazy("To open"),
    "change": gettext_lazy("To change"),
    "created": gettext_lazy("Opened"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("Unchanged"),
    "failed": gettext_lazy("Failed"),
    "refused": gettext_lazy("Refused"),
    "warnings": gettext_lazy("With warnings"),
    "open": gettext_lazy("Still to do"),
}


class CountsColumn(Column):
    cell_template_name = "provisioning/tables/counts_cell.html"

    def get_cell_context_data(self, instance: ProvisioningRun, parent_context: Any) -> dict[str, Any]:
        counts = [(COUNT_LABELS[name], count, name) for name, count in instance.counts.items() if count]
        return super().get_cell_context_data(instance, parent_context) | {"counts": counts}


class RunStatusColumn(Column):
    cell_template_name = "provisioning/tables/run_status_cell.html"

    def get_cell_context_data(self, instance: ProvisioningRun, parent_context: Any) -> dict[str, Any]:
        stands_still = instance.status == RunStatus.RUNNING and queries.is_interrupted(instance)
        return super().get_cell_context_data(instance, parent_context) | {"interrupted": stands_still}


class RunListView(OperatorOnly, BaseListingView):
    template_name = "provisioning/run_list.html"
    results_template_name = "provisioning/run_list_results.html"
    page_title = gettext_lazy("Runs")
    verbose_name_plural = gettext_lazy("runs")
    header_icon = "history"
    paginate_by = PER_PAGE
    default_ordering = "-pk"
    index_url_name = "provisioning:runs"
    index_results_url_name = "provisioning:runs_results"
    columns = [
        TitleColumn("source_name", label=gettext_lazy("List of sub-sites"), url_name="provisioning:run"),
        Column("pk", label=gettext_lazy("Run"), width="6%"),
        RunStatusColumn("status", label=gettext_lazy("Status")),
        CountsColumn("counts", label=gettext_lazy("Rows")),
        Column("started_by", label=gettext_lazy("By"), accessor=lambda run: person(run.started_by)),
        DateColumn("created_at", label=gettext_lazy("Handed in")),
    ]

    def get_base_queryset(self) -> QuerySet[ProvisioningRun]:
        return RUNS.all()

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Open sub-sites"), url=reverse("provisioning:upload"), icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"upload_url": reverse("provisioning:upload")}


def person(user: Any) -> str:
    """Return a person's name as the console shows it, a Chinese one in its own order; nobody is the command line."""
    if user is None:
        return _("command line")
    chinese = f"{user.last_name}{user.first_name}"
    return (user.get_full_name() if chinese.isascii() else chinese) or user.get_username()


class RunPage(OperatorOnly, WagtailAdminTemplateMixin):
    header_icon = "history"

    @cached_property
    def run(self) -> ProvisioningRun:
        return get_object_or_404(RUNS, pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def page_url(self) -> str:
        return reverse("provisioning:run", args=[self.run.pk])


class RunView(RunPage, TemplateView):
    """The plan while nothing has begun, the progress while it runs, the receipt afterwards."""

    template_name = "provisioning/run.html"

    def get_page_title(self) -> str:
        return _("Run %(number)s") % {"number": self.run.pk}

    def get_page_subtitle(self) -> str:
        return self.run.source_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs(
            (_("Runs"), reverse("provisioning:runs")), (f"{self.get_page_title()}：{self.run.source_name}", "")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        planned = run.status == RunStatus.PLANNED
        chosen = self.request.GET.get("show", "")
        rows = queries.rows_of(run, chosen)
        page = WagtailPaginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        interrupted = queries.is_interrupted(run)
        return super().get_context_data(**kwargs) | {
            "run": run,
            "planned": planned,
            "interrupted": interrupted,
            "running": run.status == RunStatus.RUNNING and not interrupted,
            "pace": queries.pace_of(run),
            "facts": self.facts(),
            "tabs": self.tabs(chosen, planned=planned),
            "chosen": chosen,
            "work": sum(run.counts.get(name, 0) for name in ("create", "change")),
            "problems": run.counts.get("refused", 0) + run.counts.get("failed", 0),
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "person": person(run.started_by),
            "state_url": reverse("provisioning:run_state", args=[run.pk]),
            "twin": self.twin() if planned else None,
            "field_labels": queries.label_of_field,
        }

    def facts(self) -> list[tuple[str, Any]]:
        options = self.run.options
        return [
            (_("Host pattern"), options.get("host_pattern") or "—"),
            (_("State of new sites"), dict(NEW_STATUSES).get(options.get("status", ""), options.get("status"))),
            (_("Optional columns"), _("yes") if options.get("with_optional") else _("no")),
        ]

    def tabs(self, chosen: str, *, planned: bool) -> list[dict[str, Any]]:
        counts = dict(self.run.counts)
        names = queries.ROW_FILTERS if planned else queries.OUTCOME_FILTERS
        if planned:
            counts["warnings"] = queries.rows_of(self.run, "warnings").count()
        else:
            counts["open"] = max(0, self.run.total - self.run.done)
        tabs = [{"name": "", "label": _("All rows"), "count": self.run.total}]
        tabs += [{"name": name, "label": COUNT_LABELS[name], "count": counts.get(name, 0)} for name in names]
        return [tab | {"current": tab["name"] == chosen} for tab in tabs if tab["count"] or tab["name"] in ("", chosen)]

    def twin(self) -> ProvisioningRun | None:
        """Return an earlier run of the very same list, so that a second operator is told."""
        return (
            RUNS.filter(file_hash=self.run.file_hash, pk__lt=self.run.pk)
            .exclude(status=RunStatus.PLANNED)
            .order_by("-pk")
            .first()
        )


class StartView(RunPage, View):
    """Begin a planned run, or take an interrupted one up again; a second click finds it begun."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if queries.claim(self.run.pk, by=request.user):
            tasks.apply_provisioning_run.enqueue(self.run.pk, request.user.pk)
        else:
            messages.info(request, _("This run has begun already."))
        return HttpResponseRedirect(self.page_url())


class DiscardView(RunPage, View):
    """Throw away a list that was never started. What has begun stays in the record."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deleted, _details = ProvisioningRun.objects.filter(pk=self.run.pk, status=RunStatus.PLANNED).delete()
        if not deleted:
            messages.error(request, _("This run has begun and stays in the record."))
            return HttpResponseRedirect(self.page_url())
        messages.success(request, _("The list “%(name)s” was discarded.") % {"name": self.run.source_name})
        return HttpResponseRedirect(reverse("provisioning:upload"))


class StateView(RunPage, View):
    """The state of a run as JSON, for the page that watches it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = get_object_or_404(RUNS, pk=kwargs["pk"])
        pace = queries.pace_of(run)
        interrupted = queries.is_interrupted(run)
        return JsonResponse(
            {
                "status": run.status,
                "over": run.status != RunStatus.RUNNING or interrupted,
                "done": pace.done,
                "total": pace.total,
                "percent": pace.percent,
                "text": progress_text(run, pace),
                "counts": {name: count for name, count in run.counts.items() if count},
            }
        )


def progress_text(run: ProvisioningRun, pace: queries.Pace) -> str:
    """Return "1,200 of 2,157 rows; 60 a second; 16 seconds to go" as far as it is known."""
    if run.started_at is None:
        return _("Waiting for a worker to take it.")
    parts = [_("%(done)d of %(total)d rows") % {"done": pace.done, "total": pace.total}]
    if pace.rate is not None:
        parts.append(_("%(rate).0f a second") % {"rate": pace.rate})
    if pace.seconds_left:
        parts.append(_("about %(seconds)d seconds to go") % {"seconds": pace.seconds_left})
    return " · ".join(parts)


class RowsView(RunPage, View):
    """The run's list with a column for problems: ?form=csv|xlsx, ?all=1 for every row."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("form", "xlsx")
        if form not in CONTENT_TYPES:
            raise Http404
        run = get_object_or_404(ProvisioningRun, pk=kwargs["pk"])
        only_problems = not request.GET.get("all")
        try:
            headers, rows = export.run_table(run, only_problems=only_problems)
        except RunError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.page_url())
        return download(form, f"run-{run.pk}{'-problems' if only_problems else ''}", headers, rows)
