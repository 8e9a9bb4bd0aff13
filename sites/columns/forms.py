"""The forms of column care. What only the columns as they stand can tell is checked by the actions themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from sites.columns import rules
from sites.columns.adding import Wish, places_for_own
from sites.columns.appearance import COLOURS
from sites.columns.care import Work
from sites.columns.closing import Contents
from sites.columns.slugs import MAX_SLUG
from sites.models import Column, ColumnKind

# Wagtail's own indent of choices in a tree.
INDENT = "\u3000"
LIMIT_HELP = gettext_lazy("In days. Empty: no limit.")
STAY = "stay"


class OwnColumnForm(forms.Form):
    parent_id = forms.TypedChoiceField(label=gettext_lazy("Below"), coerce=int)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=rules.MAX_TITLE)
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=MAX_SLUG,
        required=False,
        help_text=gettext_lazy("The last part of the web address. Empty: the first letters of the title's pinyin."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[(kind, ColumnKind(kind).label) for kind in rules.OWN_KINDS]
    )
    external_url = forms.URLField(
        label=gettext_lazy("Links to"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Only for a link to another site."),
    )
    intro = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=Column._meta.get_field("intro").max_length,
        help_text=gettext_lazy("One sentence. Every column must have it: it becomes a page tag."),
    )
    keywords = forms.CharField(
        label=gettext_lazy("Keywords"),
        max_length=Column._meta.get_field("keywords").max_length,
        required=False,
        help_text=gettext_lazy("Separated by commas. Empty: the title."),
    )
    responsible = forms.CharField(
        label=gettext_lazy("Responsible unit"),
        max_length=Column._meta.get_field("responsible").max_length,
        required=False,
    )
    update_within_days = forms.IntegerField(
        label=gettext_lazy("Update limit"), min_value=1, max_value=3650, required=False, help_text=LIMIT_HELP
    )
    show_in_menus = forms.BooleanField(
        label=gettext_lazy("Show in the menu"),
        required=False,
        help_text=gettext_lazy("The menu shows columns right below the home page."),
    )

    def __init__(self, *args: Any, work: Work, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = [(pk, f"{INDENT * depth}{title}") for pk, title, depth in places_for_own(work.state)]
        self.fields["parent_id"].choices = [(work.state.home_id, _("Home page")), *below]

    def wish(self) -> Wish:
        return Wish(**self.cleaned_data)


class ChangeForm(forms.Form):
    """The fields that a site may set of a column; a mandatory one has fewer."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=rules.MAX_TITLE)
    responsible = forms.CharField(
        label=gettext_lazy("Responsible unit"),
        max_length=Column._meta.get_field("responsible").max_length,
        required=False,
    )
    update_within_days = forms.IntegerField(
        label=gettext_lazy("Update limit"), min_value=1, max_value=3650, required=False, help_text=LIMIT_HELP
    )
    show_in_menus = forms.BooleanField(label=gettext_lazy("Show in the menu"), required=False)

    def __init__(self, *args: Any, mandatory: bool, at_top: bool, template_days: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mandatory:
            del self.fields["title"]
        if mandatory or not at_top:
            del self.fields["show_in_menus"]
        if template_days:
            limit = self.fields["update_within_days"]
            limit.required = True
            limit.help_text = _("In days. The template asks for %(days)d days; the site may set fewer.") % {
                "days": template_days
            }


class CloseForm(forms.Form):
    """Where the items of a closed column go: they stay in it, or move to another column."""

    into = forms.ChoiceField(label=gettext_lazy("Where do its items go?"), widget=forms.Select)

    def __init__(self, *args: Any, contents: Contents, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stay = (STAY, _("They stay in the closed column, readable at their addresses"))
        targets = [(str(pk), title) for pk, title in contents.targets]
        self.fields["into"].choices = [stay, (_("They move to"), targets)] if targets else [stay]

    @property
    def target(self) -> int | None:
        value = self.cleaned_data["into"]
        return None if value == STAY else int(value)


class ReopenForm(forms.Form):
    bring_back = forms.BooleanField(label=gettext_lazy("Bring the items back that closing moved away"), required=False)


class ColourForm(forms.Form):
    theme = forms.ChoiceField(
        label=gettext_lazy("Main colour"), choices=list(COLOURS.items()), widget=forms.RadioSelect, required=False
    )
