"""Rewrite links among moved pages once more: what has been loaded since may be what they lead to."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, carry_out_here, common_arguments, person, transition_in_scope
from legacy.loading.preview import open_links
from legacy.models import Step

HELP = "Rewrite links that lead to moved pages and files (loading does it at its end)"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.epilog = "manage.py legacy links county-hr"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        if options["dry_run"]:
            out.write(str(open_links(transition)))
            return DONE
        by = person(options["by"])
        return carry_out_here(transition, Step.LOAD, out, by=by, form=options["format"], only="links")
