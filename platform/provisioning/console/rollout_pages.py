"""Column templates (栏目模板): the fleet by version, the preview of a roll-out, its waves, stopping and taking back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from provisioning import rollouts, tasks
from provisioning.console import fleet, queries
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.listing import TenantFilterSet
from provisioning.console.run_pages import person
from provisioning.models import UNFINISHED, RollOut, RollOutStatus, SiteOutcome
from provisioning.rollout_preview import RollOutError, Scope
from sites.templates_library import library
from tenants.models import Status, Tenant, TenantKind

PER_PAGE = 50
SHOWN_STEPS = 200
STEP_LABELS = {
    "add": gettext_lazy("New column"),
    "move": gettext_lazy("Moved"),
    "kind": gettext_lazy("Other kind"),
    "retitle": gettext_lazy("New title"),
    "reorder": gettext_lazy("New order"),
    "attribute": gettext_lazy("Other rule"),
    "retire": gettext_lazy("Retired"),
    "revive": gettext_lazy("Taken up again"),
    "stamp": gettext_lazy("Only the version is noted"),
    "kept": gettext_lazy("Local differences kept"),
    "set_back": gettext_lazy("Local differences set back"),
    "removed": gettext_lazy("Removed again"),
}
FIELD_LABELS = {
    "column": gettext_lazy("the column itself"),
    "title": gettext_lazy("title"),
    "position": gettext_lazy("order"),
    "show_in_menus": gettext_lazy("menu"),
    "intro": gettext_lazy("description"),
    "keywords": gettext_lazy("keywords"),
    "responsible": gettext_lazy("responsible unit"),
    "kind": gettext_lazy("kind"),
    "parent_code": gettext_lazy("parent column"),
    "mandatory": gettext_lazy("mandatory"),
    "update_within_days": gettext_lazy("update limit"),
    "disclosure": gettext_lazy("disclosure node"),
    "column_type": gettext_lazy("column type tag"),
    "keeper": gettext_lazy("keeping"),
    "live": gettext_lazy("published"),
    "slug": gettext_lazy("address"),
}


def counted(counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(STEP_LABELS.get(name, name), count) for name, count in counts.items() if count]


class FleetView(OperatorOnly, WagtailAdminTemplateMixin, TemplateView):
    template_name = "provisioning/rollouts.html"
    page_title = gettext_lazy("Column templates")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs((_("Column templates"), ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = RollOut.objects.select_related("started_by")
        page = WagtailPaginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        kinds = fleet.fleet()
        sites = sum(line.sites for line in kinds)
        mean = sum(line.sites * (line.conformance or 0) for line in kinds) / sites if sites else None
        return super().get_context_data(**kwargs) | {
            "kinds": kinds,
            "sites": sites,
            "conformance": mean,
            "below": sum(line.below for line in kinds),
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "lines": [(rollout, kind_label(rollout.kind), person(rollout.started_by)) for rollout in page],
            "unfinished": {rollout.kind for rollout in page if rollout.status in UNFINISHED},
        }


def kind_label(kind: str) -> str:
    return str(dict(TenantKind.choices).get(kind, kind))


class Selection:
    """Which sub-sites a preview is for: ?code=… chosen one by one, ?all=1 with the list's filters, or a whole kind."""

    def __init__(self, request: HttpRequest) -> None:
        self.query = request.GET.copy()
        self.codes = self.query.getlist("code")
        self.by_filter = bool(self.query.get("all"))

    @property
    def is_whole_kind(self) -> bool:
        return not self.codes and not self.by_filter

    def tenants(self) -> Any:
        rows = Tenant.objects.exclude(status=Status.CLOSED)
        if self.by_filter:
            rows = queries.search(rows, self.query.get("q", ""))
            filters = TenantFilterSet(self.query)
            return filters.filter_queryset(rows) if filters.is_valid() else rows.none()
        return rows.filter(code__in=self.codes) if self.codes else rows


class PreviewView(OperatorOnly, WagtailAdminTemplateMixin, TemplateView):
    """GET chooses kind and version (?for=county&to=4) and shows what would change; POST begins the roll-out."""

    template_name = "provisioning/rollout_preview.html"
    page_title = gettext_lazy("Roll out a template")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs((_("Column templates"), reverse("provisioning:rollouts")), (_("Roll out a template"), ""))

    @cached_property
    def selection(self) -> Selection:
        return Selection(self.request)

    @cached_property
    def kinds(self) -> list[tuple[str, str, int]]:
        """Kinds that are chosen, with label and number of sub-sites."""
        found = self.selection.tenants().order_by().values_list("kind", flat=True)
        counts: dict[str, int] = {}
        for kind in found:
            counts[kind] = counts.get(kind, 0) + 1
        return [(kind, str(label), counts[kind]) for kind, label in TenantKind.choices if kind in counts]

    def chosen_kind(self) -> str:
        kind = self.request.GET.get("for", "")
        known = [name for name, _label, _count in self.kinds]
        return kind if kind in known else known[0] if len(known) == 1 else ""

    def scope(self, kind: str) -> Scope:
        versions = library().versions(kind)
        asked = self.request.GET.get("to", "")
        version = int(asked) if asked.isdigit() and int(asked) in versions else max(versions)
        codes = () if self.selection.is_whole_kind else self.codes(kind)
        return Scope(kind, version, codes, "", bool(self.request.GET.get("with_optional")))

    def codes(self, kind: str) -> tuple[str, ...]:
        return tuple(self.selection.tenants().filter(kind=kind).order_by("code").values_list("code", flat=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.chosen_kind()
        context = super().get_context_data(**kwargs) | {
            "kinds": self.kinds,
            "kind": kind,
            "kind_label": kind_label(kind),
            "hidden": [
                (name, value)
                for name, values in self.selection.query.lists()
                for value in values
                if name not in {"for", "to", "with_optional", "p", "_w_filter_fragment"}
            ],
            "preview_url": reverse("provisioning:rollout_preview"),
            "sites_url": reverse("provisioning:sites"),
        }
        if not kind:
            return context
        scope = self.scope(kind)
        context |= {"scope": scope, "versions": sorted(library().versions(kind), reverse=True)}
        try:
            planned = rollouts.preview(scope)
        except RollOutError as error:
            return context | {"error": str(error)}
        page = WagtailPaginator(planned.sites, PER_PAGE).get_page(self.request.GET.get("p"))
        template = scope.template()
        return context | {
            "planned": planned,
            "from_versions": planned.from_versions.items(),
            "steps": [(self.step_line(step, template), count) for step, count in planned.steps[:SHOWN_STEPS]],
            "more_steps": max(0, len(planned.steps) - SHOWN_STEPS),
            "differences": [
                (title_in(template, code), FIELD_LABELS.get(name, name), kept, count)
                for (code, name, kept), count in planned.differences[:SHOWN_STEPS]
            ],
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "lines": [(site, counted(site.counts)) for site in page],
            "codes": " ".join(scope.tenants),
            "other": rollouts.unfinished(kind),
        }

    @staticmethod
    def step_line(step: Any, template: Any) -> dict[str, Any]:
        name = title_in(template, step.code)
        return {
            "label": STEP_LABELS.get(step.group, step.group),
            "column": step.new if step.group == "add" else step.old if step.group == "retire" else name,
            "field": FIELD_LABELS.get(step.field, step.field),
            "old": step.old if step.field else None,
            "new": step.new if step.field else None,
            "group": step.group,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StartForm(request.POST)
        if not form.is_valid():
            messages.validation_error(request, _("The roll-out was not begun."), form)
            return HttpResponseRedirect(request.get_full_path())
        values = form.cleaned_data
        scope = Scope(values["kind"], values["to_version"], tuple(values["codes"].split()), "", values["with_optional"])
        try:
            rollout = rollouts.start(scope, by=request.user, wave_size=values["wave_size"])
        except RollOutError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())
        messages.success(request, _("The roll-out is recorded; nothing has changed yet. Begin its first wave."))
        return HttpResponseRedirect(reverse("provisioning:rollout", args=[rollout.pk]))


def title_in(template: Any, code: str) -> str:
    spec = template.by_code.get(code)
    return spec.title if spec else code


class StartForm(forms.Form):
    """What the preview hands over: the very sub-sites that it showed."""

    kind = forms.ChoiceField(choices=TenantKind.choices)
    to_version = forms.IntegerField(min_value=1)
    codes = forms.CharField(required=False)
    with_optional = forms.BooleanField(required=False)
    wave_size = forms.RegexField(r"^([1-9][0-9]{0,5}%?|all)$", label=gettext_lazy("Size of a wave"))


class RollOutPage(OperatorOnly, WagtailAdminTemplateMixin):
    header_icon = "list-ul"

    @cached_property
    def rollout(self) -> RollOut:
        return get_object_or_404(RollOut.objects.select_related("started_by"), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def page_url(self) -> str:
        return reverse("provisioning:rollout", args=[self.rollout.pk])

    def get_page_title(self) -> str:
        values = {"kind": kind_label(self.rollout.kind), "version": self.rollout.to_version}
        return _("%(kind)s to version %(version)s") % values

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = ((_("Column templates"), reverse("provisioning:rollouts")), (self.get_page_title(), self.page_url()))
        return crumbs(*steps)


class RollOutView(RollOutPage, TemplateView):
    template_name = "provisioning/rollout.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rollout = self.rollout
        standing = fleet.standing_of(rollout)
        chosen = self.request.GET.get("show", "")
        page = WagtailPaginator(fleet.sites_of(rollout, chosen), PER_PAGE).get_page(self.request.GET.get("p"))
        interrupted = fleet.is_interrupted(rollout)
        running = rollout.status == RollOutStatus.RUNNING and not interrupted
        labels = dict(SiteOutcome.choices)
        return super().get_context_data(**kwargs) | {
            "rollout": rollout,
            "standing": standing,
            "running": running,
            "interrupted": interrupted,
            "can_go_on": not running and (rollout.status in UNFINISHED) and standing.waiting > 0,
            "can_undo": not running and standing.can_undo,
            "can_end": not running and rollout.status in UNFINISHED,
            "person": person(rollout.started_by),
            "waves": [
                (wave, [(labels[name], count, name) for name, count in wave.outcomes.items()])
                for wave in standing.waves
            ],
            "tabs": self.tabs(standing, chosen),
            "chosen": chosen,
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "lines": [(site, counted(site.counts)) for site in page],
            "state_url": reverse("provisioning:rollout_state", args=[rollout.pk]),
        }

    @staticmethod
    def tabs(standing: fleet.Standing, chosen: str) -> list[dict[str, Any]]:
        open_ones = standing.waiting - standing.outcomes.get(SiteOutcome.UNDONE, 0)
        tabs = [{"name": "", "label": _("All sub-sites"), "count": sum(standing.outcomes.values()) + open_ones}]
        tabs += [{"name": "open", "label": _("Still to do"), "count": open_ones}]
        tabs += [
            {"name": name, "label": label, "count": standing.outcomes.get(name, 0)}
            for name, label in SiteOutcome.choices
        ]
        return [tab | {"current": tab["name"] == chosen} for tab in tabs if tab["count"] or tab["name"] in ("", chosen)]


class RollOutStateView(RollOutPage, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = fleet.standing_of(self.rollout)
        pace = standing.pace
        return JsonResponse(
            {
                "status": self.rollout.status,
                "over": self.rollout.status != RollOutStatus.RUNNING or fleet.is_interrupted(self.rollout),
                "done": pace.done,
                "total": pace.total,
                "percent": pace.percent,
                "text": _("%(done)d of %(total)d sub-sites") % {"done": pace.done, "total": pace.total},
                "counts": standing.outcomes,
            }
        )


class RollOutActionView(RollOutPage, TemplateView):
    """wave, stop, undo, end. Undoing and ending ask first (GET); wave and stop are buttons."""

    template_name = "provisioning/confirm.html"
    questions = {
        "undo": (
            gettext_lazy("Take the last wave back"),
            gettext_lazy(
                "The sub-sites of the last wave get back the columns and values they had before it. What they "
                "changed themselves since is kept, and told."
            ),
        ),
        "end": (
            gettext_lazy("End this roll-out"),
            gettext_lazy(
                "Sub-sites whose turn has not come keep their version. What is done stays done, and can still be "
                "taken back."
            ),
        ),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = kwargs["action"]
        if action not in self.questions:
            raise Http404
        title, question = self.questions[action]
        last = fleet.standing_of(self.rollout).last
        context = self.get_context_data(
            heading=title,
            question=question,
            facts=[(_("Last wave"), last.number), (_("Sub-sites in it"), last.sites)] if last else [],
            action_url=request.path,
            submit_label=title,
            cancel_url=self.page_url(),
        )
        return render(request, self.template_name, context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions = {"wave": self.do_wave, "stop": self.do_stop, "undo": self.do_undo, "end": self.do_end}
        if kwargs["action"] not in actions:
            raise Http404
        actions[kwargs["action"]]()
        return HttpResponseRedirect(self.page_url())

    def do_wave(self) -> None:
        try:
            template = Scope(self.rollout.kind, self.rollout.to_version).template()
        except RollOutError as error:
            messages.error(self.request, str(error))
            return
        if template.digest != self.rollout.digest:
            messages.error(
                self.request,
                _("The template's file was changed since this roll-out began. Put it back, or end the roll-out."),
            )
        elif fleet.claim(self.rollout.pk):
            tasks.roll_out_wave.enqueue(self.rollout.pk, self.request.user.pk)
        else:
            messages.info(self.request, _("A wave is under way already."))

    def do_stop(self) -> None:
        rollouts.request_stop(self.rollout)
        messages.success(self.request, _("The wave stops after the sub-sites it is working on."))

    def do_undo(self) -> None:
        if not fleet.standing_of(self.rollout).can_undo:
            messages.error(self.request, _("There is no wave that could be taken back."))
        elif fleet.claim(self.rollout.pk, finished_too=True):
            tasks.undo_wave.enqueue(self.rollout.pk, self.request.user.pk)
        else:
            messages.info(self.request, _("A wave, or another roll-out of this kind, is under way."))

    def do_end(self) -> None:
        try:
            rollouts.end(self.rollout)
        except RollOutError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("The roll-out has been ended."))
