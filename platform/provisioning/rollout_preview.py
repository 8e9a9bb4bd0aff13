"""What a template roll-out would do to the fleet, before anything changes: per sub-site, and summed up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from provisioning.console.rollout_words import kind_label
from sites.column_changes import plan_for
from sites.column_state import read_states
from sites.column_templates import ColumnTemplate, TemplateError
from sites.rollout_plan import AmbiguousColumns, RolloutPlan, conformance
from sites.templates_library import library
from tenants.models import Region, Status, Tenant

CHUNK = 200
GROUPS = ("add", "move", "kind", "retitle", "reorder", "attribute", "retire", "revive")


class RollOutError(Exception):
    """Raised with a sentence for the operator where a roll-out cannot be planned, started or carried on."""


@dataclass(frozen=True)
class Scope:
    """Which sub-sites of a kind get which version. Neither `tenants` nor `region` (codes): all of the kind."""

    kind: str
    to_version: int
    tenants: tuple[str, ...] = ()
    region: str = ""
    with_optional: bool = False

    def template(self) -> ColumnTemplate:
        """Return the template. Raises RollOutError where the library does not have it."""
        try:
            return library().get(self.kind, self.to_version)
        except TemplateError as error:
            raise RollOutError(error.say(_)) from error

    def sub_sites(self) -> list[Tenant]:
        """Return the sub-sites in the order of their codes, without closed ones. Raises RollOutError for a bad code."""
        found = Tenant.objects.filter(kind=self.kind).exclude(status=Status.CLOSED).order_by("code")
        if self.region:
            region = Region.objects.filter(code=self.region).first()
            if region is None:
                raise RollOutError(_("There is no region with the code “%(code)s”.") % {"code": self.region})
            found = found.filter(region__lineage__startswith=region.lineage)
        if self.tenants:
            found = found.filter(code__in=self.tenants)
            missing = sorted(set(self.tenants) - set(found.values_list("code", flat=True)))
            if missing:
                raise RollOutError(
                    _("No open sub-site of the kind “%(kind)s” has the code %(codes)s.")
                    % {"kind": kind_label(self.kind), "codes": _(", ").join(f"“{code}”" for code in missing)}
                )
        return list(found)


@dataclass(frozen=True)
class Step:
    """One thing a roll-out does: `group` is one of GROUPS, `field` the attribute where the group has several."""

    group: str
    code: str
    field: str = ""
    old: Any = None
    new: Any = None

    def as_json(self) -> dict[str, Any]:
        return {"step": self.group, "code": self.code, "field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True)
class SitePlan:
    """What one sub-site would get. `plan` is None where it can't be told (`problem` says why) or was not asked for."""

    tenant_id: int
    code: str
    name: str
    from_version: int
    conformance: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    kept: int = 0
    set_back: int = 0
    warnings: tuple[str, ...] = ()
    problem: str = ""
    plan: RolloutPlan | None = None

    @property
    def changes(self) -> bool:
        return bool(self.counts)

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "code": self.code,
            "name": self.name,
            "from_version": self.from_version,
            "conformance": round(self.conformance, 4),
            "counts": self.counts,
            "kept": self.kept,
            "set_back": self.set_back,
            "warnings": list(self.warnings),
            "problem": self.problem,
        }
        if self.plan is not None:
            said["steps"] = [step.as_json() for step in steps(self.plan)]
            said["local_differences"] = [vars(difference) for difference in self.plan.local_differences]
        return said


@dataclass(frozen=True)
class FleetPlan:
    """A roll-out summed up. `steps` and `differences` carry the number of sub-sites they concern, most first.

    A difference is (code, field, kept): kept False means that the roll-out sets it back.
    """

    scope: Scope
    title: str
    sites: tuple[SitePlan, ...]
    steps: tuple[tuple[Step, int], ...]
    differences: tuple[tuple[tuple[str, str, bool], int], ...]
    warnings: tuple[tuple[str, int], ...]

    @property
    def from_versions(self) -> dict[int, int]:
        return dict(sorted(Counter(site.from_version for site in self.sites).items()))

    @property
    def changing(self) -> int:
        return sum(site.changes for site in self.sites)

    @property
    def problems(self) -> tuple[SitePlan, ...]:
        return tuple(site for site in self.sites if site.problem)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.scope.kind,
            "to_version": self.scope.to_version,
            "title": self.title,
            "from_versions": self.from_versions,
            "sites": len(self.sites),
            "changing": self.changing,
            "steps": [{**step.as_json(), "sites": count} for step, count in self.steps],
            "local_differences": [
                {"code": code, "field": name, "kept": kept, "sites": count}
                for (code, name, kept), count in self.differences
            ],
            "warnings": [{"text": text, "sites": count} for text, count in self.warnings],
            "problems": [{"code": site.code, "problem": site.problem} for site in self.problems],
            "details": [site.as_json() for site in self.sites],
        }


def preview(
    scope: Scope, *, details: bool = False, progress: Callable[[int, int], None] = lambda done, total: None
) -> FleetPlan:
    """Return what a roll-out would do. `details` keeps every sub-site's own plan. Raises RollOutError."""
    template = scope.template()
    tenants = scope.sub_sites()
    sites: list[SitePlan] = []
    counted: Counter[Step] = Counter()
    differences: Counter[tuple[str, str, bool]] = Counter()
    warnings: Counter[str] = Counter()
    for site in site_plans(scope, template, tenants):
        if site.plan is not None:
            counted.update(steps(site.plan))
            differences.update((d.code, d.field, d.kept) for d in site.plan.local_differences)
            warnings.update(site.warnings)
        sites.append(site if details else replace(site, plan=None))
        if len(sites) % CHUNK == 0 or len(sites) == len(tenants):
            progress(len(sites), len(tenants))
    return FleetPlan(
        scope=scope,
        title=template.title,
        sites=tuple(sites),
        steps=tuple(sorted(counted.items(), key=lambda item: (GROUPS.index(item[0].group), -item[1], item[0].code))),
        differences=tuple(differences.most_common()),
        warnings=tuple(warnings.most_common()),
    )


def site_plans(scope: Scope, template: ColumnTemplate, tenants: list[Tenant]) -> Iterator[SitePlan]:
    """Yield each sub-site's plan, read by the hundreds: memory and queries grow with CHUNK, not with the fleet."""
    for start in range(0, len(tenants), CHUNK):
        chunk = tenants[start : start + CHUNK]
        states = read_states([tenant.pk for tenant in chunk], template)
        for tenant in chunk:
            known = SitePlan(tenant.pk, tenant.code, tenant.name, tenant.template_version)
            state = states.get(tenant.pk)
            if state is None:
                yield replace(known, problem=_("This sub-site has no pages."))
                continue
            if problem := passed_over(tenant, scope.to_version):
                yield replace(known, problem=problem)
                continue
            try:
                plan = plan_for(
                    template, state, from_version=tenant.template_version, with_optional=scope.with_optional
                )
            except AmbiguousColumns as error:
                yield replace(known, problem=error.say(_))
                continue
            kept = sum(difference.kept for difference in plan.local_differences)
            yield replace(
                known,
                conformance=conformance(template, state.present),
                counts=counts(plan),
                kept=kept,
                set_back=len(plan.local_differences) - kept,
                warnings=tuple(warning.say(_) for warning in plan.warnings),
                plan=plan,
            )


def passed_over(tenant: Tenant, version: int) -> str:
    """Return why a roll-out leaves a sub-site alone, '' where it doesn't."""
    if tenant.status == Status.CLOSED:
        return _("This sub-site is closed.")
    if tenant.template_version > version:
        return _("This sub-site has version %(version)d already, which is newer.") % {
            "version": tenant.template_version
        }
    return ""


def steps(plan: RolloutPlan) -> Iterator[Step]:
    """Yield what a plan does, in the order of GROUPS."""
    yield from (Step("add", a.spec.code, new=a.spec.title) for a in plan.additions)
    groups = (
        ("move", plan.moves),
        ("kind", plan.kind_changes),
        ("retitle", plan.retitles),
        ("reorder", plan.reorders),
        ("attribute", plan.attribute_changes),
    )
    for group, changes in groups:
        yield from (Step(group, c.code, c.field, c.old, c.new) for c in changes)
    yield from (Step("retire", r.code, old=r.title) for r in plan.retirements)
    yield from (Step("revive", code) for code in plan.revivals)


def counts(plan: RolloutPlan) -> dict[str, int]:
    """Return how many steps of each group a plan holds; 'stamp' where it only records the version."""
    found = Counter(step.group for step in steps(plan))
    if not found and plan.stamps:
        return {"stamp": len(plan.stamps)}
    return {group: found[group] for group in GROUPS if found[group]}
