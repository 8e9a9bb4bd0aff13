"""The door to the public side: what a page's template receives, and which template that is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from sites import addresses
from sites.addresses import SiteAddress
from sites.public import columns, frames, guides, home, items
from sites.public.parts import Chrome, Link, moment
from sites.public.people import leader_card
from sites.public.tags import ColumnFacts, Tags, article_tags, column_tags
from sites.public.trees import Node, tree_of

COLUMN_TEMPLATES = {
    "section": "section",
    "list": "list",
    "single": "single",
    "people": "people",
    "organisation": "organisation",
    "catalogue": "catalogue",
    "guide": "guide",
    "topic": "list",
    "letters": "list",
    "survey": "list",
    "request": "list",
    "interview": "list",
    "data": "list",
    "external": "external",
}


def column_template(kind: str) -> str:
    """Return the template of a column's kind; an unknown kind is shown as a list."""
    return f"govsites/column_{COLUMN_TEMPLATES.get(kind, 'list')}.html"


def page_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Return `chrome` (everything around the content) and `view` (the content) for one page.

    Raises Http404 for a page of a list that does not exist. A page outside every sub-site (a region) has neither.
    """
    address = _address(page, request)
    if address is None:
        return {}
    builder = _BUILDERS.get(type(page).__name__)
    return builder(page, address, request) if builder else {}


def _address(page: Any, request: HttpRequest) -> SiteAddress | None:
    # The page's own site counts: a preview is asked for on the admin's host, which is no sub-site's.
    here: SiteAddress | None = getattr(request, "govsite", None)
    if here is not None and page.tenant_id in (None, here.tenant_id):
        return here
    return addresses.get(page.tenant_id) or addresses.by_home_path((page.path or "")[:12])


def _home(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    view = home.home_view(address)
    facts = ColumnFacts(
        gettext("Home page"), gettext("Home page of %(name)s") % {"name": address.name}, "", gettext("Home page")
    )
    chrome = frames.chrome(
        address,
        title=address.name,
        tags=column_tags(facts, address.name),
        is_home=True,
        icons=home.icons_of(view),
    )
    return {"chrome": chrome, "view": view}


def _column(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    tree = tree_of(address)
    node = tree.by_id.get(page.pk) or _unlisted(page, address)
    view = columns.column_view(page, address, tree, node, request)
    chrome = frames.chrome(
        address,
        title=page.title,
        tags=_column_tags(node, address),
        crumbs=frames.column_crumbs(address, node.line),
        section=node.top,
        is_section=node.parent is None,
        icons=columns.icons_of(view),
    )
    return {"chrome": chrome, "view": view}


def _article(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    view = items.article_view(page, address, request)
    chrome = _item_chrome(
        page,
        address,
        icons=items.icons_of(view),
        source=page.source,
        author=page.author,
        keyword_text=page.keywords,
        description=page.summary,
        image=_absolute(address, view.picture.src) if view.picture else "",
    )
    return {"chrome": chrome, "view": view}


def _document(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    view = items.document_view(page, address, request)
    chrome = _item_chrome(
        page,
        address,
        icons=items.icons_of(view),
        body_class="doc-page",
        source=page.source or page.issuing_authority,
        author=page.author,
        keyword_text=page.keywords,
        description=page.summary,
    )
    return {"chrome": chrome, "view": view}


def _guide(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    view = guides.guide_view(page)
    icons = frozenset({"get"}) if view.files else frozenset()
    return {"chrome": _item_chrome(page, address, icons=icons, description=page.summary, last=page.title), "view": view}


def _leader(page: Any, address: SiteAddress, request: HttpRequest) -> dict[str, Any]:
    chrome = _item_chrome(page, address, icons=frozenset(), description=page.post, last=page.title)
    back = next((Link(step.label, step.href) for step in reversed(chrome.crumbs) if step.href), None)
    return {"chrome": chrome, "view": leader_card(page, ""), "back": back}


def _item_chrome(
    page: Any,
    address: SiteAddress,
    *,
    icons: frozenset[str],
    body_class: str = "",
    source: str = "",
    author: str = "",
    keyword_text: str = "",
    description: str = "",
    image: str = "",
    last: str = "",
) -> Chrome:
    tree = tree_of(address)
    node = tree.by_id.get(page.column_id)
    url = addresses.url_of(address, page.url_path) if page.url_path else ""
    tags = article_tags(
        title=page.title,
        published=moment(page.published_at),
        source=source,
        site_name=address.name,
        keyword_text=keyword_text,
        author=author,
        description=description,
        image=image,
        url=url,
    )
    return frames.chrome(
        address,
        title=page.title,
        tags=(_column_tags(node, address) if node else ()) + tags,
        crumbs=frames.column_crumbs(address, node.line if node else (), last=last or gettext("Text of the item")),
        section=node.top if node else None,
        icons=icons,
        body_class=body_class,
    )


def _column_tags(node: Node, address: SiteAddress) -> Tags:
    return column_tags(ColumnFacts(node.title, node.intro, node.keywords, node.column_type), address.name)


def _absolute(address: SiteAddress, src: str) -> str:
    return src if src.startswith("http") else address.root_url + src


def _unlisted(page: Any, address: SiteAddress) -> Node:
    """Stand in for a column that is not in the tree of published ones: a preview. No item has the column id 0."""
    return Node(
        page.pk or 0,
        page.title,
        address.prefix,
        page.kind,
        page.code,
        False,
        page.column_type,
        page.keywords,
        page.intro,
        page.ends_on,
        page.retired_on is not None,
    )


_BUILDERS = {
    "HomePage": _home,
    "Column": _column,
    "Article": _article,
    "OfficialDocument": _document,
    "ServiceGuide": _guide,
    "Leader": _leader,
}
