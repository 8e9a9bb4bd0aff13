"""What the subcommands of `manage.py legacy` share: the transition by its code, its scope, a run carried out in place."""

from __future__ import annotations

import json
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext
from rich.console import Console

from legacy import steps
from legacy.models import LegacyRun, RunState, Transition
from legacy.running import new_run
from legacy.sentences import tell
from sites.messages import SaidError, _, sentence
from tenants.models import User
from tenants.scope import every_tenant, tenant_scope

DONE, FAILED, MISUSED, WITH_REFUSALS = 0, 1, 2, 3
SHOWN_LINES = 20


class Misused(SaidError):
    """What the command was asked for cannot be; the message is a sentence that says what to try."""


def common_arguments(parser: ArgumentParser, *, writes: bool = False) -> None:
    """Add what nearly every subcommand takes: the transition's code, --format, --by, and --dry-run where it writes."""
    parser.add_argument("transition", metavar="transition", help="the transition's code (see: legacy list)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how the result is written")
    parser.add_argument("--by", metavar="username", default="", help="the person in whose name this is done")
    if writes:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")


@contextmanager
def transition_in_scope(code: str) -> Iterator[Transition]:
    """Give the transition and enter its tenant's scope. Raises Misused where there is none of the code."""
    with every_tenant("a command names a transition by its code"):
        found = Transition.objects.select_related("tenant").filter(code=code).first()
    if found is None:
        raise Misused(
            sentence(_("There is no transition “%(code)s”. `manage.py legacy list` shows those there are."), code=code)
        )
    with tenant_scope(found.tenant):
        yield found


def person(username: str) -> User | None:
    """Return the account named by --by, None where none is. Raises Misused where there is no such account."""
    if not username:
        return None
    found: User | None = User.objects.filter(username=username).first()
    if found is None:
        raise Misused(sentence(_("There is no account “%(username)s”."), username=username))
    return found


def carry_out_here(
    transition: Transition, step: str, out: Any, *, by: Any, label: str = "", form: str = "text", **options: Any
) -> int:
    """Make a run of the step, do its work in this process with its progress on stderr, and write its counts to `out`.

    Returns the command's exit code. Ctrl-C stops the run; `legacy run <code> --continue` takes it up again.
    """
    return finish_here(new_run(transition, step, by=by, label=label, **options), out, form=form)


def finish_here(row: LegacyRun, out: Any, *, form: str = "text") -> int:
    """Carry out a run that waits or was interrupted, in this process; see `carry_out_here`."""
    console = Console(stderr=True)
    failure: Exception | None = None
    with console.status("") as status, _watching(row, status):
        try:
            steps.carry_out(row)
        except Exception as error:  # the run has noted it; the command says it and fails
            failure = error
    row.refresh_from_db()
    if isinstance(failure, SaidError):
        console.print(failure.say(gettext), style="red", highlight=False)
    elif failure is not None:
        raise failure
    out.write(json.dumps(as_json(row), ensure_ascii=False, indent=1) if form == "json" else "\n".join(as_text(row)))
    if row.state != RunState.FINISHED:
        return FAILED
    return WITH_REFUSALS if row.counts.get("lines:refused") or row.counts.get("lines:error") else DONE


@contextmanager
def _watching(row: LegacyRun, status: Any) -> Iterator[None]:
    """Show the run's own progress while it is carried out: its row in hand is what the work writes to."""
    over = threading.Event()

    def show() -> None:
        while not over.wait(0.2):
            of = f" / {row.total}" if row.total else ""
            status.update(f"{row.get_step_display()}: {row.done}{of}")

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def as_json(row: LegacyRun) -> dict[str, Any]:
    lines = [
        {"level": line.level, "place": line.place, "text": tell(line.sentence, gettext)}
        for line in row.lines.exclude(level="info")[:1000]
    ]
    names = ("id", "step", "state", "done", "total", "counts")
    return {name: getattr(row, name) for name in names} | {"error": row.told_error, "lines": lines}


def as_text(row: LegacyRun) -> list[str]:
    """Return the receipt of a run: its counts, then the first of its warnings and refusals."""
    counts = ", ".join(f"{name} {count}" for name, count in sorted(row.counts.items()) if ":" not in name)
    text = [f"{row.pk} {row.get_step_display()}: {row.get_state_display()} ({counts or row.done})"]
    if row.error:
        text.append(row.told_error)
    lines = row.lines.exclude(level="info")
    text += [
        f"  {line.get_level_display()} {line.place}: {tell(line.sentence, gettext)}" for line in lines[:SHOWN_LINES]
    ]
    more = lines.count() - SHOWN_LINES
    if more > 0:
        text.append(f"  … +{more}")
    return text
