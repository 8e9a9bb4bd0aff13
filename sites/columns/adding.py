"""Opening columns: an optional one of the template (选设栏目), or one of the site's own (自建栏目)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sites.building import ColumnToAdd, add_columns
from sites.column_changes import last_children
from sites.column_state import STEP, ColumnPlace, HomeState
from sites.column_templates import PARENT_KINDS, ColumnSpec, ColumnTemplate
from sites.columns import rules, slugs
from sites.columns.care import Work, at_work
from sites.columns.ordering import STEP as POSITION_STEP
from sites.columns.rules import CareRefused
from sites.messages import Sentence, _, sentence
from sites.models import Column, SitePage
from tenants.models import Tenant

HOME_DEPTH = 3


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An own column as a site wants it. `parent_id` is a page: the home or a column. An empty slug is proposed."""

    parent_id: int
    title: str
    kind: str = "list"
    slug: str = ""
    intro: str = ""
    keywords: str = ""
    responsible: str = ""
    update_within_days: int | None = None
    show_in_menus: bool = False
    external_url: str = ""


def optional_columns(template: ColumnTemplate | None, state: HomeState) -> list[tuple[ColumnSpec, Sentence | None]]:
    """Return the template's optional columns that the site does not have, each with why it can't be opened now."""
    if template is None:
        return []
    return [
        (spec, _parent_fault(spec, template, state))
        for spec in template.columns
        if not spec.mandatory and spec.code not in state.by_code
    ]


def _parent_fault(spec: ColumnSpec, template: ColumnTemplate, state: HomeState) -> Sentence | None:
    parent = state.by_code.get(spec.parent)
    if not spec.parent or (parent is not None and parent.retired_on is None):
        return None
    title = template.by_code[spec.parent].title
    return sentence(_("Open “%(parent)s” first: this column stands below it."), parent=title)


def add_optional(tenant: Tenant, code: str, *, by: Any) -> int:
    """Open an optional column of the site's template; return its page id. Raises CareRefused."""
    with at_work(tenant, by=by) as work:
        wanted = {spec.code: (spec, fault) for spec, fault in optional_columns(work.template, work.state)}
        if code not in wanted or work.template is None:
            raise CareRefused(sentence(_("This column is open already, or the template no longer has it.")))
        spec, fault = wanted[code]
        if fault:
            raise CareRefused(fault)
        places = {known: (place.path, place.url_path) for known, place in work.state.by_code.items()}
        places[""] = (work.state.path, work.state.url_path)
        parent = SitePage.objects.get(path=places[spec.parent][0])
        slug = slugs.free(spec.slug, _taken(parent))
        last = last_children([parent.path], work.state)
        column = ColumnToAdd(tenant_id=tenant.pk, spec=spec, slug=slug, places=places)
        [(pk, _revision)] = add_columns(work.template, [column], last, by=by)
        return pk


def add_own(tenant: Tenant, wish: Wish, *, by: Any) -> int:
    """Open a column of the site's own; return its page id. Raises CareRefused."""
    with at_work(tenant, by=by) as work:
        parent = SitePage.objects.filter(pk=wish.parent_id, tenant_id=tenant.pk).first()
        if parent is None:
            raise CareRefused(sentence(_("The place below which the column shall stand is not there any more.")))
        _check(work, parent, wish)
        slug = wish.slug or free_slug(parent, wish.title)
        if fault := rules.slug_fault(slug):
            raise CareRefused(fault)
        if not SitePage._slug_is_available(slug, parent):
            raise CareRefused(
                sentence(_("The address “%(slug)s” is taken at this place. Choose another one."), slug=slug)
            )
        siblings = work.siblings(parent.path)
        column = Column(
            title=wish.title,
            draft_title=wish.title,
            slug=slug,
            kind=wish.kind,
            intro=wish.intro,
            keywords=wish.keywords or wish.title,
            responsible=wish.responsible,
            update_within_days=wish.update_within_days,
            show_in_menus=wish.show_in_menus,
            external_url=wish.external_url,
            position=siblings[-1].present.position + POSITION_STEP if siblings else POSITION_STEP,
            live=False,
            owner=by,
        )
        parent.add_child(instance=column)
        # Column care is the site manager's own decision; what is written in the column goes through review.
        column.save_revision(user=by).publish(user=by, skip_permission_checks=True)
        return column.pk


def _check(work: Work, parent: SitePage, wish: Wish) -> None:
    place = next((each for each in work.state.columns if each.pk == parent.pk), None)
    siblings = {each.present.title for each in work.siblings(parent.path)}
    own = own_columns(work.state)
    faults = (
        _place_fault(parent, place),
        rules.depth_fault(parent.depth + 1 - HOME_DEPTH),
        rules.number_fault(len(own), settings.MAX_OWN_COLUMNS),
        rules.title_fault(wish.title, siblings),
        rules.limit_fault(wish.update_within_days, None),
        None if wish.kind in rules.OWN_KINDS else sentence(_("A site can't open a column of this kind by itself.")),
        sentence(_("Give the address that this column links to."))
        if wish.kind == "external" and not wish.external_url
        else None,
    )
    for fault in faults:
        if fault:
            raise CareRefused(fault)


def _place_fault(parent: SitePage, place: ColumnPlace | None) -> Sentence | None:
    if parent.depth == HOME_DEPTH or (
        place is not None and place.retired_on is None and place.present.kind in PARENT_KINDS
    ):
        return None
    return sentence(_("No column can stand below “%(title)s”. Choose another place."), title=parent.title)


def own_columns(state: HomeState) -> list[ColumnPlace]:
    """Return the site's own columns that are open."""
    return [place for place in state.columns if not place.present.code and place.retired_on is None]


def places_for_own(state: HomeState) -> list[tuple[int, str, int]]:
    """Return (page id, title, depth) of the columns below which an own one may stand, in the order of the tree."""
    return [
        (place.pk, place.present.title, depth)
        for place in state.columns
        if place.retired_on is None
        and place.present.kind in PARENT_KINDS
        and (depth := len(place.path) // STEP - HOME_DEPTH) < rules.MAX_DEPTH
    ]


def free_slug(parent: SitePage, title: str) -> str:
    """Return the slug proposed for a new column below the page."""
    return slugs.proposed(title, _taken(parent))


def _taken(parent: SitePage) -> set[str]:
    """Return the slugs in use right below a page: columns, sites mounted there. Items have dated ones."""
    mounts = (
        Tenant.objects.filter(mounted_under=parent.tenant_id) if parent.depth == HOME_DEPTH else Tenant.objects.none()
    )
    below = Column.objects.filter(tenant_id=parent.tenant_id, path__startswith=parent.path, depth=parent.depth + 1)
    return {*below.values_list("slug", flat=True), *mounts.values_list("mount", flat=True)}
