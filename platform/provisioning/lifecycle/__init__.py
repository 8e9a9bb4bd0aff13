"""The life of a sub-site (站点生命周期): each step is one function that checks, changes atomically and logs.

    step(tenant, *, by, reason="", **values) -> LifecycleEvent

`tenant` is brought up to date in place. A refusal is a LifecycleError with a sentence; a step that was done before
is NothingToDo, one of its kind. The event's `warnings` are sentences for whoever asked.
"""

from provisioning.lifecycle.places import UNSET, change_host, change_mount, move, rename
from provisioning.lifecycle.states import (
    cancel_closing,
    close,
    due_closings,
    finish_closing,
    go_live,
    missing_marks,
    open_trial,
    reopen,
    resume,
    suspend,
)
from provisioning.lifecycle.transitions import LABELS, TRANSITIONS, LifecycleError, NothingToDo, allowed

__all__ = [
    "LABELS",
    "TRANSITIONS",
    "UNSET",
    "LifecycleError",
    "NothingToDo",
    "allowed",
    "cancel_closing",
    "change_host",
    "change_mount",
    "close",
    "due_closings",
    "finish_closing",
    "go_live",
    "missing_marks",
    "move",
    "open_trial",
    "rename",
    "reopen",
    "resume",
    "suspend",
]
