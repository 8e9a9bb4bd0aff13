"""The cut-over: phase and check list, names and certificates looked up, all addresses tried under the preview host."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, WITH_REFUSALS, common_arguments, transition_in_scope
from legacy.cutover import phases, probing
from sites import addresses

HELP = "Show phase and check list of a cut-over; look up names and certificates, try all old addresses"


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser)
    parser.add_argument("--look-up", action="store_true", help="ask the name servers and for certificates first")
    parser.add_argument("--try", dest="try_out", action="store_true", help="ask for every old address first")
    parser.epilog = "manage.py legacy cutover county-hr --look-up --try"


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        addresses.refresh()
        tried = probing.try_out(transition) if options["try_out"] else None
        names = probing.look_up(transition) if options["look_up"] else None
        board = phases.boards([transition])[transition.pk]
        lines = board["checks"]
        if options["format"] == "json":
            facts = {
                "phase": board["phase"].code,
                "checks": [
                    {"code": each.code, "phase": each.phase, "ok": each.ok, "text": each.text} for each in lines
                ],
                "tried": tried,
                "names": names,
            }
            out.write(json.dumps(facts, ensure_ascii=False, indent=1))
        else:
            text = [f"{transition.code}: {board['phase'].title} ({board['ok']}/{len(lines)})"]
            text += [f"  {'✓' if each.ok else '·'} {each.title}: {each.text}" for each in lines]
            if tried:
                text += [f"  {example}" for example in tried["examples"]]
            out.write("\n".join(text))
        return DONE if all(each.ok for each in lines) else WITH_REFUSALS
