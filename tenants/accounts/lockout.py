"""Lockout (登录锁定): django-axes counts failures in the database; here is what a failure means.

An account is closed after a few failures; a network address only after many, because an office shares one. Both open
again by themselves. Names that nobody has are counted in the same way, so that an answer tells nothing about them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import ngettext

from tenants.accounts import clients, journal
from tenants.models import Outcome

CAPTCHA_AFTER = 3
# So many failures from one address ask everybody there for the captcha: one who tries a password on many accounts.
CAPTCHA_AFTER_FROM_ADDRESS = 10


class Handler(AxesDatabaseHandler):
    """Axes' own, with a limit of its own for addresses, and without a good account opening its address for others."""

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        account, address = _counts(request.axes_ip_address, (credentials or {}).get("username"))
        return max(account.failures, settings.AXES_FAILURE_LIMIT if address.closed else 0)

    def reset_user_attempts(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        return _of_account((credentials or {}).get("username")).delete()[0]


@dataclass(frozen=True)
class Count:
    """The failures of an account or an address within the cool-off time, and the last one's moment."""

    failures: int
    last_at: datetime | None
    limit: int

    @property
    def closed(self) -> bool:
        return self.failures >= self.limit

    @property
    def opens_at(self) -> datetime:
        assert self.last_at is not None
        return self.last_at + settings.AXES_COOLOFF_TIME


def seconds_left(request: Any, username: str) -> int:
    """Return for how many seconds the account or the request's address stays closed; 0 where it is open."""
    closed = [count.opens_at for count in _counts(clients.address_of(request), username) if count.closed]
    return max(1, math.ceil((max(closed) - timezone.now()).total_seconds())) if closed else 0


def sentence(seconds: int) -> str:
    """Return what a person is told while the door is closed."""
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many failed attempts. Signing in is closed for this account or this network; "
        "please try again in %(minutes)d minute, or ask your site manager.",
        "Too many failed attempts. Signing in is closed for this account or this network; "
        "please try again in %(minutes)d minutes, or ask your site manager.",
        minutes,
    ) % {"minutes": minutes}


def wants_captcha(request: Any, username: str) -> bool:
    """Return whether so many attempts failed that the next one must show that a human makes it."""
    account, address = _counts(clients.address_of(request), username)
    return account.failures >= CAPTCHA_AFTER or address.failures >= CAPTCHA_AFTER_FROM_ADDRESS


def closed() -> list[dict[str, Any]]:
    """Return what is closed now: rows with `kind` (account | address), `value`, `failures`, `until`."""
    found = []
    for kind, name, limit in (
        ("account", "username", settings.AXES_FAILURE_LIMIT),
        ("address", "ip_address", settings.LOCKOUT_ADDRESS_FAILURES),
    ):
        rows = _recent().exclude(**{name: None}).order_by().values(name)
        for row in rows.annotate(failures=Sum("failures_since_start"), at=Max("attempt_time")):
            if row["failures"] >= limit:
                until = row["at"] + settings.AXES_COOLOFF_TIME
                found.append({"kind": kind, "value": row[name], "failures": row["failures"], "until": until})
    return sorted(found, key=lambda row: row["until"], reverse=True)


def unlock(kind: str, value: str, *, by: str) -> int:
    """Open an account ("account") or address ("address") again; return how many counted rows went. `by`: who says so."""
    if kind == "address" and not is_address(value):
        return 0
    deleted = (_of_account(value) if kind == "account" else _of_address(value)).delete()[0]
    if deleted and kind == "account":
        journal.record(Outcome.UNLOCKED, username=value, detail=by)
    return deleted


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def own_answer(request: Any, response: Any, credentials: Any = None) -> Any:
    """Return our own page where axes would put its own: the form there says the sentence already."""
    return response


def _counts(address: str | None, username: str | None) -> tuple[Count, Count]:
    return (
        _count(_of_account(username), settings.AXES_FAILURE_LIMIT),
        # Who has no address (a local socket) shares that with everybody.
        _count(_of_address(address), settings.LOCKOUT_ADDRESS_FAILURES) if address else Count(0, None, 1),
    )


def _count(attempts: Any, limit: int) -> Count:
    found = attempts.aggregate(failures=Sum("failures_since_start"), last_at=Max("attempt_time"))
    return Count(found["failures"] or 0, found["last_at"], limit)


def _of_account(username: str | None) -> Any:
    return _recent().filter(username=username)


def _of_address(address: str | None) -> Any:
    return _recent().filter(ip_address=address)


def _recent() -> Any:
    return AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
