"""Column pages (栏目页): one function for each kind, all giving a ColumnView."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from sites.addresses import SiteAddress
from sites.public import frames, lists
from sites.public.bodies import body_html
from sites.public.codes import CONTACT, SITE_MAP
from sites.public.guides import audience_groups
from sites.public.paging import PER_PAGE, page_number, pager, pages_of
from sites.public.parts import Block, Chip, Empty, Group, Link, Side, SideLink
from sites.public.people import leader_cards
from sites.public.trees import Node, SiteTree, count_of
from sites.public.views import ColumnView, Contact

BLOCKS = 12
BLOCK_ROWS = 5
GUIDES_GROUPED = 200
ITEM_KINDS = frozenset({"list", "catalogue", "topic", "data", "interview"})


def column_view(page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest) -> ColumnView:
    """Return the page of a column. Raises Http404 for a page of its list that does not exist."""
    common = ColumnView(
        title=page.title,
        chip=_state(node),
        body=body_html(page.body, request),
        side=_side(node),
    )
    return _KINDS.get(page.kind, _list)(common, page, address, tree, node, request)


def icons_of(view: ColumnView) -> frozenset[str]:
    """Return the icons that a column page shows."""
    names: set[str] = set()
    if view.empty:
        names.add("tray")
    if view.blocks:
        names.add("right")
    if any(leader.biography for leader in view.others):
        names.add("down")
    names.update(group.icon for group in view.groups if group.icon)
    names.update(fact.icon for fact in (view.contact.facts if view.contact else ()) if fact.icon)
    if "#i-get" in view.body:
        names.add("get")
    return frozenset(names)


def _list(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    number, total = _page_and_total(address, node.id, request)
    rows = lists.rows(address, node.id, (number - 1) * PER_PAGE, number * PER_PAGE) if total else ()
    if rows or node.below:
        return replace(view, rows=rows, pager=pager(total, number, node.href), tiles=_tiles(node.below))
    return view if view.body else replace(view, empty=_empty(address))


def _catalogue(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    number, total = _page_and_total(address, node.id, request)
    if not total and node.below:
        return _section(view, page, address, tree, node, request)
    records = lists.records(address, node.id, (number - 1) * PER_PAGE, number * PER_PAGE) if total else ()
    view = replace(view, records=records, pager=pager(total, number, node.href), tiles=_tiles(node.below))
    return view if records else replace(view, empty=_empty(address))


def _section(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    probed = [child for child in node.below if child.kind in ITEM_KINDS][:BLOCKS]
    found = lists.newest(address, [(child.id, BLOCK_ROWS) for child in probed])
    blocks = tuple(
        Block(f"c{child.id}", child.title, child.href, rows=found[child.id]) for child in probed if found[child.id]
    )
    with_rows = {child.id for child in probed if found[child.id]}
    tiles = _tiles([child for child in node.below if child.id not in with_rows])
    view = replace(view, blocks=blocks, tiles=tiles)
    return view if blocks or tiles or view.body else replace(view, empty=_empty(address))


def _single(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    if node.code == SITE_MAP:
        return replace(view, groups=_site_map(tree))
    if node.code in CONTACT or not view.body:
        view = replace(view, contact=_contact(address))
    if view.body or view.contact:
        return view if view.body or node.code in CONTACT else replace(view, empty=_unwritten())
    return replace(view, empty=_unwritten())


def _organisation(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    departments = [group for group in frames.family(address) if address.kind in frames.PORTALS]
    blocks = tuple(
        Block(f"u{number}", group.title, "", links=group.links, shape="tiles")
        for number, group in enumerate(departments, start=1)
    )
    view = replace(view, blocks=blocks, contact=_contact(address), tiles=_tiles(node.below))
    return view if view.body or blocks or view.tiles else replace(view, empty=_unwritten())


def _people(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    cards = leader_cards(address, node.id)
    if not cards:
        return replace(view, empty=_unwritten(), contact=_contact(address))
    return replace(view, first=cards[:1], others=cards[1:])


def _guide(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    number, total = _page_and_total(address, node.id, request, grouped=GUIDES_GROUPED)
    view = replace(view, tiles=_tiles(node.below))
    if not total:
        return view if view.tiles else replace(view, empty=_empty(address), contact=_contact(address))
    if total <= GUIDES_GROUPED:
        return replace(view, groups=audience_groups(address, node.id, GUIDES_GROUPED))
    rows = lists.rows(address, node.id, (number - 1) * PER_PAGE, number * PER_PAGE)
    return replace(view, rows=rows, pager=pager(total, number, node.href))


def _soon(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    return replace(view, empty=_opening_soon(), contact=_contact(address))


def _soon_or_list(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    listed = _list(view, page, address, tree, node, request)
    return listed if listed.rows else _soon(view, page, address, tree, node, request)


def _external(
    view: ColumnView, page: Any, address: SiteAddress, tree: SiteTree, node: Node, request: HttpRequest
) -> ColumnView:
    if not page.external_url.startswith(("http://", "https://")):
        return replace(view, empty=_opening_soon(), contact=_contact(address))
    return replace(view, outside=Link(page.title, page.external_url, note=page.external_url))


_KINDS: dict[str, Callable[[ColumnView, Any, SiteAddress, SiteTree, Node, HttpRequest], ColumnView]] = {
    "section": _section,
    "list": _list,
    "single": _single,
    "people": _people,
    "organisation": _organisation,
    "catalogue": _catalogue,
    "guide": _guide,
    "topic": _list,
    "letters": _soon,
    "survey": _soon,
    "request": _soon,
    "interview": _soon_or_list,
    "data": _soon_or_list,
    "external": _external,
}


def _page_and_total(address: SiteAddress, column_id: int, request: HttpRequest, *, grouped: int = 0) -> tuple[int, int]:
    """Return the wished page and the number of items. Lists of up to `grouped` items have a single page."""
    number = page_number(request.GET.get("page"))
    total = count_of(address, ("items", column_id), lambda: lists.items_of(column_id).order_by().count())
    last = 1 if total <= grouped else pages_of(total)
    if number is None or number > last:
        raise Http404
    return number, total


def _state(node: Node) -> Chip | None:
    if node.retired:
        return Chip(gettext("No longer kept up"), "void")
    if node.ended:
        return Chip(gettext("Ended"), "void")
    return None


def _tiles(nodes: list[Node]) -> tuple[Link, ...]:
    tiles = []
    for node in nodes:
        state = _state(node)
        tiles.append(Link(node.title, node.href, note=state.label if state else node.intro))
    return tuple(tiles)


def _side(node: Node) -> Side | None:
    top = node.top
    if not top.below:
        return None
    line = {step.id for step in node.line}
    return Side(
        top.title,
        top.href,
        tuple(
            SideLink(
                child.title,
                child.href,
                child.id == node.id,
                tuple(SideLink(below.title, below.href, below.id == node.id) for below in child.below)
                if child.id in line
                else (),
            )
            for child in top.below
        ),
    )


def _site_map(tree: SiteTree) -> tuple[Group, ...]:
    """Return every column of the site: a group for each one that has columns below it, the single ones together."""
    groups, single = [], []
    for top in tree.top:
        if not top.below:
            single.append(Link(top.title, top.href))
        for node in top.walk():
            if node.below:
                title = " › ".join(step.title for step in node.line)
                groups.append(
                    Group(title, tuple(Link(child.title, child.href) for child in node.below), href=node.href)
                )
    if single:
        groups.append(Group(gettext("More on this site"), tuple(single)))
    return tuple(groups)


def _contact(address: SiteAddress) -> Contact | None:
    facts = frames.contact_facts(address)
    return Contact(gettext("Contact %(name)s") % {"name": address.short_name}, facts) if facts else None


def _empty(address: SiteAddress) -> Empty:
    return Empty(
        gettext("Nothing has been published in this column yet"),
        gettext("What is published will stand here, newest first."),
        (Link(gettext("To the home page"), address.prefix),),
    )


def _unwritten() -> Empty:
    return Empty(gettext("This page is being written"), gettext("Until it is there, please ask us directly."))


def _opening_soon() -> Empty:
    return Empty(
        gettext("This service opens soon"),
        gettext("Until then, please reach us by telephone or come to our office in working hours."),
    )
