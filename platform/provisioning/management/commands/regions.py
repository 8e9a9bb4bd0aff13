"""manage.py regions load: divisions (行政区划) from lists of codes and names."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from tenants.regions import RegionReceipt, RegionRefusal, RegionRow, bureau_rows, load_regions
from tenants.tables import TableError
from tenants.tables.reading import read_table

DONE, FAILED, REFUSALS = 0, 1, 3
_HEADERS = {
    "code": "区划代码|行政区划代码|统计用区划代码|区划编码|代码|编码|code|region code",
    "name": "区划名称|行政区划名称|名称|name|region name",
    "parent": "上级代码|上级区划代码|上级行政区划代码|parent|parent code",
    "province": "省|省份|省级|province",
    "city": "市|市州|地市|地级|市级|city",
    "county": "县|区县|县区|县市区|县级|county",
    "township": "乡镇|乡镇街道|街道|乡级|township|town",
}
HEADERS = {header: field for field, headers in _HEADERS.items() for header in headers.split("|")}
HELP = """Load divisions (行政区划) from one or more lists (CSV, XLSX, JSON).

A list has a code and a name, with Chinese or English headers, in any order:

  code,name                               代码,名称
  430102,芙蓉区                            430102,芙蓉区

or is the statistics bureau's, which names the divisions above beside each row:

  code,province,city,county,township
  430102001,湖南省,长沙市,芙蓉区,文艺路街道

A town (9 digits) stands below its county, a county below its city, by the code alone; a column `parent` (上级代码)
says otherwise. A second run says `unchanged`; another name is a change.

  python manage.py regions load counties.csv townships.csv --dry-run
  python manage.py regions load counties.csv townships.csv

Exit codes: 0 done, 1 failed, 2 misused, 3 done with refusals."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        load = actions.add_parser(
            "load", help="load lists of divisions", description=HELP, formatter_class=RawDescriptionHelpFormatter
        )
        load.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, XLSX or JSON, in any order")
        load.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        load.add_argument("--format", choices=("text", "json"), default="text", help="form of the result on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        rows: list[RegionRow] = []
        refusals: list[RegionRefusal] = []
        several = len(options["files"]) > 1
        for file in options["files"]:
            try:
                self._read(file, several, rows, refusals)
            except (OSError, TableError) as error:
                reason = _(error.msgid) % error.params if isinstance(error, TableError) else f"{error.strerror}."
                self.stderr.write(
                    _("%(file)s cannot be read: %(reason)s Nothing was loaded.") % {"file": file, "reason": reason}
                )
                raise SystemExit(FAILED) from None
        receipt = load_regions(rows, dry_run=options["dry_run"])
        refusals += receipt.refusals
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(receipt, refusals, options["dry_run"]), ensure_ascii=False, indent=2))
        else:
            self._say(receipt, refusals, dry_run=options["dry_run"])
        if refusals:
            raise SystemExit(REFUSALS)

    def _read(self, file: Path, several: bool, rows: list[RegionRow], refusals: list[RegionRefusal]) -> None:
        table = read_table(file.read_bytes(), file.name, HEADERS)
        for raw in table.rows:
            number = f"{file.name}:{raw.number}" if several else raw.number
            if raw.problems:
                sentence = " ".join(_(problem.msgid) % problem.params for problem in raw.problems)
                refusals.append(RegionRefusal(number, raw.cells.get("code", ""), sentence))
            else:
                rows += bureau_rows(number, raw.cells)

    def _say(self, receipt: RegionReceipt, refusals: list[RegionRefusal], *, dry_run: bool) -> None:
        for refusal in refusals:
            self.stdout.write(
                _("row %(row)s refused: %(sentence)s") % {"row": refusal.row, "sentence": refusal.sentence}
            )
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
        counts = {
            "created": len(receipt.created),
            "changed": len(receipt.changed),
            "unchanged": len(receipt.unchanged),
            "refused": len(refusals),
        }
        self.stdout.write(
            _("created %(created)d, changed %(changed)d, unchanged %(unchanged)d, refused %(refused)d") % counts
        )


def _as_json(receipt: RegionReceipt, refusals: list[RegionRefusal], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "created": len(receipt.created),
        "changed": list(receipt.changed),
        "unchanged": len(receipt.unchanged),
        "refusals": [{"row": r.row, "code": r.code, "sentence": r.sentence} for r in refusals],
    }
