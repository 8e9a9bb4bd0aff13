"""An old site on its way into one sub-site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scope import TenantOwned


class Transition(TenantOwned):
    """One old site (历史站点) that moves into the sub-site of its tenant. Its phase is derived, never stored."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name of the old site"), max_length=100)
    # Hosts under which the old site answered, lower case, IDNA, the main one first.
    hosts = models.JSONField(_("old hosts"), default=list)
    # legacy.ledger.address_rule.Rule as JSON; {} is the default rule.
    address_rule = models.JSONField(_("rule for old addresses"), default=dict, blank=True)
    # Settings of the sources, by source name (delay, limits, which private hosts are allowed by name ...).
    source_settings = models.JSONField(default=dict, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("legacy transition")
        verbose_name_plural = _("legacy transitions")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
