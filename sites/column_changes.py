"""Bringing sub-sites to a template version, many in one go, with all that is needed to take it back.

The plan is made here and now, from the locked columns (sites.rollout_plan): what was shown to an operator earlier may
be out of date. Everything runs inside the caller's transaction; nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from sites.building import ColumnToAdd, add_columns, lock_tree
from sites.column_edits import ROLLED_OUT, Edit, amend_columns, move_column
from sites.column_state import STEP, ColumnPlace, HomeState, read_states
from sites.column_templates import ColumnTemplate, TemplateError
from sites.models import Column, SitePage
from sites.rollout_plan import Change, RolloutPlan, conformance, plan_rollout
from sites.templates_library import library
from tenants import versions
from tenants.models import Tenant

_SITE_LAYOUT = frozenset({"title", "position", "show_in_menus"})
_SITE_WORDING = frozenset({"intro", "keywords", "responsible"})


@dataclass(frozen=True)
class Brought:
    """What was done to one sub-site. `before` is JSON for sites.column_undo; `plan` is what was carried out."""

    tenant_id: int
    from_version: int
    plan: RolloutPlan
    conformance: float
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return bool(self.plan)


def plan_for(
    template: ColumnTemplate, state: HomeState, *, from_version: int, with_optional: bool = False
) -> RolloutPlan:
    """Return the plan that brings a sub-site from its recorded template version to `template`.

    Without `with_optional` a missing optional column is no difference worth a report. Raises ValueError for a site
    whose columns can't be told apart.
    """
    plan = plan_rollout(
        template,
        state.present,
        base=base_of(template.kind, from_version),
        with_optional=with_optional,
        taken_slugs=state.taken_slugs,
    )
    if with_optional:
        return plan
    return replace(plan, local_differences=tuple(d for d in plan.local_differences if d.field != "column"))


def base_of(kind: str, version: int) -> ColumnTemplate | None:
    """Return the template a site was last brought to, None where the library does not have it any more."""
    try:
        return library().get(kind, version) if version else None
    except TemplateError:
        return None


def lock_columns(tenant_ids: Collection[int]) -> None:
    """Hold the columns of the tenants until commit, so that nobody publishes between reading and writing them."""
    lock_tree()
    if connection.features.has_select_for_update:
        of = Column.objects.select_for_update().filter(tenant_id__in=tenant_ids).order_by("pk")
        list(of.values_list("pk", flat=True))


def bring_to_template(
    tenants: Sequence[Tenant], template: ColumnTemplate, *, by: Any = None, with_optional: bool = False
) -> list[Brought]:
    """Bring sub-sites of one kind to `template`, in the order of `tenants`. Call inside a transaction.

    Raises ValueError with a sentence for a sub-site without pages or with columns that can't be told apart; then
    nothing of the batch may be kept.
    """
    ids = [tenant.pk for tenant in tenants]
    lock_columns(ids)
    states = read_states(ids, template)
    for tenant in tenants:
        if tenant.pk not in states:
            message = _("The sub-site “%(code)s” has no pages. Open it first, then roll the template out.")
            raise ValueError(message % {"code": tenant.code})
    plans = {
        tenant.pk: plan_for(
            template, states[tenant.pk], from_version=tenant.template_version, with_optional=with_optional
        )
        for tenant in tenants
    }
    before: dict[int, dict[str, Any]] = {
        tenant.pk: {
            "version": tenant.template_version,
            "conformance": tenant.conformance,
            "added": {},
            "moved": {},
            "changed": {},
            "stamps": {},
        }
        for tenant in tenants
    }
    _add(template, [(states[pk], plan) for pk, plan in plans.items() if plan.additions], before, by)
    edits: list[Edit] = []
    for pk, plan in plans.items():
        if plan:
            moved = _move(states[pk], plan, before[pk], by)
            edits += _edits(template, states[pk], plan, before[pk], moved)
    amend_columns(edits, action=ROLLED_OUT, version=template.version, by=by)
    _stamp(template.version, [(states[pk], plan) for pk, plan in plans.items()], before)
    new_states = read_states([pk for pk, plan in plans.items() if plan])
    results = [
        Brought(
            tenant_id=tenant.pk,
            from_version=tenant.template_version,
            plan=plans[tenant.pk],
            conformance=conformance(template, new_states.get(tenant.pk, states[tenant.pk]).present),
            before=before[tenant.pk],
        )
        for tenant in tenants
    ]
    versions.hold()
    record_conformance({result.tenant_id: result.conformance for result in results})
    Tenant.objects.filter(pk__in=ids).update(template_version=template.version)
    versions.bump([result.tenant_id for result in results if result.changed or result.from_version != template.version])
    return results


def record_conformance(figures: dict[int, float]) -> None:
    """Write tenants' figures; in practice there are few different ones, so few queries."""
    alike: dict[float, list[int]] = {}
    for tenant_id, figure in figures.items():
        alike.setdefault(figure, []).append(tenant_id)
    for figure, ids in alike.items():
        Tenant.objects.filter(pk__in=ids).exclude(conformance=figure).update(conformance=figure)


def _add(
    template: ColumnTemplate,
    work: Sequence[tuple[HomeState, RolloutPlan]],
    before: dict[int, dict[str, Any]],
    by: Any,
) -> None:
    wanted: list[ColumnToAdd] = []
    last: dict[str, str] = {}
    for state, plan in work:
        places = {code: (place.path, place.url_path) for code, place in state.by_code.items()}
        places[""] = (state.path, state.url_path)
        parents = {addition.spec.parent for addition in plan.additions}
        last |= last_children([places[code][0] for code in parents if code in places], state)
        for addition in plan.additions:
            wanted.append(ColumnToAdd(tenant_id=state.tenant_id, spec=addition.spec, slug=addition.slug, places=places))
    if not wanted:
        return
    for column, (pk, revision) in zip(wanted, add_columns(template, wanted, last, by=by), strict=True):
        note = {"code": column.spec.code, "title": column.spec.title, "revision": revision}
        before[column.tenant_id]["added"][str(pk)] = note


def last_children(parent_paths: Iterable[str], state: HomeState) -> dict[str, str]:
    """Return the tree path of the last child of each parent that has one: columns are known, items are looked up."""
    found: dict[str, str] = {}
    holders = {place.path for place in state.columns if place.present.items}
    for parent in parent_paths:
        children = [place.path for place in state.columns if place.path[:-STEP] == parent]
        if parent in holders:
            newest = SitePage.objects.filter(path__startswith=parent, depth=len(parent) // STEP + 1).order_by("-path")
            children += newest.values_list("path", flat=True)[:1]
        if children:
            found[parent] = max(children)
    return found


def _move(state: HomeState, plan: RolloutPlan, before: dict[str, Any], by: Any) -> dict[str, str]:
    """Carry the moves out; return the new slug by code where it is another one."""
    slugs: dict[str, str] = {}
    pks = {place.path: place.pk for place in state.columns} | {state.path: state.home_id}
    by_code = {code: place.pk for code, place in state.by_code.items()}
    by_code |= {note["code"]: int(pk) for pk, note in before["added"].items()} | {"": state.home_id}
    for move in plan.moves:
        place = state.by_code[move.code]
        target = by_code[str(move.new)]
        before["moved"][str(place.pk)] = {
            "parent": [pks[place.path[:-STEP]], target],
            "slug": [place.present.slug, move.slug],
        }
        move_column(place.pk, target, move.slug, by=by)
        if move.slug != place.present.slug:
            slugs[move.code] = move.slug
    return slugs


def _edits(
    template: ColumnTemplate, state: HomeState, plan: RolloutPlan, before: dict[str, Any], slugs: dict[str, str]
) -> list[Edit]:
    values: dict[str, dict[str, Any]] = {}
    for change in (*plan.kind_changes, *plan.retitles, *plan.reorders, *plan.attribute_changes):
        values.setdefault(change.code, {})[change.field] = _model_value(change)
    for code in plan.revivals:
        values.setdefault(code, {})["retired_on"] = None
    for retirement in plan.retirements:
        values.setdefault(retirement.code, {}).update(retired_on=timezone.localdate(), show_in_menus=False)
    edits = []
    for code, new in values.items():
        place = state.by_code[code]
        before["changed"][str(place.pk)] = note_change(place, new)
    for code, slug in slugs.items():
        values.setdefault(code, {})["slug"] = slug
    for code, new in values.items():
        spec = template.by_code.get(code)
        own = _SITE_WORDING | (_SITE_LAYOUT if spec is not None and not spec.mandatory else frozenset())
        edits.append(Edit(state.by_code[code], new, site_fields=own))
    return edits


def note_change(place: ColumnPlace, new: dict[str, Any]) -> dict[str, Any]:
    """Return JSON that says what the fields held and hold: {"code", "title", "fields": {name: [old, new]}}."""
    fields = {name: [_plain(place.value(name)), _plain(value)] for name, value in new.items()}
    return {"code": place.present.code, "title": place.present.title, "fields": fields}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _model_value(change: Change) -> Any:
    return ",".join(change.new) if isinstance(change.new, tuple) else change.new


def _stamp(version: int, work: Sequence[tuple[HomeState, RolloutPlan]], before: dict[int, dict[str, Any]]) -> None:
    pks: list[int] = []
    for state, plan in work:
        for code in plan.stamps:
            place = state.by_code[code]
            before[state.tenant_id]["stamps"].setdefault(str(place.present.template_version), []).append(place.pk)
            pks.append(place.pk)
    for start in range(0, len(pks), 1000):
        Column.objects.filter(pk__in=pks[start : start + 1000]).update(template_version=version)
