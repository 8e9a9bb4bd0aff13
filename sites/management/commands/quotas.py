"""manage.py quotas: what the units of a region must publish (报送任务)."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from sites.desk import quotas
from sites.models import Quota
from tenants.models import Region

FAILED = 1
HELP = """Show and set quotas (报送任务): items a month and disclosures a week that each unit of a region publishes.

The nearest region upwards with an entry counts; without any, 10 and 2. 0 means that nothing is asked.

  python manage.py quotas list --format json
  python manage.py quotas set 430102 --items 10 --disclosures 2
  python manage.py quotas clear 430102

Exit codes: 0 done (a second run says `unchanged`), 1 failed, 2 misused."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        listing = actions.add_parser("list", help="show all entries")
        listing.add_argument("--format", choices=("text", "json"), default="text", help="form of the result on stdout")
        setting = actions.add_parser("set", help="give a region a quota of its own")
        setting.add_argument("region", metavar="CODE", help="division code, as in 430102")
        setting.add_argument("--items", type=int, required=True, metavar="N", help="items a month, 0 for none")
        setting.add_argument(
            "--disclosures", type=int, required=True, metavar="N", help="disclosures a week, 0 for none"
        )
        clearing = actions.add_parser("clear", help="let the region above count again")
        clearing.add_argument("region", metavar="CODE", help="division code, as in 430102")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list(options["format"])
            return
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            self._fail(_("There is no region “%(text)s”.") % {"text": options["region"]})
        elif options["action"] == "clear":
            self._say(region, quotas.clear_quota(region, by=None))
        else:
            try:
                changed = quotas.set_quota(
                    region, items_a_month=options["items"], disclosures_a_week=options["disclosures"], by=None
                )
            except ValueError as error:
                self._fail(str(error))
            else:
                self._say(region, changed)

    def _list(self, form: str) -> None:
        rows = [
            {
                "region": quota.region.code,
                "name": quota.region.name,
                "items_a_month": quota.items_a_month,
                "disclosures_a_week": quota.disclosures_a_week,
            }
            for quota in Quota.objects.select_related("region").order_by("region__lineage")
        ]
        if form == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write("{region} {name}: {items_a_month} / {disclosures_a_week}".format(**row))

    def _say(self, region: Region, changed: bool) -> None:
        self.stdout.write(f"{region.code} {'changed' if changed else 'unchanged'}")

    def _fail(self, sentence: str) -> None:
        self.stderr.write(sentence)
        raise SystemExit(FAILED)
