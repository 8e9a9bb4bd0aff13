"""Who comes through the doors of the announcements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from sites.notices.rights import may_announce


def manages_something(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Let in who manages a site, or the platform."""
    if not may_announce(request.user):
        raise PermissionDenied
