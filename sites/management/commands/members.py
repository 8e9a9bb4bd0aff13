"""manage.py members FILE: invite people and give rights from a list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext

from sites.downloads import written
from sites.members.list_results import mail_links, result_table
from tenants import people_lists
from tenants.grants import GrantRefused
from tenants.models import User
from tenants.people_lists import Line
from tenants.tables import TableError

FAILED, MISUSED, WITH_REFUSALS = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Invite people and give them rights from a list (CSV or XLSX with 单位编码 用户名 姓名 角色 手机 邮箱 职务 到期). "
        "The invited get their links by mail; all links stand in the result file, too. A second run finds what is there. "
        "Example: manage.py members people.xlsx --by operator --result links.xlsx"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the list")
        parser.add_argument("--dry-run", action="store_true", help="show what each row would do and change nothing")
        parser.add_argument("--by", default="", metavar="USERNAME", help="the operator who answers for it")
        parser.add_argument("--new-links", action="store_true", help="make new links for the invited, too")
        parser.add_argument("--no-mail", action="store_true", help="mail nobody: the links are handed over by people")
        parser.add_argument("--result", type=Path, metavar="FILE", help="where the result goes (.xlsx or .csv)")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="form of the receipt")

    def handle(self, **options: Any) -> None:
        try:
            rows = people_lists.read(options["file"].read_bytes(), options["file"].name, timezone.localdate())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.", returncode=MISUSED) from error
        except TableError as error:
            raise CommandError(gettext(error.msgid) % error.params, returncode=FAILED) from error
        if options["dry_run"]:
            lines = people_lists.plan(rows, new_links=options["new_links"])
        else:
            lines = self.carried_out(rows, options)
        self.receipt(lines, options["format"])
        if any(line.action == people_lists.REFUSED for line in lines):
            raise SystemExit(WITH_REFUSALS)

    def carried_out(self, rows: list[Any], options: dict[str, Any]) -> list[Line]:
        result = options["result"]
        if result is None or result.suffix not in {".csv", ".xlsx"}:
            raise CommandError("Say with --result FILE.xlsx where the links shall go.", returncode=MISUSED)
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active account '{options['by']}'. Name one with --by.", returncode=MISUSED)
        try:
            # Opened first: links that could not be written down would be lost.
            with result.open("wb") as file:
                lines = people_lists.carry_out(rows, by=by, new_links=options["new_links"])
                mailed = set() if options["no_mail"] else mail_links(lines)
                file.write(written(result.suffix[1:], *result_table(lines, mailed)))
        except OSError as error:
            raise CommandError(f"{result} cannot be written: {error.strerror}.", returncode=MISUSED) from error
        except GrantRefused as refused:
            raise CommandError(str(refused), returncode=MISUSED) from refused
        result.chmod(0o600)
        return lines

    def receipt(self, lines: list[Line], form: str) -> None:
        counts = {action: count for action, count in people_lists.counts(lines).items() if count}
        refused = [line for line in lines if line.action == people_lists.REFUSED]
        if form == "json":
            told = [{"row": line.row, "problems": list(line.sentences)} for line in refused]
            self.stdout.write(json.dumps({"counts": counts, "refusals": told}, ensure_ascii=False, indent=1))
            return
        for line in refused:
            self.stdout.write(f"{line.row}\t{line.cells.get('username', '')}\t{' '.join(line.sentences)}")
        self.stdout.write(", ".join(f"{count} {action}" for action, count in counts.items()) or "nothing to do")
