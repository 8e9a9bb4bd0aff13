"""Two-step verification (两步验证): a code from an app (TOTP) beside the password, and recovery codes for a lost phone.

One confirmed app per account. Recovery codes are kept as keyed hashes and each is good for one sign-in. Every check
goes through django-otp's throttling: after a wrong code the next may be tried after 1, 2, 4, 8 ... seconds.
"""

from __future__ import annotations

import base64
import math
import secrets
from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tenants import memberships
from tenants.accounts import journal, sessions
from tenants.models import Outcome, Role
from tenants.names import shown_name

RECOVERY_CODES = 10
MANAGERS = frozenset({Role.SITE_MANAGER, Role.PLATFORM_OPERATOR})
# Without the letters and digits that are taken for one another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class ResetRefused(Exception):
    """The person may not reset this account's second step; the message is a sentence."""


@dataclass(frozen=True)
class Check:
    """What came of a code: the device that accepted it, or for how many seconds no further one may be tried."""

    device: Any = None
    wait_seconds: int = 0


def required_for(user: Any) -> bool:
    """Return whether the account must have a second step (SECOND_FACTOR = off | managers | all)."""
    if settings.SECOND_FACTOR == "all":
        return True
    if settings.SECOND_FACTOR == "off":
        return False
    return memberships.is_operator(user) or any(held.role in MANAGERS for held in memberships.active(user))


def device_of(user: Any) -> TOTPDevice | None:
    """Return the person's confirmed app."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def begin(user: Any, begun: int | None) -> TOTPDevice:
    """Return the app that is being set up: the one this session began (`begun`, its id), else a new one.

    A key that another session began is thrown away: whoever saw it there would know the codes.
    """
    others = TOTPDevice.objects.filter(user=user, confirmed=False)
    device = others.filter(pk=begun).first()
    if device is None:
        others.delete()
        device = TOTPDevice.objects.create(user=user, name="app", confirmed=False)
    return device


def confirm(user: Any, code: str) -> Check:
    """Turn the begun app on, if the code is one of its own."""
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        found = _tried(device, _plain(code))
        if found.device is not None:
            TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
            device.confirmed = True
            device.save()
    return found


def check(user: Any, code: str) -> Check:
    """Return whether a code of the app, or an unused recovery code, is right; a right one is used up."""
    code = _plain(code)
    with transaction.atomic():
        if code.isdigit() and len(code) == 6:
            return _tried(TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first(), code)
        return _tried(StaticDevice.objects.select_for_update().filter(user=user).first(), _hashed(user, code))


def new_recovery_codes(user: Any) -> list[str]:
    """Replace the recovery codes and return the new ones, such as "k7mq-2xha"; they can't be read again."""
    codes = ["".join(secrets.choice(_ALPHABET) for _position in range(8)) for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=_hashed(user, code)) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user: Any) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def remove(user: Any) -> bool:
    """Take the app and the recovery codes away; return whether there was an app."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        return bool(TOTPDevice.objects.filter(user=user).delete()[0])


def reset(user: Any, by: Any) -> None:
    """Take a person's second step away for them (the phone is lost), and end their sessions.

    An operator may do so for everybody else; a site manager for those whose rights all lie in his own sites.
    Raises ResetRefused.
    """
    if user.pk == by.pk:
        raise ResetRefused(_("Nobody resets the own two-step verification. Use a recovery code, or ask an operator."))
    if not memberships.keeps(by, user):
        raise ResetRefused(_("This account also has rights outside your sites. Ask a platform operator to reset it."))
    with transaction.atomic():
        remove(user)
        said = _("Two-step verification reset by %(name)s") % {"name": shown_name(by)}
        sessions.end_all(user, said)
        journal.record(Outcome.FACTOR_RESET, user=user, detail=shown_name(by))


def key_in_words(device: TOTPDevice) -> str:
    """Return the app's key in groups of four letters, for typing it in."""
    key = base64.b32encode(device.bin_key).decode("ascii").rstrip("=")
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def picture(device: TOTPDevice) -> SafeString:
    """Return the QR code that an app scans, as inline SVG on white."""
    drawn = segno.make(device.config_url, error="m").svg_inline(border=4, light="#fff", omitsize=True)
    return mark_safe(drawn)


def _tried(device: Any, code: str) -> Check:
    if device is None:
        return Check()
    allowed, why_not = device.verify_is_allowed()
    if not allowed:
        return Check(wait_seconds=_wait(why_not))
    if device.verify_token(code):
        return Check(device)
    return Check(wait_seconds=_wait(device.verify_is_allowed()[1]))


def _wait(why_not: Any) -> int:
    until = (why_not or {}).get("locked_until")
    return max(1, math.ceil((until - timezone.now()).total_seconds())) if until else 0


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _hashed(user: Any, code: str) -> str:
    """Return 16 characters (96 bits) that tell nothing about the code without the platform's key."""
    digest = salted_hmac(f"recovery-code:{user.pk}", code, algorithm="sha256")
    return base64.urlsafe_b64encode(digest.digest()[:12]).decode("ascii")
