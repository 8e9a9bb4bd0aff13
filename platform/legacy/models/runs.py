"""Runs: one piece of long work on a transition, resumable, with a line for everything that went wrong."""

from __future__ import annotations

import json

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from legacy.models.transitions import Transition
from legacy.sentences import tell
from tenants.scope import TenantOwned


class Step(models.TextChoices):
    COLLECT = "collect", _("Collect")
    SURVEY = "survey", _("Site survey")
    EXTRACT = "extract", _("Extract")
    LOAD = "load", _("Load")
    ROLLBACK = "rollback", _("Roll back")
    ADDRESSES = "addresses", _("Import of addresses")
    VERIFY = "verify", _("Verify")


class RunState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class LegacyRun(TenantOwned):
    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="runs")
    step = models.CharField(_("step"), max_length=10, choices=Step.choices)
    label = models.CharField(_("what"), max_length=300, blank=True)  # the source, the file's name ...
    options = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.WAITING)
    stop_requested = models.BooleanField(default=False)
    total = models.PositiveIntegerField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)  # where to go on after a kill
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    error = models.TextField(blank=True)  # a stored sentence as JSON, or an exception's own words

    class Meta:
        ordering = ["-id"]
        verbose_name = _("run of a transition")
        verbose_name_plural = _("runs of a transition")
        indexes = [models.Index(fields=["transition", "step", "-id"], name="legacyrun_step")]
        constraints = [
            # Two loads of one site at once: the second one is refused.
            models.UniqueConstraint(
                fields=["transition"], condition=models.Q(state="running"), name="legacyrun_one_running"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.step}"

    @property
    def told_error(self) -> str:
        """Return why it failed, in the reader's language; "" where it did not."""
        try:
            return tell(json.loads(self.error), gettext)
        except ValueError:
            return self.error


class LineLevel(models.TextChoices):
    INFO = "info", _("Note")
    WARNING = "warning", _("Warning")
    REFUSED = "refused", _("Refused")
    ERROR = "error", _("Error")


class RunLine(TenantOwned):
    """One sentence of a run. `sentence` is as legacy.sentences stores it: told where it is shown."""

    run = models.ForeignKey(LegacyRun, on_delete=models.CASCADE, related_name="lines")
    level = models.CharField(_("level"), max_length=8, choices=LineLevel.choices)
    place = models.CharField(_("where"), max_length=500, blank=True)  # address, file, row
    sentence = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("line of a run")
        verbose_name_plural = _("lines of a run")

    def __str__(self) -> str:
        return f"{self.run_id} {self.level} {self.place}"
