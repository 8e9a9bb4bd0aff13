"""The frame of a sub-site: region, home and columns (栏目)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface, TitleFieldPanel
from wagtail.fields import StreamField

from sites.blocks import COLUMN_BODY
from sites.column_templates import PARENT_KINDS
from sites.forms import ColumnForm
from sites.models.base import SitePage


class RegionPage(SitePage):
    """Holds the homes of one region's tenants; never shown to citizens. Its slug is the region's code."""

    is_creatable = False
    settings_panels: ClassVar = []
    parent_page_types: ClassVar = ["govsites.SitePage"]
    subpage_types: ClassVar = ["govsites.HomePage"]

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class HomePage(SitePage):
    """The home of one sub-site, always at depth 3. Its slug is the tenant's code."""

    is_creatable = False
    settings_panels: ClassVar = []  # no schedule: a date of expiry would take the whole site away
    parent_page_types: ClassVar = ["govsites.RegionPage"]
    subpage_types: ClassVar = ["govsites.Column"]
    admin_default_ordering = "ord"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class ColumnKind(models.TextChoices):
    SECTION = "section", _("Section")
    LIST = "list", _("List")
    SINGLE = "single", _("Single page")
    PEOPLE = "people", _("People")
    ORGANISATION = "organisation", _("Organisation")
    CATALOGUE = "catalogue", _("Disclosure catalogue")
    GUIDE = "guide", _("Service guides")
    TOPIC = "topic", _("Topic")
    LETTERS = "letters", _("Letters")
    SURVEY = "survey", _("Survey")
    INTERVIEW = "interview", _("Interview")
    REQUEST = "request", _("Information request")
    DATA = "data", _("Data")
    EXTERNAL = "external", _("Link to another site")


class Keeper(models.TextChoices):
    ONE = "one", _("Kept by one unit")
    SHARED = "shared", _("Kept by several units")


MAY_HOLD_COLUMNS = PARENT_KINDS
# What the template alone says of a column. It belongs to the page: no revision brings it back, no copy takes it along.
TEMPLATE_MARKS = ("code", "mandatory", "disclosure", "template_version", "retired_on")


class Column(SitePage):
    """A column (栏目) of a sub-site. What the template says stands here; what the site adds has no `code`."""

    # Named by hand: SitePage.column is taken by the column an item stands in.
    sitepage_ptr = models.OneToOneField(
        SitePage, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="as_column"
    )
    code = models.CharField(_("template code"), max_length=60, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=ColumnKind.choices, default=ColumnKind.LIST)
    mandatory = models.BooleanField(_("mandatory"), default=False, editable=False)
    update_within_days = models.PositiveIntegerField(_("update within days"), null=True, blank=True)
    disclosure = models.CharField(_("disclosure node"), max_length=60, blank=True, editable=False)
    column_type = models.CharField(_("column type tag"), max_length=20, blank=True)
    keeper = models.CharField(_("keeping"), max_length=6, choices=Keeper.choices, default=Keeper.ONE)
    responsible = models.CharField(_("responsible unit"), max_length=100, blank=True)
    position = models.PositiveIntegerField(_("order"), default=1000)
    template_version = models.PositiveIntegerField(default=0, editable=False)
    retired_on = models.DateField(_("retired on"), null=True, blank=True, editable=False)
    show_in_menus = models.BooleanField(_("show in the menu"), default=False)
    intro = models.CharField(_("description"), max_length=300, blank=True)
    keywords = models.CharField(_("keywords"), max_length=200, blank=True)
    body = StreamField(COLUMN_BODY, blank=True, verbose_name=_("text"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    external_url = models.URLField(_("address"), blank=True, max_length=500)

    base_form_class = ColumnForm
    exclude_fields_in_copy: ClassVar = [*SitePage.exclude_fields_in_copy, *TEMPLATE_MARKS]
    parent_page_types: ClassVar = ["govsites.HomePage", "govsites.Column"]
    subpage_types: ClassVar = [
        "govsites.Article",
        "govsites.OfficialDocument",
        "govsites.Leader",
        "govsites.ServiceGuide",
        "govsites.Column",
    ]
    admin_default_ordering = "-latest_revision_created_at"
    content_panels: ClassVar = [
        TitleFieldPanel("title"),
        FieldPanel("kind"),
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("ends_on"),
        FieldPanel("external_url"),
    ]
    care_panels: ClassVar = [
        MultiFieldPanel(
            [FieldPanel("update_within_days"), FieldPanel("keeper"), FieldPanel("responsible")],
            heading=_("Upkeep"),
        ),
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("position"), FieldPanel("show_in_menus")], heading=_("Place on the site")
        ),
        MultiFieldPanel([FieldPanel("column_type"), FieldPanel("keywords")], heading=_("Page tags")),
    ]

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        indexes = [models.Index(fields=["code"], name="column_code")]

    @classmethod
    def can_create_at(cls, parent: Any) -> bool:
        return super().can_create_at(parent) and (parent.depth == 3 or kind_of(parent) in MAY_HOLD_COLUMNS)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        if self.pk is None and self.alias_of_id:
            # Wagtail copies every field into an alias; a second mandatory column could never be deleted again.
            for name in TEMPLATE_MARKS:
                setattr(self, name, self._meta.get_field(name).get_default())
        return super().save(*args, **kwargs)

    def with_content_json(self, content: Any) -> Any:
        column = super().with_content_json(content)
        for name in TEMPLATE_MARKS:
            setattr(column, name, getattr(self, name))
        return column

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        from sites.public.context import column_template

        return column_template(self.kind)

    def get_admin_display_title(self) -> str:
        return f"{super().get_admin_display_title()}{'（已停用）' if self.retired_on else ''}"


def kind_of(page: Any) -> str:
    """Return the kind of the column `page`, "" where it is no column."""
    if isinstance(page, Column):
        return page.kind
    return Column.objects.filter(pk=page.pk).values_list("kind", flat=True).first() or ""


# Panels name the class's own form, so they are put together once the class stands.
Column.edit_handler = TabbedInterface(
    [
        ObjectList(Column.content_panels, heading=_("Content")),
        ObjectList(Column.care_panels, heading=_("Upkeep and place")),
    ],
    base_form_class=ColumnForm,
)
