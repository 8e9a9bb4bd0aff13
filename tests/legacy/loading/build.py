"""An old site in a few rows: a transition, its columns, items with bodies, raw records with bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from legacy import blobs, bodies
from legacy.ledger.canonical import canonical
from legacy.models import LegacyColumn, LegacyItem, LegacyRaw, LegacyRun, Step, Transition
from legacy.running import new_run
from legacy.sentences import tell
from legacy.steps import carry_out
from sites.models import Column
from tests.cast import Cast, column_of, first_column

HOST = "www.old.example"
DAY = datetime(2015, 4, 14, 1, 30, tzinfo=UTC)


def transition_of(cast: Cast, code: str = "old") -> Transition:
    return Transition.objects.create(
        tenant=cast.county_a, code=code, name="旧站", hosts=[HOST], created_by=cast.operator
    )


def news_of(cast: Cast) -> Column:
    return first_column(cast.county_a)


def documents_of(cast: Cast) -> Column:
    return column_of(cast.county_a, "zcwj")


def column(transition: Transition, key: str, target: Column | None, **values: Any) -> LegacyColumn:
    given = {"decision": "move" if target else "", "target_id": target.pk if target else None, "title": key, **values}
    return LegacyColumn.objects.create(tenant_id=transition.tenant_id, transition=transition, key=key, **given)


def body(*blocks: dict[str, Any], attachments: tuple[tuple[str, str], ...] = (), parts: tuple[str, ...] = ()) -> Any:
    made = bodies.empty()
    made["blocks"] = list(blocks)
    made["attachments"] = [{"url": url, "name": name} for url, name in attachments]
    if parts:
        made["parts"] = list(parts)
    return made


def text(html: str) -> dict[str, Any]:
    return {"type": "text", "html": html}


def picture(url: str, alt: str = "") -> dict[str, Any]:
    return {"type": "picture", "url": url, "alt": alt, "caption": ""}


def url(path: str) -> str:
    return f"http://{HOST}{path}"


def item(
    transition: Transition,
    path: str,
    *,
    title: str = "关于防汛工作的通知",
    html: str = "<p>正文</p>",
    made: Any = None,
    column_key: str = "/gzdt",
    published_at: datetime | None = DAY,
    kind: str = "article",
    state: str = "extracted",
    **values: str,
) -> LegacyItem:
    """Make an item that is ready to load; `values` are its other fields."""
    row = LegacyItem(
        tenant_id=transition.tenant_id,
        transition=transition,
        key=canonical(url(path)).key,
        url=url(path),
        column_key=column_key,
        kind=kind,
        state=state,
    )
    write(row, title=title, made=made or body(text(html)), published_at=published_at, **values)
    return row


def write(row: LegacyItem, *, title: str, made: Any, published_at: datetime | None = DAY, **values: str) -> None:
    """Put what extraction found into the row."""
    plain = {"title": title, "published_at": published_at.isoformat() if published_at else None, **values}
    row.title, row.published_at = title, published_at
    row.values = {
        name: {"value": value, "method": "", "evidence": "", "confidence": 1.0} for name, value in plain.items()
    }
    row.body_sha256 = blobs.put(bodies.dump(made))
    row.content_hash = bodies.digest(plain, row.body_sha256)
    row.save()


def raw(transition: Transition, path: str, data: bytes, kind: str = "file", **values: Any) -> LegacyRaw:
    given = {"status": 200, "sha256": blobs.put(data) if data else "", "size": len(data), **values}
    return LegacyRaw.objects.create(
        tenant_id=transition.tenant_id,
        transition=transition,
        source="crawl",
        key=canonical(url(path)).key,
        url=url(path),
        kind=kind,
        **given,
    )


def run(transition: Transition, step: str = Step.LOAD, *, by: Any = None, **options: Any) -> LegacyRun:
    """Carry out a run of a step to its end and return it."""
    row = new_run(transition, step, by=by, **options)
    carry_out(row)
    row.refresh_from_db()
    return row


def said(row: LegacyRun) -> list[str]:
    """Return the run's lines but notes, in English."""
    return [tell(line.sentence) for line in row.lines.exclude(level="info")]
