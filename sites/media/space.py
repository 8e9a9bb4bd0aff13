"""Storage space of a tenant: used, allowed, and the sentence when it is full."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from sites.models import MediaQuota, SiteFile, SiteImage
from tenants.models import Tenant
from tenants.scope import tenant_scope


class OverQuota(ValueError):
    """A file does not fit any more; the message is a sentence for the person."""


def used(tenant: Tenant) -> int:
    """Return the bytes of the tenant's originals (pictures and files)."""
    return sum(
        model.objects.filter(tenant=tenant).aggregate(total=Sum("file_size"))["total"] or 0
        for model in (SiteImage, SiteFile)
    )


def limit(tenant: Tenant) -> int:
    """Return how many bytes the tenant may store: its own limit, else MEDIA_QUOTA_MB."""
    with tenant_scope(tenant):
        own = MediaQuota.objects.filter(tenant=tenant).values_list("limit_bytes", flat=True).first()
    return settings.MEDIA_QUOTA_MB * 1024 * 1024 if own is None else own


def set_limit(tenant: Tenant, limit_bytes: int) -> None:
    """Give the tenant a limit of its own. Raises ValueError where it is negative."""
    if limit_bytes < 0:
        raise ValueError("A storage limit cannot be negative.")
    with tenant_scope(tenant):
        MediaQuota.objects.update_or_create(tenant=tenant, defaults={"limit_bytes": limit_bytes})


def check(tenant: Tenant, extra_bytes: int) -> None:
    """Raise OverQuota where `extra_bytes` more do not fit."""
    allowed, taken = limit(tenant), used(tenant)
    if taken + extra_bytes > allowed:
        raise OverQuota(
            _(
                "This file (%(size)s) does not fit: %(used)s of %(limit)s are used. Delete pictures and files that are"
                " not used any more, or ask the platform operator for more space."
            )
            % {"size": filesizeformat(extra_bytes), "used": filesizeformat(taken), "limit": filesizeformat(allowed)}
        )
