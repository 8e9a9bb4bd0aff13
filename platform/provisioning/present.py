"""The picture of what there is, from which the pure plan works: a handful of queries, whatever the number of tenants."""

from __future__ import annotations

from provisioning.plan_picture import Present, RegionState, TenantState
from sites import homes
from sites.templates_library import library
from tenants.models import FormerAddress, Region, Tenant, TenantKind

SAME_NAMED = (
    "code", "name", "kind", "short_name", "host", "mount", "site_code", "status", "undertaker", "address",
    "office_hours", "icp_filing", "police_filing", "contact_name", "contact_post", "contact_phone", "leader_name",
    "leader_post", "leader_phone", "opened_on", "theme", "template_version",
)  # fmt: skip


def read_present() -> Present:
    """Return regions, tenants, addresses and template versions as they are now."""
    tenants = {
        values[0]: TenantState(
            **dict(zip(SAME_NAMED, values[:-3], strict=True)),
            region_code=values[-3],
            supervisor_code=values[-2] or "",
            mounted_under_code=values[-1] or "",
        )
        for values in Tenant.objects.order_by("code").values_list(
            *SAME_NAMED, "region__code", "supervisor__code", "mounted_under__code"
        )
    }
    former = FormerAddress.objects.values_list("host", "under__code", "mount", "tenant__code")
    return Present(
        regions={
            code: RegionState(code, name, level, parent or "")
            for code, name, level, parent in Region.objects.values_list("code", "name", "level", "parent__code")
        },
        tenants=tenants,
        hosts={state.host: code for code, state in tenants.items() if state.host},
        # A column of a portal's own at this path would be hidden by a site that is mounted there.
        mounts={(code, slug): code for code, slug in homes.own_paths()}
        | {(state.mounted_under_code, state.mount): code for code, state in tenants.items() if state.mount},
        template_versions={kind: library().versions(kind) for kind in TenantKind.values},
        former_hosts={host: code for host, _under, _mount, code in former if host},
        former_mounts={(under, mount): code for host, under, mount, code in former if not host},
        reserved_mounts=reserved_mounts(),
    )


def reserved_mounts() -> frozenset[str]:
    """Return the first path segments that portals use for their own columns, in any version of their templates."""
    portals = (TenantKind.PROVINCE, TenantKind.CITY, TenantKind.COUNTY)
    return frozenset(
        spec.slug
        for kind in portals
        for version in library().versions(kind)
        for spec in library().get(kind, version).children()
    )
