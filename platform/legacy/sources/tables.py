"""Tables (CSV, XLSX, JSON lines) with a column map: a row is a ready record. A million lines pass in the memory of a few."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from legacy.sources import choosing
from legacy.sources.kinds import READY
from legacy.sources.queries import whole
from legacy.sources.ready import NAMES, plain_paragraphs, ready_fields, text_of
from legacy.sources.records import REFUSED, WARNING, Found, Note, Position, Record, SourceRefused
from legacy.sources.table_rows import Bad, Good, rows_of
from sites.messages import _, sentence
from tenants.tables.headers import HeaderNames

# Headers as people write them; of two with one field the earlier one is better.
HEADERS: Mapping[str, str] = {
    "id": "id", "编号": "id", "文章编号": "id", "信息编号": "id", "标题": "title", "信息标题": "title", "文章标题": "title",
    "title": "title", "名称": "title", "副标题": "subtitle", "subtitle": "subtitle", "发布日期": "published_at",
    "发布时间": "published_at", "published_at": "published_at", "发文日期": "published_at", "日期": "published_at",
    "date": "published_at", "成文日期": "written_on", "written_on": "written_on", "来源": "source", "信息来源": "source",
    "稿源": "source", "source": "source", "作者": "author", "责任编辑": "author", "author": "author",
    "文号": "document_number", "发文字号": "document_number", "document_number": "document_number", "索引号": "index_number",
    "index_number": "index_number", "发文机关": "issuing_authority", "发布机构": "issuing_authority",
    "issuing_authority": "issuing_authority", "关键词": "keywords", "主题词": "keywords", "keywords": "keywords",
    "摘要": "summary", "内容概述": "summary", "summary": "summary", "正文": "body", "内容": "body", "信息内容": "body",
    "body": "body", "content": "body", "附件": "attachments", "attachments": "attachments", "栏目编号": "column",
    "column": "column", "栏目": "column_title", "所属栏目": "column_title", "栏目名称": "column_title",
    "column_title": "column_title", "网址": "url", "链接": "url", "原网址": "url", "地址": "url", "url": "url",
}  # fmt: skip


def source(row: Any, options: dict[str, Any]) -> Tables:
    """Options: path, columns ({their header: our field, "id" or "url"})."""
    columns = options.get("columns") or {}
    known = NAMES | {"id", "url"}
    if unknown := sorted({str(field) for field in columns.values()} - known):
        raise SourceRefused(
            sentence(
                _("There are no fields %(unknown)s. There are: %(known)s."),
                unknown=", ".join(unknown),
                known=", ".join(sorted(known)),
            )
        )
    home = choosing.home_of(row)
    return Tables(
        choosing.path_of(row, options), columns, str(options.get("base") or (f"http://{home}" if home else ""))
    )


class Tables:
    """Rows in the order of the table; the position is the number of the last one."""

    name = "table"

    def __init__(self, path: Path, columns: Mapping[str, str], base: str) -> None:
        mapped = set(columns.values())
        # What the map names comes from the map alone.
        names = dict(columns) | {
            header: field for header, field in HEADERS.items() if field not in mapped and header not in columns
        }
        self._path, self._base, self._known = path, base, HeaderNames(names)
        self._found: dict[str, str] = {}

    def read(self, position: Position) -> Iterator[Found]:
        done = int(position.get("row", 0))
        for row in rows_of(self._path, self._find):
            if row.number <= done:
                continue
            if isinstance(row, Bad):
                yield Note(REFUSED, f"{self._path.name}, {row.number}", row.said, "refused")
            else:
                yield from self._record(row)

    def _find(self, header: str) -> str:
        if header not in self._found:  # objects say their names again in every line
            found = self._known.find(header)
            if len(self._found) > 1000:
                return found[1] if found else ""
            self._found[header] = found[1] if found else ""
        return self._found[header]

    def _record(self, row: Good) -> Iterator[Found]:
        place = f"{self._path.name}, {row.number}"
        values = dict(row.values)
        number = text_of(values.pop("id", None) or "")
        url = whole(text_of(values.pop("url", None) or ""), self._base)
        if isinstance(values.get("body"), str):
            values["body"] = plain_paragraphs(values["body"])
        fields, doubts = ready_fields(values)
        if not fields.get("title") and not fields.get("body"):
            said = sentence(_("The row has neither a title nor a text and was not taken."))
            yield Note(REFUSED, place, said, "refused")
            return
        for doubt in doubts:
            yield Note(WARNING, place, doubt)
        if "column" not in fields and "column_title" in fields:
            fields["column"] = fields["column_title"]
        key = number or url or _digest(fields)
        yield Record(key=f"table:{key}", url=url, kind=READY, status=200, fields=fields, position={"row": row.number})


def _digest(fields: Mapping[str, Any]) -> str:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
