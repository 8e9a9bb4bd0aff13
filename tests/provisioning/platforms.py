"""Whole platforms of their own for tests with real processes: a copy of the suite's empty database, and manage.py on it."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, connections

from tests.cast import REGIONS

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = "import sys; sys.path[:0] = ['platform', '.']; import manage; manage.main()"
# Small batches, so that a run has many moments between two commits at which it can be killed.
IN_SMALL_BATCHES = """
import os, sys
sys.path[:0] = ["platform", "."]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
import provisioning.apply
provisioning.apply.BATCH = 5
import manage
manage.main()
"""


@dataclass(frozen=True)
class Platform:
    """One database with a folder beside it. Nothing in it is shared with the test's own database."""

    folder: Path
    url: str
    query: Callable[[str], list[tuple[Any, ...]]]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            "SECRET_KEY": "only-for-the-suite",
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
        }

    def start(self, *arguments: Any, code: str = MANAGE, stdin: int | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *arguments: Any, stdin: bytes = b"", code: str = MANAGE) -> subprocess.CompletedProcess[str]:
        """Run manage.py to its end."""
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            timeout=180,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def load_regions(self, rows: tuple[tuple[str, str, str, str], ...] = REGIONS) -> None:
        """Write regions, parents first, without the seconds that another process would take."""
        numbers: dict[str, int] = {}
        lineages: dict[str, str] = {"": ""}
        lines = []
        for number, (code, name, level, parent) in enumerate(rows, 1):
            numbers[code], lineages[code] = number, f"{lineages[parent]}{code}/"
            lines.append(
                f"({number}, '{code}', '{name}', '{level}', {numbers.get(parent, 'NULL')}, '{lineages[code]}')"
            )
        columns = "id, code, name, level, parent_id, lineage"
        self.query(f"INSERT INTO tenants_region ({columns}) VALUES {', '.join(lines)}")


@pytest.fixture(scope="session")
def new_platform(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Platform]]:
    """Return a maker of platforms; each starts as the suite's database does: migrated and empty."""
    numbers = itertools.count(1)
    with django_db_blocker.unblock():
        maker = _OnPostgres() if connection.vendor == "postgresql" else _OnSqlite(tmp_path_factory.mktemp("empty"))
    yield lambda: maker.make(tmp_path_factory.mktemp("platform"), next(numbers))
    maker.close()


@pytest.fixture
def platform(new_platform: Callable[[], Platform]) -> Platform:
    return new_platform()


class _OnSqlite:
    def __init__(self, folder: Path) -> None:
        import sqlite3

        self.empty = folder / "empty.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(self.empty) as copy:
            connection.connection.backup(copy)

    def make(self, folder: Path, _number: int) -> Platform:
        import shutil
        import sqlite3

        path = folder / "db.sqlite3"
        shutil.copy(self.empty, path)

        def query(sql: str) -> list[tuple[Any, ...]]:
            reader = sqlite3.connect(path, timeout=20, isolation_level=None)
            # Django's own, which the constraints of the tables call.
            reader.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
            try:
                return reader.execute(sql).fetchall()
            finally:
                reader.close()

        return Platform(folder, f"sqlite:///{path}", query)

    def close(self) -> None:
        """Leave the files to pytest's own clearing."""


class _OnPostgres:
    def __init__(self) -> None:
        self.settings = connection.settings_dict
        self.empty = f"{self.settings['NAME']}_empty"
        self.made = [self.empty]
        connections.close_all()  # a database somebody is connected to cannot be copied
        self._run(
            f'DROP DATABASE IF EXISTS "{self.empty}"',
            f'CREATE DATABASE "{self.empty}" TEMPLATE "{self.settings["NAME"]}"',
        )

    def _connect(self, name: str) -> Any:
        import psycopg2

        server = {
            key: self.settings[key.upper()]
            for key in ("user", "password", "host", "port")
            if self.settings[key.upper()]
        }
        made = psycopg2.connect(dbname=name, **server)
        made.autocommit = True
        return made

    def _run(self, *statements: str) -> None:
        server = self._connect("postgres")
        try:
            with server.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            server.close()

    def make(self, folder: Path, number: int) -> Platform:
        name = f"{self.settings['NAME']}_{number}"
        self.made.append(name)
        self._run(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{self.empty}"')

        def query(sql: str) -> list[tuple[Any, ...]]:
            reader = self._connect(name)
            try:
                with reader.cursor() as cursor:
                    cursor.execute(sql)
                    return list(cursor.fetchall()) if cursor.description else []
            finally:
                reader.close()

        password = f":{quote(self.settings['PASSWORD'], safe='')}" if self.settings["PASSWORD"] else ""
        server = f"{quote(self.settings['HOST'] or 'localhost', safe='')}:{self.settings['PORT'] or 5432}"
        return Platform(folder, f"postgres://{quote(self.settings['USER'], safe='')}{password}@{server}/{name}", query)

    def close(self) -> None:
        self._run(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self.made))
