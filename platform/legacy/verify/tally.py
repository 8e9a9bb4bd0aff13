"""The acceptance report as it grows (验收数据): plain data that a stopped run takes up again. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from legacy.verify.comparing import CHECKS, Result

VERSION = 1
MOST_FAILURES = 1000  # kept one by one; beyond that they are counted
MOST_PER_CHECK = 200
STATES = ("loaded", "refused", "dropped", "review", "extracted", "conflict")
# Old addresses by what became of them; "broken": the new address does not answer; "unlisted": the ledger has no line.
ADDRESSES = ("redirect", "archive", "gone", "unresolved", "broken", "unlisted")
# A failure here does not stand against acceptance by itself: the page says less than a person can.
ADVISORY = frozenset({"own_text", "added_text"})


def new_state() -> dict[str, Any]:
    return {
        "items": dict.fromkeys(("found", *STATES), 0),
        "columns": {},
        "checks": {name: {"made": 0, "failed": 0} for name in CHECKS},
        "failures": [],
        "reasons": {},
        "addresses": {"total": 0} | dict.fromkeys(ADDRESSES, 0),
        "worst": [],
        "text": {"equal": 0, "alike": 0, "lowest": []},
    }


def add_item(state: dict[str, Any], column: str, item_state: str, reasons: Sequence[str]) -> None:
    """Count one item by its state, and why it was not loaded."""
    state["items"]["found"] += 1
    state["items"][item_state] = state["items"].get(item_state, 0) + 1
    line = _column(state, column)
    line["found"] += 1
    line[item_state] = line.get(item_state, 0) + 1
    if item_state in {"refused", "dropped", "conflict", "review"}:
        for reason in reasons or ("",):
            counts = state["reasons"].setdefault(item_state, {})
            if reason in counts or len(counts) < MOST_PER_CHECK:
                counts[reason] = counts.get(reason, 0) + 1


def add_results(state: dict[str, Any], column: str, item: Mapping[str, str], results: Sequence[Result]) -> None:
    """Count the checks of one loaded item. `item`: {"key", "title", "url", "page"}."""
    line = _column(state, column)
    for result in results:
        if result.passed is None:
            continue
        counts = state["checks"][result.check]
        counts["made"] += 1
        if result.check == "text" and result.overlap is not None:
            state["text"]["equal" if result.overlap == 1.0 else "alike"] += 1
        if result.passed:
            continue
        counts["failed"] += 1
        line["failed"][result.check] = line["failed"].get(result.check, 0) + 1
        if counts["failed"] <= MOST_PER_CHECK and len(state["failures"]) < MOST_FAILURES:
            found: dict[str, Any] = {
                "check": result.check,
                "column": column,
                **item,
                "old": result.old,
                "new": result.new,
            }
            if result.overlap is not None:
                found["overlap"] = round(result.overlap, 4)
            state["failures"].append(found)


def add_address(state: dict[str, Any], result: str, url: str, hits: int = 0, status: int | None = None) -> None:
    """Count one old address by its answer; the ones that lead nowhere are kept, those with most hits first."""
    counts = state["addresses"]
    counts["total"] += 1
    counts[result] += 1
    if result in {"unresolved", "broken", "unlisted"}:
        state["worst"].append({"url": url, "result": result, "hits": hits, "status": status})
        if len(state["worst"]) > 2 * MOST_PER_CHECK:
            state["worst"] = _worst(state["worst"])


def finish(state: dict[str, Any], facts: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the report's data: the counts, whether they pass, and what changed since the report before."""
    data = {**facts, "version": VERSION, **{name: value for name, value in state.items() if name != "worst"}}
    data["worst"] = _worst(state["worst"])
    for line in data["columns"].values():
        line["passed"] = not open_points_of(line)
    data["open"] = open_points(data)
    data["passed"] = not data["open"]
    data["changes"] = changes(before, data) if before else None
    return data


def open_points(data: Mapping[str, Any]) -> list[list[Any]]:
    """Return what stands against acceptance, as [what, how many]: checks by name, states of items, addresses."""
    items, addresses = data["items"], data["addresses"]
    found: list[list[Any]] = [
        [f"items:{name}", items[name]] for name in ("review", "extracted", "conflict") if items.get(name)
    ]
    if not items["found"]:
        found.append(["items:none", 0])
    found += [
        [f"check:{name}", counts["failed"]]
        for name, counts in data["checks"].items()
        if counts["failed"] and name not in ADVISORY
    ]
    found += [[f"address:{name}", addresses[name]] for name in ("unresolved", "broken", "unlisted") if addresses[name]]
    return found


def open_points_of(line: Mapping[str, Any]) -> bool:
    """Return whether a column has open points."""
    waiting = any(line.get(name) for name in ("review", "extracted", "conflict"))
    return waiting or any(count for name, count in line["failed"].items() if name not in ADVISORY)


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs from the report before: figures as [name, then, now], failures that came and that went."""
    figures = []
    for name, value in {**_figures(before), **_figures(now)}.items():
        then, today = _figures(before).get(name, 0), _figures(now).get(name, 0)
        if then != today:
            figures.append([name, then, today])
        del value
    old = {(one["check"], one["key"]) for one in before["failures"]}
    new = {(one["check"], one["key"]) for one in now["failures"]}
    return {
        "made_at": before.get("made_at", ""),
        "figures": figures,
        "came": [list(one) for one in sorted(new - old)][:MOST_PER_CHECK],
        "went": [list(one) for one in sorted(old - new)][:MOST_PER_CHECK],
    }


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a report's data: what is signed."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _figures(data: Mapping[str, Any]) -> dict[str, int]:
    return {
        **{f"items:{name}": count for name, count in data["items"].items()},
        **{f"check:{name}": counts["failed"] for name, counts in data["checks"].items()},
        **{f"address:{name}": count for name, count in data["addresses"].items()},
    }


def _column(state: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = state["columns"].setdefault(key, {"found": 0, "failed": {}})
    return found


def _worst(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["hits"], row["url"]))[:MOST_PER_CHECK]
