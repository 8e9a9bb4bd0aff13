"""Query files (查询文件): which SQL gives the records of an old system, and which of its columns are which field. Pure.

# pages.toml
recode = "gb18030"            # only where GBK text was stored as latin1
[[records]]
key = "news"                  # the records' keys are news:<id>
id = "ID"
url = "/show.asp?id={ID}"     # or the name of a column that holds the address
sql = "SELECT ID, Title, Content, AddTime, ClassID, ClassName FROM News JOIN ..."
[records.fields]              # our field = their column
title = "Title"
body = "Content"
published_at = "AddTime"
column = "ClassID"
column_title = "ClassName"
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from legacy.sources.ready import NAMES, text_of
from legacy.sources.records import SourceRefused
from sites.messages import _, sentence

# The letters that cp1252 has where latin1 has control characters, and their bytes.
_LATIN1 = {letter: byte for byte in range(0x80, 0xA0) if (letter := bytes([byte]).decode("cp1252", "ignore"))}
PRESETS = Path(__file__).parent / "presets"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]")
_COMMENT = re.compile(r"(?:\s|--[^\n]*\n|#[^\n]*\n|/\*(?![!M]).*?\*/)*", re.DOTALL)
# REPLACE(...) and TRUNCATE(...) are functions, too.
_WRITES = re.compile(
    r"\b(?:INSERT|UPDATE|DELETE|REPLACE(?!\s*\()|MERGE|DROP|ALTER|CREATE|TRUNCATE(?!\s*\()|GRANT|REVOKE|EXEC|EXECUTE|CALL|INTO|OUTFILE|DUMPFILE"
    r"|LOAD_FILE|LOCK|COPY|DO|SET|ATTACH|PRAGMA|VACUUM|OPENROWSET|OPENQUERY|XP_\w+|SP_\w+|PG_READ_\w+|LO_\w+|DBLINK\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT and what its columns mean. `url` names a column, or is an address with {columns} in it."""

    key: str
    id: str
    sql: str
    fields: Mapping[str, str]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Queries:
    records: tuple[Query, ...]
    recode: str = ""
    about: str = ""
    address: str = ""
    main: str = ""  # presets: the table by whose name the prefix is found
    tables: Mapping[str, tuple[str, ...]] | None = None
    counts: tuple[tuple[str, str], ...] = ()


def read(text: str, name: str) -> Queries:
    """Return the queries of a file. Raises SourceRefused with a sentence that names the key."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceRefused(
            sentence(_("The query file %(file)s can't be read: %(reason)s."), file=name, reason=str(error))
        ) from error
    rows = data.get("records")
    if not isinstance(rows, list) or not rows:
        raise SourceRefused(sentence(_("The query file %(file)s has no [[records]]."), file=name))
    return Queries(
        records=tuple(_query(row, name) for row in rows),
        recode=str(data.get("recode", "")),
        about=str(data.get("about", "")),
        address=str(data.get("address", "")),
        main=str(data.get("main", "")),
        tables={table: tuple(columns) for table, columns in data["tables"].items()} if "tables" in data else None,
        counts=tuple((row["sentence"], row["sql"]) for row in data.get("counts", [])),
    )


def _query(row: Any, name: str) -> Query:
    for key in ("key", "id", "sql", "fields"):
        if not isinstance(row, Mapping) or not row.get(key):
            raise SourceRefused(sentence(_("A record of the query file %(file)s lacks “%(key)s”."), file=name, key=key))
    if unknown := sorted(set(row["fields"]) - NAMES):
        raise SourceRefused(
            sentence(
                _("The query file %(file)s names the fields %(unknown)s, which do not exist. There are: %(known)s."),
                file=name,
                unknown=", ".join(unknown),
                known=", ".join(sorted(NAMES)),
            )
        )
    check_reads_only(str(row["sql"]), name)
    fields = {str(field): str(column) for field, column in row["fields"].items()}
    return Query(str(row["key"]), str(row["id"]), str(row["sql"]).strip().rstrip(";"), fields, str(row.get("url", "")))


def check_reads_only(sql: str, name: str) -> None:
    """Raise SourceRefused unless the text is one SELECT (or WITH ... SELECT) that writes nothing.

    Databases part strings and comments differently (MySQL: "\\'", "--1", "/*! ... */"). Where the text holds a backslash
    or a comment, no word is taken for a part of one: it may not hold a writing word anywhere.
    """
    text = sql.strip().rstrip(";").rstrip()
    bare = _QUOTED.sub(" ", text)
    if "\\" in text or re.search(r"--|#|/\*", bare):
        bare = text
    writes = _WRITES.search(bare)
    begins = _COMMENT.sub("", text, count=1)
    if writes or not re.match(r"(?:SELECT|WITH)\b", begins, re.IGNORECASE) or ";" in bare:
        raise SourceRefused(
            sentence(
                _("The query file %(file)s may only hold single SELECT statements (found: %(found)s)."),
                file=name,
                found=writes[0] if writes else begins[:40],
            )
        )


def preset(name: str) -> Queries:
    """Return the queries of a system that we know."""
    return read((PRESETS / f"{name}.toml").read_text("utf-8"), name)


def preset_names() -> list[str]:
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def recoded(value: Any, encoding: str) -> Any:
    """Return text whose bytes were once taken for latin1 as what it was; anything else as it is.

    MySQL's latin1 is cp1252 with the five bytes filled in that cp1252 leaves free. Half a character at the end, where a
    column was too short, goes.
    """
    if not encoding or not isinstance(value, str) or value.isascii():
        return value
    try:
        data = bytes(_LATIN1.get(letter) or ord(letter) for letter in value)
        found = codecs.getincrementaldecoder(encoding)("strict").decode(data)
    except ValueError:  # a letter beyond latin1, or bytes that are no such text
        return value
    return value if found.isascii() else found


def values_of(query: Query, row: Mapping[str, Any], recode: str = "") -> dict[str, Any]:
    """Return our fields of a result row. Column names are found whatever their case; bytes are text."""
    lower = {name.lower(): value for name, value in row.items()}
    found = {field: lower.get(column.lower()) for field, column in query.fields.items()}
    return {
        field: text_of(value) if isinstance(value, bytes | memoryview) else recoded(value, recode)
        for field, value in found.items()
    }


def url_of(query: Query, row: Mapping[str, Any], base: str) -> str:
    """Return the whole old address of a row, "" where the query names none."""
    lower = {name.lower(): value for name, value in row.items()}
    text = query.url
    if not text:
        return ""
    if "{" in text:
        text = re.sub(
            r"\{([^}]+)\}", lambda found: quote(text_of(lower.get(found[1].lower()) or ""), safe="/:?=&"), text
        )
    else:
        text = text_of(lower.get(text.lower()) or "")
    return whole(text, base)


def whole(text: str, base: str) -> str:
    """Return an address with its host; what names no host is of the old site."""
    if not text or re.match(r"https?://", text, re.IGNORECASE):
        return text
    return f"{base.rstrip('/')}/{text.lstrip('/')}"
