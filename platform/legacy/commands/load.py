"""Load what is ready: articles and official documents, with their pictures, files and links."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, carry_out_here, common_arguments, person, transition_in_scope
from legacy.loading import preview
from legacy.models import Step

HELP = "Load what is ready into the new columns; a second run loads only what is new or has changed"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument(
        "--column", action="append", default=[], metavar="key", help="only this old column (repeatable)"
    )
    parser.add_argument(
        "--item", action="append", default=[], type=int, metavar="id", help="only this item (repeatable)"
    )
    parser.add_argument(
        "--accept-proposals", action="store_true", help="take proposals of the mapping that nobody has looked at yet"
    )
    parser.epilog = "manage.py legacy load county-hr --by operator"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        by = person(options["by"])
        chosen: dict[str, Any] = {}
        if options["column"]:
            chosen["columns"] = options["column"]
        if options["item"]:
            chosen["items"] = options["item"]
        if options["accept_proposals"]:
            chosen["accept_proposals"] = True
        if options["dry_run"]:
            counts = preview.counts(transition, chosen)
            lines = "\n".join(f"{name} {count}" for name, count in counts.items())
            out.write(json.dumps(counts, ensure_ascii=False) if options["format"] == "json" else lines)
            return DONE
        return carry_out_here(transition, Step.LOAD, out, by=by, form=options["format"], **chosen)
