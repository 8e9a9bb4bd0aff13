from tenants.models.accounts import FormerPassword, Invitation, Outcome, SignIn, UserSession
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
from tenants.models.work import TaskLease

__all__ = [
    "CODE_PATTERN",
    "SITE_CODE_PATTERN",
    "FormerAddress",
    "FormerPassword",
    "Invitation",
    "Level",
    "LifecycleEvent",
    "Membership",
    "Outcome",
    "Region",
    "Role",
    "SignIn",
    "Status",
    "TaskLease",
    "Tenant",
    "TenantKind",
    "User",
    "UserSession",
    "VersionCounter",
]
