"""What a page is among the others (页面结构): a list or an article, where it stands, on which pages it goes on. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from lxml import etree

from legacy.extraction import dates
from legacy.extraction.page import Page
from legacy.extraction.recipe import Recipe, select
from legacy.extraction.text import squeezed, tidy, whole
from legacy.extraction.trimming import is_file

_HERE = re.compile(
    r"(?:当前|现在|所在|您的|你的)?(?:的)?位\s?置(?:是|为|：|:|>|》|»|\s)|^位置[:：]|(?:首页|主页)\s*(?:>|》|»|&gt;|→|/|-+>|›|::)"
)
_CRUMB_NAMES = re.compile(r"crumb|position|dqwz|weizhi|location|currmenu|^path$|mbx|lujing|bread", re.IGNORECASE)
_NO_CRUMB = re.compile(r"^(?:首页|网站首页|主页|返回首页|正文|信息内容|内容|详细信息|>|»|)$")
_PAGER = re.compile(r"createPage(?:HTML|HTMLPage|Html)?\s*\(\s*(?P<arguments>[^)]{3,200})\)", re.IGNORECASE)
_NUMBER = re.compile(r"^[\[【(（]?\s*(\d{1,3})\s*[\]】)）]?$")
_NEXT = re.compile(
    r"^[\[【<>«»\s]*(?:下一页|下页|后一页|下一頁|上一页|上页|前一页|尾页|末页|next|prev|previous)[\]】>»\s]*$",
    re.IGNORECASE,
)
_LIST_NAME = re.compile(
    r"/(?:index|list|default|more|column|channel|node|lm|col)[\w-]*\.\w{3,5}$|/$|/[^./]*$", re.IGNORECASE
)
_ITEM_NAME = re.compile(
    r"/(?:t|art_|content_|c|a|article|info|show|view|detail)?[_-]?\d{3,}[\w-]*\.s?html?$|(?:article|info|news|show|detail|view|content)\w*\.(?:aspx?|jsp|php|do|html?)",
    re.IGNORECASE,
)
_PARTS_MOST = 60


def breadcrumb(page: Page, recipe: Recipe | None = None) -> list[tuple[str, str]]:
    """Return the titles and addresses of the columns above the page, the outermost first, without the home page."""
    if recipe and recipe.breadcrumb:
        for selector in recipe.breadcrumb:
            found = select(page.root, selector)
            if found:
                return _crumbs(found, page)
        return []
    place = crumb_element(page)
    return _crumbs(list(place.iter("a")), page) if place is not None else []


def crumb_element(page: Page) -> etree._Element | None:
    """Return the element that says where one is: by its name, or by its words and links."""
    body = page.root.find("body")
    if body is None:
        return None
    for element in body.iter():
        if not isinstance(element.tag, str) or element.tag in {"a", "body", "html"}:
            continue
        named = _CRUMB_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None
        start = element.text or ""
        said = not named and bool(start) and _HERE.search(start) is not None
        if not named and not said:
            continue
        holder: etree._Element | None = element
        for _step in range(3):
            if holder is None or holder is body:
                break
            links = sum(1 for _link in holder.iter("a"))
            if links > 12 or len(squeezed(whole(holder))) > 300:
                break
            if links and (named or said) and _HERE.search(tidy(whole(holder)) + " "):
                return holder
            if links >= 1 and named:
                return holder
            holder = holder.getparent()
    return None


def _crumbs(links: list[etree._Element], page: Page) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    for link in links:
        title = tidy(whole(link)).strip(" >»›/|")
        if not _NO_CRUMB.match(title) and len(title) <= 60:
            address = page.absolute(link.get("href") or "")
            if (title, address) not in out:
                out.append((title, address))
    return out


def list_rows(page: Page) -> int:
    """Return how many rows of a list the page has: blocks of one link to a page and a date."""
    rows = 0
    for element in page.root.iter("li", "tr", "dd", "p", "dl"):
        links = [link for link in element.iter("a") if len(squeezed(whole(link))) >= 5]
        if len(links) != 1 or is_file(links[0].get("href") or ""):
            continue
        text = tidy(whole(element))
        linked = len(squeezed(whole(links[0])))
        if len(text) <= 200 and linked >= len(squeezed(text)) * 0.4 and _dated(text):
            rows += 1
    return rows


def _dated(text: str) -> bool:
    return bool(dates.find(text)) or re.search(r"[\[(（]?\d{1,2}[-/.月]\d{1,2}日?[\])）]?\s*$", text) is not None


def pager(page: Page) -> tuple[int, int, str, str] | None:
    """Return what createPageHTML(count, current, "index", "html") of the page says; None where there is none."""
    if "reatePage" not in page.text and "reatepage" not in page.text:
        return None
    found = _PAGER.search(page.text)
    if not found or re.search(r"function\s+$", page.text[max(0, found.start() - 12) : found.start()]):
        for other in _PAGER.finditer(page.text):
            if re.match(r"\s*\d", other["arguments"]):
                found = other
                break
    if not found:
        return None
    arguments = [one.strip().strip("'\"") for one in found["arguments"].split(",")]
    numbers = [int(one) for one in arguments if one.isdigit()]
    names = [one for one in arguments if re.fullmatch(r"[A-Za-z_][\w-]{0,80}", one)]
    if len(numbers) < 2 or len(names) < 2:
        return None
    return numbers[0], numbers[1], names[0], names[1]


def next_parts(page: Page, recipe: Recipe | None = None) -> list[str]:
    """Return the addresses of the other parts of a paged article or list, in their order."""
    found: list[str] = []
    said = pager(page)
    if said and 1 < said[0] <= 5000:
        count, _current, name, ending = said
        found += [
            page.absolute(f"{name}_{number}.{ending}" if number else f"{name}.{ending}") for number in range(count)
        ]
    if recipe and recipe.paging:
        links = [link for selector in recipe.paging for link in select(page.root, selector)]
    else:
        links = [link for link in page.root.iter("a") if link.get("href")]
    numbered = []
    for link in links:
        text = tidy(whole(link))
        if _NUMBER.match(text) or _NEXT.match(text):
            numbered.append(page.absolute(link.get("href") or "").partition("#")[0])
    own = page.url.partition("#")[0]
    wholes = {_whole(address) for address in numbered}
    base = _stem(own) if _stem(own) in wholes else _whole(own)
    for address in numbered:
        is_part = bool(recipe is not None and recipe.paging) or base in {_whole(address), _stem(address)}
        if address and address not in found and is_part:
            found.append(address)
    return [address for address in found if address != own][:_PARTS_MOST]


def in_order(addresses: Sequence[str]) -> list[str]:
    """Return the addresses of the parts of one article in their order, the first part first: a.htm, a_2.htm, a_3.htm."""
    stems = Counter(_stem(address) for address in addresses)

    def place(address: str) -> tuple[int, int, str]:
        others = stems[_whole(address)] - (_stem(address) == _whole(address))
        if others > 0:
            return 0, 0, address
        found = _PART_QUERY.search(urlsplit(address).query) or _PART_PATH.search(urlsplit(address).path)
        return 1, int(found[1]) if found else 0, address

    return sorted(addresses, key=place)


_PART_PATH = re.compile(r"(?<=\w)[_-](?:p|page)?(\d{1,3})(?=\.\w{3,5}$)")
_PART_QUERY = re.compile(r"(?:^|&)(?:page|p|pageno|pagenum|currentpage|pn|pageindex)=(\d*)", re.IGNORECASE)


def _whole(address: str) -> tuple[str, str, str]:
    """Return what names a page: host, path, query."""
    parts = urlsplit(address)
    return (parts.hostname or "").removeprefix("www."), parts.path, parts.query.strip("&")


def _stem(address: str) -> tuple[str, str, str]:
    """Return what names the first part of an article, were the address that of a later one: without the part's number."""
    host, path, query = _whole(address)
    return host, _PART_PATH.sub("", path), _PART_QUERY.sub("", query).strip("&")


def looks_like_list(page: Page, *, prose: int, signs: int) -> bool:
    """Return whether the page is a list, not an article.

    `prose` counts the characters of its body outside links, `signs` how many fields spoke for an article (a labelled
    date, a source, a title of its own).
    """
    path = urlsplit(page.url).path
    rows = list_rows(page)
    if "articletitle" in page.metas:
        return False
    score = 0
    score += 2 if rows >= 5 else 1 if rows >= 2 else 0
    score += 1 if _LIST_NAME.search(path) and not _ITEM_NAME.search(path) else 0
    score += 2 if pager(page) and prose < 400 else 0
    score += 1 if "columnname" in page.metas else 0
    score -= min(signs, 3)
    score -= 2 if _ITEM_NAME.search(path) else 0
    score -= 2 if prose > 300 else 1 if prose > 120 else 0
    links = sum(1 for link in page.root.iter("a") if len(squeezed(whole(link))) >= 4)
    score += 1 if links > 15 and prose < 200 else 0
    return score >= 2 or (score >= 1 and prose < 60 and signs == 0)
