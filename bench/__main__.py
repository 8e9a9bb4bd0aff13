"""Run the measurements on SQLite and on PostgreSQL, each in processes of its own, and print figures and ratios.

Figures on shared machines wander; the ratios come from one run on one machine, and are what to look at.
PostgreSQL: DATABASE_URL's server if given (a database named bench_… is made and dropped), otherwise an embedded one.
"""

from __future__ import annotations

import argparse
import sys
import time

from bench import apart


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--on", choices=["both", "sqlite", "postgresql"], default="both")
    parser.add_argument("--departments", type=int, default=20, help="departments a county (20: about 4,800 sub-sites)")
    parser.add_argument("--pages", type=int, default=1_000_000, help="pages to grow to before publishing again")
    parser.add_argument(
        "--part", choices=["all", "sites", "admin"], default="all", help="opening and serving, or the admin"
    )
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.departments, options.pages = 0, 100_000
    if options.inside:
        inside(options)
        return 0
    size = [f"--departments={options.departments}", f"--pages={options.pages}", *(["--quick"] if options.quick else [])]
    failed = 0
    for part in ["sites", "admin"] if options.part == "all" else [options.part]:
        for on in ["sqlite", "postgresql"] if options.on == "both" else [options.on]:
            failed |= apart.start("bench", [f"--part={part}", *size], on)
    return failed


def inside(options: argparse.Namespace) -> None:
    started = time.monotonic()
    with apart.ready():
        from bench import admin, measures

        {"sites": measures.everything, "admin": admin.everything}[options.part](options)
    sys.stderr.write(f"bench: {time.monotonic() - started:.0f} s in all\n")


if __name__ == "__main__":
    sys.exit(main())
