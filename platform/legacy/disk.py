"""A full disk, whoever met it: the store of bytes, the media folder, or the database."""

from __future__ import annotations

import errno
import sqlite3

from django.db import DatabaseError

from sites.messages import SaidError, _, sentence

_NO_ROOM = "53100"  # PostgreSQL's disk_full


class DiskFull(SaidError):
    """There is no room left. What was committed stays, and the run can be taken up."""

    def __init__(self) -> None:
        super().__init__(sentence(_("The disk is full. Make room, then take the run up again.")))


def is_full(error: BaseException) -> bool:
    """Return whether this is what a write to a full disk, or beyond a quota, raises."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not isinstance(error, DatabaseError):
        return False
    said = error.__cause__ or error
    full = getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return full or getattr(said, "pgcode", None) == _NO_ROOM
