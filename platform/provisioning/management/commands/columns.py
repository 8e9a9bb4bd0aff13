"""manage.py columns: templates (栏目模板) to the fleet: plan, apply in waves, stop, undo; conformance."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from provisioning import rollouts
from provisioning.fleet_conformance import refresh_conformance
from provisioning.models import RollOut, RollOutStatus, SiteOutcome
from provisioning.rollout_preview import FleetPlan, Scope, SitePlan, Step, steps
from sites.templates_library import library
from tenants.models import Tenant, TenantKind

DONE, FAILED, MISUSED, REFUSALS, INTERRUPTED = 0, 1, 2, 3, 130
WORST = 20
HELP = """Bring sub-sites to a version of their column template, in waves.

  python manage.py columns plan  --template county --to 4
  python manage.py columns apply --template county --to 4 --wave 10% --yes
  python manage.py columns apply --template county --to 4 --yes         (the next wave)
  python manage.py columns status
  python manage.py columns stop
  python manage.py columns undo --yes
  python manage.py columns conformance

Content is never deleted: a column that left the template is kept, marked and taken out of the menu.
Exit codes: 0 done, 1 failed, 2 misused, 3 done with refusals, 130 interrupted (apply again to go on)."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

        def action(name: str, text: str) -> ArgumentParser:
            made: ArgumentParser = actions.add_parser(
                name, help=text, description=f"{text}\n\n{HELP}", formatter_class=RawDescriptionHelpFormatter
            )
            made.add_argument("--format", choices=("text", "json"), default="text", help="form of the result on stdout")
            return made

        for name, text in (
            ("plan", "say what each sub-site would get and where it differs; change nothing"),
            ("apply", "begin a roll-out, or apply the next wave of the one that is under way"),
        ):
            made = action(name, text)
            made.add_argument("--template", required=True, choices=TenantKind.values, help="kind of sub-site")
            made.add_argument("--to", required=True, type=int, metavar="VERSION", help="version of the template")
            made.add_argument("--tenants", nargs="+", default=[], metavar="CODE", help="these sub-sites alone")
            made.add_argument("--region", default="", metavar="CODE", help="sub-sites of this region and below it alone")
            made.add_argument("--with-optional", action="store_true", help="add the version's new optional columns too")
            made.add_argument("--wave", default="", metavar="SIZE", help="10%% of all (the default), 50, or all")
            if name == "apply":
                self._acting(made)
        listing = action("list", "list the roll-outs, newest first")
        listing.add_argument("--template", default="", choices=["", *TenantKind.values], help="of this kind alone")
        for name, text in (
            ("status", "say how far a roll-out is"),
            ("undo", "take the last wave back"),
            ("stop", "ask the wave that is running to stop after its batch"),
        ):
            made = action(name, text)
            made.add_argument("--rollout", type=int, metavar="NUMBER", help="which one; left out: the newest")
            if name == "undo":
                self._acting(made)
            if name == "stop":
                made.add_argument("--end", action="store_true", help="give up what is left, so that another can begin")
        made = action("conformance", "work out anew how far sub-sites have the columns they must have")
        made.add_argument("--template", default="", choices=["", *TenantKind.values], help="of this kind alone")

    @staticmethod
    def _acting(parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who is to stand in the record")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code = getattr(self, f"_{options['action']}")(options)
        except rollouts.RollOutError as error:
            self.stderr.write(str(error))
            raise SystemExit(MISUSED) from None
        except KeyboardInterrupt:
            self.stderr.write(_("Interrupted. What is done stays done; apply again to go on."))
            raise SystemExit(INTERRUPTED) from None
        if code:
            raise SystemExit(code)

    # Actions

    def _plan(self, options: dict[str, Any]) -> int:
        details = options["format"] == "json" or options["verbosity"] > 1
        with self._progress(_("Planning")) as progress:
            fleet = rollouts.preview(_scope(options), details=details, progress=progress)
        if options["format"] == "json":
            self._json(fleet.as_json())
        else:
            self._say_fleet(fleet)
            if details:
                for site in fleet.sites:
                    self._say_site(site)
        return REFUSALS if fleet.problems else DONE

    def _apply(self, options: dict[str, Any]) -> int:
        by = _person(options["by"])
        rollout = self._wanted(options)
        total = rollout.total if rollout else len(_scope(options).sub_sites())
        size = min(total, rollouts.wave_of(options["wave"] or (rollout.wave_size if rollout else "10%"), total))
        if not options["yes"]:
            if options["format"] == "text" and rollout is None:
                self._say_fleet(rollouts.preview(_scope(options)))
            self._confirm(
                _("Bring the next %(size)d of %(total)d sub-sites to version %(version)d?")
                % {"size": size, "total": total, "version": options["to"]}
            )
        if rollout is None:
            rollout = rollouts.start(_scope(options), by=by, wave_size=options["wave"] or "10%")
        with self._progress(_("Rolling out")) as progress:
            receipt = rollouts.apply_wave(rollout, by=by, progress=progress, wave_size=options["wave"])
        return self._say_receipt(rollout, receipt, options)

    def _undo(self, options: dict[str, Any]) -> int:
        rollout = _rollout(options["rollout"])
        if not options["yes"]:
            self._confirm(
                _("Take the last wave of roll-out %(number)d (“%(kind)s” to version %(version)d) back?")
                % {"number": rollout.pk, "kind": rollout.kind, "version": rollout.to_version}
            )
        with self._progress(_("Taking back")) as progress:
            receipt = rollouts.undo_last_wave(rollout, by=_person(options["by"]), progress=progress)
        return self._say_receipt(rollout, receipt, options)

    def _stop(self, options: dict[str, Any]) -> int:
        rollout = _rollout(options["rollout"])
        if options["end"]:
            rollouts.end(rollout)
        else:
            rollouts.request_stop(rollout)
        rollout.refresh_from_db()
        return self._say_status(rollout, options)

    def _status(self, options: dict[str, Any]) -> int:
        return self._say_status(_rollout(options["rollout"]), options)

    def _list(self, options: dict[str, Any]) -> int:
        found = RollOut.objects.all()
        if options["template"]:
            found = found.filter(kind=options["template"])
        if options["format"] == "json":
            self._json([_status_of(rollout) for rollout in found])
        else:
            for rollout in found:
                self.stdout.write(_line(rollout))
        return DONE

    def _conformance(self, options: dict[str, Any]) -> int:
        said: dict[str, Any] = {}
        for kind in [options["template"]] if options["template"] else library().kinds():
            with self._progress(_("Checking")) as progress:
                fleet = refresh_conformance(list(Tenant.objects.filter(kind=kind).order_by("code")), progress=progress)
            if not fleet.figures and not options["template"]:
                continue
            said[kind] = fleet.as_json()
            if options["format"] == "text":
                self.stdout.write(
                    _("%(kind)s: %(mean).1f%% on average, %(full)d of %(sites)d sub-sites have every column")
                    % {"kind": kind, "mean": 100 * fleet.mean, "full": said[kind]["full"], "sites": len(fleet.figures)}
                )
                shown = fleet.below if options["verbosity"] > 1 else fleet.below[:WORST]
                for code, figure in shown:
                    self.stdout.write(f"  {100 * figure:5.1f}%  {code}")
        if options["format"] == "json":
            self._json(said)
        return DONE

    # What they share

    def _wanted(self, options: dict[str, Any]) -> RollOut | None:
        """Return the unfinished roll-out that the options mean, None where a new one has to begin."""
        rollout = rollouts.unfinished(options["template"])
        if rollout is None or rollout.to_version != options["to"]:
            return None  # start() says which other one stands in the way.
        given = {"tenants": options["tenants"], "region": options["region"]}
        if any(given.values()) and given != rollout.scope:
            raise rollouts.RollOutError(
                _(
                    "Roll-out %(number)d to version %(version)d is under way for other sub-sites. Continue it without "
                    "--tenants and --region, or end it first: columns stop --rollout %(number)d --end"
                )
                % {"number": rollout.pk, "version": rollout.to_version}
            )
        return rollout

    def _confirm(self, question: str) -> None:
        if not sys.stdin.isatty():
            raise rollouts.RollOutError(_("Nobody is there to be asked. Add --yes to go on without a question."))
        self.stderr.write(f"{question} [y/N] ", ending="")
        if input().strip().lower() not in {"y", "yes", "是"}:
            raise SystemExit(DONE)

    def _progress(self, title: str) -> _Bar:
        return _Bar(title)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=list))

    def _say_fleet(self, fleet: FleetPlan) -> None:
        self.stdout.write(
            _("%(title)s, version %(version)d: %(changing)d of %(sites)d sub-sites change (now at version %(versions)s)")
            % {
                "title": fleet.title,
                "version": fleet.scope.to_version,
                "changing": fleet.changing,
                "sites": len(fleet.sites),
                "versions": ", ".join(f"{version}: {count}" for version, count in fleet.from_versions.items()),
            }
        )
        for step, count in fleet.steps:
            self.stdout.write(f"  {count:6d} × {step_text(step)}")
        for (code, name, kept), count in fleet.differences:
            sentence = (
                _("%(code)s: the sub-site's own “%(field)s” is kept")
                if kept
                else _("%(code)s: the sub-site's own “%(field)s” is set back")
            )
            self.stdout.write(f"  {count:6d} × {sentence % {'code': code, 'field': name}}")
        for text, count in fleet.warnings:
            self.stdout.write(f"  {count:6d} × {text}")
        for site in fleet.problems:
            self.stdout.write(f"  {site.code} {site.name}: {site.problem}")

    def _say_site(self, site: SitePlan) -> None:
        self.stdout.write(f"{site.code} {site.name} ({site.from_version}, {100 * site.conformance:.1f}%)")
        if site.plan is None:
            self.stdout.write(f"  {site.problem}")
            return
        for step in steps(site.plan):
            self.stdout.write(f"  {step_text(step)}")
        for d in site.plan.local_differences:
            sentence = _("%(code)s: own %(field)s %(local)s kept") if d.kept else _("%(code)s: own %(field)s %(local)s set back")
            self.stdout.write(f"  {sentence % {'code': d.code, 'field': d.field, 'local': d.local}}")
        for text in site.warnings:
            self.stdout.write(f"  {text}")

    def _say_receipt(self, rollout: RollOut, receipt: rollouts.WaveReceipt, options: dict[str, Any]) -> int:
        rollout.refresh_from_db()
        if options["format"] == "json":
            self._json({**_status_of(rollout), **receipt.as_json()})
        else:
            for code, sentence in receipt.sentences:
                self.stdout.write(f"{code}: {sentence}")
            self.stdout.write(_counts_text(receipt.outcomes))
            self.stdout.write(_line(rollout))
        return REFUSALS if receipt.outcomes[SiteOutcome.FAILED] or receipt.outcomes[SiteOutcome.SKIPPED] else DONE

    def _say_status(self, rollout: RollOut, options: dict[str, Any]) -> int:
        if options["format"] == "json":
            self._json(_status_of(rollout))
            return DONE
        self.stdout.write(_line(rollout))
        for row in rollout.sites.filter(outcome=SiteOutcome.FAILED).select_related("tenant"):
            self.stdout.write(f"  {row.tenant.code}: {row.sentence}")
        return DONE


class _Bar:
    """A progress bar on stderr with rate and remaining time; called with (done, total)."""

    def __init__(self, title: str) -> None:
        self.bar = Progress(
            TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self.task = self.bar.add_task(title, total=None)

    def __enter__(self) -> _Bar:
        self.bar.start()
        return self

    def __exit__(self, *_exc: Any) -> None:
        self.bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self.bar.update(self.task, completed=done, total=total)


def _scope(options: dict[str, Any]) -> Scope:
    return Scope(
        kind=options["template"],
        to_version=options["to"],
        tenants=tuple(options["tenants"]),
        region=options["region"],
        with_optional=options["with_optional"],
    )


def _person(username: str) -> Any:
    if not username:
        return None
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise rollouts.RollOutError(_("There is no user “%(name)s”.") % {"name": username})
    return user


def _rollout(number: int | None) -> RollOut:
    found = RollOut.objects.filter(pk=number) if number else RollOut.objects.all()
    rollout = found.first()
    if rollout is None:
        raise rollouts.RollOutError(_("There is no such roll-out. columns list shows those there are."))
    return rollout


def _outcomes(rollout: RollOut) -> dict[str, int]:
    found = rollout.sites.values_list("outcome").annotate(count=Count("pk")).order_by("outcome")
    return {outcome or "waiting": count for outcome, count in found}


def _status_of(rollout: RollOut) -> dict[str, Any]:
    return {
        "rollout": rollout.pk,
        "kind": rollout.kind,
        "to_version": rollout.to_version,
        "digest": rollout.digest,
        "scope": rollout.scope,
        "status": rollout.status,
        "started_by": rollout.started_by.get_username() if rollout.started_by else None,
        "created_at": rollout.created_at.isoformat(),
        "last_sign_of_life_at": rollout.heartbeat_at.isoformat() if rollout.heartbeat_at else None,
        "sites": rollout.total,
        "outcomes_so_far": _outcomes(rollout),
    }


def _line(rollout: RollOut) -> str:
    line = _("Roll-out %(number)d: %(kind)s to version %(version)d, %(status)s (%(counts)s)") % {
        "number": rollout.pk,
        "kind": rollout.kind,
        "version": rollout.to_version,
        "status": rollout.get_status_display(),
        "counts": _counts_text(_outcomes(rollout)),
    }
    if rollout.status == RollOutStatus.RUNNING and rollout.heartbeat_at:
        seen = timezone.localtime(rollout.heartbeat_at).strftime("%Y-%m-%d %H:%M:%S")
        line = f"{line} {_('last sign of life %(moment)s') % {'moment': seen}}"
    return line


def _counts_text(outcomes: Any) -> str:
    names = {"waiting": _("waiting"), **{str(value): str(label) for value, label in SiteOutcome.choices}}
    return ", ".join(f"{names.get(str(name), name)} {count}" for name, count in sorted(outcomes.items()))


def step_text(step: Step) -> str:
    """Return a step of a plan in words."""
    sentences = {
        "add": _("add %(code)s “%(new)s”"),
        "move": _("move %(code)s from below “%(old)s” to below “%(new)s”"),
        "kind": _("turn %(code)s from %(old)s into %(new)s"),
        "retitle": _("rename %(code)s from “%(old)s” to “%(new)s”"),
        "reorder": _("put %(code)s from place %(old)s to place %(new)s"),
        "attribute": _("set %(field)s of %(code)s from “%(old)s” to “%(new)s”"),
        "retire": _("retire %(code)s “%(old)s”: kept with its content, out of the menu"),
        "revive": _("bring %(code)s back"),
    }
    return sentences[step.group] % {"code": step.code, "field": step.field, "old": _shown(step.old), "new": _shown(step.new)}


def _shown(value: Any) -> str:
    return "、".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
