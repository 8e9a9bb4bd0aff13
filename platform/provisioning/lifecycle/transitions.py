"""Which step is possible in which state of a sub-site (站点状态), and what it leads to. One table, no other rule."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from tenants.models import Status

SAME = "same"  # the step changes something else and leaves the status
BEFORE = "before"  # back to the status before the step that is undone
DONE = "done"  # the sub-site is there already: nothing to do

_STANDING = (Status.DRAFT, Status.TRIAL, Status.LIVE, Status.SUSPENDED)

# action -> status before -> status after; what is not written here is refused.
TRANSITIONS: dict[str, dict[str, str]] = {
    "open_trial": {Status.DRAFT: Status.TRIAL, Status.TRIAL: DONE},
    "go_live": {Status.DRAFT: Status.LIVE, Status.TRIAL: Status.LIVE, Status.LIVE: DONE},
    "suspend": {Status.TRIAL: Status.SUSPENDED, Status.LIVE: Status.SUSPENDED, Status.SUSPENDED: DONE},
    "resume": {Status.SUSPENDED: BEFORE, Status.TRIAL: DONE, Status.LIVE: DONE},
    "rename": dict.fromkeys(_STANDING, SAME),
    "change_host": dict.fromkeys(_STANDING, SAME),
    "change_mount": dict.fromkeys(_STANDING, SAME),
    "move": dict.fromkeys(_STANDING, SAME),
    "close": {
        Status.TRIAL: Status.CLOSING,
        Status.LIVE: Status.CLOSING,
        Status.SUSPENDED: Status.CLOSING,
        Status.CLOSING: DONE,
    },
    "finish_closing": {Status.CLOSING: Status.CLOSED, Status.CLOSED: DONE},
    "cancel_closing": {Status.CLOSING: BEFORE},
    "reopen": {Status.CLOSED: Status.TRIAL},
}

LABELS = {
    "open_trial": gettext_lazy("Open for trial"),
    "go_live": gettext_lazy("Go live"),
    "suspend": gettext_lazy("Suspend"),
    "resume": gettext_lazy("Resume"),
    "rename": gettext_lazy("Rename"),
    "change_host": gettext_lazy("Change the host"),
    "change_mount": gettext_lazy("Change the path"),
    "move": gettext_lazy("Move to another region or unit"),
    "close": gettext_lazy("Close the sub-site"),
    "finish_closing": gettext_lazy("Finish closing"),
    "cancel_closing": gettext_lazy("Cancel the closing"),
    "reopen": gettext_lazy("Re-open"),
}


class LifecycleError(Exception):
    """A step that is refused. The message is a sentence: what, which value, what next."""


class NothingToDo(LifecycleError):
    """A step that would change nothing, because it was done before."""


def status_after(action: str, status: str, name: str) -> str:
    """Return what `action` makes of `status` (a status, SAME or BEFORE), or raise LifecycleError for `name`."""
    after = TRANSITIONS[action].get(status)
    values = {"name": name, "status": Status(status).label, "action": LABELS[action]}
    if after == DONE:
        raise NothingToDo(_("“%(name)s” is already in this state (%(status)s): nothing to do.") % values)
    if after is None:
        refusal = _("“%(name)s” is in the state “%(status)s”: “%(action)s” is not possible.") % values
        raise LifecycleError(f"{refusal} {_next_step(action, status)}")
    return after


def allowed(status: str) -> list[str]:
    """Return the actions that a sub-site in `status` may take, in the order of the table."""
    return [action for action, table in TRANSITIONS.items() if table.get(status, DONE) != DONE]


def _next_step(action: str, status: str) -> str:
    if status == Status.CLOSED:
        return _("Re-open the sub-site first.")
    if status == Status.CLOSING:
        return _("Cancel the closing first.")
    if action == "reopen":
        return _("Only a closed sub-site is re-opened.")
    if action in {"finish_closing", "cancel_closing"}:
        return _("It is not being closed.")
    if status == Status.SUSPENDED:
        return _("Resume the sub-site first.")
    return _("Open the sub-site for trial first.")
