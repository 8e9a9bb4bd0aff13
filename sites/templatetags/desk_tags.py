"""How the desk says things: names, ages, days left."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from sites.desk.clock import Clock, State
from sites.models import Review
from sites.review.queue import is_late
from tenants.names import shown_name

register = template.Library()
register.filter("person", shown_name)


@register.filter
def late_class(review: Review) -> str:
    """Return the style sheet's word for a review that has waited too long at its stage."""
    return "late" if is_late(review, timezone.now()) else ""


@register.filter
def clock_words(clock: Clock) -> str:
    """Return the state of a column in two or three words."""
    if clock.state == State.EMPTY:
        return _("Blank")
    if clock.state == State.UNTIMED:
        return _("No time limit")
    if clock.state == State.OVERDUE:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", clock.days_over) % {"days": clock.days_over}
    left = clock.days_left or 0
    if not left:
        return _("Due today")
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
