"""Who keeps what, how often, and under which numbers: column grants, quotas, media shelves, issued numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sites.models.base import SitePage
from tenants.models import Membership
from tenants.scope import TenantOwned


class ColumnGrant(models.Model):
    """A single column that a limited membership covers (部门承建/共建)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="column_grants")
    column = models.ForeignKey(SitePage, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "column"], name="column_grant_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} {self.column_id}"


class Quota(models.Model):
    """What each unit of a region must deliver (报送任务). The nearest region upwards with a row counts."""

    region = models.OneToOneField("tenants.Region", on_delete=models.CASCADE, related_name="quota")
    items_a_month = models.PositiveIntegerField(_("items a month"), default=10)
    disclosures_a_week = models.PositiveIntegerField(_("disclosures a week"), default=2)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")

    def __str__(self) -> str:
        return f"{self.region_id}: {self.items_a_month}/{self.disclosures_a_week}"


class MediaShelf(TenantOwned):
    """The collection of one tenant (`column` empty), or of one of its columns."""

    column = models.ForeignKey(SitePage, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    collection = models.OneToOneField("wagtailcore.Collection", on_delete=models.CASCADE, related_name="shelf")

    class Meta:
        verbose_name = _("media shelf")
        verbose_name_plural = _("media shelves")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(column=None), name="media_shelf_of_tenant_once"),
            models.UniqueConstraint(
                fields=["column"], condition=Q(column__isnull=False), name="media_shelf_of_column_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id}/{self.column_id or ''}"


class MediaQuota(TenantOwned):
    """A tenant's own limit of stored bytes; without a row the platform's default holds."""

    limit_bytes = models.BigIntegerField(_("storage limit in bytes"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="media_quota_once")]

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.limit_bytes}"


class NumberKind(models.TextChoices):
    INDEX = "index", _("Index number")
    DOCUMENT = "document", _("Document number")


class NumberPattern(models.Model):
    """A region's pattern for 索引号 or 文号; the nearest region upwards with a row counts."""

    region = models.ForeignKey("tenants.Region", on_delete=models.CASCADE, related_name="number_patterns")
    kind = models.CharField(max_length=8, choices=NumberKind.choices)
    pattern = models.CharField(_("pattern"), max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "kind"], name="number_pattern_once")]

    def __str__(self) -> str:
        return self.pattern


class IssuedNumber(TenantOwned):
    """A number once given to a page. It stays taken for ever, also after the page is withdrawn or deleted."""

    kind = models.CharField(max_length=8, choices=NumberKind.choices)
    number = models.CharField(max_length=100)
    page = models.ForeignKey(SitePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "number"], name="issued_number_once"),
        ]

    def __str__(self) -> str:
        return self.number


class NumberCounter(TenantOwned):
    """The last serial number given within one stem (the pattern with everything but the serial filled in)."""

    kind = models.CharField(max_length=8, choices=NumberKind.choices)
    stem = models.CharField(max_length=100)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "stem"], name="number_counter_once")]

    def __str__(self) -> str:
        return f"{self.stem}{self.last}"
