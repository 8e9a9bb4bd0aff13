from tenants.models.events import LifecycleEvent
from tenants.models.people import Membership, Role, User
from tenants.models.places import (
    CODE_PATTERN,
    SITE_CODE_PATTERN,
    FormerAddress,
    Level,
    Region,
    Status,
    Tenant,
    TenantKind,
    VersionCounter,
)

__all__ = [
    "CODE_PATTERN",
    "SITE_CODE_PATTERN",
    "FormerAddress",
    "Level",
    "LifecycleEvent",
    "Membership",
    "Region",
    "Role",
    "Status",
    "Tenant",
    "TenantKind",
    "User",
    "VersionCounter",
]
