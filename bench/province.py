"""A list of sub-sites as large as asked for."""

from __future__ import annotations

import csv
import io

from provisioning.management.commands import demo


def province(departments: int) -> bytes:
    """Return the demo's list with so many departments a county."""
    rows = list(csv.reader(demo.DIVISIONS.read_text(encoding="utf-8").splitlines()))[1:]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["code", "name", "kind", "region_code", "host"])
    kinds = {"省级门户": "province", "市级门户": "city", "县级门户": "county", "乡镇": "town"}
    for code, name in rows:
        kind = kinds[demo._kind(code)]
        writer.writerow([code, f"{name}人民政府", kind, code, "hunan.localhost" if kind == "province" else ""])
    for code, name in rows:
        if kinds[demo._kind(code)] == "county":
            for number in range(departments):
                writer.writerow([f"{code}-{number:02d}", f"{name}第{number + 1}局", "department", code, ""])
    return text.getvalue().encode()
