"""The store of bytes, by their SHA-256: what the old site sent is kept as it was, so that every later step can be repeated.

Files under DATA_DIR/legacy/, written beside and moved into place: after a crash a content is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    return Path(settings.DATA_DIR) / "legacy"


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256[2:4] / sha256


def put(data: bytes) -> str:
    """Keep the bytes and return their SHA-256. Raises OSError where the disk is full; then nothing is kept."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not path_of(sha256).exists():
        put_stream([data])
    return sha256


def put_stream(chunks: Iterable[bytes]) -> str:
    """Keep what the chunks make together and return its SHA-256; memory holds one chunk at a time."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder(), prefix="new-")
    found = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                found.update(chunk)
                file.write(chunk)
        place = path_of(found.hexdigest())
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(name, place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return found.hexdigest()


def get(sha256: str) -> bytes:
    """Return the bytes. Raises FileNotFoundError where they are not kept."""
    # A load asks for a million of these: making a Path takes longer than reading a short file.
    with open(f"{settings.DATA_DIR}/legacy/{sha256[:2]}/{sha256[2:4]}/{sha256}", "rb") as file:
        return file.read()
