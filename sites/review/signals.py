"""What must follow when a reviewer's right ends: articles that nobody may decide on any more are reported."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from sites.review import orphans
from tenants.grants import memberships_changed
from tenants.models import Membership, Role
from tenants.scope import tenant_scope


@receiver(memberships_changed, dispatch_uid="review_tell_of_orphans")
def tell_of_orphans(sender: type, membership: Membership, ended: bool, **kwargs: Any) -> None:
    if ended and membership.role == Role.REVIEWER and membership.tenant_id is not None:
        transaction.on_commit(partial(_tell, membership.tenant_id))


def _tell(tenant_id: int) -> None:
    with tenant_scope(tenant_id):
        orphans.find_orphans()
