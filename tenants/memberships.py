"""Questions about rights, answered from memberships."""

from __future__ import annotations

from typing import Any

from tenants.models import Role


def is_operator(user: Any) -> bool:
    """Return whether `user` is a platform operator (平台管理员). The first account (a superuser) is one, too."""
    if user is None or not user.is_active or user.is_anonymous:
        return False
    return bool(user.is_superuser) or any(m.role == Role.PLATFORM_OPERATOR for m in active(user))


def active(user: Any) -> list[Any]:
    """Return the user's memberships that hold now, with tenant and region; read once per user object (per request)."""
    if not hasattr(user, "_active_memberships"):
        user._active_memberships = list(user.memberships.active().select_related("tenant", "region"))
    return user._active_memberships


def keeps(by: Any, user: Any) -> bool:
    """Return whether `by` looks after the account: an operator after all, a manager after those of his sites alone.

    Whoever resets an account could use it, so a single right elsewhere takes it out of the manager's hands.
    """
    if is_operator(by):
        return True
    if user.is_superuser:
        return False
    own = {m.tenant_id for m in active(by) if m.role == Role.SITE_MANAGER and m.tenant_id}
    held = set(user.memberships.active().values_list("tenant_id", flat=True))
    return bool(held) and held <= own


def forget(user: Any) -> None:
    """Drop what was read of this account's memberships, so that the next question reads them anew."""
    if hasattr(user, "_active_memberships"):
        del user._active_memberships
