"""What the endpoints of the HTTP API share: options, and how rows and problems are written."""

from __future__ import annotations

import json
from typing import Any

from ninja.errors import HttpError

from provisioning import api_schemas as schemas, runs
from provisioning.console.problems import text_of
from provisioning.host_patterns import PatternError, clean_pattern
from provisioning.plan import PlannedSite
from tenants.tables import Problem

MAX_PAGE = 200


class Unfit(Exception):
    """Rows that cannot go through, with what is wrong in each field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def problem_out(problem: Problem) -> dict[str, Any]:
    return {"row": problem.row, "field": problem.field, "text": text_of(problem)}


def said(site: PlannedSite) -> dict[str, Any]:
    return {
        "changes": {name: [plain(old), plain(new)] for name, (old, new) in site.changes.items()},
        "warnings": [text_of(warning) for warning in site.warnings],
    }


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def options_of(given: schemas.OptionsIn) -> runs.Options:
    try:
        return runs.Options(clean_pattern(given.host_pattern), given.status, given.with_optional)
    except PatternError as error:
        raise HttpError(422, str(error)) from error


def as_list(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")
