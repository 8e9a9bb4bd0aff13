"""Where the body of an unknown page stands (正文定位): known containers, punctuation, readability and trafilatura, by agreement.

Where readability and trafilatura agree, readability is nearly always right; elsewhere not even half the time. So the
agreement of the ways is the confidence, and what they disagree on goes to a person. Pure.
"""

from __future__ import annotations

import copy
import logging
import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree, html as lxml_html

from legacy.extraction import behind_title
from legacy.extraction.page import Page
from legacy.extraction.text import BLOCKS, bigrams, contained, overlap, squeezed, whole
from legacy.extraction.trimming import trimmed

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("readability").setLevel(logging.CRITICAL)

# Containers that content systems of government sites and the press give their articles.
_KNOWN_IDS = (
    "zoom", "UCAP-CONTENT", "ucap-content", "vsb_content", "vsb_content_2", "vsb_content_4", "vsb_content_501",
    "artibody", "Zoomwz", "zoomcon", "zw", "zwnr",
    "articleContent", "article_content", "article-content", "ArticleContent", "newsContent", "news_content",
    "NewsContent", "contentText", "content_text",
    "mainContent", "main-content", "BodyLabel", "js_content", "endText", "fontzoom", "FontZoom", "ContentBody",
    "contentbody", "content_body", "textbody",
    "info_content", "infoContent", "xxgk_content", "detailContent", "detail_content", "news_txt", "newstext",
    "artcon", "article", "rwb_zw",
    "mw-content-text", "divContent", "MyContent", "txtContent", "post_content", "news-body", "d_con",
    "con_con", "text", "content",
)  # fmt: skip
_KNOWN_CLASSES = (
    "TRS_Editor", "TRS_UEDITOR", "trs_editor_view", "trs_paper_default", "view", "article-content",
    "article_content", "articleContent", "article-con", "article_con", "article-body",
    "news_content", "news-content", "newsContent", "news_con", "newscontent", "xl_content", "xl-content",
    "pages_content", "pages-content", "zw_content", "detail-content", "detail_content",
    "detailContent", "contentText", "content_text", "content-text", "conTxt", "con_txt", "text_content",
    "txtcontent", "v_news_content", "Custom_UnionStyle", "TRS_Editor",
    "article", "articleText", "arti-content", "wp_articlecontent", "Article_Content", "entry-content",
    "post-content", "post_content", "rm_txt_con", "t_msgfont", "contentbox", "cont_txt",
    "zhengwen", "neirong", "nrzw", "xxnr", "txt_con", "txt", "content",
)  # fmt: skip
# Those that hold what the editor wrote and nothing else: the body also where it is short or empty.
_OWN = frozenset((
    "zoom", "ucap-content", "vsb_content", "vsb_content_2", "vsb_content_4", "vsb_content_501", "artibody", "zoomwz", "zoomcon",
    "bodylabel", "js_content", "fontzoom", "trs_editor", "trs_ueditor", "trs_editor_view", "v_news_content", "custom_unionstyle",
    "wp_articlecontent",
))  # fmt: skip
_KNOWN = frozenset(name.lower() for name in (*_KNOWN_IDS, *_KNOWN_CLASSES))
_TEXT_MOST, _TAGS_MOST = 1_000_000, 40_000  # the libraries take minutes for more
_LONG = 300  # characters: a text of that length elsewhere is more than the page's dress
_PUNCTUATION = re.compile(r"[，。；：！？、“”《》,;!?]")


@dataclass(slots=True)
class Found:
    """The element of the page (not a copy) that holds the body, the way that named it, and how sure that is.

    `agreement` is how far readability and trafilatura agree (bigram F1).
    """

    element: etree._Element
    method: str
    confidence: float
    agreement: float
    text: str
    count: Counter[str]


@dataclass(slots=True)
class _Candidate:
    element: etree._Element
    methods: list[str]
    text: str
    count: Counter[str]


def find(page: Page, info: str = "") -> Found | None:
    """Return where the body stands; None where nothing on the page looks like one.

    `info` is the page's line of dates: a body begins behind it.
    """
    body = page.root.find("body")
    if body is None:
        return None
    # The foot of the site is what the libraries find where the text is short.
    readable, precise = (
        "" if behind_title.is_foot(text) else text for text in (by_readability(page), by_trafilatura(page))
    )
    read_count, precise_count = bigrams(readable), bigrams(precise)
    agreement = overlap(read_count, precise_count) if readable and precise else 0.0
    candidates = _candidates(page, body, read_count, precise_count, info)
    if not candidates:
        return None
    best, score = _best(candidates, read_count, precise_count)
    return Found(best.element, "+".join(best.methods), score, agreement, best.text, best.count)


def by_readability(page: Page) -> str:
    """Return the text that readability-lxml alone takes for the body; "" where it fails."""
    from readability import Document  # on first use: a process that reads no old pages need not load it

    if "readability" not in page.memo:
        try:
            if len(page.text) > _TEXT_MOST or page.text.count("<") > _TAGS_MOST:
                raise ValueError(len(page.text))
            made = Document(page.text).summary(html_partial=True)
            page.memo["readability"] = whole(lxml_html.fromstring(made))
        except Exception:
            # The library raises what its parsers raise; a page it cannot read is a page without its opinion.
            page.memo["readability"] = ""
    found: str = page.memo["readability"]
    return found


def by_trafilatura(page: Page) -> str:
    """Return the text that trafilatura, set to precision, alone takes for the body; "" where it fails."""
    import trafilatura  # on first use, likewise

    if "trafilatura" not in page.memo:
        try:
            if len(page.text) > _TEXT_MOST or page.text.count("<") > _TAGS_MOST:
                raise ValueError(len(page.text))
            made = trafilatura.extract(page.text, favor_precision=True, include_comments=False, include_tables=True)
        except Exception:
            made = ""
        page.memo["trafilatura"] = made or ""
    found: str = page.memo["trafilatura"]
    return found


def known_containers(body: etree._Element) -> list[etree._Element]:
    """Return the elements with an id or a class that content systems give to bodies, the surest first."""
    ids: dict[str, list[etree._Element]] = {}
    classes: dict[str, list[etree._Element]] = {}
    for element in body.iter():
        if not isinstance(element.tag, str):
            continue
        if identity := element.get("id"):
            ids.setdefault(identity.lower(), []).append(element)
        if written := element.get("class"):
            for name in written.split():
                classes.setdefault(name.lower(), []).append(element)
    found: list[etree._Element] = []
    for table, names in ((ids, _KNOWN_IDS), (classes, _KNOWN_CLASSES)):
        for name in names:
            here = table.get(name.lower(), [])
            if 0 < len(here) <= 2:
                found.append(max(here, key=lambda one: len(whole(one))))
    return found


def is_known(selector: str) -> bool:
    """Return whether a selector names one of the known containers by its id or class."""
    name = selector.rpartition("#")[2] if "#" in selector else selector.rpartition(".")[2]
    return name.lower() in _KNOWN


def is_own(element: etree._Element) -> bool:
    """Return whether the element is a container of the kind that holds the editor's text alone."""
    names = {(element.get("id") or "").lower(), *(element.get("class") or "").lower().split()}
    return not names.isdisjoint(_OWN)


def _candidates(
    page: Page, body: etree._Element, readable: Counter[str], precise: Counter[str], info: str
) -> list[_Candidate]:
    named: dict[etree._Element, list[str]] = {}
    for element in known_containers(body)[:6]:
        named.setdefault(element, []).append("known container")
    if (dense := _dense(body)) is not None:
        named.setdefault(dense, []).append("punctuation")
    if (block := behind_title.block(page, body)) is not None:
        named.setdefault(block, []).append("behind the title")
    for count, method in ((readable, "readability"), (precise, "trafilatura")):
        if count.total() > 20 and (element := _holding(body, count)) is not None:
            named.setdefault(element, []).append(method)
    made = []
    for element, methods in named.items():
        cut = trimmed(copy.deepcopy(element), info=info, own=is_own(element))
        text = whole(cut)
        made.append(_Candidate(element, methods, text, bigrams(text)))
    made = [one for one in made if not behind_title.is_foot(one.text)]
    return [one for one in made if squeezed(one.text) or is_own(one.element)] or made


def _best(candidates: list[_Candidate], readable: Counter[str], precise: Counter[str]) -> tuple[_Candidate, float]:
    """Return the candidate that the others agree with most, and how sure that is."""

    def score(one: _Candidate) -> float:
        votes, weight = 0.0, 0.0
        for count, worth in ((readable, 1.0), (precise, 0.8)):
            if count.total():
                votes += worth * overlap(one.count, count)
                weight += worth
        for other in candidates:
            if other is not one:
                votes += 0.5 * overlap(one.count, other.count)
                weight += 0.5
        bonus = 0.06 * ("known container" in one.methods) + 0.02 * (len(one.methods) - 1)
        return (votes / weight if weight else 0.5) + bonus

    best = max(candidates, key=score)
    own = next((one for one in candidates if is_own(one.element)), None)
    if own is not None and (readable.total() < _LONG or contained(readable, own.count) > 0.3):
        best = own
    agreed = [overlap(best.count, count) for count in (readable, precise) if count.total()]
    sure = max(agreed, default=0.0) * 0.6 + min(agreed, default=0.0) * 0.4
    if "known container" in best.methods:
        sure = max(sure, 0.6 + 0.3 * max(agreed, default=0.0))
    return best, round(min(sure, 0.95), 3)


def _dense(body: etree._Element) -> etree._Element | None:
    """Return the smallest element that still holds most of the punctuation outside links: running text has it, menus do not."""
    marks: dict[etree._Element, int] = {}
    in_link = 0
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            in_link += element.tag == "a"
            own = len(_PUNCTUATION.findall(element.text or "")) if not in_link else 0
            marks[element] = own
        else:
            in_link -= element.tag == "a"
            above = element.getparent()
            if element is not body and above is not None:
                tail = len(_PUNCTUATION.findall(element.tail or "")) if not in_link else 0
                marks[above] = marks.get(above, 0) + marks[element] + tail
    total = marks.get(body, 0)
    if total < 5:
        return None
    at = body
    while True:
        inner = max((child for child in at if child in marks), key=lambda child: marks[child], default=None)
        if inner is None or marks[inner] < marks[at] * 0.75 or inner.tag in {"p", "span", "font", "a", "b", "strong"}:
            return at
        at = inner


def _holding(body: etree._Element, count: Counter[str]) -> etree._Element | None:
    """Return the smallest element that holds (nearly) all of a text."""
    at = body
    while True:
        inner = None
        for child in at:
            if not isinstance(child.tag, str) or child.tag in {"span", "b", "strong", "a"}:
                continue
            if child.tag in BLOCKS or child.tag in {"td", "th", "font"}:
                text = whole(child)
                if len(text) * 1.1 >= count.total() * 0.85 and contained(count, bigrams(text)) >= 0.92:
                    inner = child
                    break
        if inner is None:
            return at if at is not body else None
        at = inner
