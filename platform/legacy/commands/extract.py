"""manage.py legacy extract: read the old pages into items."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, carry_out_here, common_arguments, person, transition_in_scope
from legacy.extraction import extracting
from legacy.models import Step

HELP = """Read the old pages into items: titles, dates, sources, bodies; what is not sure waits for a person.

Examples: manage.py legacy extract rsj
          manage.py legacy extract rsj --family article-1
"""


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument("--family", default="", help="read only the pages of this template family")


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        if options["dry_run"]:
            count = extracting.raws_to_read(transition, options["family"] or None).count()
            recipes = ", ".join(sorted(extracting.confirmed_recipes(transition))) or "–"
            out.write(f"records {count}; confirmed recipes: {recipes}")
            return DONE
        chosen = {"family": options["family"]} if options["family"] else {}
        by = person(options["by"])
        return carry_out_here(transition, Step.EXTRACT, out, by=by, form=options["format"], **chosen)
