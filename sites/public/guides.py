"""Service guides (办事指南): lists by audience, and the eight elements of one guide."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from sites import addresses
from sites.addresses import SiteAddress
from sites.public.codes import AUDIENCE_ICONS
from sites.public.files import attached, file_link
from sites.public.parts import Fact, Group, Link
from sites.public.views import Element, GuideView, Material


def audience_groups(address: SiteAddress, column_id: int, limit: int) -> tuple[Group, ...]:
    """Return the newest guides of a column by audience, at most `limit` in all, in one query."""
    from sites.models import Audience, ServiceGuide

    found: dict[str, list[Link]] = {}
    for title, url_path, audience in (
        ServiceGuide.objects.filter(column_id=column_id, live=True)
        .order_by("-published_at", "-id")
        .values_list("title", "url_path", "audience")[:limit]
    ):
        found.setdefault(audience, []).append(Link(title, addresses.path_of(address, url_path)))
    return tuple(
        Group(str(label), tuple(found[value]), icon=AUDIENCE_ICONS.get(value, ""))
        for value, label in Audience.choices
        if value in found
    )


def guide_view(page: Any) -> GuideView:
    """Return a guide with its eight elements in the order of the national check's list."""
    return GuideView(
        title=page.title,
        summary=page.summary,
        tags=(str(page.get_audience_display()),) if page.audience else (),
        facts=_facts(page),
        online=Link(gettext("Apply online"), page.online_url) if page.online_url else None,
        elements=(
            Element(title=gettext("Name of the service"), text=page.title),
            _lines(gettext("Legal basis"), page.legal_basis),
            _lines(gettext("Conditions"), page.conditions),
            _materials(page),
            _lines(gettext("Where to go"), page.place),
            Element(title=gettext("When to go"), text=page.office_hours),
            _phones(page),
            _steps(page),
        ),
        files=attached(page),
    )


def _facts(page: Any) -> tuple[Fact, ...]:
    days = gettext("%(count)s working days")
    facts = (
        (gettext("Promised time"), days % {"count": page.promised_days} if page.promised_days is not None else ""),
        (
            gettext("Time allowed by law"),
            days % {"count": page.statutory_days} if page.statutory_days is not None else "",
        ),
        (gettext("Fee"), page.fee),
    )
    return tuple(Fact(label, value) for label, value in facts if value)


def _split(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _lines(title: str, text: str) -> Element:
    lines = _split(text)
    return Element(title=title, lines=lines) if len(lines) > 1 else Element(title=title, text=text.strip())


def _materials(page: Any) -> Element:
    title = gettext("Papers to hand in")
    rows = []
    for block in page.materials or ():
        value = block.value
        links = []
        if value.get("blank"):
            links.append(file_link(value["blank"], gettext("Blank form")))
        if value.get("sample"):
            links.append(file_link(value["sample"], gettext("Filled sample")))
        copies = value.get("copies")
        rows.append(
            Material(
                value.get("name") or "",
                value.get("form") or "",
                "" if copies is None else str(copies),
                value.get("source") or "",
                tuple(links),
            )
        )
    if not rows:
        return Element(title=title, text=gettext("No papers are listed here. Please ask by telephone before you come."))
    return Element(title=title, materials=tuple(rows))


def _phones(page: Any) -> Element:
    phones = ((gettext("Questions"), page.phone), (gettext("Complaints"), page.complaint_phone))
    return Element(
        title=gettext("Telephone numbers"), phones=tuple(Fact(label, value) for label, value in phones if value)
    )


def _steps(page: Any) -> Element:
    steps = []
    for line in _split(page.procedure):
        head, mark, rest = line.replace(":", "：", 1).partition("：") if "：" not in line else line.partition("：")
        steps.append(Fact(head, rest) if mark and len(head) <= 20 else Fact("", line))
    return Element(title=gettext("Steps"), steps=tuple(steps))
