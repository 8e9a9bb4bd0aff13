"""manage.py legacy demo: a small old site of our own, moved end to end in front of the reader."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from rich.console import Console
from rich.table import Table

from legacy.commanding import DONE, FAILED, Misused, person
from legacy.demo import moving
from legacy.models import AddressKind, AddressResult, LegacyItem, OldAddress, Transition
from legacy.overview import counted, summary
from sites import addresses
from sites.messages import Sentence, _, sentence
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

HELP = """Move a small old site, made for this, into a sub-site: collect, survey, recipes, map, extract, load, verify.

Example: manage.py legacy demo --tenant 430181-nongye
"""
# Of the demo's sub-sites the one that takes the old site, where none is named.
PREFERRED = ("农业农村局",)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", default="", help="code of the sub-site; without it the demo's own")
    parser.add_argument("--by", metavar="username", default="", help="the person in whose name this is done")
    parser.add_argument("--mirror", action="store_true", help="read the old site from a folder instead of over HTTP")
    parser.add_argument("--once", action="store_true", help="do nothing where it was moved before")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the result is written")


def handle(options: dict[str, Any], out: Any) -> int:
    tenant = _tenant(options["tenant"])
    by = person(options["by"]) or User.objects.filter(is_superuser=True).order_by("pk").first()
    console = Console(stderr=True)

    def tell(said: Sentence) -> None:
        console.print(f"· {said.say(gettext)}", highlight=False)

    with tenant_scope(tenant):
        held = Transition.objects.filter(tenant=tenant, code=moving.CODE).first()
        if not (
            options["once"] and held and counted(LegacyItem.objects.filter(transition=held), "state").get("loaded")
        ):
            moved = moving.move(tenant, by=by, tell=tell, crawl=not options["mirror"])
            held = moved.transition
        addresses.refresh()
        told = summary(held)
        if options["format"] == "json":
            out.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            _show(held, tenant, told, out)
    return DONE if told["acceptance"] else FAILED


def _tenant(code: str) -> Tenant:
    if code:
        found = Tenant.objects.filter(code=code).first()
    else:
        if not settings.DEMO:
            raise Misused(sentence(_("Name the sub-site with --tenant, or set DEMO=1.")))
        found = next(
            (
                tenant
                for name in PREFERRED
                if (tenant := Tenant.objects.filter(name__contains=name).order_by("code").first())
            ),
            None,
        )
    if found is None:
        raise Misused(sentence(_("There is no sub-site that could take the old site. Run `manage.py demo` first.")))
    return found


def _show(transition: Transition, tenant: Tenant, told: dict[str, Any], out: Any) -> None:
    """Write the acceptance report's figures, and addresses to try."""
    report = told["acceptance"]
    table = Table("", "", title=f"旧站迁移 {transition.name} → {tenant.name}", show_header=False)
    table.add_row("条目", "，".join(f"{_item(state)} {count}" for state, count in told["items"].items()))
    table.add_row("旧地址", "，".join(f"{_result(name)} {count}" for name, count in told["addresses"].items()))
    if report:
        table.add_row(
            "验收报告", ("全部通过" if report["passed"] else "有未通过的项目") + f"，{report['made_at'][:19]}"
        )
        admin = f"{settings.WAGTAILADMIN_BASE_URL}/admin/legacy/{transition.pk}/"
        table.add_row("后台", f"{admin}\n{admin}acceptance/{report['id']}/")
    for url in tried(transition):
        table.add_row("旧地址试一试", url)
    Console(file=out, width=120).print(table)


def tried(transition: Transition) -> list[str]:
    """Return some old addresses as a browser on this machine can ask for them: redirects, and what is not moved."""
    port = "" if settings.PUBLIC_PORT == 80 else f":{settings.PUBLIC_PORT}"
    found = []
    wanted = [(AddressResult.REDIRECT, kind) for kind in (AddressKind.ITEM, AddressKind.LIST, AddressKind.FILE)]
    wanted += [(AddressResult.ARCHIVE, AddressKind.ITEM), (AddressResult.GONE, AddressKind.PICTURE)]
    for result, kind in wanted:
        row = OldAddress.objects.filter(transition=transition, result=result, kind=kind).order_by("-path").first()
        if row is not None:
            found.append(f"http://{row.host}{port}{row.path}")
    return found


def _item(state: str) -> str:
    return str(dict(LegacyItem._meta.get_field("state").choices).get(state, state))


def _result(name: str) -> str:
    return str(dict(AddressResult.choices).get(name, name))
