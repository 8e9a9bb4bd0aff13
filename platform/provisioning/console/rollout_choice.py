"""What a roll-out would do (下发预览): which sub-sites, which version, what changes; and its beginning."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from provisioning import rollouts
from provisioning.console import queries
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.listing import TenantFilterSet
from provisioning.console.rollout_words import FIELD_LABELS, STEP_LABELS, counted, kind_label, value_text
from provisioning.rollout_preview import FleetPlan, RollOutError, Scope
from sites.templates_library import library
from tenants import versions
from tenants.digits import whole
from tenants.models import Status, Tenant, TenantKind

PER_PAGE = 50
SHOWN_STEPS = 200
PREVIEW_KEPT_SECONDS = 300


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
        asked = whole(self.request.GET.get("to", ""))
        version = asked if asked in versions else max(versions)
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
            planned = previewed(scope)
        except RollOutError as error:
            return context | {"error": str(error)}
        paginator = WagtailPaginator(planned.sites, PER_PAGE)
        paginator.verbose_name = paginator.verbose_name_plural = _("sub-sites")
        page = paginator.get_page(self.request.GET.get("p"))
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
            "old": value_text(step.field, step.old) if step.field else None,
            "new": value_text(step.field, step.new) if step.field else None,
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


def previewed(scope: Scope) -> FleetPlan:
    """Return what a roll-out would do, kept for a while: turning a page must not plan thousands of sub-sites again.

    Every change that citizens see raises the platform's version, which is part of the key.
    """
    now = versions.current()
    said = repr((scope, scope.template().digest, now, get_language()))
    key = f"rollout-preview-{hashlib.sha256(said.encode()).hexdigest()}"
    planned = cache.get(key)
    if planned is None:
        planned = rollouts.preview(scope)
        cache.set(key, planned, PREVIEW_KEPT_SECONDS)
    return planned


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
