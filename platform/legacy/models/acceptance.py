"""Acceptance reports, what was looked up about old hosts, and answers already given to scripts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from legacy.models.runs import LegacyRun
from legacy.models.transitions import Transition
from tenants.scope import TenantOwned


class Acceptance(TenantOwned):
    """An acceptance report (验收报告): its figures, and who signed them."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="acceptances")
    run = models.ForeignKey(LegacyRun, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    data = models.JSONField()
    digest = models.CharField(max_length=64)  # SHA-256 of `data`: what was signed
    passed = models.BooleanField(default=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_name = models.CharField(_("signed by"), max_length=150, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("acceptance report")
        verbose_name_plural = _("acceptance reports")

    def __str__(self) -> str:
        return f"{self.transition_id} {self.created_at:%Y-%m-%d}"


class HostProbe(TenantOwned):
    """What was last looked up about an old host: its name servers' answer, its certificate, its first page here."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="probes")
    host = models.CharField(max_length=253)
    kind = models.CharField(max_length=12)  # dns, certificate, preview
    state = models.CharField(max_length=12)  # legacy.cutover says which
    data = models.JSONField(default=dict)
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transition", "host", "kind"], name="hostprobe_once")]

    def __str__(self) -> str:
        return f"{self.host} {self.kind} {self.state}"


class ApiAnswer(TenantOwned):
    """The answer to a script's request, given again to the same idempotency key."""

    transition = models.ForeignKey(Transition, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="apianswer_once")]

    def __str__(self) -> str:
        return self.key
