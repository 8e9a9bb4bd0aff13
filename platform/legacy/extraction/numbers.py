"""Document numbers (文号): found in any bracket, written in one way; a number that the text only cites is not its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_OPEN, _CLOSE = "〔\\[【（(［﹝", "〕\\]】）)］﹞"
_NUMBER = re.compile(
    rf"(?P<word>[\u4e00-\u9fff]{{1,20}}(?:[（(][\u4e00-\u9fff]{{1,6}}[）)])?[\u4e00-\u9fff]{{0,6}})\s?[{_OPEN}]\s?(?P<year>(?:19|20)\d\d)\s?年?[{_CLOSE}]\s?"
    r"(?P<ordinal>第)?\s?(?P<number>\d{1,5})(?:[-—－]\d{1,3})?\s?号"
)
# "Announcement 2015 No. 3" and orders have no brackets; they count only where a label or the title says so.
_ORDER = re.compile(
    r"(?:(?P<word>[\u4e00-\u9fff]{2,20}?)\s?)?(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?第\s?(?P<number>\d{1,4}|[一二三四五六七八九十百]{1,5})\s?号"
)
_WORD_LEAD = re.compile(
    r"^.*?(?:根据|按照|依据|以|按|经|和|及|与|、|由|在|对|的|文件|通知|文号|字号|编号)(?=[\u4e00-\u9fff]{2,})"
)
_CITING = re.compile(r"^(?:根据|按照|依据|依照|转发|贯彻|落实|遵照|参照|现将|以|按|经)")
# A line that holds the number alone, or after the name of the paper whose head it is.
_ALONE = re.compile(
    r"^[\s\u3000（(]*(?:(?:发文字号|发文文号|文号|文 号|文件编号)\s*[:：]?\s*)?(?P<rest>.+?)[\s\u3000）)。]*$"
)


def normal(text: str) -> str | None:
    """Return the first document number of the text as 国办发〔2015〕3号; None where there is none."""
    found = _NUMBER.search(_tight(text))
    return _written(found) if found else None


def labelled(text: str) -> str | None:
    """Return the number that a field 文号 holds: bracketed, or an order or announcement number as it stands."""
    text = _tight(text).strip(" \u3000：:;；")
    found = normal(text)
    if found:
        return found
    order = _ORDER.search(text)
    if order and len(text) <= 40:
        return text
    return None


def own(lines: Iterable[str], *, most: int = 10) -> tuple[str, str] | None:
    """Return the number that stands alone in one of the first lines, and that line: the head of a paper.

    Lines whose number stands inside a sentence, brackets or after a title cite another paper's.
    """
    for at, line in enumerate(lines):
        if at >= most:
            return None
        tight = _tight(line)
        if len(tight) > 60:
            # The head of the paper ends where its text begins.
            if len(tight) > 120 and "。" in tight:
                return None
            continue
        found = _NUMBER.search(tight)
        if not found:
            continue
        if _CITING.match(found["word"]):
            continue
        alone = _ALONE.match(tight)
        rest = (alone["rest"] if alone else tight).strip()
        if rest.startswith(found[0]) and len(rest) - len(found[0]) <= 2:
            return _written(found), line
        # 某某局文件 某发〔2015〕3号, in one line
        head = tight[: found.start()]
        if tight.endswith(found[0]) and re.search(r"(?:文件|公告|令)[\s\u3000]*$", head + found["word"][:0]):
            return _written(found), line
    return None


def in_title(title: str) -> tuple[str, str] | None:
    """Return the number that a title carries itself: at its end or beginning, alone or in brackets; not inside 《》."""
    tight = _tight(title)
    bare = re.sub(r"《[^《》]*(?:《[^》]*》[^《》]*)*》", lambda inner: "》" * len(inner[0]), tight)
    for found in _NUMBER.finditer(bare):
        before, after = bare[: found.start()].rstrip(), bare[found.end() :].strip()
        word = found["word"]
        if re.search(r"(?:根据|转发|印发|贯彻|落实|关于)$", before) or re.match(
            r"^(?:的|文|精神|通知|关于)?.{0,3}(?:的通知|的意见|精神)", after
        ):
            continue
        at_end = re.fullmatch(r"[）)\]】〕。；;]?(?:[（(].{0,8}[）)])?", after) is not None
        at_start = not before and not word.startswith(("关于", "转发", "印发"))
        if at_end or (at_start and len(after) > 4):
            number = _written(found)
            # 关于…的通知县发〔2007〕11号: the paper's kind ends the title, the number's own word follows.
            cut = re.search(
                r"^.*(?:通知|意见|决定|公告|通告|办法|规定|方案|批复|函|报告|细则|条例|纲要|规划|令|文件)(?=[\u4e00-\u9fff]{2,8}〔)",
                number,
            )
            return (number[cut.end() :] if cut else number), title
    return None


def cited(text: str) -> bool:
    """Return whether the text names a document number at all."""
    return _NUMBER.search(_tight(text)) is not None


def in_file_name(name: str) -> tuple[str, str] | None:
    """Return the number with which an attachment's name begins."""
    tight = _tight(name)
    found = _NUMBER.match(tight.lstrip("《（( 　"))
    return (_written(found), name) if found else None


def _written(found: re.Match[str]) -> str:
    word = _WORD_LEAD.sub("", found["word"]) or found["word"]
    return f"{word}〔{found['year']}〕{found['ordinal'] or ''}{int(found['number'])}号"


def _tight(text: str) -> str:
    """Return the text with figures of one width, and without the blanks that pasted spans leave inside a number."""
    text = text.translate(_WIDE)
    text = re.sub(rf"(?<=[{_OPEN}])\s+|\s+(?=[{_CLOSE}])|(?<=[{_CLOSE}])\s+(?=第?\s*\d)|(?<=\d)\s+(?=号)", "", text)
    return re.sub(rf"(?<=[\u4e00-\u9fff])\s+(?=[{_OPEN}](?:19|20)\d\d)", "", text)
