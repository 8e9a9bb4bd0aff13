"""manage.py legacy run: the runs of a transition, their lines; stop one, or take it up again."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext

from legacy.commanding import DONE, Misused, as_json, as_text, common_arguments, finish_here, transition_in_scope
from legacy.models import LegacyRun, LineLevel, Transition
from legacy.sentences import tell
from legacy.starting import ask_to_stop
from sites.messages import _, sentence

HELP = """Show a run and its lines; stop it, or take it up again in this process.

Examples: manage.py legacy run rsj
          manage.py legacy run rsj --run 12 --lines refused
          manage.py legacy run rsj --run 12 --continue
"""


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser)
    parser.add_argument("--run", type=int, help="number of the run; without it the newest")
    parser.add_argument("--lines", choices=LineLevel.values, help="write all lines of a level")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--stop", action="store_true", help="ask it to stop after its batch")
    what.add_argument("--continue", dest="go_on", action="store_true", help="take it up again, here")


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        row = _find(transition, options["run"])
        if options["go_on"]:
            return finish_here(row, out, form=options["format"])
        if options["stop"]:
            ask_to_stop(row)
            row.refresh_from_db()
        if options["lines"]:
            rows = row.lines.filter(level=options["lines"]).iterator()
            lines = [(line.place, tell(line.sentence, gettext)) for line in rows]
            if options["format"] == "json":
                out.write(json.dumps([{"place": place, "text": text} for place, text in lines], ensure_ascii=False))
            else:
                out.write("\n".join(f"{place}\t{text}" for place, text in lines))
        elif options["format"] == "json":
            out.write(json.dumps(as_json(row), ensure_ascii=False, indent=1))
        else:
            out.write("\n".join(as_text(row)))
    return DONE


def _find(transition: Transition, number: int | None) -> LegacyRun:
    rows = LegacyRun.objects.filter(transition=transition).select_related("transition")
    row = rows.filter(pk=number).first() if number else rows.first()
    if row is None:
        raise Misused(sentence(_("The transition has no such run.")))
    return row
