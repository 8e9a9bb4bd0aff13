"""From the text at a field's place to its value: each field has its own form. Pure."""

from __future__ import annotations

import html
import re

from legacy.extraction import dates, numbers
from legacy.extraction.text import tidy

_TAGS = re.compile(r"</?[a-zA-Z][^>]{0,300}>")
_NOTHING = frozenset(
    "- -- — —— / 无 暂无 null undefined none 未知 佚名 不详 匿名 本站原创 来源 作者 N/A".lower().split()
)
_LEAD = re.compile(
    r"^(?:文章来源|信息来源|稿件来源|新闻来源|资料来源|来源|稿源|出处|转自|来自|作者|编辑|撰稿|发布单位|索\s*引\s*号)\s*[:：]?\s*"
)
_AROUND = " \t\u3000\xa0:：[]【】()（）|│｜;；,，、\"'“”"
_TITLE_LEAD = re.compile(r"^[\s\u3000]*(?:标题|题目|主题|篇名)\s*[:：]\s*")
_TITLE_END = re.compile(r"(?:[\s\u3000]*[-－_|│｜][\s\u3000]*)+$")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_MOST = {"title": 255, "subtitle": 255, "source": 100, "author": 100, "index_number": 80, "document_number": 80}
_DATE_IN = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}.*$")


def titled(text: str) -> str:
    """Return a title without its label and without the marks that set the site's name apart."""
    return _TITLE_END.sub("", _TITLE_LEAD.sub("", text))


def interpret(name: str, raw: str) -> str | None:
    """Return the field's value from the text that stood at its place; None where that says nothing."""
    text = tidy(_PRIVATE.sub("", _TAGS.sub(" ", html.unescape(raw)) if "<" in raw or "&" in raw else raw))
    if not text or text.lower() in _NOTHING:
        return None
    if name == "published_at":
        return dates.parse(text)
    if name == "written_on":
        found = dates.parse(text)
        return dates.day_of(found) if found else None
    if name == "document_number":
        return numbers.labelled(text)
    if name == "title":
        return titled(text)[:255] or None
    if name in {"source", "author", "issuing_authority"}:
        text = _DATE_IN.sub("", _LEAD.sub("", text.strip(_AROUND))).strip(_AROUND)
        if (
            not text
            or text.lower() in _NOTHING
            or re.fullmatch(r"[\d\s:.-]+", text)
            or len(text) > 60
            or re.search(r"[=<>{}$%。？！；]", text)
        ):
            return None
        return text
    if name == "index_number":
        found_number = re.search(
            r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff/_.\-—()（）〔〕]{3,79}", _LEAD.sub("", text)
        )
        return found_number[0] if found_number and re.search(r"\d", found_number[0]) else None
    return text[: _MOST.get(name, 500)] or None
