"""What the checks before submitting remember: fingerprints of texts, findings set aside, and links that were tried."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sites.models.base import SitePage
from tenants.scope import TenantOwned


class TextPrint(TenantOwned):
    """The fingerprints of a page's title and text when it was last checked: the same article twice shows here."""

    page = models.OneToOneField(SitePage, on_delete=models.CASCADE, related_name="text_print")
    title_key = models.CharField(max_length=64)
    body_key = models.CharField(max_length=64, blank=True)  # empty: the text is too short to say anything
    at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "title_key"], name="text_print_title"),
            models.Index(fields=["tenant", "body_key"], name="text_print_body"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.title_key[:8]}"


class IgnoredFinding(TenantOwned):
    """A hint that an editor has set aside for a page; it comes back when the words at the place change."""

    page = models.ForeignKey(SitePage, on_delete=models.CASCADE, related_name="ignored_findings")
    key = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="ignored_finding_once")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.key[:8]}"


class LinkOutcome(models.TextChoices):
    WAITING = "waiting", _("Not tried yet")
    GOOD = "good", _("Answers")
    DEAD = "dead", _("Dead")
    UNSURE = "unsure", _("No clear answer")
    FORBIDDEN = "forbidden", _("Not tried: an address inside the network")


class LinkState(models.Model):
    """What an address outside the platform answered when it was last tried. Whose pages link to it is not kept here."""

    key = models.CharField(max_length=64, unique=True)  # sha256 of the address: addresses may be long
    url = models.TextField()
    outcome = models.CharField(max_length=10, choices=LinkOutcome.choices, default=LinkOutcome.WAITING)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        indexes = [models.Index(fields=["outcome", "tried_at"], name="link_state_due")]

    def __str__(self) -> str:
        return self.url
