"""What stands in the columns: articles, official documents, leaders, service guides."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from sites.blocks import BODY, MaterialBlock
from sites.dates import published_elsewhere
from sites.models.base import SitePage
from sites.models.columns import kind_of
from sites.numbers import issue
from sites.numbers.forms import OfficialDocumentForm

SLUG_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def dated_slug() -> str:
    """Return an address part for an item: its day in Shanghai and six random characters."""
    return f"{timezone.localdate():%Y%m%d}-{''.join(secrets.choice(SLUG_ALPHABET) for _unused in range(6))}"


class Item(models.Model):
    """What all items share: a dated address, and a place that fits the column's kind."""

    allowed_in: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Any) -> bool:
        return super().can_create_at(parent) and kind_of(parent) in cls.allowed_in

    def can_move_to(self, parent: Any) -> bool:
        return super().can_move_to(parent) and kind_of(parent) in self.allowed_in

    def _set_core_field_defaults(self) -> None:
        if not self.slug:
            self.slug = dated_slug()
        super()._set_core_field_defaults()


class Attachment(Orderable):
    page = ParentalKey(SitePage, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("govsites.SiteFile", verbose_name=_("file"), on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("name shown"), max_length=200, blank=True)

    panels: ClassVar = [FieldPanel("file"), FieldPanel("title")]

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")


class InterpretationForm(models.TextChoices):
    TEXT = "text", _("Text")
    PICTURE = "picture", _("Picture")
    QA = "qa", _("Questions and answers")
    VIDEO = "video", _("Video")
    PRESS = "press", _("Press conference")


class PolicyLink(Orderable):
    """An interpretation (解读) and the policy it explains. Entered once, shown on both pages."""

    interpretation = ParentalKey(SitePage, on_delete=models.CASCADE, related_name="policy_links")
    policy = models.ForeignKey(
        SitePage, verbose_name=_("policy document"), on_delete=models.CASCADE, related_name="interpretation_links"
    )
    form = models.CharField(
        _("form"), max_length=10, choices=InterpretationForm.choices, default=InterpretationForm.TEXT
    )

    panels: ClassVar = [FieldPanel("policy"), FieldPanel("form")]

    class Meta(Orderable.Meta):
        verbose_name = _("policy explained")
        verbose_name_plural = _("policies explained")


class Written(Item):
    """The fields of an item with a text of its own."""

    short_title = models.CharField(_("short title"), max_length=60, blank=True, help_text=_("Shown in narrow lists."))
    subtitle = models.CharField(_("subtitle"), max_length=255, blank=True)
    body = StreamField(BODY, blank=True, verbose_name=_("text"))
    source = models.CharField(_("source"), max_length=100, blank=True)
    author = models.CharField(_("author"), max_length=100, blank=True)
    keywords = models.CharField(_("keywords"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True, max_length=500)
    lead_image = models.ForeignKey(
        "govsites.SiteImage",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    written_on = models.DateField(_("written on"), null=True, blank=True)

    class Meta:
        abstract = True


TEXT_SEARCH = [index.SearchField("body"), index.SearchField("summary"), index.SearchField("keywords")]
# When it goes public is asked at the submission: only a signature publishes.
EXPIRY = FieldPanel("expire_at", heading=_("Taken from the site on"))
SOURCE_PANELS = [
    MultiFieldPanel(
        [FieldPanel("source"), FieldPanel("author"), FieldPanel("written_on")], heading=_("Where it comes from")
    ),
    MultiFieldPanel(
        [FieldPanel("summary"), FieldPanel("keywords"), FieldPanel("lead_image")], heading=_("Lists and search")
    ),
    EXPIRY,
]


def tabs(content: list[Any], more: list[Any]) -> TabbedInterface:
    return TabbedInterface([ObjectList(content, heading=_("Content")), ObjectList(more, heading=_("Details"))])


class Article(Written, SitePage):
    """A news item, notice or interpretation (文章)."""

    allowed_in = frozenset({"list", "catalogue", "topic", "data", "interview"})
    parent_page_types: ClassVar = ["govsites.Column"]
    subpage_types: ClassVar = []
    search_fields = [*SitePage.search_fields, *TEXT_SEARCH]
    edit_handler = tabs(
        [
            *SitePage.content_panels,
            FieldPanel("subtitle"),
            FieldPanel("body"),
            InlinePanel("attachments", heading=_("Attachments"), label=_("Attachment")),
            InlinePanel("policy_links", heading=_("Policies explained"), label=_("Policy")),
        ],
        [FieldPanel("short_title"), *SOURCE_PANELS],
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class Validity(models.TextChoices):
    VALID = "valid", _("In force")
    PARTLY = "partly", _("Partly repealed")
    REPEALED = "repealed", _("Repealed")


class OfficialDocument(Written, SitePage):
    """A document with its catalogue record (公文): 索引号, 文号, 发文机关, 成文日期, 主题分类, 有效性."""

    index_number = models.CharField(_("index number"), max_length=60, blank=True, db_index=True)
    document_number = models.CharField(_("document number"), max_length=100, blank=True, db_index=True)
    issuing_authority = models.CharField(_("issuing authority"), max_length=100, blank=True)
    theme = models.CharField(_("subject"), max_length=100, blank=True)
    validity = models.CharField(_("validity"), max_length=10, choices=Validity.choices, default=Validity.VALID)
    repealed_on = models.DateField(_("repealed on"), null=True, blank=True)

    allowed_in = frozenset({"list", "catalogue"})
    parent_page_types: ClassVar = ["govsites.Column"]
    subpage_types: ClassVar = []
    search_fields = [
        *SitePage.search_fields,
        *TEXT_SEARCH,
        index.SearchField("document_number"),
        index.SearchField("index_number"),
    ]
    exclude_fields_in_copy: ClassVar = [*SitePage.exclude_fields_in_copy, "index_number", "document_number"]
    base_form_class = OfficialDocumentForm
    edit_handler = tabs(
        [
            *SitePage.content_panels,
            MultiFieldPanel(
                [
                    FieldPanel("index_number"),
                    FieldPanel("document_number"),
                    FieldPanel("issuing_authority"),
                    FieldPanel("written_on"),
                    FieldPanel("theme"),
                    FieldPanel("validity"),
                    FieldPanel("repealed_on"),
                ],
                heading=_("Catalogue record"),
            ),
            FieldPanel("body"),
            InlinePanel("attachments", heading=_("Attachments"), label=_("Attachment")),
        ],
        [
            FieldPanel("short_title"),
            FieldPanel("source"),
            FieldPanel("author"),
            FieldPanel("summary"),
            FieldPanel("keywords"),
            EXPIRY,
        ],
    )

    class Meta:
        verbose_name = _("official document")
        verbose_name_plural = _("official documents")

    def clean(self) -> None:
        """Refuse to publish under a number that is, or was, another document's."""
        super().clean()
        if not self.live or self.alias_of_id or not self.tenant_id or published_elsewhere():
            return
        for kind, name in issue.FIELDS.items():
            number = getattr(self, name)
            if number and not issue.is_free(self.tenant_id, kind, number, self):
                raise ValidationError({name: gettext("%(number)s was given to another document.") % {"number": number}})


class Leader(Item, SitePage):
    """A leader (领导): the title is the name."""

    post = models.CharField(_("post"), max_length=200)
    duties = models.TextField(_("duties"), blank=True)
    biography = models.TextField(_("biography"), blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    photo = models.ForeignKey(
        "govsites.SiteImage",
        verbose_name=_("photo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    position = models.PositiveIntegerField(_("order"), default=100)

    allowed_in = frozenset({"people"})
    parent_page_types: ClassVar = ["govsites.Column"]
    subpage_types: ClassVar = []
    search_fields = [*SitePage.search_fields, index.SearchField("post"), index.SearchField("duties")]
    edit_handler = ObjectList(
        [
            *SitePage.content_panels,
            FieldPanel("post"),
            FieldPanel("photo"),
            FieldPanel("duties"),
            FieldPanel("biography"),
            FieldPanel("contact"),
            FieldPanel("position"),
        ]
    )

    class Meta:
        verbose_name = _("leader")
        verbose_name_plural = _("leaders")


class Audience(models.TextChoices):
    CITIZEN = "citizen", _("Citizens")
    COMPANY = "company", _("Companies")
    VISITOR = "visitor", _("Visitors")
    INVESTOR = "investor", _("Investors")
    VULNERABLE = "vulnerable", _("People in need")


class ServiceGuide(Item, SitePage):
    """A guide to one service (办事指南) with the eight elements that the national check asks for."""

    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices, default=Audience.CITIZEN)
    summary = models.TextField(_("summary"), blank=True, max_length=500)
    legal_basis = models.TextField(_("legal basis"))
    conditions = models.TextField(_("conditions"))
    materials = StreamField([("material", MaterialBlock())], verbose_name=_("materials"), blank=True)
    place = models.TextField(_("place"))
    office_hours = models.CharField(_("office hours"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=100)
    complaint_phone = models.CharField(_("complaints telephone"), max_length=100, blank=True)
    procedure = models.TextField(_("procedure"), help_text=_("One step a line; “step: explanation”."))
    promised_days = models.PositiveIntegerField(_("promised working days"), null=True, blank=True)
    statutory_days = models.PositiveIntegerField(_("statutory working days"), null=True, blank=True)
    fee = models.CharField(_("fee"), max_length=200, blank=True)
    online_url = models.URLField(_("apply online at"), blank=True, max_length=500)

    allowed_in = frozenset({"guide"})
    parent_page_types: ClassVar = ["govsites.Column"]
    subpage_types: ClassVar = []
    search_fields = [*SitePage.search_fields, index.SearchField("summary"), index.SearchField("conditions")]
    edit_handler = tabs(
        [
            *SitePage.content_panels,
            FieldPanel("audience"),
            FieldPanel("summary"),
            FieldPanel("legal_basis"),
            FieldPanel("conditions"),
            FieldPanel("materials"),
            FieldPanel("place"),
            FieldPanel("office_hours"),
            FieldPanel("phone"),
            FieldPanel("complaint_phone"),
            FieldPanel("procedure"),
        ],
        [
            FieldPanel("promised_days"),
            FieldPanel("statutory_days"),
            FieldPanel("fee"),
            FieldPanel("online_url"),
            InlinePanel("attachments", heading=_("Forms and samples"), label=_("File")),
            EXPIRY,
        ],
    )

    class Meta:
        verbose_name = _("service guide")
        verbose_name_plural = _("service guides")
