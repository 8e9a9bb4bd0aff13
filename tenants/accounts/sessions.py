"""Sessions: when they began, when the person last did something, how they end, and how others end them at once.

A mark in the session's own data holds the two moments (seconds since 1970), so that asking costs no query.
`UserSession` rows say which sessions are whose; ending one deletes it from the session store itself, so its next
request is nobody's, in every process.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import AnonymousUser

from tenants.accounts import clients, journal, passwords
from tenants.models import Outcome, UserSession

MARK = "account"
# A form that was sent after the session's end, kept until the same person is back (see `kept`).
KEPT = "kept_form"
# Activity is written down at most once in so many seconds: a session is saved to be told.
WRITE_EVERY_SECONDS = 60


@dataclass(frozen=True)
class OpenSession:
    """One session of a person, as the account page lists it."""

    pk: int
    session_key: str
    started_at: datetime
    seen_at: datetime
    address: str | None
    agent: str


def begin(request: Any, user: Any) -> None:
    """Mark the request's session as the person's, from now on."""
    now = int(time.time())
    request.session[MARK] = {
        "at": now,
        "seen": now,
        "address": clients.address_of(request),
        "agent": clients.agent_of(request),
        "password_due": passwords.due(user),
    }
    kept = request.session.get(KEPT)
    if kept is not None and kept["user"] != user.pk:
        del request.session[KEPT]
    request.session.save()  # a row without its marks in the store would count as gone
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults={"user": user})


def over(session: Any) -> str:
    """Return how a session has ended by the clock: Outcome.IDLE, Outcome.ENDED (its longest time), or ""."""
    mark, now = session[MARK], time.time()
    if now - mark["seen"] > settings.IDLE_MINUTES * 60:
        return Outcome.IDLE
    if now - mark["at"] > settings.SESSION_HOURS * 3600:
        return Outcome.ENDED
    return ""


def seconds_left(session: Any) -> int:
    """Return the seconds until the session ends if its person does nothing; 0 where it is over."""
    mark, now = session[MARK], time.time()
    ends = min(mark["seen"] + settings.IDLE_MINUTES * 60, mark["at"] + settings.SESSION_HOURS * 3600)
    return max(0, int(ends - now))


def touch(session: Any) -> None:
    """Write down that the person did something now."""
    mark, now = session[MARK], int(time.time())
    if now - mark["seen"] >= WRITE_EVERY_SECONDS:
        session[MARK] = {**mark, "seen": now}


def renew(request: Any) -> None:
    """Give the session of this request a new key (what was known of it is worth nothing) and the password's new mark."""
    old_key = request.session.session_key
    update_session_auth_hash(request, request.user)
    follow(old_key, request.session.session_key)


def follow(old_key: str, new_key: str) -> None:
    """Keep the row of a session whose key was changed (a new password, a profile saved)."""
    rows = UserSession.objects.filter(session_key=old_key)
    if UserSession.objects.filter(session_key=new_key).exists():
        rows.delete()
    else:
        rows.update(session_key=new_key)


def end_here(request: Any, outcome: str, detail: str = "") -> None:
    """End the session of this request; the rest of it is nobody's."""
    journal.record(outcome, user=request.user, request=request, detail=detail)
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    request.user = AnonymousUser()


def end_all(user: Any, why: str) -> int:
    """End all sessions of a person at once, wherever they are; return how many. `why` stands in the sign-in log."""
    return _end(user, list(UserSession.objects.filter(user=user)), why)


def end_others(user: Any, session_key: str | None, why: str) -> int:
    """End the person's sessions except the one with this key; return how many."""
    return _end(user, list(UserSession.objects.filter(user=user).exclude(session_key=session_key)), why)


def end_one(user: Any, pk: int, why: str) -> int:
    """End one session of the person by its row; return 1, or 0 where it is no (longer) theirs."""
    return _end(user, list(UserSession.objects.filter(user=user, pk=pk)), why)


def of(user: Any) -> list[OpenSession]:
    """Return the person's open sessions, the last used first. Rows of sessions that are gone are cleared away."""
    found, gone = [], []
    for row in UserSession.objects.filter(user=user):
        store = _store(row.session_key)
        mark = store.get(MARK)
        if mark is None or over(store):
            gone.append(row)
            continue
        seen_at, started_at = (datetime.fromtimestamp(mark[name], UTC) for name in ("seen", "at"))
        found.append(OpenSession(row.pk, row.session_key, started_at, seen_at, mark["address"], mark["agent"]))
    _delete(gone)
    return sorted(found, key=lambda session: session.seen_at, reverse=True)


def _end(user: Any, rows: list[UserSession], why: str) -> int:
    _delete(rows)
    if rows:
        journal.record(Outcome.ENDED, user=user, detail=why)
    return len(rows)


def _delete(rows: list[UserSession]) -> None:
    for row in rows:
        _store(row.session_key).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _store(session_key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)
