"""How the trail of rights reads in Wagtail's log."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _
from wagtail.log_actions import LogFormatter

from tenants import trail

LABELS = {
    trail.GRANTED: _("Right given"),
    trail.END_CHANGED: _("Last day of a right changed"),
    trail.REVOKED: _("Right ended"),
    trail.INVITED: _("Invited"),
    trail.INVITED_AGAIN: _("New link of an invitation"),
    trail.INVITATION_REVOKED: _("Invitation taken back"),
    trail.JOINED: _("Invitation accepted"),
    trail.ACCOUNT_MADE: _("Account made"),
    trail.ACCOUNT_CLOSED: _("Account closed"),
    trail.ACCOUNT_OPENED: _("Account opened"),
    trail.LINK_MADE: _("New link for the password"),
}


class _Formatter(LogFormatter):
    def format_message(self, log_entry: Any) -> str:
        reason = log_entry.data.get("reason", "")
        label = str(self.label)
        return gettext("%(what)s: %(why)s") % {"what": label, "why": reason} if reason else label


def register_actions(actions: Any) -> None:
    for action, label in LABELS.items():
        formatter = type("Formatter", (_Formatter,), {"label": label})
        actions.register_action(action)(formatter)
