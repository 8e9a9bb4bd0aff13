"""manage.py columns: templates (栏目模板) to the fleet: plan, apply in waves, stop, undo; conformance."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from provisioning import rollouts
from provisioning.console.rollout_words import kind_label
from provisioning.fleet_conformance import refresh_conformance
from provisioning.models import RollOut, SiteOutcome
from provisioning.rollout_preview import Scope
from provisioning.rollout_texts import Bar, counts_text, fleet_lines, site_lines, status_line, status_of
from sites.column_templates import TemplateError
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
            made.add_argument("--region", default="", metavar="CODE", help="sub-sites of this region and below alone")
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
        except TemplateError as error:
            self.stderr.write(error.say(_))
            raise SystemExit(FAILED) from None
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
            self._say(fleet_lines(fleet))
            if details:
                for site in fleet.sites:
                    self._say(site_lines(site))
        return REFUSALS if fleet.problems else DONE

    def _apply(self, options: dict[str, Any]) -> int:
        by = _person(options["by"])
        rollout = self._wanted(options)
        total = rollout.total if rollout else len(_scope(options).sub_sites())
        size = min(total, rollouts.wave_of(options["wave"] or (rollout.wave_size if rollout else "10%"), total))
        if not options["yes"]:
            if options["format"] == "text" and rollout is None:
                self._say(fleet_lines(rollouts.preview(_scope(options))))
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
                % {"number": rollout.pk, "kind": kind_label(rollout.kind), "version": rollout.to_version}
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
            self._json([status_of(rollout) for rollout in found])
        else:
            for rollout in found:
                self.stdout.write(status_line(rollout))
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
                    % {
                        "kind": kind_label(kind),
                        "mean": 100 * fleet.mean,
                        "full": said[kind]["full"],
                        "sites": len(fleet.figures),
                    }
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
        if options["with_optional"] and not rollout.with_optional:
            raise rollouts.RollOutError(
                _("Roll-out %(number)d began without --with-optional. Continue it without, or end it first.")
                % {"number": rollout.pk}
            )
        return rollout

    def _confirm(self, question: str) -> None:
        if not sys.stdin.isatty():
            raise rollouts.RollOutError(_("Nobody is there to be asked. Add --yes to go on without a question."))
        self.stderr.write(f"{question} [y/N] ", ending="")
        if input().strip().lower() not in {"y", "yes", "是"}:
            raise SystemExit(DONE)

    def _progress(self, title: str) -> Bar:
        return Bar(title)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=list))

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _say_receipt(self, rollout: RollOut, receipt: rollouts.WaveReceipt, options: dict[str, Any]) -> int:
        rollout.refresh_from_db()
        if options["format"] == "json":
            self._json({**status_of(rollout), **receipt.as_json()})
        else:
            for code, sentence in receipt.sentences:
                self.stdout.write(f"{code}: {sentence}")
            self.stdout.write(counts_text(receipt.outcomes))
            self.stdout.write(status_line(rollout))
        return REFUSALS if receipt.outcomes[SiteOutcome.FAILED] or receipt.outcomes[SiteOutcome.SKIPPED] else DONE

    def _say_status(self, rollout: RollOut, options: dict[str, Any]) -> int:
        if options["format"] == "json":
            self._json(status_of(rollout))
            return DONE
        self.stdout.write(status_line(rollout))
        for row in rollout.sites.filter(outcome=SiteOutcome.FAILED).select_related("tenant"):
            self.stdout.write(f"  {row.tenant.code}: {row.sentence}")
        return DONE


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
