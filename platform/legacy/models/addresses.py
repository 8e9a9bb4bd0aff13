"""The ledger of old addresses (旧地址台账): every one ends with a result, and nothing is silently lost."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from legacy.models.raw import LegacyRaw
from legacy.models.transitions import Transition
from tenants.scope import TenantOwned


class AddressKind(models.TextChoices):
    ITEM = "item", _("Item")
    LIST = "list", _("List")
    PICTURE = "picture", _("Picture")
    FILE = "file", _("File")
    OTHER = "other", _("Other")


class AddressResult(models.TextChoices):
    UNRESOLVED = "unresolved", _("Unresolved")
    REDIRECT = "redirect", _("Redirect")
    ARCHIVE = "archive", _("Archived copy")
    GONE = "gone", _("Not moved")


class OldAddress(TenantOwned):
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="addresses")
    # SHA-256 of "host path" in canonical form, the first 32 hex digits: what a request is looked up by.
    digest = models.CharField(max_length=32, unique=True)
    host = models.CharField(_("host"), max_length=253)
    path = models.TextField(_("canonical path"))  # with the significant parameters
    url = models.TextField(_("as it was written"), blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=AddressKind.choices, default=AddressKind.OTHER)
    result = models.CharField(
        _("result"), max_length=10, choices=AddressResult.choices, default=AddressResult.UNRESOLVED
    )
    # One of these for a redirect. A page is a reference: where it stands now is asked when the address is.
    page = models.ForeignKey("govsites.SitePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    image = models.ForeignKey("govsites.SiteImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey("govsites.SiteFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    target_url = models.TextField(_("redirects to"), blank=True)
    raw = models.ForeignKey(LegacyRaw, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    found_by = models.CharField(_("known from"), max_length=10, blank=True)  # collect, load, list, log, hand, hit
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    hits = models.PositiveBigIntegerField(_("hits"), default=0)  # from the old site's logs
    last_hit_at = models.DateTimeField(null=True, blank=True)
    page.wagtail_reference_index_ignore = True
    image.wagtail_reference_index_ignore = True
    file.wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        indexes = [
            models.Index(fields=["transition", "result", "-hits"], name="oldaddress_worst"),
            models.Index(fields=["page"], condition=models.Q(page__isnull=False), name="oldaddress_of_page"),
        ]

    def __str__(self) -> str:
        return f"{self.host}{self.path}"


class OldHits(TenantOwned):
    """Requests that the platform itself answered for an old host, by day and result."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="hits")
    day = models.DateField()
    result = models.CharField(max_length=10, choices=AddressResult.choices)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transition", "day", "result"], name="oldhits_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.result} {self.count}"
