"""What a text says of itself: title, document number (文号), signing date (成文日期). Proposals, never facts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from lxml import etree, html as lxml_html

from sites.writing.parts import MISSING_PICTURE, Block, Text

TITLE_MOST = 255
_TOP = 8  # a title stands among the first paragraphs
_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{1,15})\s*[〔\[【（(﹝]\s*((?:19|20)\d{2})\s*[〕\]】）)﹞]\s*(?:第\s*)?(\d{1,5})\s*号"
)
_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "○": 0, "零": 0, "Ｏ": 0, "O": 0, "０": 0}
_DATE = re.compile(
    r"(\d{4}|[〇○零ＯO0０一二三四五六七八九]{4})\s*[年.\-/]\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*[月.\-/]\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?"
)
# A title that ends so is whole; what is centred below it is a number, a date or a subtitle.
_WHOLE = re.compile(
    r"(通知|通告|公告|公示|意见|方案|办法|决定|报告|批复|的函|规定|细则|纪要|简报|预案|规划|总结|讲话|条例|指南|说明|目录|清单|名单|解读)([（(].{1,20}[）)])?$"
)
_RED_HEAD = re.compile(r"文\s*件$|^(附件|附)\s*\d*[:：]?$|^签发人|^[（(].*[）)]$|^特急|^机密|^秘密|^绝密")


@dataclass(frozen=True, slots=True)
class Proposals:
    """What was found, "" and None where nothing plain was; `blocks` are the rest, without the title."""

    blocks: tuple[Block, ...]
    title: str = ""
    document_number: str = ""
    written_on: date | None = None


def proposals(blocks: tuple[Block, ...], today: date) -> Proposals:
    """Return what the text proposes. The title is the first heading, or what stands centred at the top.

    The number is a line of its own near the top, never one that the text cites; the date is the last line that is a
    date and nothing else, not later than `today`.
    """
    number = _document_number(blocks)
    title, rest = _title(blocks)
    return Proposals(rest, title, number, _written_on(blocks, today))


def _tree(text: Text) -> list[etree._Element]:
    return list(lxml_html.fragment_fromstring(text.html, create_parent="div"))


def _plain(element: etree._Element) -> str:
    return re.sub(r"[ \t\r\n]+", " ", " ".join(element.itertext())).strip(" \u3000")


def _title(blocks: tuple[Block, ...]) -> tuple[str, tuple[Block, ...]]:
    if not blocks or not isinstance(blocks[0], Text):
        return "", blocks
    elements = _tree(blocks[0])
    used: list[etree._Element] = []
    for element in elements[:_TOP]:
        text = _plain(element)
        if not text or _RED_HEAD.search(text) or _NUMBER.fullmatch(text.strip()) or MISSING_PICTURE in text:
            if used:
                break
            continue
        heading, centred = element.tag in {"h2", "h3"}, element.get("class") == "text-center"
        if used and (heading or not centred or _DATE.search(text) or len(used) >= 3):
            break
        if heading or (centred and not _DATE.fullmatch(text)):
            used.append(element)
            if heading or _WHOLE.search(text):
                break
        elif used:
            break
    title = "".join(_plain(element) for element in used)
    if not title or len(title) > TITLE_MOST:
        return "", blocks
    kept = "".join(_written(element) for element in elements if element not in used)
    return title, ((Text(kept), *blocks[1:]) if kept else blocks[1:])


def _written(element: etree._Element) -> str:
    element.tail = None
    made = lxml_html.tostring(element, encoding="unicode", method="html")
    return str(made).replace("<br>", "<br/>").replace("<hr>", "<hr/>")


def _document_number(blocks: tuple[Block, ...]) -> str:
    if not blocks or not isinstance(blocks[0], Text):
        return ""
    for element in _tree(blocks[0])[:_TOP]:
        text = _plain(element)
        found = _NUMBER.match(text)
        if found and (found.end() == len(text) or text[found.end() :].strip().startswith("签发人")):
            return f"{found[1]}〔{found[2]}〕{found[3]}号"
    return ""


def _written_on(blocks: tuple[Block, ...], today: date) -> date | None:
    lines = [(element, _plain(element)) for block in blocks if isinstance(block, Text) for element in _tree(block)]
    half = len(lines) // 2
    dated = [
        (element, found)
        for element, text in lines[half:]
        if (match := _DATE.fullmatch(text)) and (found := _date(match)) and found <= today
    ]
    signed = [found for element, found in dated if element.get("class") == "text-right"] or [
        found for _e, found in dated
    ]
    return signed[-1] if signed else None


def _date(match: re.Match[str]) -> date | None:
    year, month, day = (_whole(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole(written: str) -> int:
    if written.isdecimal():
        return int(written)
    if "十" in written:
        tens, _ten, ones = written.partition("十")
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(_DIGITS.get(digit, digit)) for digit in written) or 0)
