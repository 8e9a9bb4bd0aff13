"""The survey as people read it: tables and charts for the page in the admin and for the file, and a workbook."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from legacy.survey import charts
from legacy.tables import Sheet, document, workbook


def title_of(data: dict[str, Any]) -> str:
    return _("Survey of the old site “%(name)s”") % {"name": data["name"]}


def html(data: dict[str, Any]) -> str:
    """Return the report as one file without anything outside of it: to keep, to send, to print."""
    context = context_of(data)
    return document(title_of(data), render_to_string("legacy/survey/report.html", context))


def xlsx(data: dict[str, Any]) -> bytes:
    """Return the report as a workbook, a sheet for each table."""
    return workbook(sheets(data))


def context_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the template of the report shows."""
    return {
        "survey": data,
        "title": title_of(data),
        "made_at": data["made_at"][:16].replace("T", " "),
        "figures": figures(data),
        "charts": _charts(data),
        "columns": indented(data["columns"]),
        "tables": [sheet for sheet in sheets(data)[1:] if sheet.rows],
    }


def figures(data: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the figures that stand at the head of the report."""
    totals = data["totals"]
    kinds = {row["name"]: row["count"] for row in data["by"].get("kind", [])}
    return [
        (_("Records"), totals.get("records", 0)),
        (_("Articles"), totals.get("articles", 0)),
        (_("List pages"), totals.get("lists", 0)),
        (_("Pictures"), kinds.get("picture", 0)),
        (_("Files"), kinds.get("file", 0)),
        (_("Old columns"), len(data["columns"])),
        (_("Template families"), len(data["families"])),
        (_("Articles without a date"), totals.get("undated", 0)),
        (_("Broken links"), totals.get("broken", 0)),
        (_("Not collected yet"), totals.get("not_collected", 0)),
        (_("Doubles"), totals.get("duplicates", 0)),
        (_("Pages with personal data"), totals.get("personal", 0)),
        (_("Pages whose declared encoding is wrong"), totals.get("declared_wrongly", 0)),
    ]


def indented(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns as a tree read from top to bottom, with "depth" from 0."""
    below: dict[str, list[dict[str, Any]]] = {}
    keys = {column["key"] for column in columns}
    for column in columns:
        below.setdefault(column["parent_key"] if column["parent_key"] in keys else "", []).append(column)
    found: list[dict[str, Any]] = []
    waiting = [(column, 0) for column in reversed(below.get("", []))]
    while waiting:
        column, depth = waiting.pop()
        found.append(column | {"depth": depth, "indent": "　" * depth})
        waiting += [(child, depth + 1) for child in reversed(below.get(column["key"], []))]
    return found


def kind_names() -> dict[str, str]:
    return {
        "page": _("Page"),
        "picture": _("Picture"),
        "file": _("File"),
        "ready": _("Record with fields"),
        "other": _("Other"),
    }


def number_names() -> dict[str, str]:
    return {"mobile": _("mobile numbers"), "identity": _("identity card numbers"), "card": _("bank card numbers")}


def _charts(data: dict[str, Any]) -> list[dict[str, str]]:
    by, kinds = data["by"], kind_names()
    rest = _("all others")
    wanted = [
        (
            _("Records by kind"),
            [(kinds.get(row["name"], row["name"]), row["count"]) for row in by.get("kind", [])],
            True,
        ),
        (_("Articles by year"), [(row["name"] or _("no date"), row["count"]) for row in by.get("year", [])], False),
        (_("Records by directory"), _rows(by.get("directory")), True),
        (_("Records by host"), _rows(by.get("host")), True),
        (_("Pages by encoding"), _rows(by.get("encoding")), True),
        (_("Files by type"), [(f".{row['name']}", row["count"]) for row in by.get("file_type", [])], True),
        (_("Pictures by type"), [(f".{row['name']}", row["count"]) for row in by.get("picture_type", [])], True),
        (_("Files by size"), _rows(by.get("file_size")), True),
        (_("Pictures by size"), _rows(by.get("picture_size")), True),
        (_("Pages by template family"), [(line["name"], line["pages"]) for line in data["families"]], True),
    ]
    return [
        {
            "title": title,
            # Drawn by charts.py, which escapes every label.
            "svg": mark_safe(charts.bars(rows, title, rest=rest) if lying else charts.columns(rows, title)),
        }
        for title, rows, lying in wanted
        if rows
    ]


def _rows(rows: list[dict[str, Any]] | None) -> list[tuple[str, int]]:
    return [(row["name"], row["count"]) for row in rows or []]


def sheets(data: dict[str, Any]) -> list[Sheet]:
    """Return every table of the report, the first one its head figures."""
    by, totals = data["by"], data["totals"]
    kinds, numbers = kind_names(), number_names()
    counted = [(_("Pages"), "count"), (_("Bytes"), "bytes")]
    return [
        Sheet(_("Overview"), [_("Figure"), _("How many")], [[label, value] for label, value in figures(data)]),
        Sheet(
            _("Old columns"),
            [_("Column"), _("Key of the column"), _("Articles"), _("List pages")],
            [
                [one["indent"] + (one["title"] or one["key"]), one["key"], one["items"], one["lists"]]
                for one in indented(data["columns"])
            ],
        ),
        Sheet(
            _("Template families"),
            [_("Template family"), _("Pages"), _("Sort of page"), _("Without a date"), _("Sample pages")],
            [
                [
                    line["name"],
                    line["pages"],
                    _("list") if line["kind"] == "list" else _("article"),
                    line["undated"],
                    "\n".join(sample["url"] for sample in line["samples"]),
                ]
                for line in data["families"]
            ],
        ),
        *(
            Sheet(
                title,
                [title, *(label for label, _name in counted)],
                [
                    [kinds.get(row["name"], row["name"]) or "-", *(row[name] for _label, name in counted)]
                    for row in by.get(name, [])
                ],
            )
            for name, title in (
                ("kind", _("Kind")),
                ("source", _("Source")),
                ("host", _("Host")),
                ("directory", _("Directory")),
                ("year", _("Year")),
                ("encoding", _("Encoding")),
                ("status", _("Answer of the old site")),
                ("file_type", _("Type of file")),
                ("picture_type", _("Type of picture")),
            )
        ),
        Sheet(
            _("External systems"),
            [_("Host"), _("Links"), _("Link text"), _("First seen on")],
            [[row["host"], row["links"], row["text"], row["from"]] for row in data["external"]],
        ),
        Sheet(
            _("Web forms"),
            [_("Sends to"), _("Sends by"), _("Form fields"), _("Pages"), _("First seen on")],
            [[row["action"], row["method"], row["fields"], row["pages"], row["from"]] for row in data["forms"]],
        ),
        Sheet(
            _("Broken links"),
            [_("Address"), _("Pages that link there"), _("First seen on")],
            [[row["address"], row["pages"], row["from"]] for row in data["broken"]],
        ),
        Sheet(
            _("Not collected yet"),
            [_("Address"), _("Pages that link there"), _("First seen on")],
            [[row["address"], row["pages"], row["from"]] for row in data["not_collected"]],
        ),
        Sheet(_("Articles without a date"), [_("Address")], [[url] for url in data["undated"]]),
        Sheet(
            _("Doubles"),
            [_("How many"), _("Addresses with the same text")],
            [[len(urls), "\n".join(urls)] for urls in data["duplicates"]],
        ),
        Sheet(
            _("Personal data"),
            [_("Address"), _("Numbers found")],
            [
                [row["url"], ", ".join(f"{numbers.get(name, name)} {count}" for name, count in row["numbers"].items())]
                for row in data["personal"]["pages"]
            ],
        ),
        Sheet(
            _("Other figures"),
            [_("Figure"), _("How many")],
            [
                [_("Bytes in all"), totals.get("bytes", 0)],
                [_("Addresses without content"), totals.get("without_bytes", 0)],
                [_("Pages with damaged characters"), totals.get("damaged", 0)],
                [_("Articles of hardly any text"), totals.get("short", 0)],
                [_("Files that are there twice"), totals.get("same_files", 0)],
            ],
        ),
    ]  # fmt: skip
