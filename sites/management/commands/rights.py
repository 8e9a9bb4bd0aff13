"""manage.py rights --on DAY: who could do what then."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rich.console import Console
from rich.table import Table

from sites.downloads import written
from sites.members.past_views import all_with_columns
from sites.members.rows import headers, table
from tenants.models import Tenant, User
from tenants.past import rights_on, superusers_on

MISUSED = 2
WIDE = 240


class Command(BaseCommand):
    help = (
        "Show who could do what on a day (all of it) or at a moment (2026-03-03T15:00, the platform's time). "
        "Example: manage.py rights --on 2026-03-03 --tenant 430102 --format xlsx --output rights.xlsx"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", required=True, metavar="DAY", help="the day or the moment")
        parser.add_argument("--tenant", default="", metavar="CODE", help="over this sub-site alone")
        parser.add_argument("--user", default="", metavar="USERNAME", help="of this person alone")
        parser.add_argument(
            "--format", default="table", choices=["table", "csv", "xlsx", "json"], help="form of the answer"
        )
        parser.add_argument("--output", default="", metavar="FILE", help="write there instead of standard output")

    def handle(self, **options: Any) -> None:
        moment = self.moment(options["on"])
        tenant = self.one(Tenant, "sub-site", code=options["tenant"]) if options["tenant"] else None
        user = self.one(User, "account", username=options["user"]) if options["user"] else None
        memberships = all_with_columns(rights_on(moment, tenant=tenant, user=user))
        superusers = superusers_on(moment, user=user) if tenant is None else []
        self.show(options["format"], options["output"], headers(), list(table(memberships, superusers)))

    def moment(self, text: str) -> date | datetime:
        try:
            day = parse_date(text)
            if day is not None:
                return day
            found = parse_datetime(text)
        except ValueError:
            found = None
        if found is None:
            raise CommandError(
                f"'{text}' is neither a day nor a moment. Write 2026-03-03 or 2026-03-03T15:00.", returncode=MISUSED
            )
        return found if timezone.is_aware(found) else timezone.make_aware(found)

    def one(self, model: Any, what: str, **named: str) -> Any:
        found = model.objects.filter(**named).first()
        if found is None:
            raise CommandError(f"There is no {what} '{next(iter(named.values()))}'.", returncode=MISUSED)
        return found

    def show(self, form: str, output: str, titles: list[str], rows: list[list[str]]) -> None:
        if form in {"csv", "xlsx"}:
            data = written(form, titles, rows)
        elif form == "json":
            data = json.dumps(
                [dict(zip(titles, row, strict=True)) for row in rows], ensure_ascii=False, indent=1
            ).encode()
        else:
            drawn = Table(*titles)
            for row in rows:
                drawn.add_row(*row)
            console = Console(file=StringIO(), width=None if sys.stdout.isatty() else WIDE)
            console.print(drawn)
            data = console.file.getvalue().encode()  # type: ignore[attr-defined]
        if output:
            Path(output).write_bytes(data)
        elif form == "xlsx":
            sys.stdout.buffer.write(data)
        else:
            self.stdout.write(data.decode())
        self.stderr.write(f"{len(rows)} rights")
