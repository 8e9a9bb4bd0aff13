"""manage.py site ACTION CODE: the life of a sub-site on the command line. The steps are provisioning.lifecycle's."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning import lifecycle
from provisioning.console.queries import label_of_event
from provisioning.lifecycle import LifecycleError, NothingToDo
from tenants.models import LifecycleEvent, Region, Tenant, User
from tenants.regions import canonical

DONE, FAILED, MISUSED, WITH_REFUSALS = 0, 1, 2, 3
HELP = """Lead a sub-site through its life, or look at it. CODE is the tenant's code.

  python manage.py site show 430102
  python manage.py site live 430102 430103 --by operator
  python manage.py site suspend 430102 --reason "等保整改" --by operator
  python manage.py site host 430102 www.furong.gov.cn --by operator
  python manage.py site close 430102-nyj --successor 430102 --reason "机构合并" --by operator --dry-run

`python manage.py site ACTION --help` tells more of each. The line for cron, once a day after midnight:

  python manage.py site finish-closings

Exit codes: 0 done or unchanged, 1 refused or failed, 2 misused, 3 done for some and refused for others."""
EXAMPLES = {
    "trial": "site trial 430102 --by operator",
    "live": "site live 430102 430103 --by operator",
    "suspend": 'site suspend 430102 --reason "等保整改" --by operator',
    "resume": "site resume 430102 --by operator",
    "rename": 'site rename 430102 "芙蓉区人民政府" --short-name 芙蓉区 --by operator',
    "host": "site host 430102 www.furong.gov.cn --by operator --dry-run",
    "mount": "site mount 430102-nyj nyncj --by operator --dry-run",
    "move": "site move 430102-nyj --region 430103 --supervisor 430103 --under 430103 --by operator --dry-run",
    "close": 'site close 430102-nyj --successor 430102 --notice-days 30 --reason "机构合并" --by operator --dry-run',
    "finish-closings": "site finish-closings",
    "cancel-closing": 'site cancel-closing 430102-nyj --reason "暂缓合并" --by operator',
    "reopen": 'site reopen 430102-nyj --force --reason "机构恢复" --by operator',
    "show": "site show 430102 --format json",
    "history": "site history 430102",
}
SUMMARIES = {
    "trial": "show a draft to the public as a trial",
    "live": "open for good",
    "suspend": "take off the net for a while (503 and a notice); needs a reason",
    "resume": "end a suspension",
    "rename": "change name and short name; the home's title follows",
    "host": "change the host; the old one redirects permanently",
    "mount": "change a channel site's path; the old one redirects permanently",
    "move": "move to another region, supervising unit or host (行政区划调整)",
    "close": "begin to close: a notice names the successor, a redirect follows",
    "finish-closings": "close whatever has had its notice (for cron)",
    "cancel-closing": "take a closing back while its notice stands",
    "reopen": "bring a closed sub-site back on trial; within a year only with --force and a reason",
    "show": "say what stands: state, address, supervision, what may be done next",
    "history": "list all steps, the newest first",
}
NOBODY = "none"


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, summary in SUMMARIES.items():
            text = f"{summary[0].upper()}{summary[1:]}.\n\n  python manage.py {EXAMPLES[name]}"
            action = actions.add_parser(
                name, help=summary, description=text, formatter_class=RawDescriptionHelpFormatter
            )
            self._add_values(action, name)
            if name not in {"show", "history"}:
                action.add_argument("--reason", default="", help="why; kept in the history")
                action.add_argument("--by", default="", metavar="USERNAME", help="the operator who answers for it")
                action.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
            action.add_argument("--format", default="text", choices=["text", "json"], help="form of the result")

    def _add_values(self, action: ArgumentParser, name: str) -> None:
        if name != "finish-closings":
            several = name in {"trial", "live", "suspend", "resume"}
            action.add_argument("codes", nargs="+" if several else 1, metavar="CODE", help="the tenant's code")
        if name == "rename":
            action.add_argument("name", nargs="?", default="", metavar="NAME", help="the new name")
            action.add_argument("--short-name", default="", help="the new short name")
        elif name == "host":
            action.add_argument("host", metavar="HOST", help="the new host, without scheme and port")
        elif name == "mount":
            action.add_argument("mount", metavar="PATH", help="the new path, such as nyncj")
        elif name == "move":
            action.add_argument("--region", metavar="CODE", help="the new region's code")
            action.add_argument("--supervisor", metavar="CODE", help=f"the new supervising tenant, or {NOBODY}")
            action.add_argument("--under", metavar="CODE", help="the registered site that a channel site stands below")
        elif name == "close":
            action.add_argument("--successor", metavar="CODE", help="the sub-site that goes on with the content")
            action.add_argument(
                "--notice-days", type=int, metavar="DAYS", help="how long the notice stands (default: 30)"
            )
        elif name == "reopen":
            action.add_argument("--force", action="store_true", help="before the year is over; needs --reason")

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"]
        if action == "finish-closings":
            tenants = lifecycle.due_closings()
        else:
            tenants = [self._tenant(code) for code in dict.fromkeys(options["codes"])]
        if action == "show":
            self._out(options, _facts(tenants[0]), _fact_lines)
        elif action == "history":
            self._out(options, [_record(event) for event in _events(tenants[0])], _history_lines)
        else:
            self._steps(tenants, self._step_for(action, options), options)

    def _step_for(self, action: str, options: dict[str, Any]) -> Callable[[Tenant], LifecycleEvent]:
        """Return the step with its values looked up, so that a wrong code stops the command before anything happens."""
        shared = {"by": self._person(options["by"]), "reason": options["reason"]}
        plain = {
            "trial": lifecycle.open_trial,
            "live": lifecycle.go_live,
            "suspend": lifecycle.suspend,
            "resume": lifecycle.resume,
            "finish-closings": lifecycle.finish_closing,
            "cancel-closing": lifecycle.cancel_closing,
        }
        if action in plain:
            return lambda tenant: plain[action](tenant, **shared)
        if action == "rename":
            values = {"name": options["name"], "short_name": options["short_name"]}
            return lambda tenant: lifecycle.rename(tenant, **values, **shared)
        if action == "host":
            return lambda tenant: lifecycle.change_host(tenant, host=options["host"], **shared)
        if action == "mount":
            return lambda tenant: lifecycle.change_mount(tenant, mount=options["mount"], **shared)
        if action == "reopen":
            return lambda tenant: lifecycle.reopen(tenant, force=options["force"], **shared)
        if action == "close":
            successor = self._tenant(options["successor"]) if options["successor"] else None
            days = options["notice_days"]
            return lambda tenant: lifecycle.close(tenant, successor=successor, notice_days=days, **shared)
        moved = self._move_values(options)
        return lambda tenant: lifecycle.move(tenant, **moved, **shared)

    def _move_values(self, options: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if options["region"]:
            values["region"] = self._region(options["region"])
        if options["supervisor"]:
            nobody = options["supervisor"] == NOBODY
            values["supervisor"] = None if nobody else self._tenant(options["supervisor"])
        if options["under"]:
            values["mounted_under"] = self._tenant(options["under"])
        if not values:
            raise CommandError(f"Say where to. Example: manage.py {EXAMPLES['move']}", returncode=MISUSED)
        return values

    def _steps(self, tenants: list[Tenant], step: Callable[[Tenant], LifecycleEvent], options: dict[str, Any]) -> None:
        results = [_take(tenant, step, dry_run=options["dry_run"]) for tenant in tenants]
        self._out(options, {"dry_run": options["dry_run"], "results": results}, _result_lines)
        refused = sum(result["outcome"] == "refused" for result in results)
        if refused:
            raise SystemExit(FAILED if refused == len(results) else WITH_REFUSALS)

    def _out(self, options: dict[str, Any], result: Any, lines: Callable[[Any], list[str]]) -> None:
        if options["format"] == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(lines(result)))

    def _tenant(self, code: str) -> Tenant:
        try:
            return Tenant.objects.select_related("region", "supervisor", "mounted_under", "successor").get(code=code)
        except Tenant.DoesNotExist:
            raise CommandError(f"There is no sub-site with the code '{code}'.", returncode=MISUSED) from None

    def _region(self, code: str) -> Region:
        try:
            return Region.objects.get(code=canonical(code) or code)
        except Region.DoesNotExist:
            sentence = f"There is no region '{code}'. Load it first: manage.py regions load FILE"
            raise CommandError(sentence, returncode=MISUSED) from None

    def _person(self, username: str) -> User | None:
        if not username:
            return None
        try:
            return User.objects.get(username=username, is_active=True)
        except User.DoesNotExist:
            raise CommandError(f"There is no active account '{username}'.", returncode=MISUSED) from None


def _take(tenant: Tenant, step: Callable[[Tenant], LifecycleEvent], *, dry_run: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"code": tenant.code, "name": tenant.name}
    try:
        with transaction.atomic():
            event = step(tenant)
            transaction.set_rollback(dry_run)
    except NothingToDo as nothing:
        return result | {"outcome": "unchanged", "sentence": str(nothing)}
    except LifecycleError as refusal:
        return result | {"outcome": "refused", "sentence": str(refusal)}
    values = {"before": event.before, "after": event.after, "warnings": list(event.warnings)}
    return result | {"outcome": "planned" if dry_run else "done", "status": tenant.status} | values


def _result_lines(result: dict[str, Any]) -> list[str]:
    lines = []
    for one in result["results"]:
        if "sentence" in one:
            lines.append(f"{one['code']}\t{one['outcome']}\t{one['sentence']}")
            continue
        changes = "; ".join(
            f"{name}: {_shown(one['before'].get(name))} → {_shown(new)}" for name, new in one["after"].items()
        )
        lines.append(f"{one['code']}\t{one['outcome']}\t{one['name']}\t{changes}")
        lines += [f"\t{warning}" for warning in one["warnings"]]
    if result["dry_run"]:
        lines.append(_("Dry run: nothing was written."))
    return lines or [_("Nothing to do.")]


def _shown(value: Any) -> str:
    return "–" if value in (None, "") else ", ".join(value) if isinstance(value, list) else str(value)


def _facts(tenant: Tenant) -> dict[str, Any]:
    under = tenant.mounted_under
    return {
        "code": tenant.code,
        "name": tenant.name,
        "short_name": tenant.short_name,
        "kind": tenant.kind,
        "status": tenant.status,
        "suspended_reason": tenant.suspended_reason,
        "address": tenant.host or f"{under.host if under else ''}/{tenant.mount}/",
        "former_addresses": [
            former.host or f"{former.under.host}/{former.mount}/"
            for former in tenant.former_addresses.select_related("under").order_by("changed_at")
        ],
        "region": str(tenant.region),
        "supervisor": str(tenant.supervisor or ""),
        "site_code": tenant.site_code,
        "missing": lifecycle.missing_marks(tenant),
        "opened_on": tenant.opened_on and tenant.opened_on.isoformat(),
        "notice_until": tenant.notice_until and tenant.notice_until.isoformat(),
        "closed_on": tenant.closed_on and tenant.closed_on.isoformat(),
        "successor": str(tenant.successor or ""),
        "channel_sites": tenant.channel_sites.count(),
        "possible_steps": lifecycle.allowed(tenant.status),
    }


def _fact_lines(facts: dict[str, Any]) -> list[str]:
    return [f"{name}\t{_shown(value)}" for name, value in facts.items() if value not in (None, "", [])]


def _events(tenant: Tenant) -> Any:
    return tenant.events.select_related("by")


def _record(event: LifecycleEvent) -> dict[str, Any]:
    return {
        "at": timezone.localtime(event.at).isoformat(timespec="seconds"),
        "action": event.action,
        "by": event.by.get_username() if event.by else "",
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
    }


def _history_lines(records: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in records:
        changes = "; ".join(
            f"{name}: {_shown(one['before'].get(name))} → {_shown(new)}" for name, new in one["after"].items()
        )
        label = label_of_event(one["action"])
        lines.append(
            "\t".join([one["at"][:16].replace("T", " "), label, one["by"] or "–", changes, one["reason"]]).rstrip()
        )
    return lines or [_("No steps yet.")]
