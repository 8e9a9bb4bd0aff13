"""What a person decides about an item: a value corrected, its questions answered, not moved for a reason, taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from legacy import contents
from legacy.models import ItemState, LegacyItem
from legacy.values import FIELDS, Value
from sites.messages import SaidError, _, sentence

# Fields whose value is a date or a moment.
MOMENTS = ("published_at",)
DAYS = ("written_on",)
MOST = {"title": 255, "document_number": 100, "index_number": 100}


class DecisionRefused(SaidError):
    """The decision cannot be taken; the message is a sentence. `field` names the value, where it is about one."""

    def __init__(self, said: Any, field: str = "") -> None:
        self.field = field
        super().__init__(said)


def correct(item: LegacyItem, values: dict[str, str], *, by: Any) -> list[str]:
    """Say what stands in some fields instead of what was read ("" is unknown); return the fields that changed.

    A person's value stays when the item is extracted again. Raises DecisionRefused for a value that cannot be.
    """
    with transaction.atomic():
        held = LegacyItem.objects.select_for_update().get(pk=item.pk)
        changed = []
        for field, text in values.items():
            if field not in FIELDS:
                raise DecisionRefused(sentence(_("There is no field “%(field)s”."), field=field))
            value = _clean(field, text)
            if value != (held.values.get(field) or {}).get("value"):
                held.overrides[field] = {"value": value, "by": by.pk if by else None, "at": timezone.now().isoformat()}
                held.values[field] = Value(value, "person", "", 1.0).as_json()
                changed.append(field)
        if changed:
            _settle(held, changed)
            held.save()
    item.refresh_from_db()
    return changed


def accept(item: LegacyItem, *, by: Any) -> None:
    """Answer the item's questions with "it is right so": it can be loaded. Raises DecisionRefused."""
    with transaction.atomic():
        held = LegacyItem.objects.select_for_update().get(pk=item.pk)
        if held.state != ItemState.REVIEW:
            raise DecisionRefused(sentence(_("This item does not wait for a person.")))
        if not held.title.strip():
            raise DecisionRefused(sentence(_("An item without a title cannot be loaded. Write one.")), "title")
        if held.published_at is None:
            said = _("An item without a publication date cannot be loaded. Write the date, or do not move the item.")
            raise DecisionRefused(sentence(said), "published_at")
        held.overrides["accepted"] = {
            "value": held.questions,
            "by": by.pk if by else None,
            "at": timezone.now().isoformat(),
        }
        held.questions, held.state, held.reason, held.decided_by = [], ItemState.EXTRACTED, [], by
        held.save()
    item.refresh_from_db()


def drop(item: LegacyItem, reason: str, *, by: Any) -> None:
    """Do not move the item, for a reason that the ledger shows. Raises DecisionRefused where it is loaded already."""
    reason = reason.strip()
    if not reason:
        raise DecisionRefused(sentence(_("Say why the item is not moved.")), "reason")
    with transaction.atomic():
        held = LegacyItem.objects.select_for_update().get(pk=item.pk)
        if held.page_id is not None:
            raise DecisionRefused(sentence(_("The item is loaded. Roll it back first.")))
        # Without a run it is a person's decision, which no later load looks at again.
        held.state, held.decided_by, held.load_run = ItemState.DROPPED, by, None
        held.reason = [reason[:300]]
        held.save(update_fields=["state", "reason", "decided_by", "load_run"])
    item.refresh_from_db()


def undo_drop(item: LegacyItem, *, by: Any) -> None:
    """Take "not moved" back: the item waits for a person where it has questions, else it can be loaded."""
    with transaction.atomic():
        held = LegacyItem.objects.select_for_update().get(pk=item.pk)
        if held.state != ItemState.DROPPED:
            raise DecisionRefused(sentence(_("This item was not left out.")))
        held.state = ItemState.REVIEW if held.questions else ItemState.EXTRACTED
        held.reason, held.decided_by = [], by
        held.save(update_fields=["state", "reason", "decided_by"])
    item.refresh_from_db()


def _settle(item: LegacyItem, changed: list[str]) -> None:
    """Bring what follows from the values up to date, and take out the questions that are answered."""
    contents.follow(item)
    item.questions = [each for each in item.questions if (each.get("params") or {}).get("field") not in changed]
    if item.state == ItemState.REVIEW and not item.questions and item.title and item.published_at:
        item.state = ItemState.EXTRACTED


def _clean(field: str, text: str) -> str | None:
    text = " ".join(text.split())
    if not text:
        return None
    try:
        if field in DAYS:
            return date.fromisoformat(text).isoformat()
        if field in MOMENTS:
            found = contents.moment(text.replace("/", "-"))
            if found.astimezone(UTC) > datetime.now(UTC):
                raise DecisionRefused(sentence(_("%(date)s lies in the future."), date=text), field)
            return found.isoformat()
    except ValueError as error:
        if isinstance(error, DecisionRefused):
            raise
        said = _("“%(text)s” is no date. Write it like 2015-04-14 or 2015-04-14 09:30.")
        raise DecisionRefused(sentence(said, text=text), field) from None
    return text[: MOST.get(field, 1000)]
