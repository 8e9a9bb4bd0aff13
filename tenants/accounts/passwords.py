"""Password rules (口令规则) of our own, next to Django's: mixed characters, and none of the last ones again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from tenants.models import FormerPassword


class MixedCharactersValidator:
    """At least three of: small letters, capital letters, digits, other characters."""

    least = 3

    def validate(self, password: str, user: Any = None) -> None:
        kinds = {_kind(character) for character in password}
        if len(kinds) < self.least:
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        return _("The password must mix at least three of: small letters, capital letters, digits, other characters.")


class FormerPasswordsValidator:
    """None of the person's last `count` passwords. Django calls `password_changed` after saving a new one."""

    def __init__(self, count: int = 5) -> None:
        self.count = count

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        hashes = FormerPassword.objects.filter(user=user).values_list("password_hash", flat=True)[: self.count]
        # The one in use may be older than this list.
        for encoded in {user.password, *hashes}:
            if check_password(password, encoded):
                raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: Any = None) -> None:
        remember(user)
        kept = FormerPassword.objects.filter(user=user).values_list("pk", flat=True)[: self.count]
        FormerPassword.objects.filter(user=user).exclude(pk__in=list(kept)).delete()

    def get_help_text(self) -> str:
        return ngettext(
            "The password must not be your last one.",
            "The password must not be one of your last %(count)d.",
            self.count,
        ) % {"count": self.count}


def remember(user: Any) -> None:
    """Write the person's password down among the former ones, as the hash it is."""
    if user.has_usable_password():
        FormerPassword.objects.get_or_create(user=user, password_hash=user.password)


def due(user: Any) -> bool:
    """Return whether the person's password is older than PASSWORD_DAYS allows (0: any age)."""
    if not settings.PASSWORD_DAYS or not user.has_usable_password():
        return False
    last = FormerPassword.objects.filter(user=user).values_list("set_at", flat=True).first() or user.date_joined
    return bool(last < timezone.now() - timedelta(days=settings.PASSWORD_DAYS))


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isupper():
        return "capital"
    return "small" if character.islower() else "other"
