"""Home pages in three shapes: portal (province, city, county), department, town. No block is shown empty."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext

from sites.addresses import SiteAddress
from sites.public import frames, lists
from sites.public.codes import OVERVIEW, PICTURE_NEWS, TOPICS, home_columns, icon_of
from sites.public.guides import audience_groups
from sites.public.parts import Block, Empty, Group, Link, PictureNews, Row
from sites.public.pictures import WIDE, pictures
from sites.public.trees import Node, SiteTree, tree_of
from sites.public.views import Contact, HomeView

ROWS = 6
POLICY_ROWS = 5
PICTURE_CANDIDATES = 20
PICTURES = 4
GUIDES_READ = 60
GUIDES_SHOWN = 5
INTRODUCTION = 160
SHAPES = {"department": "department", "town": "town"}


def home_view(address: SiteAddress) -> HomeView:
    """Return the home page of a site. Costs at most five queries, whatever the number of columns and items."""
    tree = tree_of(address)
    blocks = home_columns(address, tree)
    shape = SHAPES.get(address.kind, "portal")
    lead = [node for node in blocks.get("lead", ()) if node.kind == "list"]
    notices = blocks.get("notices", [])
    policies = blocks.get("policy", [])
    pictured = [tree.by_code[PICTURE_NEWS]] if PICTURE_NEWS in tree.by_code else []
    found = lists.newest(
        address,
        [(node.id, PICTURE_CANDIDATES) for node in (*lead, *pictured)]
        + [(node.id, ROWS) for node in notices]
        + [(node.id, POLICY_ROWS) for node in policies],
    )
    news_rows = [row for node in (*pictured, *lead) for row in found[node.id]]
    shown, summaries = _pictures_and_summaries(news_rows) if shape != "town" else ((), {})
    news = [_news(node, found[node.id], {news.row.id for news in shown}, summaries) for node in lead]
    news += [_rows(node, found[node.id]) for node in notices]
    news = [block for block in news if block.rows or block.lead]
    opening = _introduction(tree) or (news.pop(0) if news else None) if shape == "town" else None
    guides = blocks.get("services", [])[:1]
    audiences = _audiences(address, guides[0]) if guides else ()
    disclosure = _tiles(gettext("Open government"), "gk", blocks.get("tiles", []), shape="quick")
    letters = blocks.get("letters", [])
    return HomeView(
        shape=shape,
        pictures=shown,
        news=tuple(news),
        empty=None if news or shown or opening else _empty(tree),
        services=_services(guides, audiences),
        audiences=audiences,
        disclosure=disclosure,
        policies=tuple(_rows(node, found[node.id]) for node in policies if found[node.id]),
        dialogue=_dialogue(letters),
        topics=_topics(tree),
        relatives=frames.family(address) if shape == "portal" else (),
        contact=_contact(address, blocks, letters) if shape != "portal" else None,
        opening=opening,
    )


def icons_of(view: HomeView) -> frozenset[str]:
    """Return the icons that a home page shows."""
    names = {"right"}
    for block in (view.services, view.disclosure, view.dialogue, view.topics):
        names.update(link.icon for link in (block.links if block else ()) if link.icon)
    names.update(group.icon for group in view.audiences if group.icon)
    names.update(fact.icon for fact in (view.contact.facts if view.contact else ()) if fact.icon)
    if view.relatives:
        names.add("down")
    if view.empty:
        names.add("tray")
    return frozenset(names)


def _pictures_and_summaries(rows: list[Row]) -> tuple[tuple[PictureNews, ...], dict[int, str]]:
    """Return the newest items that have a picture, and the summaries, of the given rows only: no scan of a column."""
    from sites.models import Article

    if not rows:
        return (), {}
    known: dict[int, tuple[int | None, str]] = {
        pk: (image_id, summary)
        for pk, image_id, summary in Article.objects.filter(pk__in=[row.id for row in rows]).values_list(
            "pk", "lead_image_id", "summary"
        )
    }
    newest_first = sorted(rows, key=lambda row: row.at.iso if row.at else "", reverse=True)
    with_image = [row for row in newest_first if known.get(row.id, (None, ""))[0]][:PICTURES]
    found = pictures([known[row.id][0] for row in with_image], WIDE)
    shown = [PictureNews(row, found[image]) for row in with_image if (image := known[row.id][0]) in found]
    if len(shown) == 2 or len(shown) == 3:
        shown = shown[:1]  # one large picture and a full row of three small ones, or the large one alone
    return tuple(shown), {pk: summary for pk, (_, summary) in known.items() if summary}


def _news(node: Node, rows: tuple[Row, ...], pictured: set[int], summaries: dict[int, str]) -> Block:
    """Return a news block: the newest item as a headline where it has a summary, then the next ones."""
    rows = tuple(row for row in rows if row.id not in pictured)
    if rows and rows[0].id in summaries:
        head = Link(rows[0].title, rows[0].href, note=summaries[rows[0].id])
        return replace(_rows(node, rows[1:ROWS]), lead=head)
    return _rows(node, rows[:ROWS])


def _rows(node: Node, rows: tuple[Row, ...]) -> Block:
    return Block(f"c{node.id}", node.title, node.href, rows=rows)


def _tiles(title: str, anchor: str, nodes: list[Node], *, shape: str) -> Block | None:
    if not nodes:
        return None
    section = nodes[0].top
    inside = section is not nodes[0]
    return Block(
        anchor,
        section.title if inside else title,
        section.href if inside else "",
        links=tuple(Link(node.title, node.href, icon=icon_of(node)) for node in nodes),
        shape=shape,
    )


def _audiences(address: SiteAddress, node: Node) -> tuple[Group, ...]:
    groups = audience_groups(address, node.id, GUIDES_READ)
    return tuple(replace(group, links=group.links[:GUIDES_SHOWN]) for group in groups)


def _services(guides: list[Node], audiences: tuple[Group, ...]) -> Block | None:
    if not guides:
        return None
    section = guides[0].top
    if audiences:
        return Block("fw", section.title, guides[0].href, note=gettext("Find a service by who you are"))
    links = tuple(Link(node.title, node.href, icon=icon_of(node)) for node in section.below)
    return Block("fw", section.title, section.href, links=links, shape="quick") if links else None


def _dialogue(letters: list[Node]) -> Block | None:
    if not letters:
        return None
    section = letters[0].top
    nodes = [node for node in section.below if node.kind in {"letters", "survey", "interview"}] or letters
    links = tuple(Link(node.title, node.href, icon=icon_of(node)) for node in nodes)
    return Block("hd", section.title, section.href, links=links, shape="quick")


def _topics(tree: SiteTree) -> Block | None:
    node = tree.by_code.get(TOPICS)
    if node is None or node.retired:
        return None
    links = tuple(Link(child.title, child.href, note=child.intro) for child in node.below if not child.ended)
    if not links:
        return None
    return Block("zt", node.title, node.href, links=links, shape="tiles wide")


def _introduction(tree: SiteTree) -> Block | None:
    """Return the beginning of the overview (概况信息), None while nobody has written one."""
    from wagtail.rich_text import get_text_for_indexing

    from sites.models import Column

    node = tree.by_code.get(OVERVIEW)
    if node is None or node.retired:
        return None
    body = Column.objects.filter(pk=node.id).values_list("body", flat=True).first()
    texts = [get_text_for_indexing(block.value.source) for block in body or () if block.block_type == "paragraph"]
    text = " ".join(" ".join(texts).split())
    if not text:
        return None
    shown = text if len(text) <= INTRODUCTION else f"{text[: INTRODUCTION - 1]}…"
    return Block(f"c{node.id}", node.title, node.href, text=shown)


def _contact(address: SiteAddress, blocks: dict[str, list[Node]], letters: list[Node]) -> Contact | None:
    facts = frames.contact_facts(address)
    people = [node for node in blocks.get("tiles", ()) if node.kind == "people"]
    links = tuple(Link(node.title, node.href) for node in (*letters[:1], *people[:1]))
    if not facts and not links:
        return None
    return Contact(gettext("Contact %(name)s") % {"name": address.short_name}, facts, links)


def _empty(tree: SiteTree) -> Empty:
    links = tuple(Link(node.title, node.href) for node in tree.top if node.in_menu)[:4]
    return Empty(
        gettext("The first items are being prepared"),
        gettext("News and notices will stand here as soon as they are published."),
        links,
    )
