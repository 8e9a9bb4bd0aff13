"""manage.py legacy list: the transitions and how far they are."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from rich.console import Console
from rich.table import Table

from legacy.commanding import DONE
from legacy.models import Transition
from legacy.overview import summary
from tenants.scope import every_tenant, tenant_scope

HELP = """List the transitions with their phase and counts.

Example: manage.py legacy list --tenant 430181-renshe
"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", default="", help="only those of the sub-site with this code")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the result is written")


def handle(options: dict[str, Any], out: Any) -> int:
    with every_tenant("the list of all transitions"):
        rows = Transition.objects.select_related("tenant").order_by("code")
        if options["tenant"]:
            rows = rows.filter(tenant__code=options["tenant"])
        found = list(rows)
    told = []
    for row in found:
        with tenant_scope(row.tenant_id):
            told.append(summary(row))
    if options["format"] == "json":
        out.write(json.dumps(told, ensure_ascii=False, indent=1))
        return DONE
    table = Table("transition", "sub-site", "old hosts", "phase", "items", "addresses")
    for each in told:
        table.add_row(
            each["code"],
            each["tenant"],
            "\n".join(each["hosts"]),
            each["phase_title"],
            str(sum(each["items"].values())),
            str(sum(each["addresses"].values())),
        )
    Console(file=out, width=120).print(table)
    return DONE
