"""manage.py legacy new: begin a transition."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from legacy.commanding import DONE, Misused, person
from legacy.opening import clean_hosts, open_transition
from sites.messages import _, sentence
from tenants.models import Tenant
from tenants.scope import tenant_scope

HELP = """Begin to move an old site into a sub-site.

Example: manage.py legacy new rsj --tenant 430181-renshe --name 县人社局旧站 --host www.example.gov.cn
"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("transition", help="the new transition's code: small letters, digits, hyphens")
    parser.add_argument("--tenant", required=True, help="code of the sub-site that takes the content")
    parser.add_argument("--name", required=True, help="name of the old site")
    parser.add_argument("--host", action="append", required=True, help="an old host; repeat it for more")
    parser.add_argument("--notes", default="", help="remarks")
    parser.add_argument("--by", metavar="username", default="", help="the person in whose name this is done")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the result is written")
    parser.add_argument("--dry-run", action="store_true", help="check, and do nothing")


def handle(options: dict[str, Any], out: Any) -> int:
    tenant = Tenant.objects.filter(code=options["tenant"]).first()
    if tenant is None:
        raise Misused(sentence(_("There is no sub-site with the code “%(code)s”."), code=options["tenant"]))
    by = person(options["by"])
    hosts = clean_hosts(options["host"])
    if not options["dry_run"]:
        with tenant_scope(tenant):
            made = open_transition(
                tenant,
                code=options["transition"],
                name=options["name"],
                hosts=hosts,
                by=by,
                notes=options["notes"],
            )
            hosts = made.hosts
    found = {"code": options["transition"], "tenant": tenant.code, "hosts": hosts, "made": not options["dry_run"]}
    if options["format"] == "json":
        out.write(json.dumps(found, ensure_ascii=False))
    else:
        out.write(f"{found['code']} → {tenant.code} {tenant.name}: {', '.join(hosts)}")
    return DONE
