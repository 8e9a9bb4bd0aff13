"""Rows of an imported list (词库、领导人名单): each becomes an entry or a problem with its row and field. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sites.checks.findings import Severity
from tenants.messages import _
from tenants.tables import Problem, RawRow

WORD_HEADERS = {
    "错误写法": "word", "错词": "word", "词语": "word", "敏感词": "word", "word": "word",
    "正确写法": "replacement", "建议写法": "replacement", "替换为": "replacement", "replacement": "replacement",
    "级别": "severity", "严重程度": "severity", "severity": "severity",
    "说明": "note", "备注": "note", "note": "note",
}  # fmt: skip
LEADER_HEADERS = {
    "姓名": "name", "name": "name",
    "职务": "post", "post": "post",
    "行政区划": "region", "行政区划代码": "region", "region": "region",
    "排序": "rank", "排名": "rank", "rank": "rank",
}  # fmt: skip
SEVERITIES = {
    "": Severity.HINT,
    "提示": Severity.HINT, "hint": Severity.HINT,
    "须确认": Severity.CONFIRM, "需确认": Severity.CONFIRM, "必须确认": Severity.CONFIRM, "confirm": Severity.CONFIRM,
    "禁止": Severity.REFUSE, "拒绝": Severity.REFUSE, "禁用": Severity.REFUSE, "refuse": Severity.REFUSE,
}  # fmt: skip
SEVERITY_WORDS = {Severity.HINT: "提示", Severity.CONFIRM: "须确认", Severity.REFUSE: "禁止"}
LONGEST = {"word": 100, "replacement": 100, "note": 200, "name": 50, "post": 200}
LAST_RANK = 1_000_000
# What a problem calls its field; marked here for the catalogue.
FIELDS = (
    _("word"), _("replacement"), _("severity"), _("note"), _("name"), _("post"), _("region"), _("rank"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordEntry:
    word: str
    replacement: str
    severity: Severity
    note: str


@dataclass(frozen=True, slots=True)
class LeaderEntry:
    """`region` is a division's code, "" for the whole platform."""

    name: str
    post: str
    region: str
    rank: int


def word_entries(rows: Iterable[RawRow]) -> tuple[list[WordEntry], list[Problem]]:
    """Return the good rows and the problems of the others; a word that stands twice counts where it stands first."""
    entries: list[WordEntry] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in rows:
        faults = [*row.problems, *_lengths(row, "word", "replacement", "note")]
        word = row.cells.get("word", "")
        severity = SEVERITIES.get(row.cells.get("severity", "").lower())
        if not word:
            faults.append(Problem(row.number, "word", _("the word is missing."), {}))
        elif word in first:
            faults.append(
                Problem(row.number, "word", _("the word stands in row %(first)d already."), {"first": first[word]})
            )
        if severity is None:
            given = row.cells["severity"]
            faults.append(
                Problem(row.number, "severity", _("“%(given)s” is none of 提示, 须确认, 禁止."), {"given": given})
            )
        if word and word == row.cells.get("replacement"):
            faults.append(Problem(row.number, "replacement", _("the replacement is the word itself."), {}))
        if faults or severity is None:
            problems += faults
            continue
        first[word] = row.number
        entries.append(WordEntry(word, row.cells.get("replacement", ""), severity, row.cells.get("note", "")))
    return entries, problems


def leader_entries(rows: Iterable[RawRow], regions: frozenset[str]) -> tuple[list[LeaderEntry], list[Problem]]:
    """Return the good rows and the problems of the others. `regions` holds the codes of the divisions that exist."""
    entries: list[LeaderEntry] = []
    problems: list[Problem] = []
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        faults = [*row.problems, *_lengths(row, "name", "post")]
        name, post = row.cells.get("name", ""), row.cells.get("post", "")
        region = row.cells.get("region", "").split(" ")[0]
        rank = row.cells.get("rank", "") or "100"
        if len(name) < 2:
            faults.append(Problem(row.number, "name", _("the name is missing or has only one character."), {}))
        if not post:
            faults.append(Problem(row.number, "post", _("the post is missing."), {}))
        if (name, post) in first:
            told = {"first": first[name, post]}
            faults.append(Problem(row.number, "name", _("name and post stand in row %(first)d already."), told))
        if region and region not in regions:
            faults.append(Problem(row.number, "region", _("there is no region “%(code)s”."), {"code": region}))
        if not rank.isascii() or not rank.isdigit() or int(rank) > LAST_RANK:
            faults.append(
                Problem(row.number, "rank", _("“%(given)s” is no whole number up to 1000000."), {"given": rank})
            )
        if faults:
            problems += faults
            continue
        first[name, post] = row.number
        entries.append(LeaderEntry(name, post, region, int(rank)))
    return entries, problems


def _lengths(row: RawRow, *fields: str) -> list[Problem]:
    return [
        Problem(row.number, field, _("%(length)d characters; at most %(limit)d are possible."), told)
        for field in fields
        if (told := {"length": len(row.cells.get(field, "")), "limit": LONGEST[field]})["length"] > told["limit"]
    ]
