"""From raw record to page: recipes, old columns and where they go, items with their values, stored pictures and files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from legacy.models.raw import LegacyRaw
from legacy.models.runs import LegacyRun
from legacy.models.transitions import Transition
from tenants.scope import TenantOwned


class LegacyRecipe(TenantOwned):
    """A version of the rules by which the pages of one template family are read (legacy.extraction.recipe, TOML)."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="recipes")
    family = models.CharField(_("template family"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    toml = models.TextField(_("recipe"))
    samples = models.JSONField(default=list)  # ids of the raw pages on which it was confirmed
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        ordering = ["transition", "family", "-version"]
        verbose_name = _("recipe")
        verbose_name_plural = _("recipes")
        constraints = [models.UniqueConstraint(fields=["transition", "family", "version"], name="legacyrecipe_once")]

    def __str__(self) -> str:
        return f"{self.family} {self.version}"


class LegacyColumn(TenantOwned):
    """A column of the old site, and where its items go (栏目对应)."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="columns")
    key = models.CharField(_("old column"), max_length=300)  # directory, type id or path of titles
    title = models.CharField(_("title"), max_length=200, blank=True)
    parent_key = models.CharField(max_length=300, blank=True)
    items_found = models.PositiveIntegerField(default=0)
    # "": not decided; "move": to `target`, or by `rules`; "drop": not moved, for `reason`
    decision = models.CharField(_("decision"), max_length=4, blank=True)
    target = models.ForeignKey("govsites.SitePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rules = models.JSONField(default=list)  # one to many: [{"title": regex, "target": page id}], the first that fits
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proposed = models.BooleanField(default=False)  # by the programme, not yet looked at by a person
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["transition", "key"]
        verbose_name = _("old column")
        verbose_name_plural = _("old columns")
        constraints = [models.UniqueConstraint(fields=["transition", "key"], name="legacycolumn_once")]

    def __str__(self) -> str:
        return self.title or self.key


class ItemState(models.TextChoices):
    EXTRACTED = "extracted", _("Ready to load")
    REVIEW = "review", _("Needs a person")
    LOADED = "loaded", _("Loaded")
    REFUSED = "refused", _("Refused")
    DROPPED = "dropped", _("Not moved")
    CONFLICT = "conflict", _("Changed by an editor since")


class LegacyItem(TenantOwned):
    """One item of the old site: what was read from it, with evidence, and what became of it."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(_("source key"), max_length=500)  # of its raw record; of the first part of a paged article
    raw = models.ForeignKey(LegacyRaw, null=True, on_delete=models.SET_NULL, related_name="+")
    url = models.TextField(_("old address"), blank=True)
    column_key = models.CharField(_("old column"), max_length=300, blank=True)
    kind = models.CharField(max_length=10, default="article")  # article, document
    title = models.CharField(_("title"), max_length=255, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    # By field: {"value", "method", "evidence", "confidence"} (legacy.values.Value as JSON).
    values = models.JSONField(default=dict)
    overrides = models.JSONField(default=dict)  # by field: what a person said instead, {"value", "by", "at"}
    questions = models.JSONField(default=list)  # why it needs a person: legacy.sentences
    body_sha256 = models.CharField(max_length=64, blank=True)  # the cleaned body (blocks as JSON) in the store
    content_hash = models.CharField(max_length=64, blank=True)  # of everything that loading would write
    state = models.CharField(_("state"), max_length=10, choices=ItemState.choices)
    # REFUSED, CONFLICT: sentences why; DROPPED: a person's reason;
    # LOADED: what the page lacks (a picture or file without bytes ...).
    reason = models.JSONField(default=list)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    page = models.ForeignKey("govsites.SitePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    loaded_hash = models.CharField(max_length=64, blank=True)  # the content_hash that the page holds
    loaded_media = models.CharField(max_length=64, blank=True)  # of the pictures and files that the page holds
    open_links = models.PositiveIntegerField(default=0)  # links to the old site that lead to nothing here yet
    loaded_revision = models.PositiveBigIntegerField(null=True, blank=True)  # an editor's revision is another one
    loaded_at = models.DateTimeField(null=True, blank=True)
    load_run = models.ForeignKey(LegacyRun, null=True, on_delete=models.SET_NULL, related_name="+")
    page.wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("legacy item")
        verbose_name_plural = _("legacy items")
        constraints = [models.UniqueConstraint(fields=["transition", "key"], name="legacyitem_once")]
        indexes = [
            models.Index(fields=["transition", "state", "id"], name="legacyitem_state"),
            models.Index(fields=["transition", "column_key"], name="legacyitem_column"),
        ]

    def __str__(self) -> str:
        return self.title or self.key


class LegacyMedia(TenantOwned):
    """A picture or file of the old site that stands on the tenant's shelf; one row for each content."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="media")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    image = models.ForeignKey("govsites.SiteImage", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey("govsites.SiteFile", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(LegacyRun, null=True, on_delete=models.SET_NULL, related_name="+")
    image.wagtail_reference_index_ignore = True
    file.wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transition", "sha256"], name="legacymedia_once")]

    def __str__(self) -> str:
        return self.name
