"""What happens whenever somebody signs in or out, or fails to, through whichever door; and with a new account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver

from tenants.accounts import journal, passwords, sessions
from tenants.models import Outcome, User, UserSession


@receiver(user_logged_in)
def signed_in(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    sessions.begin(request, user)
    journal.record(Outcome.SIGNED_IN, user=user, request=request)


@receiver(user_logged_out)
def signed_out(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        journal.record(Outcome.SIGNED_OUT, user=user, request=request)


@receiver(user_login_failed)
def failed(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    outcome = Outcome.LOCKED if getattr(request, "axes_locked_out", False) else Outcome.WRONG
    journal.record(outcome, username=str(credentials.get("username") or ""), request=request)


@receiver(post_save, sender=User)
def made(sender: Any, instance: User, created: bool, **kwargs: Any) -> None:
    # `create_user` sets the hash itself, and no validator hears of it.
    if created:
        passwords.remember(instance)
