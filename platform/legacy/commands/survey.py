"""manage.py legacy survey: count and describe an old site, and write the report."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from legacy.commanding import DONE, FAILED, Misused, carry_out_here, common_arguments, person, transition_in_scope
from legacy.models import Step
from legacy.survey import reading, report
from sites.messages import _, sentence

HELP = """Survey an old site: counts, columns, template families, broken links; the report as HTML, XLSX or JSON.

Examples: manage.py legacy survey rsj
          manage.py legacy survey rsj --last --report survey.html --report survey.xlsx
"""
WRITERS = {
    ".html": lambda data: report.html(data).encode(),
    ".xlsx": report.xlsx,
    ".json": lambda data: json.dumps(data, ensure_ascii=False, indent=1).encode(),
}


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser)
    parser.add_argument("--last", action="store_true", help="make no new survey, write the newest one")
    parser.add_argument("--report", action="append", default=[], metavar="file", help="write it: .html, .xlsx or .json")


def handle(options: dict[str, Any], out: Any) -> int:
    files = [Path(name) for name in options["report"]]
    for file in files:
        if file.suffix not in WRITERS:
            raise Misused(sentence(_("“%(file)s” ends in neither .html nor .xlsx nor .json."), file=file.name))
    with transition_in_scope(options["transition"]) as transition:
        code = DONE
        if not options["last"]:
            by = person(options["by"])
            code = carry_out_here(transition, Step.SURVEY, out, by=by, form=options["format"])
            if code == FAILED:
                return code
        data = reading.newest(transition)
        if data is None:
            raise Misused(sentence(_("There is no survey of this old site yet. Run it without --last.")))
        for file in files:
            file.write_bytes(WRITERS[file.suffix](data))
        if options["last"]:
            text = json.dumps(data, ensure_ascii=False) if options["format"] == "json" else as_text(data)
            out.write(text)
    return code


def as_text(data: dict[str, Any]) -> str:
    return "\n".join([report.title_of(data), *(f"  {label}: {value}" for label, value in report.figures(data))])
