"""Notices (提醒) to people, in the platform and by mail; each only to the people of its tenant."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sites.models.base import SitePage
from tenants.scope import TenantOwned


class NoticeKind(models.TextChoices):
    SUBMITTED = "submitted", _("Waiting for review")
    SENT_BACK = "sent_back", _("Sent back")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OVERDUE = "overdue", _("Column overdue")
    NO_REVIEWER = "no_reviewer", _("No reviewer left")
    ANNOUNCEMENT = "announcement", _("Announcement")


class Announcement(models.Model):
    """A message (公告) to the people of one tenant, of a region with all below it, or (both empty) of the platform."""

    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=2000)
    tenant = models.ForeignKey("tenants.Tenant", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey("tenants.Region", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)  # when every notice of it had been made

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(tenant=None) | Q(region=None), name="announcement_over_one_thing")
        ]

    def __str__(self) -> str:
        return self.title


class Notice(TenantOwned):
    """One notice to one person. `text` is already in the person's language; `url` is a path of the admin."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=12, choices=NoticeKind.choices)
    text = models.CharField(_("text"), max_length=500)
    page = models.ForeignKey(SitePage, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=300, blank=True)
    announcement = models.ForeignKey(
        Announcement, null=True, blank=True, on_delete=models.CASCADE, related_name="notices"
    )
    at = models.DateTimeField(_("time"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["user", "read_at"], name="notice_unread"),
            models.Index(fields=["user", "-at"], name="notice_list"),
        ]
        constraints = [
            # A person of several tenants gets an announcement once, however often its sending is taken up again.
            models.UniqueConstraint(
                fields=["announcement", "user"],
                condition=Q(announcement__isnull=False),
                name="notice_of_announcement_once",
            )
        ]

    def __str__(self) -> str:
        return self.text


class NoticePreference(models.Model):
    """Whether a person wants notices by mail as well; without a row: yes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference")
    by_mail = models.BooleanField(_("send me notices by mail as well"), default=True)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")

    def __str__(self) -> str:
        return f"{self.user_id} {self.by_mail}"
