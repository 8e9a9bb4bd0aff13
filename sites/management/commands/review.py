"""manage.py review: articles that nobody can decide on, and the number of steps for many sites."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from sites.review import orphans, policies
from tenants.models import Region, Tenant
from tenants.scope import every_tenant

MISUSED = 2
HELP = """Look after the review of all sub-sites.

  python manage.py review orphans --dry-run
  python manage.py review orphans
  python manage.py review steps --region 430102 --steps 3 --by admin

orphans: articles in review on which no reviewer of their site may decide. Site managers and operators are told, once for
each stage that an article waits in. Run it every day.
steps: 1 signature alone, 2 first review and signature, 3 two reviews and signature, for every site of the region and
below. Open rounds keep the rules they began with.
Exit codes: 0 done, 2 misused."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

        def action(name: str, text: str) -> ArgumentParser:
            made: ArgumentParser = actions.add_parser(name, help=text, description=text)
            made.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
            made.add_argument("--format", choices=("text", "json"), default="text", help="form of the result on stdout")
            return made

        action("orphans", "find articles that no reviewer of their site may decide on, and tell who can help")
        steps = action("steps", "set the number of steps for all sites of a region and below")
        steps.add_argument("--region", required=True, metavar="CODE", help="code of the division")
        steps.add_argument("--steps", required=True, type=int, choices=(1, 2, 3), help="1, 2 or 3")
        steps.add_argument("--by", required=True, metavar="USER", help="in whose name the change is recorded")

    def handle(self, *args: Any, **options: Any) -> None:
        with every_tenant("looking after the review of all sub-sites"):
            {"orphans": self._orphans, "steps": self._steps}[options["action"]](options)

    def _orphans(self, options: dict[str, Any]) -> None:
        found, told = orphans.find_orphans(dry_run=options["dry_run"])
        rows = [
            {"tenant": each.tenant.code, "title": each.title, "waiting_since": each.waiting_since.isoformat()}
            for each in found
        ]
        lines = [f"{row['tenant']}  {row['waiting_since'][:16]}  {row['title']}" for row in rows]
        lines.append(_("%(found)d found, %(told)d told") % {"found": len(found), "told": told})
        self._out(options, {"found": rows, "told": told}, lines)

    def _steps(self, options: dict[str, Any]) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            self._misused(_("There is no region %(code)s.") % {"code": options["region"]})
        by = get_user_model().objects.filter(username=options["by"]).first()
        if by is None:
            self._misused(_("There is no account %(name)s.") % {"name": options["by"]})
        ids = list(
            Tenant.objects.filter(region__lineage__startswith=region.lineage)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        changed = 0 if options["dry_run"] else policies.set_rules(ids, steps=options["steps"], by=by)
        lines = [_("%(sites)d sites, %(changed)d changed") % {"sites": len(ids), "changed": changed}]
        self._out(options, {"sites": len(ids), "changed": changed}, lines)

    def _misused(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(MISUSED)

    def _out(self, options: dict[str, Any], record: dict[str, Any], lines: list[str]) -> None:
        as_json = json.dumps(record, ensure_ascii=False, indent=1)
        self.stdout.write(as_json if options["format"] == "json" else "\n".join(lines))
