"""Mapping lists (地址对应表): old address, new address, result, reason, as CSV or XLSX. Pure reading; rows fail alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sites.messages import Sentence, _, sentence
from tenants.digits import whole
from tenants.tables import RawRow
from tenants.tables.reading import read_table

MOST_ROWS = 500_000
HEADERS = {
    "旧地址": "old", "原地址": "old", "老地址": "old", "旧网址": "old", "原网址": "old", "old address": "old",
    "old url": "old", "old": "old", "source": "old", "from": "old", "url": "old",
    "新地址": "target", "新网址": "target", "目标地址": "target", "新页面": "target", "new address": "target",
    "new url": "target", "new": "target", "target": "target", "to": "target", "destination": "target",
    "结果": "result", "处理": "result", "处理方式": "result", "result": "result", "type": "result",
    "原因": "reason", "理由": "reason", "说明": "reason", "备注": "reason", "reason": "reason",
    "访问量": "hits", "点击量": "hits", "hits": "hits",
}  # fmt: skip
RESULTS = {
    "跳转": "redirect", "重定向": "redirect", "redirect": "redirect", "301": "redirect", "302": "redirect",
    "存档": "archive", "归档": "archive", "archive": "archive", "archived": "archive",
    "不迁移": "gone", "已下线": "gone", "删除": "gone", "废弃": "gone", "gone": "gone", "410": "gone",
    "未定": "unresolved", "待定": "unresolved", "unresolved": "unresolved",
}  # fmt: skip
HEAD = ("旧地址", "结果", "新地址", "原因", "访问量")  # of what is exported; it can be imported again
NAMES = {"redirect": "跳转", "archive": "存档", "gone": "不迁移", "unresolved": "未定"}


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: what an old address becomes. `result` "" says only that the address is known."""

    number: int
    old: str
    result: str = ""
    target: str = ""
    reason: str = ""
    hits: int = 0


@dataclass(frozen=True, slots=True)
class RefusedRow:
    number: int
    old: str
    said: Sentence


def read_list(data: bytes, name: str) -> list[ListRow | RefusedRow]:
    """Return the rows of a list. Raises tenants.tables.TableError for a file that is no table."""
    return list(rows_of(read_table(data, name, HEADERS, max_rows=MOST_ROWS).rows))


def rows_of(rows: Iterable[RawRow]) -> Iterator[ListRow | RefusedRow]:
    for row in rows:
        old = row.cells.get("old", "").strip()
        if row.problems:
            problem = row.problems[0]
            yield RefusedRow(row.number, old, Sentence(problem.msgid, dict(problem.params)))
            continue
        target, reason = row.cells.get("target", "").strip(), row.cells.get("reason", "").strip()
        written = row.cells.get("result", "").strip()
        if not old:
            if target or written:
                yield RefusedRow(row.number, old, sentence(_("The row names no old address.")))
            continue
        result = RESULTS.get(written.casefold(), "") if written else ("redirect" if target else "")
        hits = row.cells.get("hits", "").strip()
        if written and not result:
            said = sentence(
                _("“%(result)s” is no result. There are: %(known)s."), result=written, known="、".join(NAMES.values())
            )
            yield RefusedRow(row.number, old, said)
        elif hits and whole(hits) is None:
            yield RefusedRow(row.number, old, sentence(_("“%(hits)s” is no number of requests."), hits=hits))
        elif result == "redirect" and not target:
            yield RefusedRow(row.number, old, sentence(_("A redirect needs a new address.")))
        else:
            yield ListRow(row.number, old, result, target, reason[:300], int(hits or 0))
