"""Access logs of the old site: which addresses are asked for, and how often."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from legacy.commanding import DONE, Misused, carry_out_here, common_arguments, person, transition_in_scope
from legacy.ledger import logs
from legacy.ledger.junk import is_junk
from legacy.models import Step
from sites.messages import _, sentence

HELP = "Read access logs of the old site (common, combined or IIS format, also .gz) into the ledger"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument("files", nargs="+", metavar="file", help="a log")
    parser.epilog = "manage.py legacy logs county-hr access.log access.log.1.gz --by operator"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        by = person(options["by"])
        files = [Path(name).resolve() for name in options["files"]]
        for file in files:
            if not file.is_file():
                raise Misused(sentence(_("There is no file %(file)s."), file=str(file)))
        worst = DONE
        for number, file in enumerate(files):
            if number:
                out.write("\n")
            if options["dry_run"]:
                out.write(_counts(file))
                continue
            chosen = {"what": "log", "path": str(file), "name": file.name}
            code = carry_out_here(
                transition, Step.ADDRESSES, out, by=by, label=file.name, form=options["format"], **chosen
            )
            worst = code if worst == DONE or code == 1 else worst
        return worst


def _counts(file: Path) -> str:
    requests = junk = refused = damaged = 0
    for portion in logs.counted(file, is_junk):
        requests += portion.requests.total()
        junk += portion.junk
        refused += portion.refused
        damaged += portion.damaged
    return f"{file.name}: requests {requests}, junk {junk}, unanswered {refused}, damaged {damaged}"
