"""Reach (权限范围): which part of the tree, and so which tenants, a person may touch. Every gate of the admin asks here.

A membership over a tenant reaches its home and all below; one limited to columns reaches these columns and what
stands in them; a supervisor reads every home below a region; a platform operator reaches everything. Roles add up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from sites.models import ColumnGrant, HomePage
from tenants import memberships, scope
from tenants.grants import memberships_changed
from tenants.models import Role, Tenant

ABILITIES: dict[str, frozenset[str]] = {
    Role.CONTRIBUTOR: frozenset({"read", "write"}),
    Role.REVIEWER: frozenset({"read", "write", "review"}),
    Role.SITE_MANAGER: frozenset({"read", "write", "manage"}),
    Role.SUPERVISOR: frozenset({"read", "supervise"}),
    Role.PLATFORM_OPERATOR: frozenset({"read", "write", "review", "manage", "supervise", "operate"}),
}


@dataclass(frozen=True)
class Stretch:
    """One stretch of the tree (everything whose path begins with `path`) and what may be done in it."""

    path: str
    tenant_id: int
    abilities: frozenset[str]
    whole_site: bool  # False: a single column


@dataclass(frozen=True)
class Reach:
    everything: bool = False
    stretches: tuple[Stretch, ...] = ()
    lineages: tuple[str, ...] = ()  # of supervised regions; read alone
    supervised: dict[str, int] = field(default_factory=dict)  # home path -> tenant id, below these regions

    def may(self, ability: str, page: Any) -> bool:
        """Return whether `ability` ("read", "write", "review", "manage", "supervise") covers the page."""
        return self.may_at(ability, page.path)

    def may_at(self, ability: str, path: str) -> bool:
        if self.everything:
            return True
        if any(path.startswith(stretch.path) and ability in stretch.abilities for stretch in self.stretches):
            return True
        return ability in ABILITIES[Role.SUPERVISOR] and path[:12] in self.supervised

    def may_in(self, ability: str, tenant_id: int | None) -> bool:
        """Return whether `ability` covers the tenant's whole sub-site."""
        if self.everything:
            return True
        if any(s.tenant_id == tenant_id and s.whole_site and ability in s.abilities for s in self.stretches):
            return True
        return ability in ABILITIES[Role.SUPERVISOR] and tenant_id in self.supervised.values()

    def paths(self, ability: str) -> list[str] | None:
        """Return the tree paths that `ability` covers, the shortest first; None means everything."""
        if self.everything:
            return None
        paths = {stretch.path for stretch in self.stretches if ability in stretch.abilities}
        if ability in ABILITIES[Role.SUPERVISOR]:
            paths |= set(self.supervised)
        return [path for path in sorted(paths) if not any(path != other and path.startswith(other) for other in paths)]

    def pages(self, ability: str) -> Q:
        """Return the condition on SitePage for the pages that `ability` covers."""
        paths = self.paths(ability)
        if paths is None:
            return Q()
        found = Q(pk__in=[])
        for path in paths:
            found |= Q(path__startswith=path)
        return found

    def tenant_ids(self, *abilities: str) -> frozenset[int] | None:
        """Return the tenants where any of the abilities (default: any at all) holds somewhere; None means all."""
        if self.everything:
            return None
        wanted = set(abilities)
        ids = {s.tenant_id for s in self.stretches if not wanted or wanted & s.abilities}
        if not wanted or wanted & ABILITIES[Role.SUPERVISOR]:
            ids |= set(self.supervised.values())
        return frozenset(ids)

    def column_paths(self, tenant_id: int) -> list[str] | None:
        """Return the single columns' paths a limited member keeps in the tenant; None where the whole site is theirs."""
        if self.may_in("read", tenant_id):
            return None
        return [s.path for s in self.stretches if s.tenant_id == tenant_id]


EVERYTHING = Reach(everything=True)
NOTHING = Reach()


def reach_of(user: Any) -> Reach:
    """Return the person's reach; worked out once per user object (per request)."""
    if not getattr(user, "is_active", False) or user.is_anonymous:
        return NOTHING
    if memberships.is_operator(user):
        return EVERYTHING
    if not hasattr(user, "_reach"):
        user._reach = _worked_out(memberships.active(user))
    return user._reach


@receiver(memberships_changed)
def forget(user: Any, **kwargs: Any) -> None:
    """Drop what was worked out for this account."""
    if hasattr(user, "_reach"):
        del user._reach


def scope_of(user: Any) -> scope.Scope:
    """Return the tenant scope a person's request runs in."""
    if memberships.is_operator(user):
        return scope.Scope(everything=True, reason="a platform operator at the admin")
    return scope.Scope(find=lambda: reach_of(user).tenant_ids() or ())


def tenants_in_reach(user: Any, *abilities: str) -> Any:
    """Return the tenants a person may touch, as a queryset."""
    ids = reach_of(user).tenant_ids(*abilities)
    return Tenant.objects.all() if ids is None else Tenant.objects.filter(pk__in=ids)


def _worked_out(held: Collection[Any]) -> Reach:
    whole = [m for m in held if m.tenant_id and not m.limited_to_columns]
    limited = [m for m in held if m.tenant_id and m.limited_to_columns]
    homes = dict(
        HomePage.objects.filter(tenant_id__in={m.tenant_id for m in whole}).order_by().values_list("tenant_id", "path")
    )
    stretches = [
        Stretch(homes[m.tenant_id], m.tenant_id, ABILITIES[m.role], whole_site=True)
        for m in whole
        if m.tenant_id in homes
    ]
    if limited:
        grants = ColumnGrant.objects.filter(membership__in=[m.pk for m in limited]).values_list(
            "membership_id", "column__path", "column__tenant_id"
        )
        by_id = {m.pk: m for m in limited}
        stretches += [
            Stretch(path, tenant_id, ABILITIES[by_id[pk].role], whole_site=False)
            for pk, path, tenant_id in grants
            if tenant_id == by_id[pk].tenant_id  # a column that moved to another site takes no right along
        ]
    lineages = tuple(m.region.lineage for m in held if m.region_id and m.role == Role.SUPERVISOR)
    return Reach(stretches=tuple(stretches), lineages=lineages, supervised=_below(lineages))


def _below(lineages: Iterable[str]) -> dict[str, int]:
    condition = Q(pk__in=[])
    for lineage in lineages:
        condition |= Q(tenant__region__lineage__startswith=lineage)
    return dict(HomePage.objects.filter(condition).order_by().values_list("path", "tenant_id")) if lineages else {}
