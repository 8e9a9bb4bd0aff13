"""How the console writes values: percentages, people, the state of a row. No rule stands here."""

from __future__ import annotations

import math
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from provisioning.console import queries, run_pages
from provisioning.models import ProvisioningRun, RunRow

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """Write 0.9995 as 99.9%: only what is whole is called 100%."""
    if value is None:
        return "—"
    if value >= 1:
        return "100%"
    return f"{math.floor(value * 1000) / 10:g}%"


@register.filter
def person(user: Any) -> str:
    return run_pages.person(user)


@register.filter
def said(value: Any) -> str:
    """Write a value of a column as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@register.filter
def changes(row: RunRow) -> list[tuple[str, Any, Any]]:
    return [(queries.label_of_field(name), old, new) for name, (old, new) in row.changes.items()]


@register.simple_tag
def row_state(row: RunRow, planned: bool) -> str:
    state = row.action if planned or not row.outcome else row.outcome
    return format_html(
        '<span class="w-status console-status console-status--{}">{}</span>',
        state,
        run_pages.COUNT_LABELS.get(state, state),
    )


@register.simple_tag
def progress_of(run: ProvisioningRun, pace: queries.Pace) -> str:
    return run_pages.progress_text(run, pace)


@register.simple_tag
def sites_progress(pace: queries.Pace) -> str:
    return _("%(done)d of %(total)d sub-sites") % {"done": pace.done, "total": pace.total}
