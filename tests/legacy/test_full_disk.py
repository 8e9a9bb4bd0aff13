"""A disk that fills up in the middle of a step: a sentence, nothing half that passes for whole, and then it goes on.

The disk holds so many bytes more: a file that does not fit is cut off where the room ends, as a real one is.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import psycopg2.errorcodes
import psycopg2.errors
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import DatabaseError, OperationalError, connection
from django.utils import translation

from legacy import blobs
from legacy.disk import DiskFull, is_full
from legacy.models import LegacyItem, LegacyRaw, LegacyRun, RunState, Step, Transition
from legacy.running import new_run
from legacy.sources import storing
from legacy.steps import carry_out
from sites.loading import writing
from sites.models import Article, SiteFile, SiteImage
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.extraction.pages import article
from tests.legacy.loading.build import body, column, item, news_of, picture, raw, text, transition_of, url
from tests.sites.writing.pictures import png

pytestmark = pytest.mark.django_db


class SmallDisk:
    """Room for so many bytes written through os.fdopen, which is how the store and the media folder write."""

    def __init__(self) -> None:
        self.room = 0
        self._open: Callable[..., Any] = os.fdopen

    def open(self, handle: int, mode: str = "r", *args: Any, **named: Any) -> Any:
        return _Cut(self, handle, mode) if "w" in mode else self._open(handle, mode, *args, **named)


class _Cut(FileIO):
    def __init__(self, disk: SmallDisk, handle: int, mode: str) -> None:
        super().__init__(handle, mode.replace("b", ""))
        self._disk = disk

    def write(self, data: Any) -> int:
        data = bytes(data)
        written = super().write(data[: self._disk.room])
        self._disk.room -= written
        if written < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written


@pytest.fixture
def disk() -> SmallDisk:
    return SmallDisk()


@contextmanager
def only(disk: SmallDisk, room: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    disk.room = room
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", disk.open)
        yield


@pytest.fixture
def old(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Transition]:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        yield made


def stopped(row: LegacyRun) -> None:
    """The run has failed, says why in the reader's language, and can be taken up."""
    row.refresh_from_db()
    assert row.state == RunState.FAILED
    with translation.override("zh-hans"):
        assert row.told_error == "磁盘已满。请腾出空间后继续本次任务。"


def taken_up(row: LegacyRun) -> None:
    again = LegacyRun.objects.select_related("transition__tenant").get(pk=row.pk)
    carry_out(again)
    row.refresh_from_db()
    assert (row.state, row.error) == (RunState.FINISHED, "")


def assert_the_store_is_whole() -> None:
    files = [path for path in Path(settings.DATA_DIR, "legacy").rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def test_collecting_stops_with_a_sentence_and_goes_on_without_doubles(
    old: Transition, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    pages = {f"{number:02}.html": f"<html>{number:02}{'x' * 1000}</html>".encode() for number in range(12)}
    for name, data in pages.items():
        (mirror / name).write_bytes(data)
    monkeypatch.setattr(storing, "BATCH", 3)
    row = new_run(old, Step.COLLECT, by=None, source="mirror", at_command_line=True, path=str(mirror))
    with only(disk, 7500, monkeypatch), pytest.raises(DiskFull):
        carry_out(row)
    stopped(row)
    assert disk.room == 0
    assert 0 < LegacyRaw.objects.count() < len(pages)
    assert_the_store_is_whole()
    taken_up(row)
    assert_the_store_is_whole()
    assert sorted(blobs.get(raw.sha256) for raw in LegacyRaw.objects.all()) == sorted(pages.values())
    assert row.counts["created"] == row.done == len(pages)


def test_extracting_stops_with_a_sentence_and_goes_on_without_doubles(
    old: Transition, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        raw(old, f"/gzdt/{number}.html", article(source=f"示例日报{number}").encode(), "page", content_type="text/html")
    row = new_run(old, Step.EXTRACT, by=None)
    with only(disk, 200, monkeypatch), pytest.raises(DiskFull):
        carry_out(row)
    stopped(row)
    assert disk.room == 0
    assert_the_store_is_whole()
    taken_up(row)
    assert_the_store_is_whole()
    assert LegacyItem.objects.count() == row.counts["created"] == 6
    assert all(blobs.get(made.body_sha256) for made in LegacyItem.objects.all())


def test_loading_stops_with_a_sentence_and_no_half_picture_stays(
    old: Transition, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [png(size=(200 + number, 100)) for number in range(4)]
    for number, data in enumerate(pictures):
        raw(old, f"/img/{number}.png", data, "picture")
        made = body(text("<p>正文</p>"), picture(url(f"/img/{number}.png"), "图"))
        made["attachments"] = [{"url": url("/att/1.pdf"), "name": "附件"}]
        item(old, f"/{number}.html", title=f"通知{number}", made=made)
    raw(old, "/att/1.pdf", b"%PDF-1.4 made for this test")
    monkeypatch.setattr("legacy.loading.load.BATCH", 2)
    row = new_run(old, Step.LOAD, by=None)
    room = len(pictures[0]) + len(pictures[1]) + 27 + len(pictures[2]) // 2
    with only(disk, room, monkeypatch), pytest.raises(DiskFull):
        carry_out(row)
    stopped(row)
    assert disk.room == 0
    assert Article.objects.count() == row.done == 2
    taken_up(row)
    assert Article.objects.count() == row.counts["created"] == 4
    rows = [*SiteImage.objects.all(), *SiteFile.objects.all()]
    assert len(rows) == 5
    stored = {path for path in Path(settings.MEDIA_ROOT).rglob("legacy/*/*") if path.is_file()}
    assert stored == {Path(default_storage.path(made.file.name)) for made in rows}
    for made in rows:
        data = Path(default_storage.path(made.file.name)).read_bytes()
        assert (hashlib.sha1(data, usedforsecurity=False).hexdigest(), len(data)) == (made.file_hash, made.file_size)


def test_a_database_without_room_stops_a_load_at_once(old: Transition, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        item(old, f"/{number}.html", title=f"通知{number}")
    row, asked = new_run(old, Step.LOAD, by=None), []

    def full(*args: Any, **named: Any) -> None:
        asked.append(args)
        raise refusal()

    with monkeypatch.context() as patched:
        patched.setattr(writing, "create", full)
        with pytest.raises(DiskFull):
            carry_out(row)
    assert len(asked) == 1  # neither tried again nor halved
    stopped(row)
    taken_up(row)
    assert Article.objects.count() == 4


def test_only_a_full_disk_counts_as_one() -> None:
    assert is_full(OSError(errno.ENOSPC, ""))
    assert is_full(OSError(errno.EDQUOT, ""))
    assert is_full(refusal())
    assert not is_full(OSError(errno.EACCES, ""))
    assert not is_full(OperationalError("deadlock"))
    assert not is_full(DatabaseError("disk full"))
    assert not is_full(ValueError("full"))


def refusal() -> OperationalError:
    """Return what the database at work raises where its disk is full."""
    made = OperationalError("full")
    if connection.vendor == "postgresql":
        made.__cause__ = _PgDiskFull("could not extend file")
    else:
        made.__cause__ = sqlite3.OperationalError("database or disk is full")
        made.__cause__.sqlite_errorcode = sqlite3.SQLITE_FULL
    return made


class _PgDiskFull(psycopg2.errors.DiskFull):
    pgcode = psycopg2.errorcodes.DISK_FULL
