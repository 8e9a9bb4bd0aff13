"""What was asked, planned and done: each run of opening sub-sites, row by row; each roll-out of a template, site by site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class ProvisioningRun(models.Model):
    """One list of sub-sites (开站清单) and what became of it. The list itself is kept, so that a run can be taken up again."""

    source_name = models.CharField(_("file"), max_length=200)
    file_hash = models.CharField(_("SHA-256 of the file"), max_length=64, db_index=True)
    data = models.BinaryField()
    options = models.JSONField(default=dict)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.PLANNED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("provisioning run")
        verbose_name_plural = _("provisioning runs")

    def __str__(self) -> str:
        return f"{self.pk} {self.source_name}"


class RunRow(models.Model):
    """One row of a run: what was planned, and the outcome ('' until the row has been done)."""

    run = models.ForeignKey(ProvisioningRun, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("row"))
    code = models.CharField(_("tenant code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    action = models.CharField(_("plan"), max_length=10)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True)
    changes = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)

    class Meta:
        ordering = ["run", "row"]
        indexes = [
            models.Index(fields=["run", "row"], name="runrow_run_row"),
            models.Index(fields=["run", "action"], name="runrow_run_action"),
            models.Index(fields=["code"], name="runrow_code"),
        ]
        verbose_name = _("row of a run")
        verbose_name_plural = _("rows of a run")

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row} {self.code}"


class RollOutStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for the next wave")
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    ENDED = "ended", _("Ended early")


UNFINISHED = (RollOutStatus.PLANNED, RollOutStatus.RUNNING, RollOutStatus.WAITING, RollOutStatus.STOPPED)


class RollOut(models.Model):
    """A template version on its way to the fleet (栏目模板下发). Its sub-sites are fixed when it begins."""

    kind = models.CharField(_("kind"), max_length=12)
    to_version = models.PositiveIntegerField(_("to version"))
    digest = models.CharField(_("SHA-256 of the template"), max_length=64)
    with_optional = models.BooleanField(_("with optional columns"), default=False)
    # {"tenants": [code …], "region": code}; both empty: all sub-sites of the kind.
    scope = models.JSONField(_("scope"), default=dict)
    wave_size = models.CharField(_("size of a wave"), max_length=10, default="10%")
    status = models.CharField(_("status"), max_length=10, choices=RollOutStatus.choices, default=RollOutStatus.PLANNED)
    stop_requested = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("template roll-out")
        verbose_name_plural = _("template roll-outs")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(status__in=UNFINISHED), name="rollout_one_unfinished_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.to_version}"


class SiteOutcome(models.TextChoices):
    """'' in the database: the sub-site's turn has not come yet."""

    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


class RollOutSite(models.Model):
    """One sub-site of a roll-out. `before` holds what undoing needs, written with the pages in one transaction."""

    rollout = models.ForeignKey(RollOut, on_delete=models.CASCADE, related_name="sites")
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="roll_outs")
    from_version = models.PositiveIntegerField(_("from version"), default=0)
    wave = models.PositiveIntegerField(_("wave"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, blank=True, choices=SiteOutcome.choices)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    sentence = models.TextField(_("reason"), blank=True)
    before = models.JSONField(default=dict)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["rollout", "pk"]
        verbose_name = _("sub-site of a roll-out")
        verbose_name_plural = _("sub-sites of a roll-out")
        indexes = [models.Index(fields=["rollout", "outcome", "wave"], name="rolloutsite_outcome_wave")]
        constraints = [models.UniqueConstraint(fields=["rollout", "tenant"], name="rolloutsite_once")]

    def __str__(self) -> str:
        return f"{self.rollout_id}:{self.tenant_id}"
