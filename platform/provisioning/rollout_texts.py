"""What the command says of roll-outs: plans, states and counts in words, and the bar that shows how far a wave is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from provisioning.console.rollout_words import FIELD_LABELS, kind_label, value_text
from provisioning.models import RollOut, RollOutStatus, SiteOutcome
from provisioning.rollout_preview import FleetPlan, SitePlan, Step, steps


class Bar:
    """A progress bar on stderr with rate and remaining time; called with (done, total)."""

    def __init__(self, title: str) -> None:
        self.bar = Progress(
            TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self.task = self.bar.add_task(title, total=None)

    def __enter__(self) -> Bar:
        self.bar.start()
        return self

    def __exit__(self, *_exc: Any) -> None:
        self.bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self.bar.update(self.task, completed=done, total=total)


def fleet_lines(fleet: FleetPlan) -> Iterator[str]:
    """Yield a plan for the fleet in words: what how many sub-sites get, what stays their own, what to look at."""
    yield (
        _("%(title)s, version %(version)d: %(changing)d of %(sites)d sub-sites change (now at %(versions)s)")
        % {
            "title": fleet.title,
            "version": fleet.scope.to_version,
            "changing": fleet.changing,
            "sites": len(fleet.sites),
            "versions": ", ".join(f"{version}: {count}" for version, count in fleet.from_versions.items()),
        }
    )
    for step, count in fleet.steps:
        yield (f"  {count:6d} × {step_text(step)}")
    for (code, name, kept), count in fleet.differences:
        sentence = (
            _("%(code)s: the sub-site's own “%(field)s” is kept")
            if kept
            else _("%(code)s: the sub-site's own “%(field)s” is set back")
        )
        yield (f"  {count:6d} × {sentence % {'code': code, 'field': FIELD_LABELS.get(name, name)}}")
    for text, count in fleet.warnings:
        yield (f"  {count:6d} × {text}")
    for site in fleet.problems:
        yield (f"  {site.code} {site.name}: {site.problem}")


def site_lines(site: SitePlan) -> Iterator[str]:
    """Yield one sub-site's plan in words."""
    yield (f"{site.code} {site.name} ({site.from_version}, {100 * site.conformance:.1f}%)")
    if site.plan is None:
        yield (f"  {site.problem}")
        return
    for step in steps(site.plan):
        yield (f"  {step_text(step)}")
    for d in site.plan.local_differences:
        kept, set_back = _("%(code)s: own %(field)s %(local)s kept"), _("%(code)s: own %(field)s %(local)s set back")
        sentence = kept if d.kept else set_back
        values = {
            "code": d.code,
            "field": FIELD_LABELS.get(d.field, d.field),
            "local": _shown(d.field, d.local),
        }
        yield (f"  {sentence % values}")
    for text in site.warnings:
        yield (f"  {text}")


def outcomes_of(rollout: RollOut) -> dict[str, int]:
    found = rollout.sites.values_list("outcome").annotate(count=Count("pk")).order_by("outcome")
    return {outcome or "waiting": count for outcome, count in found}


def status_of(rollout: RollOut) -> dict[str, Any]:
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
        "outcomes_so_far": outcomes_of(rollout),
    }


def status_line(rollout: RollOut) -> str:
    line = _("Roll-out %(number)d: %(kind)s to version %(version)d, %(status)s (%(counts)s)") % {
        "number": rollout.pk,
        "kind": kind_label(rollout.kind),
        "version": rollout.to_version,
        "status": rollout.get_status_display(),
        "counts": counts_text(outcomes_of(rollout)),
    }
    if rollout.status == RollOutStatus.RUNNING and rollout.heartbeat_at:
        seen = timezone.localtime(rollout.heartbeat_at).strftime("%Y-%m-%d %H:%M:%S")
        line = f"{line} {_('last sign of life %(moment)s') % {'moment': seen}}"
    return line


def counts_text(outcomes: Any) -> str:
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
    values = {
        "code": step.code,
        "field": FIELD_LABELS.get(step.field, step.field),
        "old": _shown(step.field, step.old),
        "new": _shown(step.field, step.new),
    }
    return sentences[step.group] % values


def _shown(field: str, value: Any) -> str:
    if isinstance(value, tuple):
        return _(", ").join(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value_text(field, value))
