"""How acts of review read in the history of a page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _
from wagtail.log_actions import LogFormatter

from sites.review import log_names

LABELS = {
    log_names.SUBMITTED: (_("Submitted for review"), ""),
    log_names.APPROVED: (_("Approved in review"), ""),
    log_names.SENT_BACK: (_("Sent back in review"), "comment"),
    log_names.TOOK_BACK: (_("Taken back by the author"), ""),
    log_names.REROUTED: (_("Sent through the review once more"), "comment"),
    log_names.SIGNED: (_("Signed after the secrecy review"), ""),
    log_names.SECRET: (_("Refused by the secrecy review"), "questions"),
    log_names.WITHDREW: (_("Withdrawn from the site"), "reason"),
}


class ReviewFormatter(LogFormatter):
    """Says the act, and what was written with it."""

    detail = ""

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data if isinstance(log_entry.data, dict) else {}
        detail = data.get(self.detail) or ""
        text = " ".join(detail) if isinstance(detail, list) else str(detail)
        if not text:
            return str(self.label)
        return gettext("%(act)s: %(detail)s") % {"act": self.label, "detail": text}


def register_actions(actions: Any) -> None:
    for name, (label, detail) in LABELS.items():
        formatter = type("Formatter", (ReviewFormatter,), {"label": label, "detail": detail})
        actions.register_action(name)(formatter)
