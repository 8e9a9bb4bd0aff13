"""The picture (现状) that a plan is made against: the regions and tenants that are there, and what is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class RegionState:
    """A region (行政区划) as it is in the database; the province has no parent_code ('')."""

    code: str
    name: str
    level: str  # province | city | county | town
    parent_code: str = ""


@dataclass(frozen=True, slots=True)
class TenantState:
    """A tenant (主办单位) as it is in the database; empty values are '' or None, as in a SiteRequest."""

    code: str
    name: str
    kind: str
    region_code: str
    short_name: str = ""
    supervisor_code: str = ""
    host: str = ""
    mount: str = ""
    mounted_under_code: str = ""
    site_code: str = ""
    status: str = "draft"
    undertaker: str = ""
    address: str = ""
    office_hours: str = ""
    icp_filing: str = ""
    police_filing: str = ""
    contact_name: str = ""
    contact_post: str = ""
    contact_phone: str = ""
    leader_name: str = ""
    leader_post: str = ""
    leader_phone: str = ""
    opened_on: date | None = None
    theme: str = ""
    template_version: int = 1


@dataclass(frozen=True, slots=True)
class Present:
    """What is there before the run.

    Addresses that only redirect any more stand in former_hosts and former_mounts, with the tenant they lead to.
    reserved_mounts: first path segments that portals use themselves, such as their columns'.
    """

    regions: Mapping[str, RegionState]
    tenants: Mapping[str, TenantState]
    hosts: Mapping[str, str]  # host -> tenant code
    mounts: Mapping[tuple[str, str], str]  # (tenant code of the parent, mount) -> tenant code
    template_versions: Mapping[str, Sequence[int]]  # kind -> versions
    former_hosts: Mapping[str, str] = field(default_factory=dict)
    former_mounts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reserved_mounts: frozenset[str] = frozenset()
