"""manage.py provision FILE: open and change sub-sites from a list."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from provisioning import runs
from provisioning.models import ProvisioningRun, RunRow
from provisioning.plan import Plan
from tenants.models import User

DONE, FAILED, MISUSED, WITH_REFUSALS = 0, 1, 2, 3


class Command(BaseCommand):
    help = (
        "Open and change sub-sites from a list (CSV, XLSX or JSON; Chinese or English headers), one row a sub-site. "
        "A second run finds everything unchanged. Example: manage.py provision sites.xlsx --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="the list; - reads it from standard input")
        parser.add_argument("--dry-run", action="store_true", help="show the plan for each row and change nothing")
        parser.add_argument(
            "--continue", type=int, dest="run", metavar="RUN", help="take up an earlier run by its number"
        )
        parser.add_argument("--host-pattern", default="", metavar="PATTERN",
                            help="host of a portal that names none, such as {slug}.example.gov.cn")  # fmt: skip
        parser.add_argument("--status", default="trial", choices=["draft", "trial", "live"],
                            help="state of new sites whose row names none (default: trial)")  # fmt: skip
        parser.add_argument("--with-optional", action="store_true", help="create the template's optional columns, too")
        parser.add_argument("--by", default="", metavar="USERNAME", help="the operator who answers for it")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="form of the receipt")

    def handle(self, **options: Any) -> None:
        if bool(options["file"]) == bool(options["run"]):
            raise CommandError(
                "Name one list, or --continue RUN. Example: manage.py provision sites.csv", returncode=MISUSED
            )
        by = self.person(options["by"])
        try:
            if options["run"]:
                run = self.earlier(options["run"])
            else:
                data, name = self.read(options["file"])
                chosen = runs.Options(options["host_pattern"], options["status"], options["with_optional"])
                if options["dry_run"]:
                    self.show_plan(runs.plan_rows(runs.read_rows(data, name), chosen), options["format"])
                    return
                run, _planned = runs.create_run(data, name, by=by, options=chosen)
            self.apply(run, by=by)
        except runs.RunError as error:
            raise CommandError(str(error), returncode=FAILED) from error
        self.show_receipt(run, options["format"])

    def person(self, username: str) -> User | None:
        if not username:
            return None
        try:
            return User.objects.get(username=username, is_active=True)
        except User.DoesNotExist:
            raise CommandError(f"There is no active account '{username}'.", returncode=MISUSED) from None

    def earlier(self, number: int) -> ProvisioningRun:
        try:
            return ProvisioningRun.objects.get(pk=number)
        except ProvisioningRun.DoesNotExist:
            raise CommandError(f"There is no run {number}.", returncode=MISUSED) from None

    def read(self, file: str) -> tuple[bytes, str]:
        if file == "-":
            return sys.stdin.buffer.read(), "stdin"
        try:
            return Path(file).read_bytes(), Path(file).name
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=MISUSED) from error

    def apply(self, run: ProvisioningRun, *, by: Any) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(gettext("Opening sub-sites"), total=run.total, rate="")

            def progress(done: int, total: int) -> None:
                speed = bar.tasks[task].speed
                bar.update(task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

            runs.apply_run(run, by=by, progress=progress)

    def show_plan(self, planned: Plan, form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(planned.to_json(), ensure_ascii=False, indent=1))
        else:
            for site in planned.sites:
                request = site.request
                place = request.host or f"{request.mounted_under_code}/{request.mount}"
                changes = "; ".join(f"{name}: {old} → {new}" for name, (old, new) in site.changes.items())
                self.stdout.write(
                    f"{site.row}\t{site.action}\t{request.code}\t{request.name}\t{place}\t{changes}".rstrip()
                )
                for warning in site.warnings:
                    self.stdout.write(f"\t{warning.say(gettext)}")
            for refused in planned.refused:
                for problem in refused.problems:
                    self.stdout.write(f"{refused.row}\trefused\t{refused.code}\t{refused.name}\t{problem.say(gettext)}")
            self.stdout.write(_counted(planned.counts))
        if planned.refused:
            raise SystemExit(WITH_REFUSALS)

    def show_receipt(self, run: ProvisioningRun, form: str) -> None:
        not_done = run.rows.filter(outcome__in=["refused", "failed"])
        if form == "json":
            receipt = {
                "run": run.pk,
                "file": run.source_name,
                "sha256": run.file_hash,
                "counts": run.counts,
                "refusals": [_refusal(row) for row in not_done],
            }
            self.stdout.write(json.dumps(receipt, ensure_ascii=False, indent=1))
        else:
            for row in not_done:
                for sentence in row.problems:
                    self.stdout.write(f"{row.row}\t{row.outcome}\t{row.code}\t{row.name}\t{sentence}")
            self.stdout.write(f"run {run.pk}: {_counted(run.counts)}")
        if not_done.exists():
            raise SystemExit(WITH_REFUSALS)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing to do"


def _refusal(row: RunRow) -> dict[str, Any]:
    return {"row": row.row, "outcome": row.outcome, "code": row.code, "name": row.name, "problems": row.problems}
