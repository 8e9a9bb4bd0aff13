"""Carrying a plan out: new sub-sites in batches, changes one by one, each tenant whole or not at all.

Every batch is one transaction that also notes its outcomes, so that a run killed anywhere is taken up by planning
again: what was done is `unchanged`, what was not is still to create. A batch that fails is done again row by row, and
only the rows that fail by themselves are given up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from provisioning import lifecycle
from provisioning.amend import PLAIN_FIELDS, amend
from provisioning.plan import PlannedSite
from sites.building import SiteSpec, build_sites
from sites.bulk_rows import reserve_ids
from sites.messages import SaidError
from sites.templates_library import library
from tenants.models import Region, Status, Tenant

logger = logging.getLogger("provisioning")
BATCH = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one planned site; `sentence` says why it failed."""

    site: PlannedSite
    outcome: str  # created | changed | unchanged | failed
    sentence: str = ""


class Applier:
    """Applies one plan. `record` is called inside each transaction with the outcomes it will make true."""

    def __init__(
        self, *, by: Any, with_optional: bool = False, record: Callable[[Sequence[Outcome]], None] = lambda _done: None
    ) -> None:
        self.by = by
        self.with_optional = with_optional
        self.record = record
        self.failed: set[str] = set()

    def apply(self, sites: Sequence[PlannedSite]) -> Iterator[list[Outcome]]:
        """Yield the outcomes of each batch once it has been committed."""
        settled = [site for site in sites if site.action == "unchanged"]
        for batch in batches(settled, 1000):
            outcomes = [Outcome(site, "unchanged") for site in batch]
            self.record(outcomes)
            yield outcomes
        # Supervisors stand before the supervised in the plan, so that order is kept from batch to batch.
        for batch in batches([site for site in sites if site.action == "create"], BATCH):
            yield self._create_or_split(batch)
        for site in sites:
            if site.action == "change":
                yield [self._change(site)]

    def _create_or_split(self, batch: Sequence[PlannedSite]) -> list[Outcome]:
        try:
            return self._create(batch)
        except (DatabaseError, ValueError, LookupError) as error:
            if len(batch) > 1:
                return [outcome for site in batch for outcome in self._create_or_split([site])]
            logger.warning("Row %s could not be opened", batch[0].row, exc_info=error)
            return [self._give_up(batch[0], error)]

    def _create(self, batch: Sequence[PlannedSite]) -> list[Outcome]:
        with transaction.atomic():
            ready = [site for site in batch if not self._blocked(site)]
            tenants = self._new_tenants(ready)
            Tenant.objects.bulk_create(tenants)
            build_sites(
                [SiteSpec(tenant, library().get(tenant.kind, tenant.template_version)) for tenant in tenants],
                by=self.by,
                with_optional=self.with_optional,
            )
            outcomes = [Outcome(site, "created") for site in ready]
            self.record(outcomes)
        # Outside: a failure that is noted must not depend on what the batch does.
        return outcomes + [
            self._give_up(site, LookupError(self._blocked(site))) for site in batch if self._blocked(site)
        ]

    def _blocked(self, site: PlannedSite) -> str:
        for code in (site.request.supervisor_code, site.request.mounted_under_code):
            if code in self.failed:
                return _("The site “%(code)s” that it belongs to could not be opened.") % {"code": code}
        return ""

    def _new_tenants(self, batch: Sequence[PlannedSite]) -> list[Tenant]:
        requests = [site.request for site in batch]
        ids = dict(zip((r.code for r in requests), reserve_ids(Tenant, len(requests)), strict=True))
        named = {r.supervisor_code for r in requests} | {r.mounted_under_code for r in requests}
        known = ids | dict(Tenant.objects.filter(code__in=named - ids.keys()).values_list("code", "pk"))
        regions = {region.code: region for region in Region.objects.filter(code__in={r.region_code for r in requests})}
        return [
            Tenant(
                pk=ids[r.code],
                code=r.code,
                name=r.name,
                short_name=r.short_name,
                kind=r.kind,
                region=regions[r.region_code],
                supervisor_id=known[r.supervisor_code] if r.supervisor_code else None,
                host=r.host,
                mount=r.mount,
                mounted_under_id=known[r.mounted_under_code] if r.mounted_under_code else None,
                status=r.status,
                template_version=r.template_version,
                conformance=1.0,
                **self._plain_values(site),
            )
            for site, r in ((site, site.request) for site in batch)
        ]

    @staticmethod
    def _plain_values(site: PlannedSite) -> dict[str, Any]:
        values = {name: getattr(site.request, name) for name in PLAIN_FIELDS}
        if site.request.status == Status.LIVE and values["opened_on"] is None:
            values["opened_on"] = timezone.localdate()
        return values

    def _change(self, site: PlannedSite) -> Outcome:
        """Change one tenant: what has a lifecycle step of its own goes through it, the rest is set here."""
        try:
            with transaction.atomic():
                tenant = Tenant.objects.get(code=site.request.code)
                new = {name: after for name, (_before, after) in site.changes.items()}
                self._steps(tenant, new)
                tenant.refresh_from_db()
                plain = {name: value for name, value in new.items() if name in PLAIN_FIELDS}
                if plain:
                    amend(tenant, by=self.by, **plain)
                outcome = Outcome(site, "changed")
                self.record([outcome])
            return outcome
        except ValidationError as error:
            return self._give_up(site, LookupError(" ".join(error.messages)))
        except (DatabaseError, lifecycle.LifecycleError, LookupError) as error:
            return self._give_up(site, error)

    def _steps(self, tenant: Tenant, new: dict[str, Any]) -> None:
        if {"name", "short_name"} & new.keys():
            lifecycle.rename(
                tenant,
                by=self.by,
                name=new.get("name", tenant.name),
                short_name=new.get("short_name", tenant.short_name),
            )
        if {"region_code", "supervisor_code", "mounted_under_code"} & new.keys():
            moved: dict[str, Any] = {}
            if "region_code" in new:
                moved["region"] = Region.objects.get(code=new["region_code"])
            if "supervisor_code" in new:
                moved["supervisor"] = (
                    Tenant.objects.get(code=new["supervisor_code"]) if new["supervisor_code"] else None
                )
            if new.get("mounted_under_code"):
                moved["mounted_under"] = Tenant.objects.get(code=new["mounted_under_code"])
            lifecycle.move(tenant, by=self.by, **moved)
        if new.get("host"):
            lifecycle.change_host(tenant, by=self.by, host=new["host"])
        if new.get("mount"):
            lifecycle.change_mount(tenant, by=self.by, mount=new["mount"])

    def _give_up(self, site: PlannedSite, error: Exception) -> Outcome:
        self.failed.add(site.request.code)
        if isinstance(error, DatabaseError):
            sentence = _("The database refused it: %(reason)s") % {"reason": str(error).splitlines()[0]}
        else:
            sentence = error.say(_) if isinstance(error, SaidError) else str(error)
        outcome = Outcome(site, "failed", sentence)
        self.record([outcome])
        return outcome


def batches(sites: Sequence[PlannedSite], size: int) -> Iterator[list[PlannedSite]]:
    left = iter(sites)
    while batch := list(islice(left, size)):
        yield batch
