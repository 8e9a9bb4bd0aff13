"""All measurements on one database, in the order in which the data grows."""

from __future__ import annotations

import argparse
import csv
import io
import resource
import statistics
import sys
import time
from contextlib import contextmanager
from typing import Any

import django


@contextmanager
def own_database() -> Any:
    """Use a database of our own: made beside the given one on PostgreSQL, and dropped at the end."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    name = "bench_provinces"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    connection.close()
    given = settings.DATABASES["default"]["NAME"]
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = given
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def province(departments: int) -> bytes:
    """Return the demo's list with so many departments a county."""
    from provisioning.management.commands import demo

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


def say(text: str) -> None:
    print(text, flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median_of(measure: Any, times: int) -> float:
    return statistics.median(measure() for _turn in range(times))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--departments", type=int, required=True)
    parser.add_argument("--pages", type=int, required=True)
    parser.add_argument("--part", choices=["sites", "admin"], required=True)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    django.setup()
    with own_database():
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0, skip_checks=True)
        say(f"\n=== {connection.vendor} {connection.get_database_version()} ===")
        from bench import admin, measures

        {"sites": measures.everything, "admin": admin.everything}[options.part](options)


if __name__ == "__main__":
    started = time.monotonic()
    main()
    sys.stderr.write(f"bench: {time.monotonic() - started:.0f} s in all\n")
