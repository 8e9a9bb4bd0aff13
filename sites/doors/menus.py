"""What leads to a closed door is not offered: menu items, kinds of search, buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from wagtail.admin.menu import MenuItem

from sites.doors.table import verdict_of
from sites.doors.verdicts import Who
from tenants.memberships import is_operator


def leads_nowhere(user: Any, url: str) -> bool:
    """Return whether the address is one of the admin that is closed to the person. "#" and other hosts are not."""
    parts = urlsplit(str(url))
    if parts.netloc or not parts.path:
        return False
    try:
        verdict = verdict_of(resolve(parts.path).view_name)
    except Resolver404:
        return True
    if verdict is None or verdict.who is Who.NOBODY:
        return True
    return verdict.who is Who.OPERATOR and not is_operator(user)


def drop_closed(request: HttpRequest, items: list[Any]) -> None:
    """Take out of the list what leads nowhere for the person who asks. Items have a `url`."""
    items[:] = [item for item in items if not leads_nowhere(request.user, item.url)]


def without_help(request: HttpRequest, items: list[Any]) -> None:
    """Take out Wagtail's help: it leads to an English guide elsewhere."""
    items[:] = [item for item in items if item.name != "help"]


def plain_explorer(request: HttpRequest, items: list[Any]) -> None:
    """Put a plain link in the place of the tree in the side bar: that asks an API for every page it shows."""
    items[:] = [
        MenuItem(item.label, item.url, name=item.name, icon_name=item.icon_name, order=item.order)
        if item.name == "explorer"
        else item
        for item in items
    ]


def drop_closed_buttons(buttons: list[Any], page: Any, user: Any, context: Any = None) -> None:
    buttons[:] = [button for button in buttons if not leads_nowhere(user, getattr(button, "url", "") or "")]
