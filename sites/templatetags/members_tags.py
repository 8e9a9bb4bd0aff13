"""How the pages about members write people, rights and days. No rule stands here."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from sites.members import rows
from tenants.grant_rules import last_day as last_day_of
from tenants.names import shown_name
from tenants.past import ended_at

register = template.Library()

register.filter("name_of", shown_name)
register.filter("over", rows.over_in_words)
register.filter("columns_of", rows.columns_in_words)
register.filter("moment", rows.moment)


@register.filter
def day(value: Any) -> str:
    return timezone.localdate(value).isoformat() if value else ""


@register.filter
def last_day(value: Any) -> str:
    found = last_day_of(value)
    return found.isoformat() if found else ""


@register.filter
def ended_moment(membership: Any) -> str:
    return rows.moment(ended_at(membership))
