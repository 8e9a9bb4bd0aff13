"""The sign-in log (登录记录): one line for each attempt, end and change of an account's safety."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from tenants.accounts import clients
from tenants.models import Outcome, SignIn, User

_NAME_LENGTH = SignIn._meta.get_field("username").max_length
_DETAIL_LENGTH = SignIn._meta.get_field("detail").max_length


def record(
    outcome: str, *, user: Any = None, username: str = "", request: Any = None, detail: str = ""
) -> SignIn | None:
    """Write one line. `request` gives address and browser; without `user` the account is looked up by `username`.

    A closed account is written down once per lockout and address, so that knocking on it does not fill the table.
    """
    name = (username or (user.get_username() if user else ""))[:_NAME_LENGTH]
    if user is None:
        user = User.objects.filter(username=name).first()
    line = SignIn(
        user=user,
        username=name,
        outcome=outcome,
        address=clients.address_of(request) if request else None,
        agent=clients.agent_of(request) if request else "",
        detail=detail[:_DETAIL_LENGTH],
    )
    if outcome == Outcome.LOCKED:
        since = timezone.now() - timedelta(minutes=settings.LOCKOUT_MINUTES)
        known = SignIn.objects.filter(username=name, outcome=outcome, address=line.address, at__gte=since)
        if known.exists():
            return None
    line.save()
    return line


def outdated(days: int) -> Any:
    """Return the lines older than `days`."""
    return SignIn.objects.filter(at__lt=timezone.now() - timedelta(days=days))
