"""Taking a roll-out back from sub-sites: what was changed since by the sub-site itself is kept and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry

from sites import locks
from sites.column_changes import base_of, lock_columns, record_conformance
from sites.column_edits import UNDONE, Edit, amend_columns, move_column
from sites.column_state import STEP, ColumnPlace, HomeState, read_states
from sites.models import Column, SitePage
from sites.rollout_plan import conformance
from tenants import versions
from tenants.models import Tenant


@dataclass
class Undone:
    """What undoing left on one sub-site: `kept` are sentences about what was not taken back."""

    tenant_id: int
    kept: list[str] = field(default_factory=list)
    removed: int = 0


def undo_template(work: Sequence[tuple[Tenant, dict[str, Any]]], *, version: int, by: Any = None) -> list[Undone]:
    """Bring sub-sites back to what they were before `version`. Call inside a transaction.

    `work` pairs a tenant with the `before` that sites.column_changes gave back. The tenants have `version` now: the
    caller has checked that.
    """
    ids = [tenant.pk for tenant, _before in work]
    lock_columns(ids)
    states = read_states(ids)
    results = {tenant.pk: Undone(tenant.pk) for tenant, _before in work}
    moved: dict[int, str] = {}
    for tenant, before in work:
        moved |= _move_back(states[tenant.pk], before, results[tenant.pk], by)
    if moved:
        states = read_states(ids)
    edits: dict[int, Edit] = {}
    removable: dict[int, ColumnPlace] = {}
    for tenant, before in work:
        state, result = states[tenant.pk], results[tenant.pk]
        places = {place.pk: place for place in state.columns}
        _set_back(places, before, edits, result)
        for pk in moved.keys() & places.keys():
            if before["moved"][str(pk)]["slug"][1] != moved[pk]:
                edits.setdefault(pk, Edit(places[pk])).values["slug"] = moved[pk]
        gone = _removable(places, before, edits, result)
        result.removed = len(gone)
        removable |= gone
    amend_columns(list(edits.values()), action=UNDONE, version=version, by=by)
    _stamp_back(version, [before for _tenant, before in work])
    _remove(removable, by=by)
    versions.hold()
    _figures(work)
    for old in {before["version"] for _tenant, before in work}:
        returned = [tenant.pk for tenant, before in work if before["version"] == old]
        Tenant.objects.filter(pk__in=returned).update(template_version=old)
    versions.bump(ids)
    return list(results.values())


def _move_back(state: HomeState, before: dict[str, Any], result: Undone, by: Any) -> dict[int, str]:
    """Move columns back; return their slugs by page id, for the revisions."""
    moved: dict[int, str] = {}
    for key, note in reversed(before["moved"].items()):
        # Moves of one site may build on one another: each is judged on the tree as it stands now.
        page = Column.objects.filter(pk=int(key), tenant_id=state.tenant_id).first()
        (old_parent, new_parent), (old_slug, _new_slug) = note["parent"], note["slug"]
        if page is None:
            continue
        parent = SitePage.objects.filter(pk=old_parent, tenant_id=state.tenant_id).first()
        here = SitePage.objects.filter(path=page.path[:-STEP]).values_list("pk", flat=True).first()
        if here != new_parent or parent is None or not SitePage._slug_is_available(old_slug, parent, page):
            sentence = _("“%(title)s” was not moved back: its place was changed since.")
            result.kept.append(sentence % {"title": page.title})
            continue
        move_column(page.pk, parent.pk, old_slug, by=by)
        moved[page.pk] = old_slug
    return moved


def _set_back(places: dict[int, ColumnPlace], before: dict[str, Any], edits: dict[int, Edit], result: Undone) -> None:
    for key, note in before["changed"].items():
        place = places.get(int(key))
        if place is None:
            continue
        values = {}
        for name, (old, new) in note["fields"].items():
            now = place.value(name)
            now = now.isoformat() if isinstance(now, date) else now
            if now == old:
                continue
            if now == new:
                values[name] = date.fromisoformat(old) if name == "retired_on" and old else old
            else:
                result.kept.append(
                    _("“%(title)s”: “%(field)s” was changed since and stays as it is.")
                    % {"title": place.present.title, "field": Column._meta.get_field(name).verbose_name}
                )
        if values:
            edits[place.pk] = Edit(place, values, site_fields=frozenset(values))


def _removable(
    places: dict[int, ColumnPlace], before: dict[str, Any], edits: dict[int, Edit], result: Undone
) -> dict[int, ColumnPlace]:
    """Return the added columns that hold nothing and were not touched; the others are retired and reported."""
    gone: dict[int, ColumnPlace] = {}
    notes = {int(pk): note for pk, note in before["added"].items() if int(pk) in places}
    for pk in sorted(notes, key=lambda pk: places[pk].path, reverse=True):  # children before their parents
        place = places[pk]
        going = sum(1 for other in gone.values() if other.path[:-STEP] == place.path)
        untouched = place.latest_revision_id == notes[pk]["revision"] and not place.has_draft
        if place.numchild == going and untouched:
            gone[pk] = place
            continue
        edits[pk] = Edit(place, {"retired_on": timezone.localdate(), "show_in_menus": False})
        reason = (
            _("“%(title)s” holds content by now: it was taken out of the menu and kept.")
            if place.numchild > going
            else _("“%(title)s” was edited by now: it was taken out of the menu and kept.")
        )
        result.kept.append(reason % {"title": place.present.title})
    return gone


def _stamp_back(version: int, befores: Sequence[dict[str, Any]]) -> None:
    stamps: dict[int, list[int]] = {}
    for before in befores:
        for old, pks in before["stamps"].items():
            stamps.setdefault(int(old), []).extend(pks)
    for old, pks in stamps.items():
        for start in range(0, len(pks), 1000):
            columns = Column.objects.filter(pk__in=pks[start : start + 1000], template_version=version)
            columns.update(template_version=old)


def _remove(removable: dict[int, ColumnPlace], *, by: Any) -> None:
    if not removable:
        return
    now = timezone.now()
    column_type = ContentType.objects.get_for_model(Column)
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type=column_type,
            label=place.present.title,
            action="wagtail.delete",
            timestamp=now,
            user=by,
            page_id=pk,
            deleted=True,
        )
        for pk, place in removable.items()
    )
    with locks.unlocked("a template roll-out is taken back"):
        SitePage.objects.filter(pk__in=list(removable)).delete()


def _figures(work: Sequence[tuple[Tenant, dict[str, Any]]]) -> None:
    figures = {}
    states = read_states([tenant.pk for tenant, _before in work])
    for tenant, before in work:
        template = base_of(tenant.kind, before["version"])
        figures[tenant.pk] = conformance(template, states[tenant.pk].present) if template else before["conformance"]
    record_conformance(figures)
