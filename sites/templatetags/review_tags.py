"""How the review says things: names, ages, stages, and the state of an article in the editor's side panel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from sites.models import ReviewState, Stage
from sites.review import rounds
from sites.review.queue import is_late
from tenants.names import shown_name

register = template.Library()
register.filter("person", shown_name)
NAMES_SHOWN = 3


@register.filter
def age(since: datetime) -> str:
    """Return how long ago that was, in the largest whole unit: days, hours or minutes."""
    passed = timezone.now() - since
    if passed.days:
        return ngettext("%(days)d day", "%(days)d days", passed.days) % {"days": passed.days}
    hours, minutes = divmod(passed.seconds // 60, 60)
    if hours:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}


@register.filter
def stage_name(stage: str) -> str:
    return str(Stage(stage).label)


@register.inclusion_tag("govsites/review/status.html", takes_context=True)
def review_status(context: Context, page: Any) -> dict[str, Any]:
    """Show where the page stands: waiting at whom and since when, or what became of its last round."""
    review = rounds.round_in_editor(page) if page is not None and page.pk and getattr(page, "depth", 0) > 3 else None
    shown: dict[str, Any] = {"review": review}
    if review is not None and review.state == ReviewState.WAITING:
        names = [shown_name(person) for person in rounds.reviewers_of(review, page.latest_revision)[: NAMES_SHOWN + 1]]
        more = len(names) > NAMES_SHOWN
        shown |= {
            "names": _("%(names)s and others") % {"names": "、".join(names[:NAMES_SHOWN])}
            if more
            else "、".join(names),
            "late": is_late(review, timezone.now()),
        }
    return shown
