"""The desk (工作台): what a person of a sub-site sees first, put together for the working site and the own rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from sites.desk.clock import State
from sites.desk.figures import Delivery, delivery
from sites.desk.fleet import Figures, counted
from sites.desk.forms_by_kind import WriteLink, write_links
from sites.desk.freshness import ColumnCare, column_care
from sites.desk.inbox import Inbox, Part, inbox, notices_of, to_decide
from sites.desk.quotas import task_at
from sites.models import Notice
from sites.reach import Reach, reach_of
from tenants.models import Tenant

# What needs care is shown in full, the rest behind one click.
CALM_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column on the desk with the ways to write in it."""

    care: ColumnCare
    links: Sequence[WriteLink]

    @property
    def main(self) -> WriteLink | None:
        return self.links[0] if self.links else None


@dataclass(frozen=True)
class Desk:
    """All that the desk shows; what a person has no right to is None or empty."""

    tenant: Tenant
    limited: bool
    writes: bool
    reviews: bool
    manages: bool
    supervises: bool
    several: bool  # the person works on other sites, too
    inbox: Inbox | None
    queue: Part | None
    urgent: list[ColumnLine]
    calm: list[ColumnLine]
    figures: Figures
    delivery: Delivery | None
    notices: list[Notice]
    today: date = field(default_factory=timezone.localdate)

    @property
    def is_new(self) -> bool:
        """Return whether nothing has been written yet: then first steps are shown instead of a wall of red."""
        lines = self.urgent + self.calm
        return bool(lines) and all(line.care.state == State.EMPTY for line in lines)


def desk_for(user: Any, tenant: Tenant) -> Desk:
    """Return the desk of a person at a sub-site in reach. Its queries do not grow with columns, items or tenants."""
    reach = reach_of(user)
    writes = may_write(reach, tenant.pk)
    paths = reach.column_paths(tenant.pk)
    care = column_care(tenant, paths=paths) if writes else []
    lines = [ColumnLine(row, write_links(row.column_id, row.kind)) for row in care]
    reviews = reach.may_in("review", tenant.pk)
    return Desk(
        tenant=tenant,
        limited=paths is not None,
        writes=writes,
        reviews=reviews,
        manages=reach.may_in("manage", tenant.pk),
        supervises=bool(reach.supervised),
        several=len(reach.tenant_ids("write") or ()) > 1,
        inbox=inbox(user, tenant.pk) if writes else None,
        queue=to_decide(user, tenant.pk) if reviews else None,
        urgent=[line for line in lines if line.care.state in (State.OVERDUE, State.EMPTY, State.SOON)],
        calm=[line for line in lines if line.care.state in (State.FRESH, State.UNTIMED)],
        figures=counted((row.clock, row.last_published) for row in care),
        # The quota is the unit's own: who keeps a single column for another unit has no part in it.
        delivery=delivery(tenant.pk, task_at(tenant.region.lineage)) if writes and paths is None else None,
        notices=notices_of(user, tenant.pk),
    )


def may_write(reach: Reach, tenant_id: int) -> bool:
    """Return whether a person may write anywhere in the sub-site, be it in a single column."""
    ids = reach.tenant_ids("write")
    return ids is None or tenant_id in ids
