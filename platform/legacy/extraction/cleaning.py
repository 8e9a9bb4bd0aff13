"""From the element of a body to blocks (清洗): addresses made whole, files and pictures listed, a second copy left out. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes, urlsplit

from lxml import etree

from legacy import bodies
from legacy.extraction import damage, decoding
from legacy.extraction.page import Page
from legacy.extraction.text import squeezed, tidy, whole
from legacy.extraction.trimming import is_file
from legacy.sentences import store
from sites.messages import Sentence, _, sentence
from sites.writing import html
from sites.writing.characters import clean
from sites.writing.items import Grid, Image, Item, Paragraph
from sites.writing.parts import Picture, Table, Text, Unreadable
from sites.writing.runs import plain
from sites.writing.stored_table import table_value

_LAZY = ("data-src", "data-original", "data-url", "data-echo", "oldsrc", "_src", "data-ke-src", "file")
# Little pictures of file types and of blanks: part of the old site's dress, not of its text.
_DRESS = re.compile(
    r"(?:^|/)(?:file_?type|fileTypeImages|fileicon|icon_?(?:doc|xls|pdf|txt|rar|zip|ppt|jpg|default)|attach_?icon|spacer|blank|dot|point|arrow|li_?\d?|jt|pixel)[^/]*\.(?:gif|png|jpg)$|"
    r"/fileTypeImages/|/ueditor/dialogs/attachment/",
    re.IGNORECASE,
)
_FILE_WORDS = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|wps|et|pdf|zip|rar|7z|txt|csv|ofd|ceb|jpg|png)\s*[)）】]?$|^附\s?件|下载附件|附件下载",
    re.IGNORECASE,
)
_FETCHED = re.compile(
    r"(?:download|down|attach|getfile|filedown|/upload|/uploadfile|/attachment|affix|enclosure)", re.IGNORECASE
)
_DATA_MOST = 7_000_000
_NAME_MOST = 200


def to_body(element: etree._Element, page: Page) -> tuple[bodies.Body, bool]:
    """Return the body in blocks, and whether it was one of the damaged copies (legacy.extraction.damage).

    The element is changed: pass a copy. Raises nothing: what is too large or too deep is a body with one sentence in
    "lost" and no blocks.
    """
    body = bodies.empty()
    was_damaged = damage.mend(element)
    lost: list[Sentence] = []
    body["attachments"] = _addresses(element, page, lost)
    try:
        read = html.read_tree(element, _address, keep=_once)
    except Unreadable as error:
        body["lost"] = [store(error.sentence)]
        return body, was_damaged
    seen: set[str] = set()
    for block in read.blocks:
        if isinstance(block, Text):
            body["blocks"].append({"type": "text", "html": block.html})
        elif isinstance(block, Table):
            body["blocks"].append({"type": "table", "value": table_value(block)})
        elif isinstance(block, Picture):
            url = block.data.decode()
            if url not in seen:
                seen.add(url)
                body["blocks"].append({"type": "picture", "url": url, "alt": block.alt, "caption": ""})
    body["lost"] = [store(one) for one in (*read.lost, *lost)]
    return body, was_damaged


def from_html(text: str, base: str) -> bodies.Body:
    """Return the body of a record whose source gives HTML (an export, a table of a database)."""
    page = Page(base, text, "utf-8", 0, _NOTHING, base, {}, {}, {}, "")
    if not _MARKED.search(text):
        # A plain text, or an editor that keeps paragraphs as empty lines.
        text = "".join(f"<p>{part}</p>" for part in re.split(r"(?:\r?\n[ \t\u3000]*){2,}", text)).replace("\n", "<br>")
    data = f"<html><body><div>{text}</div></body></html>".encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser=_FRAGMENTS).find("body")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    return to_body(root, page)[0] if root is not None else bodies.empty()


def joined(parts: list[bodies.Body]) -> bodies.Body:
    """Return the parts of a paged article as one body. A part that repeats another one is left out."""
    made = bodies.empty()
    texts: set[str] = set()
    for part in parts:
        text = squeezed(text_of(part))
        if text and text in texts:
            continue
        texts.add(text)
        made["blocks"] += part["blocks"]
        made["lost"] += [one for one in part["lost"] if one not in made["lost"]]
        known = {one["url"] for one in made["attachments"]}
        made["attachments"] += [one for one in part["attachments"] if one["url"] not in known]
    return made


def text_of(body: bodies.Body) -> str:
    """Return the text of a body, a line for each paragraph and row."""
    lines: list[str] = []
    for block in body["blocks"]:
        if block["type"] == "text":
            spaced = re.sub(r"</(?:p|h2|h3|li)>|<br/>|<hr/>", "\n", block["html"])
            lines.append(_unescaped(re.sub(r"<[^>]*>", "", spaced)).strip())
        elif block["type"] == "table":
            if block["value"].get("table_caption"):
                lines.append(block["value"]["table_caption"])
            lines += ["\t".join(row) for row in block["value"]["data"]]
    return "\n".join(line for line in lines if line)


_FRAGMENTS = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
_MARKED = re.compile(r"<(?:p|div|br|table|section|h[1-6])[\s>/]", re.IGNORECASE)
_NOTHING = etree.Element("html")


def _address(image: Image) -> bytes | None:
    """Return the picture's address as its "bytes": pictures of an old site are fetched when it is loaded."""
    return image.source.encode() if image.source else None


def _once(items: list[Item]) -> list[Item]:
    """Return the items, once where the second half says the same as the first (for PC and for mobile)."""
    texts = [squeezed(_text(item)) for item in items]
    total = sum(map(len, texts))
    if total < 60:
        return items
    seen = 0
    for at, text in enumerate(texts):
        seen += len(text)
        if seen * 2 >= total * 0.98:
            first, second = "".join(texts[: at + 1]), "".join(texts[at + 1 :])
            return items[: at + 1] if first and first == second else items
    return items


def _text(item: Item) -> str:
    if isinstance(item, Paragraph):
        return item.marker + plain(item.runs)
    if isinstance(item, Grid):
        return "".join("".join(row) for row in item.table.rows)
    return ""


def _addresses(root: etree._Element, page: Page, lost: list[Sentence]) -> list[dict[str, str]]:
    """Make all addresses whole; return the files that the text offers, and say which have no address any more."""
    files: list[dict[str, str]] = []
    dead: list[str] = []
    for element in root.iter("a", "img"):
        if element.tag == "img":
            _picture(element, page)
            continue
        written = element.get("href")
        if written is None:
            continue
        whole_address = page.absolute(written)
        name = tidy(clean(whole(element)))[:_NAME_MOST]
        if not whole_address:
            if _FILE_WORDS.search(name):
                dead.append(name)
            del element.attrib["href"]
            continue
        element.set("href", whole_address)
        if attachment(whole_address, name) and all(one["url"] != whole_address for one in files):
            files.append({"url": whole_address, "name": file_name(whole_address, element.get("title") or "", name)})
    if dead:
        lost.append(sentence(_("The old page names files without an address: %(names)s."), names="、".join(dead[:10])))
    return files


def attachment(address: str, name: str) -> bool:
    """Return whether a link leads to a file: by its address, or by a download address with the name of a file."""
    if not address.lower().startswith(("http://", "https://", "file:")):
        return False
    parts = urlsplit(address)
    if is_file(parts.path) or is_file(parts.query):
        return True
    return bool(_FETCHED.search(address)) and bool(_FILE_WORDS.search(name))


def file_name(address: str, title: str, text: str) -> str:
    """Return the name by which people know the file: with its ending, in Chinese where the page says so."""
    ending = re.search(r"\.[A-Za-z0-9]{2,4}(?=$|[?#&])", urlsplit(address).path) or re.search(
        r"\.[A-Za-z0-9]{2,4}$", address
    )
    suffix = ending[0].lower() if ending else ""
    for said in (title, text):
        said = tidy(re.sub(r"[\\/:*?\"<>|\r\n\t]+", " ", said)).strip(" 。；;，,")
        if said and not re.fullmatch(r"(?:点击)?(?:此处)?(?:下载|附件下载|下载附件|查看|附件)", said):
            has_ending = re.search(r"\.[A-Za-z0-9]{2,4}$", said)
            return said[:_NAME_MOST] if has_ending or not suffix else f"{said[: _NAME_MOST - 5]}{suffix}"
    last = unquote_to_bytes(urlsplit(address).path.rsplit("/", 1)[-1])
    return decoding.decode(last).text[:_NAME_MOST] or "file"


def _picture(element: etree._Element, page: Page) -> None:
    source = (element.get("src") or "").strip()
    for name in _LAZY:
        other = (element.get(name) or "").strip()
        if other and (
            not source
            or re.search(
                r"(?:loading|lazy|blank|spacer|grey|placeholder|transparent)[^/]*\.(?:gif|png|svg)|^data:image/gif",
                source,
            )
        ):
            source = other
            break
    if source.lower().startswith("data:image/"):
        address = source if len(source) <= _DATA_MOST else ""
    else:
        address = page.absolute(source)
        if _DRESS.search(urlsplit(address).path if address else "") or _tiny(element):
            address = ""
    if address:
        element.set("src", address)
    else:
        element.attrib.pop("src", None)


def _tiny(element: etree._Element) -> bool:
    sizes = [element.get(name) or "" for name in ("width", "height")]
    return any(re.fullmatch(r"[0-4](?:px)?", size.strip()) for size in sizes if size)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\xa0").replace("&amp;", "&")
