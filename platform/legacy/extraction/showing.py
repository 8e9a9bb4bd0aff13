"""An old page shown beside what was read from it: without scripts and addresses, with the places outlined that were read."""

from __future__ import annotations

import base64
import re

from lxml import etree

from legacy import blobs
from legacy.extraction import decoding
from legacy.extraction.page import Page
from legacy.extraction.recipe import Recipe, RecipeError, select
from legacy.ledger.address_rule import Rule
from legacy.ledger.canonical import canonical
from legacy.models import LegacyRaw, Transition
from sites.writing.pictures import usable

# The frame that shows the page gets this policy as well as the sandbox: nothing runs, nothing is fetched, nothing is sent.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; form-action 'none'"
)
_STYLES_MOST = 400_000
_PICTURES_MOST = 3_000_000
_GONE = ("script", "iframe", "frame", "object", "embed", "applet", "meta", "base", "video", "audio", "form", "svg")
_KEPT = frozenset((
    "class", "id", "style", "align", "valign", "width", "height", "border", "colspan", "rowspan", "color", "size", "face",
    "alt", "bgcolor",
))  # fmt: skip
_REACHING_OUT = re.compile(r"@import[^;]*;?|url\s*\([^)]*\)|expression\s*\([^)]*\)|</style", re.IGNORECASE)
_MARK = "outline: 3px solid #1a7f5a; outline-offset: 2px;"
_MARK_BODY = "outline: 3px dashed #1f5f99; outline-offset: 2px;"


def shown(page: Page, found: Transition, recipe: Recipe | None) -> str:
    """Return the page as one HTML text that needs nothing else; the page's tree is changed."""
    rule = Rule.from_json(found.address_rule)
    styles = _styles(page, found, rule)
    _outline(page, recipe)
    etree.strip_elements(page.root, *_GONE, with_tail=False)
    pictures = _pictures(page, found, rule)
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in list(element.attrib):
            if name not in _KEPT:
                del element.attrib[name]
        if style := element.get("style"):
            element.set("style", _REACHING_OUT.sub("", style))
        if element in pictures:
            element.set("src", pictures[element])
    body = page.root.find("body")
    inner = etree.tostring(body, encoding="unicode", method="html") if body is not None else "<body></body>"
    head = f'<meta charset="utf-8"><title>{_text(page.title)}</title><style>{styles}</style>'
    return f'<!DOCTYPE html><html lang="zh"><head>{head}</head>{inner}</html>'


def _outline(page: Page, recipe: Recipe | None) -> None:
    if recipe is None:
        return
    marks = [
        (rule.target, _MARK) for rules in recipe.fields.values() for rule in rules if rule.kind in {"css", "xpath"}
    ]
    marks += [(rule.within, _MARK) for rules in recipe.fields.values() for rule in rules if rule.within]
    marks += [(selector, _MARK_BODY) for selector in recipe.body[:1]]
    for selector, mark in marks:
        try:
            for element in select(page.root, selector)[:1]:
                element.set("style", f"{element.get('style') or ''};{mark}".lstrip(";"))
        except RecipeError:
            continue


def _styles(page: Page, found: Transition, rule: Rule) -> str:
    """Return the page's own styles, and those of its style sheets whose bytes are kept, without what reaches out."""
    # The tree has lost its links and styles; the text still has them.
    addresses = [
        page.absolute(one)
        for one in re.findall(r"<link\b[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+\.css[^\"'\s>]*)", page.text, re.IGNORECASE)[
            :12
        ]
    ]
    texts = re.findall(r"<style\b[^>]*>(.*?)</style>", page.text, re.IGNORECASE | re.DOTALL)
    for raw in _raws(addresses, found, rule):
        texts.append(decoding.decode(blobs.get(raw.sha256), raw.content_type).text)
    joined = "\n".join(texts)[:_STYLES_MOST]
    return _REACHING_OUT.sub("", joined).replace("<", " ")


def _pictures(page: Page, found: Transition, rule: Rule) -> dict[etree._Element, str]:
    """Return the pictures whose bytes are kept as data: addresses, by their elements."""
    wanted = {
        image: canonical(page.absolute(image.get("src") or ""), rule).key
        for image in page.root.iter("img")
        if image.get("src")
    }
    raws = {raw.key: raw for raw in _raws([page.absolute(image.get("src") or "") for image in wanted], found, rule)}
    out: dict[etree._Element, str] = {}
    spent = 0
    for image, key in wanted.items():
        raw = raws.get(key)
        if raw is None or spent + raw.size > _PICTURES_MOST:
            continue
        data = usable(blobs.get(raw.sha256))
        if data:
            spent += len(data)
            out[image] = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return out


def _raws(addresses: list[str], found: Transition, rule: Rule) -> list[LegacyRaw]:
    keys = {canonical(address, rule).key for address in addresses if address}
    kept = LegacyRaw.objects.filter(transition=found, key__in=keys, sha256__gt="")
    return [raw for raw in kept if blobs.path_of(raw.sha256).is_file()]


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
