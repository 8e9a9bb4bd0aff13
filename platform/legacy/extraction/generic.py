"""The fields of an unknown page (通用提取): every place that may say a field, with the rule that finds it again. Pure.

Meta tags, script variables, labelled text, headings: each gives candidates; where they say different things, the
answer is a question for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from legacy.extraction import dates, labels, structure
from legacy.extraction.interpreting import interpret
from legacy.extraction.locating import selector_for
from legacy.extraction.page import Page
from legacy.extraction.recipe import Rule
from legacy.extraction.text import leaf_blocks, row, squeezed, tidy, whole

_LINE_MOST = 260
_LINES_MOST = 2500
_TITLE_NAMES = re.compile(
    r"(?:^|[-_\s])(?:title|bt|biaoti|headline|tit|arttitle|newstitle|article[-_]?title|main[-_]?title|xxbt|wzbt|h1)(?:$|[-_\s\d])|title$|Title",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(
    r"^(?:首页|网站首页|当前位置|您的位置|正文|新闻|返回|登录|注册|相关|推荐|热门|今日|更多|来源|发布|日期|字体|显示|打印|分享)"
)
_SUFFIX = re.compile(r"\s+[-–—]\s+|(?<![A-Za-z0-9])-(?![A-Za-z0-9-])|\s*(?:[_|│｜‖»›<>]+|\s·\s)\s*|(?<!-)--(?!-)")
_SOURCE_AFTER_DATE = re.compile(
    r"^[\s\u3000|:：]*(?:来源\s*[:：]?\s*)?([\u4e00-\u9fffA-Za-z《》·]{2,20}(?:网|报|社|局|厅|委|办|政府|台|站|委员会|日报|晚报|在线|客户端|发布|中心))(?:[\s\u3000|（(]|$)"
)
_ORDER = {"meta": 0, "script": 1, "linked": 2, "label": 3, "css": 4, "html_title": 5}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value, the rule that found it, the text it was found in, how sure that way is."""

    name: str
    value: str
    rule: Rule
    evidence: str
    confidence: float
    element: etree._Element | None = None


@dataclass(slots=True)
class Line:
    """A short visible line and the element that holds it; `linked` is the share of it that stands in links."""

    element: etree._Element
    text: str
    linked: float


def candidates(page: Page) -> list[Candidate]:
    """Return everything that may say a field, in no order."""
    found = [*_from_meta(page), *_from_variables(page), *_from_linked(page)]
    lines = short_lines(page)
    labelled = list(_from_labels(lines))
    found += labelled
    titles = list(_titles(page, lines, found))
    found += titles
    if above := _above_the_dates(lines, labelled, page):
        titles.append(above)
        found.append(above)
    found += _unlabelled_dates(lines, titles)
    return [one for one in found if one.name != "title" or squeezed(one.value) not in _column_titles(page)]


def _column_titles(page: Page) -> frozenset[str]:
    """Return the titles of the columns above the page: a heading or <title> that says one of them names no article."""
    if "columns" not in page.memo:
        page.memo["columns"] = frozenset(squeezed(title) for title, _address in structure.breadcrumb(page))
    found: frozenset[str] = page.memo["columns"]
    return found


def short_lines(page: Page) -> list[Line]:
    """Return the page's short lines in their order."""
    if "lines" not in page.memo:
        body = page.root.find("body")
        made: list[Line] = []
        for element in leaf_blocks(body) if body is not None else ():
            size = len(whole(element))
            if not size or size > _LINE_MOST * 6:
                continue
            text = row(element)
            if not text or len(text) > _LINE_MOST:
                # Old pages hold whole articles in one cell, with the line of dates between two line breaks.
                made += [Line(element, one, 0.0) for one in text.split("\t")[:6] if 0 < len(one) <= 120]
                continue
            linked = sum(len(squeezed(whole(link))) for link in element.iter("a"))
            made.append(Line(element, text, linked / max(len(squeezed(text)), 1)))
            if len(made) >= _LINES_MOST:
                break
        made += _loose(body, made)
        page.memo["lines"] = made
    found: list[Line] = page.memo["lines"]
    return found


def _loose(body: etree._Element | None, made: list[Line]) -> list[Line]:
    """Return short texts that stand between blocks, not in one of their own, where they hold a date or a label."""
    out: list[Line] = []
    seen = {line.element for line in made}
    for element in body.iter() if body is not None else ():
        if not isinstance(element.tag, str):
            continue
        texts = [element.text] if element not in seen else []
        holder = element.getparent()
        for text, here in [*((text, element) for text in texts), (element.tail, holder)]:
            if text and here is not None and here not in seen and 8 < len(text) < 400 and _DATED.search(text):
                out.append(Line(here, tidy(text), 0.0))
        if len(out) > 60:
            break
    return out


_DATED = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]|(?:来源|作者|发布)\s*[:：]")


def _from_meta(page: Page) -> Iterator[Candidate]:
    for name, metas in labels.META.items():
        for meta in metas:
            for raw in page.metas.get(meta, ())[:1]:
                value = interpret(name, raw)
                if value is None or (
                    name == "author" and re.search(r"https?:|\.(?:com|cn|net)|^\w_\d+$|Team|^[A-Z]_\d", value)
                ):
                    continue
                sure = 0.95 if meta in {"articletitle", "pubdate", "contentsource"} else 0.85
                if name == "author":
                    sure = 0.5
                elif name == "published_at" and _lives_on(
                    value, next(iter(page.metas.get("article:modified_time", ())), None)
                ):
                    sure = 0.6
                yield Candidate(name, value, Rule("meta", meta), raw, sure)


def _from_variables(page: Page) -> Iterator[Candidate]:
    for name, variables in labels.VARIABLES.items():
        for variable, raw in page.variables.items():
            if variable.lower() in variables:
                value = interpret(name, raw)
                if value is not None and not (name == "title" and len(value) < 4):
                    sure = 0.5 if name == "title" else 0.95
                    yield Candidate(name, value, Rule("script", variable), raw, sure)


def _from_linked(page: Page) -> Iterator[Candidate]:
    for key, name in (("datePublished", "published_at"), ("headline", "title")):
        raw = page.linked.get(key)
        if isinstance(raw, str) and (value := interpret(name, raw)):
            sure = 0.6 if name == "published_at" and _lives_on(value, page.linked.get("dateModified")) else 0.9
            yield Candidate(name, value, Rule("linked", key), raw, sure)
    author = page.linked.get("author")
    author = author[0] if isinstance(author, list) and author else author
    raw = author.get("name") if isinstance(author, dict) else author
    if isinstance(raw, str) and (value := interpret("author", raw)):
        yield Candidate("author", value, Rule("linked", "author"), raw, 0.7)


def _lives_on(published: str, modified: object) -> bool:
    """Return whether a page was changed more than a year after its date: which of the two counts, a person must say."""
    changed = dates.parse(modified) if isinstance(modified, str) else None
    return changed is not None and int(changed[:4]) - int(published[:4]) > 1


# How sure a label is; what is not here is 0.9.
_WEAK = {
    "时间": 0.75, "日期": 0.75, "更新时间": 0.7, "更新日期": 0.7, "更新": 0.7, "发布": 0.75, "发表": 0.75, "来自": 0.6,
    "名称": 0.6, "标题": 0.7, "主题": 0.5, "记者": 0.5, "编写": 0.5, "发布单位": 0.6, "信息提供": 0.7, "标签": 0.5,
    "通讯员": 0.5, "录入时间": 0.8, "加入时间": 0.8,
}  # fmt: skip


def _from_labels(lines: list[Line]) -> Iterator[Candidate]:
    for line in lines:
        if line.linked > 0.8:
            continue
        found = labels.split(line.text)
        for one in found:
            name = "title" if one.name == "named" else one.name
            value = interpret(name, one.text)
            if value is None:
                continue
            sure = _WEAK.get(one.label, 0.9)
            if len(found) > 1:
                sure = min(sure + 0.05, 0.95)
            if name == "published_at" and len(line.text) > 120:
                sure -= 0.1
            yield Candidate(
                name, value, Rule("label", one.label, within=selector_for(line.element)), line.text, sure, line.element
            )


def _titles(page: Page, lines: list[Line], others: list[Candidate]) -> Iterator[Candidate]:
    """Yield titles from headings, from what is styled as one, and from the page's <title>, weighed against each other."""
    head = squeezed(page.title)
    said = [squeezed(one.value) for one in others if one.name == "title" and one.confidence > 0.8]
    body = page.root.find("body")
    for element in body.iter() if body is not None else ():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        heading = tag in {"h1", "h2", "h3"}
        styled = tag in {
            "div",
            "p",
            "span",
            "td",
            "font",
            "strong",
            "h4",
            "h5",
            "b",
            "dt",
            "li",
            "center",
            "big",
        } and bool(_TITLE_NAMES.search(named))
        same = False
        if not heading and not styled:
            size = len(element.text or "")
            if not 6 <= size <= 150 or tag in {"a", "option", "script", "title"} or not head:
                continue
            own = squeezed(element.text or "")
            same = len(own) >= 6 and own in head
            if not same:
                continue
        text = tidy(whole(element))
        tight = squeezed(text)
        if not 4 <= len(tight) <= 160 and not (len(tight) >= 2 and tight == head):
            continue
        if _NOT_TITLE.match(text):
            continue
        if sum(len(squeezed(whole(link))) for link in element.iter("a")) > len(tight) * 0.8:
            continue
        sure = {"h1": 0.6, "h2": 0.5, "h3": 0.4}.get(tag, 0.3) + (0.1 if styled and heading else 0.1 if styled else 0)
        if head and tight in head:
            # What ends the page's <title> is the site's name, also where it stands in a heading.
            site = head.endswith(tight) and len(tight) < len(head) * 0.6
            sure += -0.3 if site else 0.35 if head.startswith(tight) else 0.25
        elif head and len(tight) >= 8 and _cut(head) and tight.startswith(_cut(head)):
            sure += 0.3
        if any(tight == one for one in said):
            sure += 0.1
        if same:
            sure -= 0.05
        yield Candidate("title", text, Rule("css", selector_for(element)), text, min(sure, 0.95), element)
    parts = [part for part in _SUFFIX.split(page.title) if part.strip()]
    if parts and len(squeezed(parts[0])) >= 4:
        sure = 0.5 if len(parts) > 1 else 0.45
        if not re.search(r"网站?$|政府$|频道$|局$|栏目$|中心$|门户|[主首]页$|^欢迎|^谢谢", parts[0]):
            pattern = r"^(.+?)\s*(?:[-_—–|│｜－‖»›<>]{1,2}|$)"
            yield Candidate("title", tidy(parts[0]), Rule("html_title", "", pattern=pattern), page.title, sure)


def _above_the_dates(lines: list[Line], labelled: list[Candidate], page: Page) -> Candidate | None:
    """Return the line right above the labelled date where it looks like a heading: in pages of tables nothing names it."""
    dated = next((one.element for one in labelled if one.name == "published_at"), None)
    if dated is None:
        return None
    before: Line | None = None
    for line in lines:
        if line.element is dated:
            break
        before = line
    else:
        return None
    if before is None or before.linked > 0.3 or not 6 <= len(squeezed(before.text)) <= 120 or "\t" in before.text:
        return None
    if _NOT_TITLE.match(before.text) or re.search(r"[。；]$|[:：]", before.text):
        return None
    element = before.element
    strong = any(inner.tag in _STRONG for inner in element.iter()) or "center" in {
        element.get("align"),
        *(inner.get("align") for inner in element.iterdescendants()),
    }
    sure = (0.72 if strong else 0.55) + (0.2 if squeezed(before.text) in squeezed(page.title) else 0.0)
    return Candidate("title", tidy(before.text), Rule("css", selector_for(element)), before.text, sure, element)


_STRONG = frozenset({"b", "strong", "font", "h1", "h2", "h3", "h4", "big"})


def _cut(head: str) -> str:
    """Return a title that was cut for <title>, without its dots."""
    found = re.match(r"^(.{6,}?)(?:\.{2,}|…)", head)
    return found[1] if found else ""


def _unlabelled_dates(lines: list[Line], titles: list[Candidate]) -> Iterator[Candidate]:
    """Yield dates of short lines close behind the title: "2005-04-05 06:40 来源：…", "2022-02-13 09:57 光明网"."""
    best = max((one for one in titles if one.element is not None), key=lambda one: one.confidence, default=None)
    at = -1
    if best is not None:
        for index, line in enumerate(lines):
            if line.element is best.element or squeezed(best.value) in squeezed(line.text):
                at = index
                break
    counted = 0
    for index, line in enumerate(lines):
        if line.linked > 0.6 or index < at - 2:
            continue
        found = [one for one in dates.find(line.text) if one.value]
        if len(found) != 1 or labels_before(line.text, found[0].start):
            continue
        one = found[0]
        rest = squeezed(line.text[: one.start] + line.text[one.end :])
        timed = "T" in (one.value or "")
        near = at >= 0 and -2 <= index - at <= 6
        if (
            len(rest) > (60 if timed and near else 25)
            or re.search(r"[。，；！？]", rest)
            or re.search(r"今天是|星期.{0,6}农历|[Cc]opyright|版权|截止|备案|星期", line.text)
        ):
            continue
        sure = 0.55 + (0.2 if near else 0) + (0.1 if timed else 0) - (0.1 if len(rest) > 30 else 0)
        if re.search(r"(?:发表|发布|更新|刊登|张贴)于?\s*$", line.text[: one.start]):
            sure += 0.2
        rule = Rule("css", selector_for(line.element))
        yield Candidate(
            "published_at", one.value or "", rule, line.text, sure if counted == 0 else sure - 0.2, line.element
        )
        after = _SOURCE_AFTER_DATE.match(line.text[one.end :])
        if after and near:
            yield Candidate(
                "source",
                after[1],
                Rule("css", selector_for(line.element), pattern=r"\d\s+(?:来源[:：])?([^\s\d|]{2,20})"),
                line.text,
                0.7,
                line.element,
            )
        counted += 1
        if counted > 8:
            return


def labels_before(text: str, at: int) -> bool:
    """Return whether a label stands right before that place: then the label's own reading counts."""
    return bool(re.search(r"(?:时间|日期|发布于|发表于)\s*[\]】]?\s*[:：]\s*$", text[:at]))
