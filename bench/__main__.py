"""Run the measurements on SQLite and on PostgreSQL, each in processes of its own, and print figures and ratios.

Figures on shared machines wander; the ratios come from one run on one machine, and are what to look at.
PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--on", choices=["both", "sqlite", "postgresql"], default="both")
    parser.add_argument("--departments", type=int, default=20, help="departments a county (20: about 4,800 sub-sites)")
    parser.add_argument("--pages", type=int, default=1_000_000, help="pages to grow to before publishing again")
    parser.add_argument(
        "--part", choices=["all", "sites", "admin"], default="all", help="opening and serving, or the admin"
    )
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    options = parser.parse_args()
    parts = ["sites", "admin"] if options.part == "all" else [options.part]
    if options.quick:
        options.departments, options.pages = 0, 100_000
    size = [f"--departments={options.departments}", f"--pages={options.pages}", *(["--quick"] if options.quick else [])]
    failed = 0
    for part in parts:
        arguments = [f"--part={part}", *size]
        if options.on in ("both", "sqlite"):
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                failed |= run(f"sqlite:///{folder}/db.sqlite3", folder, arguments)
        if options.on in ("both", "postgresql"):
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                if os.environ.get("BENCH_INSIDE") or os.environ.get("DATABASE_URL"):
                    failed |= run(os.environ["DATABASE_URL"], folder, arguments)
                else:
                    command = [sys.executable, "-m", "tests.embedded_postgres", sys.executable, "-m", "bench"]
                    command += ["--on=postgresql", *arguments]
                    failed |= subprocess.call(command, cwd=ROOT, env=os.environ | {"BENCH_INSIDE": "1"})
    return failed


def run(database_url: str, folder: str, arguments: list[str]) -> int:
    env = os.environ | {
        "DATABASE_URL": database_url,
        "DATA_DIR": folder,
        "DEMO": "1",
        "DEBUG": "0",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.call([sys.executable, "-m", "bench.worker", *arguments], cwd=ROOT, env=env)


if __name__ == "__main__":
    sys.exit(main())
