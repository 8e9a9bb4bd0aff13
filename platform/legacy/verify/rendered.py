"""The new page as a citizen gets it (新页面): title, date, text, pictures, files and links, read from its HTML. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import etree, html as lxml_html

from legacy.extraction.text import squeezed, tidy, whole

_PARSER = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True)


@dataclass(slots=True)
class Rendered:
    """`body` and `text` are without blanks: the prose alone, and all of the article. `published_on` is an ISO day or ""."""

    title: str = ""
    published_on: str = ""
    body: str = ""
    text: str = ""
    pictures: int = 0
    files: list[str] = field(default_factory=list)  # addresses of downloads, each once
    links: list[str] = field(default_factory=list)  # other whole addresses in the article, each once


def read(html: bytes, url: str) -> Rendered:
    """Return what a rendered page shows. Never raises for what the bytes hold."""
    try:
        root = lxml_html.document_fromstring(html, parser=_PARSER)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Rendered()
    article = next(iter(root.xpath("//main//article")), None)
    if article is None:
        return Rendered()
    for away in article.xpath(
        ".//*[contains(@class, 'no-print') or contains(@class, 'prevnext')] | .//nav | .//script | .//style | .//svg"
    ):
        away.drop_tree()
    prose = next(iter(article.xpath(".//*[contains(concat(' ', @class, ' '), ' prose ')]")), None)
    heading = next(iter(article.iter("h1")), None)
    found = Rendered(
        title=tidy(whole(heading)) if heading is not None else "",
        published_on=_meta(root, "PubDate")[:10],
        body=squeezed(whole(prose)) if prose is not None else "",
        text=squeezed(whole(article)),
    )
    if prose is not None:
        found.pictures = sum(1 for _picture in prose.iter("img"))
    for link in article.iter("a"):
        href = (link.get("href") or "").strip()
        if not href or href.startswith(("#", "mailto:", "tel:", "javascript:")):
            continue
        try:
            whole_address = urljoin(url, href).partition("#")[0]
        except ValueError:
            whole_address = href
        kept = found.files if "/documents/" in urlsplit(whole_address).path else found.links
        if whole_address not in kept:
            kept.append(whole_address)
    return found


def _meta(root: etree._Element, name: str) -> str:
    for meta in root.iter("meta"):
        if meta.get("name") == name:
            return (meta.get("content") or "").strip()
    return ""
