"""What single columns of the shipped templates mean to the public side. Codes never change, titles may."""

from __future__ import annotations

from functools import lru_cache

from sites.addresses import SiteAddress
from sites.column_templates import TemplateError
from sites.public.trees import Node, SiteTree
from sites.templates_library import library

SITE_MAP = "wzdt"
OVERVIEW = "zj-gk"
CONTACT = frozenset({"lxwm", "lxfs"})
ABOUT = ("wzdt", "gywm", "wzsm", "lxwm", "ndbb")
PICTURE_NEWS = "tpxw"
TOPICS = "zt"
ICONS = {
    "jgzn": "sites",
    "jgsz": "sites",
    "zsdw": "net",
    "ldxx": "person",
    "gkzn": "compass",
    "gkzd": "read",
    "fdzd": "doc",
    "gknb": "plan",
    "ysqgk": "apply",
    "ghjh": "plan",
    "czxx": "money",
    "zdly": "compass",
    "lxfs": "phone",
    "lxwm": "phone",
    "zcjd": "read",
}
KIND_ICONS = {
    "people": "person",
    "organisation": "sites",
    "request": "apply",
    "letters": "mail",
    "survey": "plan",
    "interview": "person",
    "guide": "tray",
    "external": "right",
    "data": "invest",
}
AUDIENCE_ICONS = {
    "citizen": "person",
    "company": "company",
    "visitor": "travel",
    "investor": "invest",
    "vulnerable": "care",
}


def icon_of(node: Node) -> str:
    return ICONS.get(node.code) or KIND_ICONS.get(node.kind) or "doc"


def about_columns(tree: SiteTree) -> list[Node]:
    """Return the columns about the site itself (网站地图, 关于我们 …) that this site has."""
    return [tree.by_code[code] for code in ABOUT if code in tree.by_code and not tree.by_code[code].retired]


def home_columns(address: SiteAddress, tree: SiteTree) -> dict[str, list[Node]]:
    """Return the columns that stand on the home page, by the block their template gives them, in its order.

    A site without a template (or with one that is no longer there) has its lists as news: the page is never bare.
    """
    found: dict[str, list[Node]] = {}
    for code, block in _home_blocks(address.kind, address.template_version):
        node = tree.by_code.get(code)
        if node is not None and not node.retired:
            found.setdefault(block, []).append(node)
    if not found:
        lists = [node for node in tree.of_kind("list") if node.code not in ABOUT]
        found = {"lead": lists[:1], "notices": lists[1:2], "services": tree.of_kind("guide")[:1]}
    return {block: nodes for block, nodes in found.items() if nodes}


@lru_cache(maxsize=64)
def _home_blocks(kind: str, version: int) -> tuple[tuple[str, str], ...]:
    try:
        template = library().get(kind, version) if version else library().latest(kind)
    except TemplateError:
        return ()
    return tuple((spec.code, spec.home) for spec in template.columns if spec.home)
