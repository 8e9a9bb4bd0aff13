"""Dates without a label (无标签日期): "2005-04-05 06:40 来源：…", "2022-02-13 09:57 光明网" between title and text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from legacy.extraction import dates
from legacy.extraction.candidate import Candidate
from legacy.extraction.locating import selector_for
from legacy.extraction.placing import Place, Places
from legacy.extraction.recipe import Rule
from legacy.extraction.shortlines import Line
from legacy.extraction.text import squeezed

_MOST = 9
_SOURCE_AFTER_DATE = re.compile(
    r"^[\s\u3000|:：]*(?:来源\s*[:：]?\s*)?([\u4e00-\u9fffA-Za-z《》·]{2,20}(?:网|报|社|局|厅|委|办|政府|台|站|委员会|日报|晚报|在线|客户端|发布|中心)|《[^《》]{2,20}》)(?:[\s\u3000|（(]|$)"
)
_CLOCK = re.compile(r"今天|今日|现在|当前|农历|星期|周[一二三四五六日]|欢迎|[Cc]opyright|版权|截止|截至|备案|访问")
_INFO = re.compile(r"[|│｜]|来源|作者|记者|浏览|点击|阅读|字[体号]")
_EVENT = re.compile(r"通过|修[正订]|施行|实施|生效|起|至|召开|举行|以?前|以?后|期$")
_SAID = re.compile(r"(?:发表|发布|更新|刊登|张贴)于?\s*$")
_LABEL = re.compile(r"(?:[时日]\s*[间期]|发布于|发表于|有效期|起草|[^\s]{2,6})\s*[\]】]?\s*[:：]\s*$")


def bare_dates(lines: list[Line], stand: Places) -> Iterator[Candidate]:
    """Yield the dates of short lines without a label. Sure are only those between title and text."""
    counted = 0
    for line in lines:
        found = [one for one in dates.find(line.text) if one.value] if line.linked <= 0.6 else []
        if len(found) != 1 or _LABEL.search(line.text[: found[0].start]) or _CLOCK.search(line.text):
            continue
        one = found[0]
        rest = squeezed(line.text[: one.start] + line.text[one.end :])
        timed = "T" in (one.value or "")
        head = stand.of(line) is Place.HEAD
        if len(rest) > (60 if timed and head else 25) or re.search(r"[。，；！？]", rest) or _EVENT.search(rest):
            continue
        if head:
            sure = 0.75 + (0.1 if timed else 0.0) - (0.1 if len(rest) > 30 else 0.0)
            own = not rest or not (_SOURCE_AFTER_DATE.match(line.text[one.end :]) or _INFO.search(line.text))
            if stand.title < 0 or (line.at > stand.container > stand.title and not timed and own):
                sure = 0.6  # it may be the first line of the text
        else:
            sure = 0.45
        if head and _SAID.search(line.text[: one.start]):
            sure += 0.1
        rule = Rule("css", selector_for(line.element))
        sure = sure if counted == 0 or not head else sure - 0.2
        yield Candidate("published_at", one.value or "", rule, line.text, sure, line.element)
        after = _SOURCE_AFTER_DATE.match(line.text[one.end :])
        if after and head:
            pattern = r"\d\s+(?:来源[:：])?([^\s\d|]{2,20})"
            rule = Rule("css", selector_for(line.element), pattern=pattern)
            yield Candidate("source", after[1].strip("《》"), rule, line.text, 0.8, line.element)
        counted += head
        if counted > _MOST:
            return
