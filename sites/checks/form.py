"""The form of an article (体例): the title's length, and where a text comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sites.checks.findings import Finding, Severity
from sites.checks.passages import Passage
from sites.messages import _, sentence

TITLE_STORED = 255  # characters that the title's field takes
TITLE_COMFORTABLE = 60
# How reprinted texts give themselves away.
_REPRINTED = re.compile(
    r"(?:来源[:：]\s*\S|转载自|转自[:：]?|原标题[:：]|据(?:新华社|人民日报|央视|中新社|中国政府网)[^，。]{0,8}(?:报道|消息|电)"
    r"|(?:新华社|中新社|本报)[\u4e00-\u9fff]{2,6}\d{1,2}月\d{1,2}日(?:电|讯)|新华社记者|人民日报记者)"
)


def find_title(passage: Passage, short_title: str) -> Iterator[Finding]:
    """Yield a title that is too long to be stored, or too long for lists while no short title stands in for it."""
    length = len(passage.text)
    if length > TITLE_STORED:
        message = sentence(
            _("The title has %(length)d characters; at most %(limit)d are possible."), length=length, limit=TITLE_STORED
        )
        yield passage.found("title", Severity.REFUSE, message, TITLE_STORED, length)
    elif length > TITLE_COMFORTABLE and not short_title:
        message = sentence(
            _("The title has %(length)d characters and is cut in lists. Give a short title as well."), length=length
        )
        yield passage.found("title", Severity.HINT, message, TITLE_COMFORTABLE, length)


def find_source(source: str, texts: Iterable[Passage]) -> Iterator[Finding]:
    """Yield a missing source: must be confirmed where the text reads like a reprint, else a hint."""
    if source.strip():
        return
    for passage in texts:
        match = _REPRINTED.search(passage.text)
        if match:
            message = sentence(_("This reads like a text taken from elsewhere. Name its source in the field “Source”."))
            yield passage.found("source", Severity.CONFIRM, message, match.start(), match.end())
            return
    message = sentence(_("The source is not filled in. The check of government sites asks for it."))
    yield Passage("source", "").found("source", Severity.HINT, message)
