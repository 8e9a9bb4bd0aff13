"""What the scripts' door takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from ninja import Field, Schema
from pydantic import ConfigDict

from legacy.models import LegacyItem, LegacyRun, OldAddress, RunLine
from legacy.sentences import tell
from sites.doors.scripts import Strict


class TransitionIn(Strict):
    tenant: str = Field(max_length=40, description="Code of the sub-site that takes the content")
    code: str = Field(max_length=50, description="Small letters, digits, hyphens; it never changes")
    name: str = Field(max_length=100, description="Name of the old site")
    hosts: list[str] = Field(min_length=1, max_length=20, description="Old hosts, the main one first")
    notes: str = ""


class TransitionOut(Schema):
    id: int
    code: str
    name: str
    tenant: str
    hosts: list[str]
    phase: str
    phase_title: str
    created_at: datetime
    raws: dict[str, int]
    items: dict[str, int]
    addresses: dict[str, int]
    columns: dict[str, int]
    recipes: int
    acceptance: dict[str, Any] | None = None


class TransitionLine(Schema):
    id: int
    code: str
    name: str
    tenant: str
    hosts: list[str]
    created_at: datetime


class TransitionPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[TransitionLine]


class RawIn(Strict):
    """What stood at an old address. The bytes as base64, or as text; without either only the address is known."""

    url: str = Field(max_length=2000)
    data: str | None = Field(None, description="The bytes, base64")
    text: str | None = Field(None, description="The content as text, kept as UTF-8")
    status: int | None = Field(200, ge=100, le=599)
    content_type: str = Field("", max_length=200)
    headers: dict[str, str] = {}
    fetched_at: datetime | None = None


class RawsIn(Strict):
    records: list[RawIn] = Field(min_length=1, max_length=500)


class ReadyIn(Schema):
    """A record whose fields are known. Dates: 2015-04-14, or 2015-04-14T09:30:00+08:00. Body: HTML."""

    model_config = ConfigDict(extra="allow", str_strip_whitespace=True)

    key: str = Field("", max_length=500, description="What identifies the record; without it its old address does")
    url: str = Field("", max_length=2000)


class ReadysIn(Strict):
    records: list[dict[str, Any]] = Field(min_length=1, max_length=500, description="See ReadyIn")


class LineRefused(Schema):
    line: int = Field(description="From 1: the line of the stream, or the place in the list")
    text: str


class PushOut(Schema):
    run: int
    counts: dict[str, int] = Field(description="created, updated, unchanged, kept, refused")
    refused: list[LineRefused] = Field(description="The first thousand; the run's lines have all")


class StepIn(Strict):
    """What a step may be told; each takes its own fields."""

    start: list[str] | None = Field(None, max_length=100, description="collect: addresses to begin with")
    source: str | None = Field(None, pattern="^(crawl|list)$", description="collect: crawl or list")
    delay: float | None = Field(None, ge=0, le=60, description="collect: seconds between two requests")
    depth: int | None = Field(None, ge=1, le=100, description="collect: how many links deep")
    accept_proposals: bool | None = Field(None, description="load: take proposed columns as decided")


class RunOut(Schema):
    id: int
    step: str
    label: str
    state: str
    done: int
    total: int | None
    counts: dict[str, int]
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[RunOut]


class LineOut(Schema):
    level: str
    place: str
    text: str
    at: datetime


class LinePage(Schema):
    count: int
    page: int
    page_size: int
    items: list[LineOut]


class ItemOut(Schema):
    id: int
    key: str
    url: str
    title: str
    column: str
    published_at: datetime | None
    state: str
    why: list[str]
    page: int | None


class ItemDetail(ItemOut):
    values: dict[str, Any]
    body: dict[str, Any]


class ItemPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[ItemOut]


class AddressOut(Schema):
    host: str
    path: str
    kind: str
    result: str
    page: int | None
    target: str
    reason: str
    hits: int


class AddressPage(Schema):
    count: int
    page: int
    page_size: int
    items: list[AddressOut]


class AcceptanceOut(Schema):
    id: int
    passed: bool
    digest: str
    made_at: datetime
    signed_by: str
    signed_at: datetime | None
    data: dict[str, Any]


def run_out(row: LegacyRun) -> dict[str, Any]:
    names = ("id", "step", "label", "state", "done", "total", "error", "created_at", "started_at", "finished_at")
    counts = {name: count for name, count in row.counts.items() if isinstance(count, int)}
    return {name: getattr(row, name) for name in names} | {"counts": counts}


def line_out(line: RunLine) -> dict[str, Any]:
    return {"level": line.level, "place": line.place, "text": tell(line.sentence, gettext), "at": line.created_at}


def item_out(item: LegacyItem) -> dict[str, Any]:
    return {
        "id": item.pk,
        "key": item.key,
        "url": item.url,
        "title": item.title,
        "column": item.column_key,
        "published_at": item.published_at,
        "state": item.state,
        "why": [tell(each, gettext) for each in (item.questions or item.reason)],
        "page": item.page_id,
    }


def address_out(row: OldAddress) -> dict[str, Any]:
    return {
        "host": row.host,
        "path": row.path,
        "kind": row.kind,
        "result": row.result,
        "page": row.page_id,
        "target": row.target_url,
        "reason": row.reason,
        "hits": row.hits,
    }
