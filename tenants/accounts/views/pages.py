"""What the account's pages share: the frame inside the admin, and how a line of the log is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.accounts import clients
from tenants.accounts.sessions import OpenSession
from tenants.models import Outcome, SignIn

PER_PAGE = 50
_GOOD = frozenset({Outcome.SIGNED_IN, Outcome.SIGNED_OUT})
_BAD = frozenset({Outcome.WRONG, Outcome.WRONG_CODE, Outcome.LOCKED, Outcome.NO_RIGHTS})


@dataclass(frozen=True)
class SessionRow:
    pk: int
    started_at: datetime
    seen_at: datetime
    address: str
    browser: str
    this_one: bool


@dataclass(frozen=True)
class LogRow:
    at: datetime
    username: str
    user_id: int | None
    full_name: str
    outcome: str
    tone: str  # good | bad | plain
    address: str
    browser: str
    detail: str


def page(
    request: Any, template: str, title: str, context: dict[str, Any], *, alone: bool = False, status: int = 200
) -> HttpResponse:
    """Show a page inside the admin, by default as one of the person's own; `alone`: without the menu, where nothing else
    may be done yet.
    """
    frame = "accounts/alone.html" if alone else "accounts/in_admin.html"
    crumbs = [{"url": reverse("profile"), "label": _("My account")}, {"url": "", "label": title}]
    shown = {"frame": frame, "header_title": title, "page_title": title, "header_icon": "user"}
    context = shown | {"breadcrumbs_items": crumbs} | context
    return render(request, template, context, status=status)


def session_row(session: OpenSession, own_key: str | None) -> SessionRow:
    return SessionRow(
        pk=session.pk,
        started_at=session.started_at,
        seen_at=session.seen_at,
        address=clients.address_in_words(session.address),
        browser=clients.browser_in_words(session.agent),
        this_one=session.session_key == own_key,
    )


def log_page(
    request: Any, lines: Any, title: str, *, template: str = "accounts/log.html", **context: Any
) -> HttpResponse:
    """Show lines of the sign-in log, the newest first, page by page."""
    found = Paginator(lines.select_related("user"), PER_PAGE).get_page(request.GET.get("p"))
    rest = request.GET.copy()
    rest.pop("p", None)
    return page(
        request, template, title, {"rows": [_shown(line) for line in found], "found": found, "query": rest} | context
    )


def _shown(line: SignIn) -> LogRow:
    return LogRow(
        at=line.at,
        username=line.username,
        user_id=line.user_id,
        full_name=line.user.get_full_name() if line.user else "",
        outcome=line.get_outcome_display(),
        tone="good" if line.outcome in _GOOD else "bad" if line.outcome in _BAD else "plain",
        address=clients.address_in_words(line.address) if line.agent or line.address else "",
        browser=clients.browser_in_words(line.agent),
        detail=line.detail,
    )
