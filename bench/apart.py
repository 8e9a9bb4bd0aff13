"""What every measurement runs in: a process, a folder and a database of its own, on SQLite or on PostgreSQL.

PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(module: str, parser: argparse.ArgumentParser, measure: Callable[[argparse.Namespace], None]) -> int:
    """Start the module again apart from everything, on the database that --on names, and measure there."""
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        return start(module, sys.argv[1:], options.on)
    with ready():
        measure(options)
    return 0


def start(module: str, arguments: list[str], on: str) -> int:
    """Run the module with --inside in a process of its own; return its exit code. BENCH_DIR: where its folder lies."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        command = [sys.executable, "-m", module, *arguments, "--inside"]
        env = os.environ | {
            "DATA_DIR": folder,
            "DEMO": "1",
            "DEBUG": "0",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        if on == "sqlite":
            env["DATABASE_URL"] = f"sqlite:///{folder}/db.sqlite3"
        elif "DATABASE_URL" not in env:
            command = [sys.executable, "-m", "tests.embedded_postgres", *command]
        return subprocess.call(command, cwd=ROOT, env=env)


@contextmanager
def ready() -> Iterator[None]:
    """Set Django up on a database of our own with every table, and say which one it is."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with _own_database():
        call_command("migrate", verbosity=0, skip_checks=True)
        say(f"\n=== {connection.vendor} {connection.get_database_version()} ===")
        yield


@contextmanager
def _own_database() -> Iterator[None]:
    """Use a database of our own: made beside the given one on PostgreSQL, and dropped at the end."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    name = f"bench_{os.getpid()}"  # several may measure on one server
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


def say(text: str) -> None:
    print(text, flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def spent() -> tuple[float, float]:
    """Return the seconds of CPU that this process and, where it runs on this machine, its database server's took."""
    from django.db import connection

    server = 0.0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
        if stat.exists():
            user, system = stat.read_text().rpartition(")")[2].split()[11:13]
            server = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return time.process_time(), server


def held_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def median_of(measure: Callable[[], float], times: int) -> float:
    return statistics.median(measure() for _turn in range(times))
