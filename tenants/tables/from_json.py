"""Tables from JSON: a list of objects, an object with 'rows', or one object a line."""

import json

from tenants.messages import _
from tenants.tables import Problem, RawRow, Table, TableError
from tenants.tables.headers import HeaderNames, row_from_mapping


def read_json(text: str, known: HeaderNames, max_rows: int) -> Table:
    """Return the table whose headers are the objects' keys; TableError if none of them is known."""
    items = _json_items(text)
    if not items:
        raise TableError(_("The file is empty."))
    if len(items) > max_rows:
        raise TableError(_("The file has more than %(limit)d rows. Split it."), limit=max_rows)
    keys = list(dict.fromkeys(key for _number, item in items if isinstance(item, dict) for key in item))
    used = {key for key in keys if known.find(key)}
    if len(used) < min(2, len(keys)) or not used:
        raise TableError(
            _("The objects have none of the known keys. They need at least two of: %(examples)s …"),
            examples=known.examples,
        )
    rows = []
    for number, item in items:
        if isinstance(item, dict):
            rows.append(row_from_mapping(item, number, known))
        else:
            rows.append(RawRow(number, {}, (Problem(number, "", _("this is not an object with named values."), {}),)))
    return Table(tuple(keys), tuple(rows), tuple(key for key in keys if key not in used))


def _json_items(text: str) -> list[tuple[int, object]]:
    """Return (number, item): of a list, of {"rows": [...]}, or of one object a line."""
    try:
        whole = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[0] == "{" and "Extra data" in str(error):
            return [
                (number, _json_line(line, number)) for number, line in enumerate(text.split("\n"), 1) if line.strip()
            ]
        raise _json_error(error) from error
    if isinstance(whole, dict) and isinstance(whole.get("rows"), list):
        whole = whole["rows"]
    if isinstance(whole, dict):
        whole = [whole]
    if not isinstance(whole, list):
        raise TableError(_("The JSON is neither a list of objects nor an object with 'rows'."))
    return list(enumerate(whole, 1))


def _json_line(line: str, number: int) -> object:
    try:
        return json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _json_error(error, line=number) from error


def _json_error(error: Exception, line: int = 0) -> TableError:
    line = line or getattr(error, "lineno", 1)
    return TableError(
        _("Line %(line)d is not valid JSON (%(reason)s)."), line=line, reason=getattr(error, "msg", str(error))
    )


def _no_constant(name: str) -> object:
    raise ValueError(name)
