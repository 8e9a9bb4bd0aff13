"""Lists kept by the operator for the checks before submitting: words (词库) and leaders (领导人姓名职务)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    HINT = "hint", _("Hint")
    CONFIRM = "confirm", _("Must confirm")
    REFUSE = "refuse", _("Refuse")


class WordRule(models.Model):
    """A forbidden or commonly mistyped word, what to write instead, and how hard the check is."""

    word = models.CharField(_("word"), max_length=100, unique=True)
    replacement = models.CharField(_("write instead"), max_length=100, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices, default=Severity.HINT)
    note = models.CharField(_("explanation"), max_length=200, blank=True)
    changed_at = models.DateTimeField(auto_now=True)  # processes keep the list compiled until it has changed

    class Meta:
        ordering = ["word"]
        verbose_name = _("word rule")
        verbose_name_plural = _("word rules")

    def __str__(self) -> str:
        return self.word


class LeaderName(models.Model):
    """A leader's right name and title, in the order in which they are named."""

    name = models.CharField(_("name"), max_length=50)
    post = models.CharField(_("post"), max_length=200)
    region = models.ForeignKey(
        "tenants.Region", verbose_name=_("region"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveIntegerField(_("order of precedence"), default=100)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["rank", "id"]
        verbose_name = _("leader's name")
        verbose_name_plural = _("leaders' names")
        constraints = [models.UniqueConstraint(fields=["name", "post"], name="leader_name_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.post}"


class ListUpload(models.Model):
    """A list that was handed in and shown as a trial; it waits for the word to carry it out, a day at most."""

    kind = models.CharField(max_length=7, choices=[("words", "words"), ("leaders", "leaders")])
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
