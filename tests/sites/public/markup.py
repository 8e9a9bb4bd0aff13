"""A reader of pages that is as strict as a validator about what our own templates must hold to."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "wbr", "hr", "source", "path", "circle", "use"}


@dataclass
class Page:
    """What was found on a page; `faults` is empty for a sound one."""

    faults: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    title: str = ""
    text: str = ""
    crumbs: list[str] = field(default_factory=list)
    menu: list[str] = field(default_factory=list)

    def href(self, label: str) -> str:
        """Return the address of the first link with this text."""
        return next(href for text, href in self.links if text == label)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.texts: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        found = {name: value or "" for name, value in attrs}
        faults = self.page.faults
        if len(names) != len(set(names)):
            faults.append(f"<{tag}> has an attribute twice: {names}")
        if tag in {"script", "style"} or "style" in found or any(name.startswith("on") for name in names):
            faults.append(f"<{tag}> is or carries inline script or style")
        if tag == "img" and not ("alt" in found and found.get("src") and found.get("width")):
            faults.append(f"<img> lacks alt, src or width: {found}")
        if tag == "a" and not found.get("href"):
            faults.append("<a> leads nowhere")
        if tag == "meta" and "name" in found:
            self.page.metas[found["name"]] = found["content"]
        if found.get("id"):
            if found["id"] in self.ids:
                faults.append(f"id {found['id']} stands twice")
            self.ids.add(found["id"])
        for name in ("aria-labelledby", "for"):
            if name in found:
                self.wanted.add(found[name])
        if found.get("href", "").startswith("#"):
            self.wanted.add(found["href"][1:])
        if tag not in VOID:
            self.open.append((tag, found))
            self.texts.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.page.faults.append(
                f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'} at {self.getpos()}"
            )
            return
        _, found = self.open.pop()
        text = "".join(self.texts.pop()).strip()
        if self.texts:
            self.texts[-1].append(text)
        if tag == "a":
            self.page.links.append((text, found["href"]))
            if not text:
                self.page.faults.append(f"a link without text: {found}")
        if tag in {"h1", "h2", "h3"}:
            self.page.headings.append((tag, text))
        if tag == "title":
            self.page.title = text
        classes = [attributes.get("class", "") for _, attributes in self.open]
        if tag == "li" and any("crumbs" in name for name in classes):
            self.page.crumbs.append(text)
        if tag == "li" and any(name.split(" ")[0] == "nav" for name in classes):
            self.page.menu.append(text)

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self.texts:
            self.texts[-1].append(data)


def parse(html: str) -> Page:
    """Return what stands on a page, with the faults of its markup."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    page.faults += [f"<{tag}> is never closed" for tag, _ in reader.open]
    page.faults += [f"nothing has the id {name}" for name in sorted(reader.wanted - reader.ids)]
    ones = [text for tag, text in page.headings if tag == "h1"]
    if len(ones) != 1:
        page.faults.append(f"{len(ones)} main headings: {ones}")
    if not html.startswith("<!DOCTYPE html>") or '<html lang="zh-CN"' not in html:
        page.faults.append("no doctype or language")
    return page


def page_of(response) -> Page:
    """Return the parsed page of a response, and insist that its markup is sound."""
    found = parse(response.content.decode())
    assert not found.faults, found.faults
    return found
