"""manage.py legacy map: where the old columns go; propose, confirm, decide, take the table away and bring it back."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from legacy.commanding import DONE, FAILED, WITH_REFUSALS, Misused, common_arguments, person, transition_in_scope
from legacy.mapping import decisions, exchange
from legacy.mapping.deciding import DROP, MOVE, Change, Decision
from legacy.models import Transition
from sites.messages import _, sentence
from tenants.tables import TableError

HELP = """Propose and decide where the old columns' items go; show the coverage.

Examples: manage.py legacy map rsj --propose
          manage.py legacy map rsj --confirm --by wang
          manage.py legacy map rsj --export columns.xlsx
          manage.py legacy map rsj --import columns.xlsx --by wang
          manage.py legacy map rsj --move /gzdt/tzgg=xwdt-tzgg --drop /syqt/wzdt=新站自动生成 --by wang
"""


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument("--propose", action="store_true", help="propose for the columns that nobody has decided")
    parser.add_argument("--confirm", action="store_true", help="take all proposals over as decisions")
    parser.add_argument("--export", metavar="file", help="write the table: .csv or .xlsx")
    parser.add_argument("--import", dest="table", metavar="file", help="take decisions from a table: .csv or .xlsx")
    parser.add_argument("--move", action="append", default=[], metavar="old=new", help="key of an old column = code")
    parser.add_argument("--drop", action="append", default=[], metavar="old=reason", help="an old column is not moved")


def handle(options: dict[str, Any], out: Any) -> int:
    by, dry_run = person(options["by"]), options["dry_run"]
    writes = bool(options["confirm"] or options["table"] or options["move"] or options["drop"])
    if writes and by is None:
        raise Misused(sentence(_("Decisions are a person's. Say whose with --by.")))
    with transition_in_scope(options["transition"]) as transition:
        result: dict[str, Any] = {}
        refused: list[Any] = []
        if options["propose"]:
            result["proposed"] = dict(decisions.propose_all(transition, dry_run=dry_run))
        changes: list[Change] = []
        if options["table"]:
            changes, refused = _from_table(transition, Path(options["table"]))
        changes += _from_words(transition, options)
        if changes or refused:
            outcome = decisions.decide(transition, changes, by=by, dry_run=dry_run)
            refused = [*refused, *outcome.refused]
            result["changed"], result["unchanged"] = len(outcome.changed), len(outcome.unchanged)
        if options["confirm"] and not dry_run:
            result["confirmed"] = decisions.confirm(transition, by=by)
        if options["export"]:
            _export(transition, Path(options["export"]))
        result |= _coverage(transition)
        result["refused"] = [{"column": one.key, "text": one.say(gettext)} for one in refused]
        out.write(json.dumps(result, ensure_ascii=False, indent=1) if options["format"] == "json" else _text(result))
    if options["table"] and not changes and refused:
        return FAILED
    return WITH_REFUSALS if refused else DONE


def _from_table(transition: Transition, file: Path) -> tuple[list[Change], list[Any]]:
    try:
        table = exchange.read(file.read_bytes(), file.name)
    except OSError as error:
        raise Misused(sentence(_("“%(file)s” cannot be read: %(error)s"), file=file, error=error.strerror)) from None
    except TableError as error:
        raise Misused(sentence(error.msgid, **error.params)) from None
    return exchange.changes(transition, table)


def _from_words(transition: Transition, options: dict[str, Any]) -> list[Change]:
    places = decisions.targets(transition)
    found = []
    for text in options["move"]:
        key, _equals, name = text.rpartition("=")
        target = exchange.find_target(name, places)
        if target is None:
            raise Misused(
                sentence(
                    _("The site has no single column “%(name)s” that takes items. Write its code or its whole path."),
                    name=name,
                )
            )
        found.append(Change(key, Decision(MOVE, target.page_id)))
    for text in options["drop"]:
        key, _equals, reason = text.partition("=") if not text.startswith("=") else text[1:].partition("=")
        found.append(Change(key if not text.startswith("=") else f"={key}", Decision(DROP, reason=reason)))
    return found


def _export(transition: Transition, file: Path) -> None:
    writers = {".csv": exchange.as_csv, ".xlsx": exchange.as_xlsx}
    if file.suffix not in writers:
        raise Misused(sentence(_("“%(file)s” ends in neither .csv nor .xlsx."), file=file.name))
    file.write_bytes(writers[file.suffix](transition))


def _coverage(transition: Transition) -> dict[str, Any]:
    found = decisions.coverage(transition)
    return {
        "columns": found["columns"],
        "items": found["items"],
        "complete": decisions.complete(transition),
        "mandatory_empty": [{"code": one.code, "column": one.path} for one in found["empty"]],
    }


def _text(result: dict[str, Any]) -> str:
    lines = [f"{name}: {result[name]}" for name in ("proposed", "changed", "unchanged", "confirmed") if name in result]
    lines.append("columns: " + ", ".join(f"{name} {count}" for name, count in result["columns"].items()))
    empty = gettext("Mandatory column that stays empty")
    lines.append("items: " + ", ".join(f"{name} {count}" for name, count in result["items"].items()))
    lines += [f"  {empty}: {one['column']}" for one in result["mandatory_empty"]]
    lines += [f"  {one['column']}: {one['text']}" for one in result["refused"]]
    return "\n".join(lines)
