"""manage.py legacy verify: compare old and new, ask for every old address, and write the acceptance report."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from legacy.commanding import (
    DONE,
    FAILED,
    WITH_REFUSALS,
    Misused,
    carry_out_here,
    common_arguments,
    person,
    transition_in_scope,
)
from legacy.models import Acceptance, Step
from legacy.verify import pictures, report
from sites.messages import _, sentence

HELP = """Make an acceptance report: items, texts, dates, attachments, links, and every old address.

Examples: manage.py legacy verify rsj
          manage.py legacy verify rsj --last --report acceptance.html --report acceptance.xlsx --pictures
"""
SUFFIXES = (".html", ".xlsx", ".json")


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser)
    parser.add_argument("--last", action="store_true", help="make no new report, write the newest one")
    parser.add_argument("--report", action="append", default=[], metavar="file", help="write it: .html, .xlsx or .json")
    parser.add_argument("--pictures", action="store_true", help="with old and new side by side (needs a browser)")


def handle(options: dict[str, Any], out: Any) -> int:
    files = [Path(name) for name in options["report"]]
    for file in files:
        if file.suffix not in SUFFIXES:
            raise Misused(sentence(_("“%(file)s” ends in neither .html nor .xlsx nor .json."), file=file.name))
    if options["pictures"] and not any(file.suffix == ".html" for file in files):
        raise Misused(sentence(_("Pictures go into an HTML report. Name one with --report.")))
    with transition_in_scope(options["transition"]) as transition:
        if not options["last"]:
            by = person(options["by"])
            if carry_out_here(transition, Step.VERIFY, out, by=by, form=options["format"]) == FAILED:
                return FAILED
        found = Acceptance.objects.filter(transition=transition).first()
        if found is None:
            raise Misused(sentence(_("There is no acceptance report of this old site yet. Run it without --last.")))
        pairs = pictures.take(found) if options["pictures"] else []
        for file in files:
            file.write_bytes(write(found, file.suffix, pairs))
        if options["last"]:
            out.write(report.as_json(found) if options["format"] == "json" else as_text(found))
    return DONE if found.passed else WITH_REFUSALS


def write(found: Acceptance, suffix: str, pairs: list[dict[str, Any]]) -> bytes:
    if suffix == ".html":
        return report.html(found, pairs).encode()
    return report.xlsx(found) if suffix == ".xlsx" else report.as_json(found).encode()


def as_text(found: Acceptance) -> str:
    lines = [report.title_of(found), *(f"  {label}: {value}" for label, value in report.figures(found.data))]
    return "\n".join([*lines, *(f"  ! {report.open_name(name)} {count or ''}" for name, count in found.data["open"])])
