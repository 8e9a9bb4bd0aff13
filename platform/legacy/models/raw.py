"""Raw records: what a source gave, as it was. The bytes lie in the store (legacy.blobs) under their hash."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from legacy.models.runs import LegacyRun
from legacy.models.transitions import Transition
from tenants.scope import TenantOwned


class RawKind(models.TextChoices):
    PAGE = "page", _("Page")
    PICTURE = "picture", _("Picture")
    FILE = "file", _("File")
    READY = "ready", _("Record with fields")
    OTHER = "other", _("Other")


class LegacyRaw(TenantOwned):
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="raws")
    source = models.CharField(_("source"), max_length=20)  # crawl, mirror, zip, warc, wxr, sql, database, table, api
    key = models.CharField(_("source key"), max_length=500)  # the canonical address, or "table:id"
    url = models.TextField(_("old address"), blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=RawKind.choices)
    status = models.PositiveIntegerField(_("status"), null=True, blank=True)
    content_type = models.CharField(_("declared type"), max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)  # READY: what the source says, by our field names
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)  # "" where there are no bytes
    size = models.BigIntegerField(default=0)
    links = models.JSONField(default=list)  # addresses that lead here or were found here; the survey's business
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)
    run = models.ForeignKey(LegacyRun, null=True, on_delete=models.SET_NULL, related_name="+")  # gave it last
    family = models.CharField(_("template family"), max_length=60, blank=True)  # set by the survey
    column_key = models.CharField(max_length=300, blank=True)  # LegacyColumn.key, as the survey guessed it

    class Meta:
        verbose_name = _("raw record")
        verbose_name_plural = _("raw records")
        constraints = [models.UniqueConstraint(fields=["transition", "key"], name="legacyraw_once")]
        indexes = [models.Index(fields=["transition", "kind", "family"], name="legacyraw_family")]

    def __str__(self) -> str:
        return self.key
