"""Take back what a load brought in: of a run, of old columns, of single items, or all of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, carry_out_here, common_arguments, person, transition_in_scope
from legacy.loading.rollback import items_of
from legacy.models import LegacyRun, Step

HELP = "Take back what was loaded; pages that an editor has changed since stay"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=int, metavar="number", help="what this load wrote last")
    what.add_argument("--column", action="append", metavar="key", help="an old column (repeatable)")
    what.add_argument("--item", action="append", type=int, metavar="id", help="an item (repeatable)")
    what.add_argument("--all", action="store_true", help="everything of the transition")
    parser.epilog = "manage.py legacy rollback county-hr --run 12 --by operator"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        by = person(options["by"])
        chosen: dict[str, Any] = {
            name: value
            for name, value in (
                ("run", options["run"]),
                ("columns", options["column"]),
                ("items", options["item"]),
                ("all", options["all"]),
            )
            if value
        }
        if options["dry_run"]:
            row = LegacyRun(tenant_id=transition.tenant_id, transition=transition, options=chosen)
            out.write(str(items_of(row).count()))
            return DONE
        return carry_out_here(transition, Step.ROLLBACK, out, by=by, form=options["format"], **chosen)
