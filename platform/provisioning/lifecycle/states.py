"""Steps that change a sub-site's status: trial, live, suspended, closing, closed, and back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning.lifecycle.step import Step, require_reason, step
from provisioning.lifecycle.transitions import LifecycleError
from tenants.models import LifecycleEvent, Status, Tenant

MAX_NOTICE_DAYS = 365
_OPEN = (Status.TRIAL, Status.LIVE)
# What the footer of a site must show; a channel site inherits the rest from the site it stands under.
_FOOTER = {"site_code", "contact_phone", "icp_filing", "police_filing"}
_CHANNEL_FOOTER = {"contact_phone"}


def open_trial(tenant: Tenant, *, by: Any, reason: str = "") -> LifecycleEvent:
    """Show a draft to the public as a trial."""
    with step(tenant, "open_trial", by=by, reason=reason) as current:
        _refuse_under_closed(tenant)
    return current.event


def go_live(tenant: Tenant, *, by: Any, reason: str = "") -> LifecycleEvent:
    """Open the sub-site for good; `opened_on` is set if it is empty.

    Marks that the footer must show and that are missing stop nothing: they are in the event's `warnings`, and by
    field name in its `after["missing"]`.
    """
    with step(tenant, "go_live", by=by, reason=reason) as current:
        _refuse_under_closed(tenant)
        missing = missing_marks(tenant)
        if missing:
            current.details["missing"] = missing
        current.warnings += [
            _("%(field)s is missing; the footer must show it.") % {"field": Tenant._meta.get_field(name).verbose_name}
            for name in missing
        ]
        if tenant.opened_on is None:
            current.set(opened_on=current.today)
    return current.event


def missing_marks(tenant: Tenant) -> list[str]:
    """Return the names of the fields that the footer must show and that are empty."""
    return [name for name in sorted(_FOOTER if tenant.host else _CHANNEL_FOOTER) if not getattr(tenant, name)]


def suspend(tenant: Tenant, *, by: Any, reason: str) -> LifecycleEvent:
    """Take the sub-site off the net for a while (暂停); citizens see a notice."""
    require_reason(reason)
    with step(tenant, "suspend", by=by, reason=reason) as current:
        current.set(suspended_reason=current.reason)
    return current.event


def resume(tenant: Tenant, *, by: Any, reason: str = "") -> LifecycleEvent:
    """End a suspension: the sub-site is again what it was before, on trial or live."""
    with step(tenant, "resume", by=by, reason=reason, undoes="suspend") as current:
        _refuse_under_closed(tenant)
        current.set(suspended_reason="")
    return current.event


def close(
    tenant: Tenant, *, by: Any, reason: str = "", successor: Tenant | None = None, notice_days: int | None = None
) -> LifecycleEvent:
    """Begin to close (关停): a notice naming `successor` stands through `notice_until`, a redirect to it afterwards.

    `notice_days` are calendar days from today, settings.CLOSING_NOTICE_DAYS if not given. Refused while channel
    sites stand below the site's host.
    """
    days = settings.CLOSING_NOTICE_DAYS if notice_days is None else notice_days
    if not 1 <= days <= MAX_NOTICE_DAYS:
        raise LifecycleError(
            _("A closing notice stands for 1 to %(most)d days, not %(days)d.") % {"most": MAX_NOTICE_DAYS, "days": days}
        )
    with step(tenant, "close", by=by, reason=reason) as current:
        _refuse_with_channel_sites(current)
        if successor is not None:
            successor = Tenant.objects.get(pk=successor.pk)
            _check_successor(tenant, successor)
        else:
            current.warnings.append(_("No successor is named: after the notice the address answers “gone” (410)."))
        if days < settings.CLOSING_NOTICE_DAYS:
            current.warnings.append(
                _("The notice stands %(days)d days, less than the %(usual)d that are usual.")
                % {"days": days, "usual": settings.CLOSING_NOTICE_DAYS}
            )
        supervised = tenant.supervised.exclude(status=Status.CLOSED).count()
        if supervised:
            current.warnings.append(
                _("%(count)d sub-sites are still supervised by “%(name)s”. Move them to another unit.")
                % {"count": supervised, "name": tenant.name}
            )
        heirs = Tenant.objects.filter(successor=tenant).count()
        if heirs:
            current.warnings.append(
                _("%(count)d closed sub-sites name “%(name)s” as their successor.")
                % {"count": heirs, "name": tenant.name}
            )
        current.set(notice_until=current.today + timedelta(days=days), successor=successor)
    return current.event


def finish_closing(tenant: Tenant, *, by: Any, reason: str = "") -> LifecycleEvent:
    """Close for good once the notice has stood; `closed_on` is the day after its last, however late this runs."""
    with step(tenant, "finish_closing", by=by, reason=reason) as current:
        until = tenant.notice_until
        if until is not None and current.today <= until:
            raise LifecycleError(
                _("The closing notice of “%(name)s” stands until %(until)s. Close it after that day.")
                % {"name": tenant.name, "until": until}
            )
        _refuse_with_channel_sites(current)
        current.set(closed_on=until + timedelta(days=1) if until else current.today)
    return current.event


def due_closings(today: date | None = None) -> list[Tenant]:
    """Return the sub-sites whose closing notice ended before `today` (default: today in Beijing)."""
    day = today or timezone.localdate()
    return list(Tenant.objects.filter(status=Status.CLOSING, notice_until__lt=day).order_by("-mounted_under", "code"))


def cancel_closing(tenant: Tenant, *, by: Any, reason: str = "") -> LifecycleEvent:
    """Take a closing back while the notice stands: the sub-site is again what it was before."""
    with step(tenant, "cancel_closing", by=by, reason=reason, undoes="close") as current:
        if tenant.notice_until is not None and tenant.notice_until < current.today:
            raise LifecycleError(
                _("The notice of “%(name)s” ended on %(until)s: it is closed. Finish the closing, then re-open it.")
                % {"name": tenant.name, "until": tenant.notice_until}
            )
        _refuse_under_closed(tenant)
        current.set(notice_until=None, successor=None)
    return current.event


def reopen(tenant: Tenant, *, by: Any, reason: str = "", force: bool = False) -> LifecycleEvent:
    """Bring a closed sub-site back on trial: after settings.REOPEN_AFTER_DAYS, or with `force` and a reason before."""
    with step(tenant, "reopen", by=by, reason=reason) as current:
        allowed_on = (tenant.closed_on or current.today) + timedelta(days=settings.REOPEN_AFTER_DAYS)
        if current.today < allowed_on:
            if not force:
                raise LifecycleError(
                    _("“%(name)s” was closed on %(closed)s: not before %(allowed)s again, unless forced with a reason.")
                    % {"name": tenant.name, "closed": tenant.closed_on, "allowed": allowed_on}
                )
            require_reason(reason)
            current.details["forced"] = True
        _refuse_under_closed(tenant)
        current.set(closed_on=None, notice_until=None, successor=None)
    return current.event


def channel_sites(tenant: Tenant, today: date) -> list[Tenant]:
    """Return the channel sites below the tenant's host that are not closed, nor past their notice on `today`."""
    return list(
        tenant.channel_sites.exclude(status=Status.CLOSED)
        .exclude(Q(status=Status.CLOSING, notice_until__lt=today))
        .order_by("code")
    )


def refuse_under(holder: Tenant | None) -> None:
    """Raise LifecycleError where a channel site would stand below a site that is closing or closed."""
    if holder is not None and holder.status in (Status.CLOSING, Status.CLOSED):
        raise LifecycleError(
            _("“%(name)s” (%(code)s), whose host it stands under, is closing or closed. Move it elsewhere first.")
            % {"name": holder.name, "code": holder.code}
        )


def _refuse_under_closed(tenant: Tenant) -> None:
    refuse_under(tenant.mounted_under)


def _refuse_with_channel_sites(current: Step) -> None:
    found = channel_sites(current.tenant, current.today)
    if found:
        shown = "、".join(f"{site.name} ({site.code})" for site in found[:20])
        raise LifecycleError(
            _("%(count)d channel sites stand below “%(name)s”: %(sites)s%(more)s. Move or close them first.")
            % {"count": len(found), "name": current.tenant.name, "sites": shown, "more": " …" if found[20:] else ""}
        )


def _check_successor(tenant: Tenant, successor: Tenant) -> None:
    values = {"name": tenant.name, "successor": successor.name, "code": successor.code}
    if successor.pk == tenant.pk:
        raise LifecycleError(_("“%(name)s” cannot be its own successor. Name another sub-site, or none.") % values)
    if successor.status not in _OPEN:
        raise LifecycleError(
            _("The successor “%(successor)s” (%(code)s) is not open to the public. Open it first, or name another.")
            % values
        )
