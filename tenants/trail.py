"""The trail (留痕): who changed whose rights, when and why. Lines stand in Wagtail's log and are never changed.

An action must be registered (`sites.members.log` does) before the first line of it is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import ModelLogEntry

from tenants.models import Membership

GRANTED = "tenants.grant"
END_CHANGED = "tenants.change_end"
REVOKED = "tenants.revoke"
INVITED = "tenants.invite"
INVITED_AGAIN = "tenants.invite_again"
INVITATION_REVOKED = "tenants.revoke_invitation"
JOINED = "tenants.join"
ACCOUNT_MADE = "tenants.make_account"
ACCOUNT_CLOSED = "tenants.close_account"
ACCOUNT_OPENED = "tenants.open_account"
LINK_MADE = "tenants.make_link"


def note(about: Any, action: str, *, by: Any, label: str, **data: Any) -> None:
    """Write one line about a membership, an invitation or an account; `label` is what lists call the thing."""
    note_many([(about, label, data)], action, by=by)


def note_many(lines: Iterable[tuple[Any, str, dict[str, Any]]], action: str, *, by: Any) -> None:
    """Write a line for each (thing, label, data); all things are of one model."""
    at = timezone.now()
    ModelLogEntry.objects.bulk_create(
        [
            ModelLogEntry(
                content_type=ContentType.objects.get_for_model(about, for_concrete_model=False),
                object_id=str(about.pk),
                label=label,
                action=action,
                timestamp=at,
                user=by,
                data={name: value for name, value in data.items() if value not in (None, "")},
            )
            for about, label, data in lines
        ],
        batch_size=500,
    )


def end_reasons(memberships: Iterable[Any]) -> dict[int, str]:
    """Return by membership id why it was revoked; one query."""
    lines = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Membership),
        action=REVOKED,
        object_id__in=[str(membership.pk) for membership in memberships],
    )
    return {int(pk): data.get("reason", "") for pk, data in lines.values_list("object_id", "data")}
