"""The frame round every page about a transition: title, breadcrumbs, and the tabs between the parts of the work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from legacy.models import Transition
from sites.admin_pages import frame as page_frame

# (label, view name); a part whose view is not there yet is left out.
TABS = (
    (gettext_lazy("Overview"), "transition"),
    (pgettext_lazy("old site", "Runs"), "runs"),
    (gettext_lazy("Site survey"), "survey"),
    (gettext_lazy("Recipes"), "recipe_list"),
    (pgettext_lazy("old site", "Columns"), "mapping"),
    (pgettext_lazy("old site", "Items"), "items"),
    (gettext_lazy("Old addresses"), "ledger_list"),
    (pgettext_lazy("old site", "Acceptance"), "acceptance"),
    (gettext_lazy("Cut-over"), "cutover"),
)


def frame(
    transition: Transition, title: str, request: HttpRequest, *above: tuple[str, str], icon: str = "redirect"
) -> dict[str, Any]:
    """Return the context of a page about a transition, for templates that extend "legacy/base.html".

    `above`: (label, url) of pages between the transition and this one.
    """
    own = (transition.name, reverse("legacy:transition", args=[transition.pk]))
    steps = [(_("Old sites"), reverse("legacy:transitions")), own, *above]
    if title == transition.name:
        steps = steps[:1]
    return page_frame(title, icon, *steps) | {
        "transition": transition,
        "tenant": transition.tenant,
        "page_subtitle": "" if title == transition.name else transition.name,
        "tabs": tabs(transition, request),
    }


def tabs(transition: Transition, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the tabs: {"label", "url", "current"}; the longest address that the page's begins with is the current one."""
    found = []
    for label, name in TABS:
        try:
            found.append({"label": label, "url": reverse(f"legacy:{name}", args=[transition.pk])})
        except NoReverseMatch:
            continue
    fitting = [tab["url"] for tab in found if request.path.startswith(tab["url"])]
    current = max(fitting, key=len, default="")
    return [tab | {"current": tab["url"] == current} for tab in found]
