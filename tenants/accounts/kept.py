"""A form that was sent after the session's end (未提交成功的内容): kept, and shown to the same person once he is back.

The browser's script warns before the end and keeps what is typed in the page; this is for the form that comes all the
same: without the script, or from a machine that slept. It lies in the new, anonymous session, and goes with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from tenants.accounts.sessions import KEPT

MOST_BYTES = 512 * 1024
_NEVER = frozenset({"csrfmiddlewaretoken", "code"})


@dataclass(frozen=True)
class KeptForm:
    path: str
    fields: tuple[tuple[str, str], ...]
    had_files: bool


def take_out(request: HttpRequest) -> dict[str, Any] | None:
    """Return the form of a request as plain data for `put`; None where there is nothing to keep, or too much."""
    if request.method != "POST":
        return None
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        for value in values
        if name not in _NEVER and "password" not in name.lower()
    ]
    form = {
        "user": request.user.pk,
        "path": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
    }
    return form if fields and len(json.dumps(form)) <= MOST_BYTES else None


def put(request: HttpRequest, form: dict[str, Any]) -> None:
    request.session[KEPT] = form


def take(request: HttpRequest) -> KeptForm | None:
    """Return the form that was kept for the signed-in person, once."""
    form = request.session.pop(KEPT, None)
    if form is None or form["user"] != request.user.pk:
        return None
    return KeptForm(form["path"], tuple((name, value) for name, value in form["fields"]), form["files"])
