"""SQL dumps (数据库备份) of DedeCMS, PHPCMS or, with a query file, any system: ready records, without a database server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from legacy import blobs
from legacy.sources import choosing, queries
from legacy.sources.cms import SETTLE
from legacy.sources.dump_store import DumpStore
from legacy.sources.kinds import READY
from legacy.sources.ready import ready_fields, text_of
from legacy.sources.records import INFO, REFUSED, WARNING, Found, Note, Position, Record, SourceRefused
from sites.messages import _, sentence

_COUNTED = {
    "unpublished": _("%(count)d articles were not published on the old site and were not taken."),
    "orphans": _("%(count)d bodies belong to no article: the dump holds them without title and date."),
}


def source(row: Any, options: dict[str, Any]) -> SqlDump:
    """Options: path (a file, or a folder with the parts of a backup), system (a preset) or queries (a query file)."""
    path = choosing.path_of(row, options)
    asked: queries.Queries | None = None
    if options.get("queries"):
        file = choosing.path_of(row, options, "queries")
        asked = queries.read(file.read_text("utf-8"), file.name)
    elif options.get("system"):
        if options["system"] not in queries.preset_names():
            known = ", ".join(queries.preset_names())
            raise SourceRefused(
                sentence(_("There is no system “%(name)s”. There are: %(known)s."), name=options["system"], known=known)
            )
        asked = queries.preset(options["system"])
    home = choosing.home_of(row)
    base = str(options.get("base") or (f"http://{home}" if home else ""))
    return SqlDump(path, asked, base, blobs.folder() / "work" / f"run-{row.pk}.sqlite")


class SqlDump:
    """First all rows into an SQLite file, then the queries; the position is the query and how many rows it gave."""

    name = "sql"

    def __init__(self, path: Path, asked: queries.Queries | None, base: str, place: Path) -> None:
        self._path, self._asked, self._base, self._place = path, asked, base, place

    def read(self, position: Position) -> Iterator[Found]:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        if position.get("filled") and self._place.exists():
            store = DumpStore(self._place)
            store.remember()
        else:
            self._place.unlink(missing_ok=True)
            store = DumpStore(self._place)
            notes: list[Note] = []
            for file in self._files():
                for one in store.fill(file):
                    # Notes come with the position after them: before it, a kill lets the dump be read again.
                    if isinstance(one, Note):
                        notes.append(one)
                    else:
                        yield one
            yield from notes
        asked = self._asked or self._recognised(store)
        prefix = self._prepare(store, asked)
        store.connection.row_factory = sqlite3.Row
        if not position.get("filled"):
            yield from self._counts(store, asked, prefix)
        given = int(position.get("row", 0))
        for number, query in enumerate(asked.records):
            if number >= int(position.get("query", 0)):
                skip = int(position.get("row", 0)) if number == int(position.get("query", 0)) else 0
                for one in self._records(store, asked, query, prefix, number, skip):
                    given += 1
                    yield one
        if not given:
            rows = ", ".join(f"{name} {count}" for name, count in store.rows.most_common(20))
            said = sentence(_("The queries gave no record. Rows of the dump by table: %(rows)s."), rows=rows or "-")
            yield Note(REFUSED, self._path.name, said, "refused")
        store.connection.close()
        self._place.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        names = (".sql", ".txt", ".gz")
        files = [path for path in self._path.rglob("*") if path.is_file() and path.name.lower().endswith(names)]
        if not files:
            raise SourceRefused(sentence(_("There is no SQL file in “%(path)s”."), path=str(self._path)))
        # DedeCMS writes the tables into a file of their own; without it the rows have no column names.
        return sorted(
            files, key=lambda path: ("struct" not in path.name.lower() and "schema" not in path.name.lower(), path)
        )

    def _recognised(self, store: DumpStore) -> queries.Queries:
        """Return the preset whose tables are there."""
        for name in queries.preset_names():
            found = queries.preset(name)
            if store.prefix(found.tables or {}, found.main) is not None:
                return found
        raise SourceRefused(
            sentence(
                _("The dump is of no system that we know (tables: %(tables)s). Write a query file for it."),
                tables=", ".join(store.names()[:20]) or "-",
            )
        )

    def _prepare(self, store: DumpStore, asked: queries.Queries) -> str:
        if not asked.tables:
            return ""
        prefix = store.prefix(asked.tables, asked.main)
        if prefix is None:
            raise SourceRefused(
                sentence(
                    _("The dump has no table “…%(table)s” as %(system)s does (tables: %(tables)s)."),
                    table=asked.main,
                    system=asked.about,
                    tables=", ".join(store.names()[:20]) or "-",
                )
            )
        for table, columns in asked.tables.items():
            store.ensure(prefix + table, columns)
        store.connection.commit()
        return prefix

    def _counts(self, store: DumpStore, asked: queries.Queries, prefix: str) -> Iterator[Note]:
        for name, sql in asked.counts:
            (count,) = store.connection.execute(sql.replace("{prefix}", prefix)).fetchone()
            if count:
                level = WARNING if name == "orphans" else INFO
                yield Note(level, self._path.name, sentence(_COUNTED[name], count=count), name)

    def _records(
        self, store: DumpStore, asked: queries.Queries, query: queries.Query, prefix: str, number: int, skip: int
    ) -> Iterator[Found]:
        try:
            rows = store.connection.execute(query.sql.replace("{prefix}", prefix))
        except sqlite3.Error as error:
            raise SourceRefused(
                sentence(_("The query “%(key)s” fails: %(reason)s."), key=query.key, reason=str(error))
            ) from error
        for count, row in enumerate(rows, 1):
            if count > skip:
                position = {"filled": True, "query": number, "row": count}
                yield from record_of(query, dict(row), self._base, position, asked.recode, asked.address)


def record_of(
    query: queries.Query,
    row: Mapping[str, Any],
    base: str,
    position: Position | None,
    recode: str = "",
    address: str = "",
) -> Iterator[Found]:
    """Yield the record of a result row, after what is doubtful about it."""
    lower = {name.lower(): value for name, value in row.items()}
    number = text_of(lower.get(query.id.lower()) if lower.get(query.id.lower()) is not None else "")
    if not number:
        said = sentence(_("A row has nothing in “%(column)s” and was not taken."), column=query.id)
        yield Note(REFUSED, query.key, said, "refused")
        return
    values = queries.values_of(query, row, recode)
    urls = SETTLE[address](row, values, base) if address else [queries.url_of(query, row, base)]
    fields, doubts = ready_fields(values)
    for doubt in doubts:
        yield Note(WARNING, f"{query.key}:{number}", doubt)
    if aliases := [url for url in urls[1:] if url and url != urls[0]]:
        fields["aliases"] = aliases
    url = urls[0] if urls else ""
    yield Record(key=f"{query.key}:{number}", url=url, kind=READY, status=200, fields=fields, position=position)
