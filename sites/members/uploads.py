"""A list between plan and carrying out: kept in a record of the session store, found by the operator's own session.

The store is the one place that all processes share on every installation; the record is gone after an hour.
"""

from __future__ import annotations

import base64
import zlib
from importlib import import_module
from typing import Any

from django.conf import settings

POINTER = "members_list"
KEPT_SECONDS = 3600


def keep(request: Any, data: bytes, name: str) -> None:
    """Keep the file for the next step of this person; an earlier one is dropped."""
    drop(request)
    store = _store(None)
    store["data"] = base64.b85encode(zlib.compress(data)).decode("ascii")
    store["name"] = name
    store.set_expiry(KEPT_SECONDS)
    store.create()
    request.session[POINTER] = store.session_key


def kept(request: Any) -> tuple[bytes, str] | None:
    """Return (content, name) of the file that waits, None where there is none any more."""
    key = request.session.get(POINTER)
    store = _store(key) if key else {}
    if "data" not in store:
        return None
    return zlib.decompress(base64.b85decode(store["data"])), store["name"]


def drop(request: Any) -> None:
    key = request.session.pop(POINTER, None)
    if key:
        _store(key).delete()


def _store(key: str | None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
