from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LifecycleEvent(models.Model):
    """One step in a sub-site's life: who did what, when, why, and the values before and after."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="events")
    action = models.CharField(_("action"), max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("lifecycle event")
        verbose_name_plural = _("lifecycle events")
        indexes = [models.Index(fields=["tenant", "-at"], name="lifecycle_tenant_at")]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.action} {self.at:%Y-%m-%d}"
