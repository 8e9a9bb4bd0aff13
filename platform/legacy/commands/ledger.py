"""The ledger of old addresses: what is answered, what is not; lists in and out, and decisions."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from legacy.commanding import (
    DONE,
    WITH_REFUSALS,
    Misused,
    carry_out_here,
    common_arguments,
    person,
    transition_in_scope,
)
from legacy.ledger import deciding, exporting, ruling
from legacy.ledger.coverage import coverage, worst
from legacy.ledger.deciding import DecisionRefused
from legacy.models import AddressResult, Step, Transition
from sites.messages import Sentence, _, sentence
from tenants.tables import TableError

HELP = "Show the ledger of old addresses and its worst gaps; import or export a list, decide on addresses"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument("--top", type=int, default=20, metavar="number", help="how many unresolved ones to show (20)")
    parser.add_argument(
        "--import", dest="list", metavar="file", help="a list: old address, new address, result, reason"
    )
    parser.add_argument("--export", metavar="file", help="write the whole ledger as .csv or .xlsx")
    parser.add_argument("--decide", choices=AddressResult.values, help="what becomes of the addresses of --address")
    parser.add_argument("--address", action="append", default=[], metavar="address", help="an old address (repeatable)")
    parser.add_argument(
        "--to", default="", metavar="address", help="where a redirect leads: an address, or a page's number"
    )
    parser.add_argument("--reason", default="", help="why it is not moved; also for rows of a list without a reason")
    parser.add_argument("--rule", metavar="json", help='how addresses are compared, such as {"significant": ["id"]}')
    parser.add_argument(
        "--join", action="store_true", help="--rule: make addresses one whose content differs; the newest stays"
    )
    parser.epilog = "manage.py legacy ledger county-hr --import mapping.xlsx --by operator"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        by = person(options["by"])
        if options["list"]:
            return _import(transition, options, by, out)
        if options["export"]:
            return _export(transition, Path(options["export"]), out)
        if options["decide"]:
            return _decide(transition, options, by, out)
        if options["rule"] is not None:
            return _rule(transition, options, out)
        return _show(transition, options, out)


def _rule(transition: Transition, options: dict[str, Any], out: Any) -> int:
    try:
        data = json.loads(options["rule"])
    except json.JSONDecodeError as error:
        raise Misused(sentence(_("--rule is no JSON: %(error)s"), error=str(error))) from None
    counts = ruling.set_rule(transition, data, join=options["join"], dry_run=options["dry_run"])
    text = ", ".join(f"{name} {value}" for name, value in counts.items())
    out.write(json.dumps(counts, ensure_ascii=False) if options["format"] == "json" else text)
    return DONE


def _import(transition: Transition, options: dict[str, Any], by: Any, out: Any) -> int:
    file = Path(options["list"]).resolve()
    if not file.is_file():
        raise Misused(sentence(_("There is no file %(file)s."), file=options["list"]))
    if options["dry_run"]:
        try:
            rows = exporting.understood(file)
        except TableError as error:
            raise Misused(Sentence(error.msgid, dict(error.params))) from None
        out.write(json.dumps(rows) if options["format"] == "json" else "\n".join(f"{k} {v}" for k, v in rows.items()))
        return DONE
    chosen = {"what": "list", "path": str(file), "name": file.name, "reason": options["reason"]}
    return carry_out_here(transition, Step.ADDRESSES, out, by=by, label=file.name, form=options["format"], **chosen)


def _export(transition: Transition, file: Path, out: Any) -> int:
    form = file.suffix.lower().lstrip(".")
    if form not in {"csv", "xlsx"}:
        raise Misused(sentence(_("%(file)s: the name must end in .csv or .xlsx."), file=str(file)))
    file.write_bytes(exporting.written(transition, form))
    out.write(str(file))
    return DONE


def _decide(transition: Transition, options: dict[str, Any], by: Any, out: Any) -> int:
    if not options["address"]:
        raise Misused(sentence(_("Name the addresses with --address.")))
    if by is None:
        raise Misused(sentence(_("Nothing is decided without a name: say who decides with --by.")))
    try:
        what = deciding.decision(transition, options["decide"], reason=options["reason"], target=options["to"])
    except DecisionRefused as refused:
        raise Misused(refused.sentence) from None
    if options["dry_run"]:
        out.write(f"{what.result} {what.page_id or what.target_url}".strip())
        return DONE
    done = deciding.decide(transition, deciding.add(transition, options["address"]), what, by=by)
    refused = [{"address": place, "text": said.say(gettext)} for place, said in done.refused]
    if options["format"] == "json":
        facts = {"changed": done.changed, "unchanged": done.unchanged, "refused": refused}
        out.write(json.dumps(facts, ensure_ascii=False))
    else:
        lines = [f"changed {done.changed}, unchanged {done.unchanged}, refused {len(refused)}"]
        out.write("\n".join([*lines, *(f"  {each['address']}: {each['text']}" for each in refused)]))
    return WITH_REFUSALS if refused else DONE


def _show(transition: Transition, options: dict[str, Any], out: Any) -> int:
    found = coverage(transition)
    rows = list(worst(transition).values_list("hits", "host", "path")[: options["top"]])
    if options["format"] == "json":
        gaps = [{"hits": hits, "address": host + path} for hits, host, path in rows]
        out.write(json.dumps({**found.as_json(), "worst": gaps}, ensure_ascii=False, indent=1))
        return DONE
    lines = [f"{result}: {found.addresses[result]} ({found.hits[result]} hits)" for result in AddressResult.values]
    if found.share is not None:
        by_hits = f", by hits {found.hit_share:.1%}" if found.hit_share is not None else ""
        lines.append(f"answered: {found.share:.1%}{by_hits}")
    if found.lost or found.withdrawn:
        lines.append(f"lost: {found.lost}, withdrawn: {found.withdrawn}")
    lines += [f"{hits:>8}  {host}{path}" for hits, host, path in rows]
    out.write("\n".join(lines))
    return DONE
