"""Accounts and what they may do where. Memberships are the one source of rights; rows are ended, never deleted."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    post = models.CharField(_("post"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")


class Role(models.TextChoices):
    CONTRIBUTOR = "contributor", _("Contributor")
    REVIEWER = "reviewer", _("Reviewer")
    SITE_MANAGER = "site_manager", _("Site manager")
    SUPERVISOR = "supervisor", _("Supervisor")
    PLATFORM_OPERATOR = "platform_operator", _("Platform operator")


class MembershipQuerySet(models.QuerySet):
    def active(self) -> MembershipQuerySet:
        """Return the memberships that hold now: neither revoked nor expired."""
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class Membership(models.Model):
    """A role of a person over one tenant, one region with all below it, or (both empty) the platform."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    tenant = models.ForeignKey(
        "tenants.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    region = models.ForeignKey(
        "tenants.Region", null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    granted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Set, the role holds for single columns alone (`govsites.ColumnGrant` names them); none named means none.
    limited_to_columns = models.BooleanField(default=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(condition=Q(tenant=None) | Q(region=None), name="membership_over_one_thing"),
            models.CheckConstraint(
                condition=Q(role=Role.PLATFORM_OPERATOR, tenant=None, region=None)
                | (~Q(role=Role.PLATFORM_OPERATOR) & (Q(tenant__isnull=False) | Q(region__isnull=False))),
                name="membership_platform_only_for_operators",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "tenant"],
                condition=Q(revoked_at=None, tenant__isnull=False),
                name="membership_tenant_role_once",
            ),
            models.CheckConstraint(
                condition=Q(limited_to_columns=False) | Q(role="contributor", tenant__isnull=False),
                name="membership_columns_of_a_contributor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.tenant_id or self.region_id or '*'}"
