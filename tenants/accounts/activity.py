"""What counts as activity (操作): what a person did, not what an open page does by itself.

Opening a page and sending a form count; autosave, editing-session pings, previews and the polling of notices do not.
Typing in an open page is told by the page's own script (`pulse`).
"""

from __future__ import annotations

from django.http import HttpRequest

# Browsers say with each request whether the person navigates (`Sec-Fetch-*`), on secure and on local hosts.
_FRAMES = frozenset({"iframe", "frame", "embed", "object"})
# Asked by a timer of Wagtail's own pages; for browsers that do not say.
_POLLED = frozenset({"wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release", "pulse"})


def by_person(request: HttpRequest) -> bool:
    """Return whether a person made this request by opening a page or sending a form."""
    mode = request.headers.get("Sec-Fetch-Mode")
    if mode is not None:
        return mode == "navigate" and request.headers.get("Sec-Fetch-Dest") not in _FRAMES
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return False
    if "text/html" not in request.headers.get("Accept", "text/html"):
        return False
    return request.resolver_match is None or request.resolver_match.view_name not in _POLLED
