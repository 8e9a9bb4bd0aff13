"""Review (审核): a round from submission to signature, its steps, and what a tenant asks of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.models.base import SitePage
from tenants.scope import TenantOwned


class ReviewPolicy(TenantOwned):
    """How many steps a tenant's review has. No row means the default: two (初审, 签发)."""

    steps = models.PositiveSmallIntegerField(
        _("number of steps"), default=2, choices=[(1, "一审"), (2, "两审"), (3, "三审三校")]
    )
    allow_urgent = models.BooleanField(_("allow the urgent path"), default=True)

    class Meta:
        verbose_name = _("review rule")
        verbose_name_plural = _("review rules")
        constraints = [models.UniqueConstraint(fields=["tenant"], name="review_policy_once")]

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.steps}"


class ReviewState(models.TextChoices):
    WAITING = "waiting", _("In review")
    SENT_BACK = "sent_back", _("Sent back")
    WITHDRAWN = "withdrawn", _("Taken back by the author")
    SIGNED = "signed", _("Signed")


class Stage(models.TextChoices):
    FIRST = "first", _("First review")
    SECOND = "second", _("Second review")
    SIGN = "sign", _("Secrecy review and signature")


class Decision(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")
    SIGNED = "signed", _("Signed")
    WITHDRAWN = "withdrawn", _("Taken back by the author")
    REROUTED = "rerouted", _("Sent to another reviewer")
    UNPUBLISHED = "unpublished", _("Withdrawn from the site")


class Review(TenantOwned):
    """One round of review of one revision of a page. Rows are closed, never deleted: they outlive the page."""

    page = models.ForeignKey(SitePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    column = models.ForeignKey(SitePage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(_("title"), max_length=255)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState.choices, default=ReviewState.WAITING)
    stage = models.CharField(_("stage"), max_length=6, choices=Stage.choices, default=Stage.FIRST)
    steps = models.PositiveSmallIntegerField(default=2)
    urgent = models.BooleanField(_("urgent"), default=False)
    urgent_reason = models.CharField(_("reason of urgency"), max_length=200, blank=True)
    correction = models.BooleanField(_("correction of a published item"), default=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who wrote what was submitted, the submitter among them: none of them approves or signs it.
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("authors"))
    submitted_at = models.DateTimeField(_("submitted at"))
    waiting_since = models.DateTimeField(_("waiting since"))
    closed_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["tenant", "state", "waiting_since"], name="review_queue"),
            models.Index(fields=["page", "-id"], name="review_page"),
            models.Index(fields=["submitted_by", "state"], name="review_author"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["page"], condition=Q(state="waiting"), name="review_one_open_round")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.state}"


class ReviewStep(TenantOwned):
    """What one person did in a round: who, when, what was changed, and (at the signature) the secrecy answers."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="records")
    stage = models.CharField(max_length=6, choices=Stage.choices)
    decision = models.CharField(max_length=12, choices=Decision.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    comment = models.TextField(blank=True)
    # Names of the fields that the person changed in this step, and the answers of the secrecy form by question.
    changed = models.JSONField(default=list, blank=True)
    secrecy = models.JSONField(default=dict, blank=True)
    signature = models.CharField(_("signature"), max_length=100, blank=True)
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.review_id} {self.decision}"


@receiver(pre_delete, sender=SitePage)
def close_round_of_deleted_page(sender: type, instance: SitePage, **kwargs: Any) -> None:
    """Close what would otherwise wait for ever. The plain manager: a deletion may run where no scope was entered."""
    Review._base_manager.filter(page_id=instance.pk, state=ReviewState.WAITING).update(
        state=ReviewState.WITHDRAWN, closed_at=timezone.now()
    )
