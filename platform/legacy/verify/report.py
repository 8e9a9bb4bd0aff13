"""The acceptance report as people read it: the page in the admin, the file to be filed, the workbook."""

from __future__ import annotations

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from legacy.models import Acceptance, ItemState
from legacy.survey import charts
from legacy.tables import Sheet, document, workbook
from legacy.verify import tally
from legacy.verify.comparing import CHECKS


def title_of(report: Acceptance) -> str:
    return _("Acceptance report: “%(name)s” moved into “%(tenant)s”") % {
        "name": report.data.get("name", ""),
        "tenant": report.data.get("tenant", ""),
    }


def html(report: Acceptance, pictures: list[dict[str, Any]] | None = None) -> str:
    """Return the report as one file without anything outside of it. `pictures`: of legacy.verify.pictures, as data URLs."""
    context = context_of(report) | {"pictures": pictures or []}
    return document(title_of(report), render_to_string("legacy/verify/report.html", context))


def xlsx(report: Acceptance) -> bytes:
    return workbook(sheets(report.data))


def as_json(report: Acceptance) -> str:
    """Return the data with its digest and signature."""
    signed_at = report.signed_at.isoformat() if report.signed_at else None
    outer = {
        "id": report.pk,
        "digest": report.digest,
        "passed": report.passed,
        "signed_by": report.signed_name,
        "signed_at": signed_at,
        "remark": report.remark,
        "data": report.data,
    }
    return json.dumps(outer, ensure_ascii=False, indent=1)


def context_of(report: Acceptance) -> dict[str, Any]:
    data = report.data
    items, addresses = data["items"], data["addresses"]
    answered = addresses["total"] - sum(addresses[name] for name in ("unresolved", "broken", "unlisted"))
    settled = items["loaded"] + items["refused"] + items["dropped"]
    return {
        "report": report,
        "data": data,
        "title": title_of(report),
        "made_at": data.get("made_at", "")[:16].replace("T", " "),
        "figures": figures(data),
        "open": [(open_name(name), count) for name, count in data["open"]],
        "charts": [
            {"title": title, "svg": mark_safe(charts.share(done, total, title))}
            for title, done, total in (
                (_("Items settled"), settled, items["found"]),
                (_("Old addresses answered"), answered, addresses["total"]),
            )
            if total
        ],
        "tables": [sheet for sheet in sheets(data)[1:] if sheet.rows],
    }


def figures(data: dict[str, Any]) -> list[tuple[str, int]]:
    items, addresses = data["items"], data["addresses"]
    failed = sum(counts["failed"] for name, counts in data["checks"].items() if name not in tally.ADVISORY)
    return [
        (_("Items found"), items["found"]),
        (_("Items moved over"), items["loaded"]),
        (_("Items refused"), items["refused"]),
        (_("Items not moved"), items["dropped"]),
        (_("Waiting for a person"), items["review"] + items["extracted"] + items["conflict"]),
        (_("Checks failed"), failed),
        (_("Texts equal to the letter"), data["text"]["equal"]),
        (_("Old addresses"), addresses["total"]),
        (_("Redirected"), addresses["redirect"]),
        (_("Unanswered"), addresses["unresolved"] + addresses["broken"] + addresses["unlisted"]),
    ]


def check_names() -> dict[str, str]:
    return {
        "page": _("The new page answers"),
        "title": _("Title equal"),
        "date": _("Publication date equal"),
        "document_number": _("Document number there"),
        "index_number": _("Index number there"),
        "text": _("Text equal (hash, else pairs of characters)"),
        "own_text": _("The old page's own text is all there (hint)"),
        "added_text": _("Nothing was added to the text (hint)"),
        "pictures": _("Pictures there"),
        "files": _("Attachments there"),
        "file_bytes": _("Attachments of the same size"),
        "links": _("Links of the page answer"),
        "list_title": _("Title as in the old list"),
        "list_date": _("Date as in the old list"),
    }


def address_names() -> dict[str, str]:
    return {
        "total": _("Old addresses"),
        "redirect": _("Redirected"),
        "archive": _("Archived copy"),
        "gone": _("Not moved"),
        "unresolved": _("Unresolved"),
        "broken": _("Redirected to what does not answer"),
        "unlisted": _("Not in the ledger"),
    }


def open_name(name: str) -> str:
    """Return what stands against acceptance, in words."""
    sort, _colon, which = name.partition(":")
    if sort == "check":
        return _("failed: %(check)s") % {"check": check_names().get(which, which)}
    if sort == "address":
        return _("old addresses: %(what)s") % {"what": address_names().get(which, which)}
    if which == "none":
        return _("No items were found.")
    return _("items: %(what)s") % {"what": ItemState(which).label}


def figure_name(name: str) -> str:
    sort, _colon, which = name.partition(":")
    if sort == "items":
        return _("Items found") if which == "found" else str(ItemState(which).label)
    return open_name(name)


def sheets(data: dict[str, Any]) -> list[Sheet]:
    """Return every table of the report, the first one its head figures."""
    checks, states = check_names(), dict(ItemState.choices)
    changes = data.get("changes") or {"figures": [], "came": [], "went": []}
    return [
        Sheet(_("Overview"), [_("Figure"), _("How many")], [[label, value] for label, value in figures(data)]),
        Sheet(_("By column"), *_by_column(data)),
        Sheet(
            _("Checks"),
            [_("Check"), _("Checks made"), _("Failed")],
            [[checks[name], data["checks"][name]["made"], data["checks"][name]["failed"]] for name in CHECKS],
        ),
        Sheet(
            _("Old addresses"),
            [_("Answer to the address"), _("How many")],
            [[label, data["addresses"][name]] for name, label in address_names().items()],
        ),
        Sheet(
            _("Why items were not loaded"),
            [_("State"), _("Reason"), _("Number of items")],
            [
                [str(states.get(state, state)), reason or "-", count]
                for state, counts in data["reasons"].items()
                for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            ],
        ),
        Sheet(
            _("Failed checks"),
            [_("Check"), _("Title"), _("Old text"), _("New text"), _("Likeness"), _("Old address"), _("New page")],
            [
                [checks[one["check"]], one["title"], one["old"], one["new"], one.get("overlap", ""), one["url"], one["page"]]
                for one in data["failures"]
            ],
        ),
        Sheet(
            _("Old addresses without an answer"),
            [_("Address"), _("Result"), _("Hits")],
            [[one["url"], address_names()[one["result"]], one["hits"]] for one in data["worst"]],
        ),
        Sheet(
            _("Changed since the last report"),
            [_("What"), _("Last report"), _("This report")],
            [[figure_name(name), then, now] for name, then, now in changes["figures"]],
        ),
        Sheet(
            _("Failures since the last report"),
            [_("What"), _("Check"), _("Item")],
            [[_("came up"), checks.get(check, check), key] for check, key in changes["came"]]
            + [[_("went away"), checks.get(check, check), key] for check, key in changes["went"]],
        ),
    ]  # fmt: skip


def _by_column(data: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    head = [
        _("Old column"), _("Goes to"), _("Items found"), _("Items moved over"), _("Items refused"), _("Items not moved"),
        _("Items waiting"), _("Checks failed"), _("Passed"),
    ]  # fmt: skip
    old = data["old_columns"]
    rows = []
    for key in sorted({*data["columns"], *(key for key, one in old.items() if one["decision"] == "drop")}):
        line = data["columns"].get(key, {"found": 0, "failed": {}, "passed": True})
        column = old.get(key, {"title": "", "decision": "", "target": "", "reason": ""})
        target = _("not moved: %(reason)s") % column if column["decision"] == "drop" else column["target"] or "-"
        waiting = sum(line.get(name, 0) for name in ("review", "extracted", "conflict"))
        failed = sum(count for name, count in line["failed"].items() if name not in tally.ADVISORY)
        counts = [line.get(name, 0) for name in ("found", "loaded", "refused", "dropped")]
        name = f"{column['title']} {key}".strip() or _("without a column")
        rows.append([name, target, *counts, waiting, failed, _("yes") if line["passed"] else _("no")])
    return head, rows
