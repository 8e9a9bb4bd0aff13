"""The frame of every step in a sub-site's life: locks, check, one transaction, event, Wagtail's log, version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, OperationalError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import registry

from provisioning.lifecycle.transitions import BEFORE, LABELS, SAME, LifecycleError, NothingToDo, status_after
from sites import building, homes
from tenants import versions
from tenants.models import LifecycleEvent, Status, Tenant

MAX_REASON = 200
_DEADLOCK, _LOCK_TIMEOUT = "40P01", "55P03"

for _action, _label in LABELS.items():
    registry.register_action(f"lifecycle.{_action}", _label, _label)


class Step:
    """One step under way: collects the changes, which are written when the block ends."""

    def __init__(self, tenant: Tenant, action: str, *, by: Any, reason: str) -> None:
        self.tenant, self.action, self.by, self.reason = tenant, action, by, reason
        self.today: date = timezone.localdate()
        self.status = status_after(action, tenant.status, tenant.name)
        self.changes: dict[str, Any] = {}
        self.details: dict[str, Any] = {}
        self.warnings: list[str] = []
        self.bumped = {tenant.pk}
        self.event = LifecycleEvent()
        self.replaced: dict[str, Any] = {}

    def set(self, **changes: Any) -> None:
        """Note new values of the tenant's fields; equal ones are no change."""
        self.changes.update({name: value for name, value in changes.items() if getattr(self.tenant, name) != value})

    def status_before(self, action: str) -> str:
        """Return the status that the tenant had before the last `action`, from its history."""
        past = self.tenant.events.filter(action=action).order_by("-at", "-id").values_list("before", flat=True).first()
        known = (past or {}).get("status")
        return known or (Status.LIVE if self.tenant.opened_on else Status.TRIAL)

    def restore(self) -> None:
        """Give the caller's instance its old values back, after a write that failed."""
        for name, value in self.replaced.items():
            setattr(self.tenant, name, value)

    def finish(self, undone: str = "") -> None:
        """Write the tenant, the event, Wagtail's log, and last the version."""
        if self.status == BEFORE:
            self.set(status=self.status_before(undone))
        elif self.status != SAME:
            self.set(status=self.status)
        if not self.changes and not self.details:
            raise NothingToDo(_("“%(name)s” has these values already: nothing to do.") % {"name": self.tenant.name})
        self.replaced = {name: getattr(self.tenant, name) for name in self.changes}
        before = {name: _plain(value) for name, value in self.replaced.items()}
        after = {name: _plain(value) for name, value in self.changes.items()}
        for name, value in self.changes.items():
            setattr(self.tenant, name, value)
        versions.hold()
        self.tenant.save(update_fields=list(self.changes))
        self.event = LifecycleEvent.objects.create(
            tenant=self.tenant,
            action=self.action,
            by=self.by,
            before=before,
            after=after | self.details,
            reason=self.reason,
        )
        data = {"before": before, "after": after | self.details, "reason": self.reason}
        homes.note(self.tenant, f"lifecycle.{self.action}", by=self.by, data=data)
        self.tenant.version = versions.bump(self.bumped)
        # For whoever asked; what is missing is kept in the event itself.
        self.event.warnings = tuple(self.warnings)


@contextmanager
def step(tenant: Tenant, action: str, *, by: Any, reason: str = "", undoes: str = "") -> Iterator[Step]:
    """Bring `tenant` up to date in place, let the block note changes, then write everything or nothing.

    `undoes` names the action whose status before comes back. Steps run one after the other: the tree's lock, which
    building sub-sites takes too, is held throughout. The tenant's own row is not locked before the end, because
    publishing takes locks in the order page, version counter, tenant, and any other order can deadlock with it.
    Raises LifecycleError for a step the tenant's state does not allow, and for a clash with somebody else's.
    """
    reason = " ".join(reason.split())
    if len(reason) > MAX_REASON:
        raise LifecycleError(_("The reason is over 200 characters long. Shorten it."))
    current = None
    try:
        with transaction.atomic():
            building.lock_tree()
            tenant.refresh_from_db()
            current = Step(tenant, action, by=by, reason=reason)
            yield current
            current.finish(undoes)
    except (IntegrityError, OperationalError) as error:
        if current:
            current.restore()
        sentence = _sentence_for(error)
        if not sentence:
            raise
        raise LifecycleError(sentence % {"name": tenant.name}) from error


def _sentence_for(error: Exception) -> str:
    if isinstance(error, IntegrityError):
        return _(
            "“%(name)s”: somebody else took this address at the same moment. Look at both sub-sites, then try again."
        )
    code = getattr(error.__cause__, "pgcode", "")
    if code in {_DEADLOCK, _LOCK_TIMEOUT} or "locked" in str(error):
        return _("“%(name)s”: the database is busy with another change. Nothing was changed; try again.")
    return ""


def require_reason(reason: str) -> None:
    """Raise LifecycleError where a step that needs a reason has none."""
    if not reason.strip():
        raise LifecycleError(_("This step needs a reason. Write why, in a few words."))


def _plain(value: Any) -> Any:
    """Return a field's value as JSON keeps it: a date as text, a region or tenant as its code."""
    if isinstance(value, models.Model):
        return value.code  # type: ignore[attr-defined]
    return value.isoformat() if isinstance(value, date) else value
