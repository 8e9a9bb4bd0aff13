"""Decisions as a table (栏目对应表): taken away as CSV or XLSX, filled in by people who know the site, and brought back.

One line for each old column; further lines of the same key are its rules. Columns: key, title, items, decision
(move, drop or nothing), target (template code, page id or path of titles), title contains, reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from legacy.mapping.deciding import DROP, MOVE, Change, Decision, DecisionRefused
from legacy.mapping.decisions import columns, targets
from legacy.models import Transition
from sites.columns.targets import TargetColumn
from sites.messages import Sentence, _, sentence
from tenants.tables import Table
from tenants.tables.export import write_csv, write_xlsx
from tenants.tables.reading import read_table

HEADERS = ("旧栏目标识", "旧栏目", "上级", "稿件数", "处理", "新栏目", "标题含", "理由", "状态")
FIELDS = {
    "旧栏目标识": "key", "key": "key",
    "处理": "decision", "decision": "decision",
    "新栏目": "target", "target": "target", "new column": "target",
    "标题含": "title", "title contains": "title",
    "理由": "reason", "reason": "reason",
}  # fmt: skip
_DECISIONS = {
    "迁移": MOVE, "move": MOVE, "迁": MOVE, "不迁移": DROP, "不迁": DROP, "drop": DROP, "放弃": DROP, "": "", "未定": "",
}  # fmt: skip
_WRITTEN = {MOVE: "迁移", DROP: "不迁移", "": ""}


def rows(transition: Transition) -> list[list[str]]:
    """Return the lines of the table below HEADERS."""
    by_id = {target.page_id: target for target in targets(transition)}
    titles = {row.key: row.title for row in columns(transition)}
    found = []
    for row in columns(transition):
        state = "建议" if row.proposed and row.decision else "已定" if row.decision else "未定"
        head = [
            row.key,
            row.title,
            titles.get(row.parent_key, ""),
            str(row.items_found),
            _WRITTEN.get(row.decision, ""),
        ]
        found.append([*head, _name(by_id.get(row.target_id)), "", row.reason, state])
        for rule in row.rules:
            found.append([*head, _name(by_id.get(int(rule["target"]))), str(rule["title"]), "", state])
    return found


def as_csv(transition: Transition) -> bytes:
    return write_csv(HEADERS, rows(transition))


def as_xlsx(transition: Transition) -> bytes:
    return write_xlsx(HEADERS, rows(transition))


def read(data: bytes, name: str) -> Table:
    """Return the table in a file (CSV, XLSX or JSON). Raises tenants.tables.TableError with a sentence."""
    return read_table(data, name, FIELDS)


def changes(transition: Transition, table: Table) -> tuple[list[Change], list[DecisionRefused]]:
    """Return the decisions that a table asks for, and the lines that cannot be understood."""
    places = targets(transition)
    made: dict[str, dict[str, Any]] = {}
    refused: list[DecisionRefused] = []
    for row in table.rows:
        cells = {name: str(value).strip() for name, value in row.cells.items()}
        key = cells.get("key", "")
        if not key:
            continue
        for problem in row.problems:
            refused.append(DecisionRefused(key, Sentence(problem.msgid, dict(problem.params))))
        try:
            _take(made.setdefault(key, {"decision": "", "target": None, "rules": [], "reason": ""}), cells, key, places)
        except DecisionRefused as problem:
            refused.append(problem)
    wrong = {problem.key for problem in refused}
    taken = [
        Change(key, Decision(one["decision"], one["target"], tuple(one["rules"]), one["reason"]))
        for key, one in made.items()
        if key not in wrong and one["decision"]
    ]
    return taken, refused


def _take(one: dict[str, Any], cells: dict[str, str], key: str, places: Sequence[TargetColumn]) -> None:
    said = cells.get("decision", "").lower()
    if said not in _DECISIONS:
        raise DecisionRefused(
            key, sentence(_("“%(decision)s” is no decision. Write 迁移, 不迁移, or nothing."), decision=said[:40])
        )
    one["decision"] = _DECISIONS[said] or one["decision"]
    one["reason"] = cells.get("reason", "") or one["reason"]
    name, words = cells.get("target", ""), cells.get("title", "")
    if not name:
        return
    target = find_target(name, places)
    if target is None:
        raise DecisionRefused(
            key,
            sentence(
                _("The site has no single column “%(name)s” that takes items. Write its code or its whole path."),
                name=name[:80],
            ),
        )
    if words:
        one["rules"].append({"title": words, "target": target.page_id})
    else:
        one["target"] = target.page_id


def find_target(name: str, places: Sequence[TargetColumn]) -> TargetColumn | None:
    """Return the column of the name: its page id, template code, path of titles ("政务公开 / 政策文件") or single title."""
    name = name.strip()
    found = re.search(r"\[([^\]]+)\]\s*$", name)
    wanted = found[1] if found else name
    for one in places:
        if wanted in {str(one.page_id), one.code} and wanted:
            return one
    path = re.sub(r"\s*[/>＞]\s*", " / ", re.sub(r"\s*\[[^\]]*\]\s*$", "", name))
    exact = [one for one in places if one.path == path]
    alone = exact or [one for one in places if one.title == path]
    return alone[0] if len(alone) == 1 else None


def _name(target: TargetColumn | None) -> str:
    return "" if target is None else f"{target.path} [{target.code or target.page_id}]"


def state_name(row: Any) -> str:
    if not row.decision:
        return gettext("not decided")
    return gettext("only proposed") if row.proposed else gettext("already decided")
