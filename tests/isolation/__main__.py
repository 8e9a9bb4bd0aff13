"""A longer sweep of random requests: python -m tests.isolation --seconds 600 --seed 7 (make isolation).

Prints each finding with the command that repeats its request; exits 1 where there was one. The world is built in a
database of its own (DATABASE_URL's server, else SQLite in memory) and dropped at the end.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.isolation.asking import Asker
    from tests.isolation.wandering import Wanderer
    from tests.isolation.world import World

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.isolation", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long to ask (600)")
    parser.add_argument("--seed", type=int, default=None, help="where to begin; without it, drawn and printed")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="repeat one request of the seed and show its answer")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    logging.disable(logging.ERROR)
    with _world() as world:
        from tests.isolation.asking import Asker
        from tests.isolation.wandering import Wanderer

        asker, wanderer = Asker(world), Wanderer(world, seed)
        if options.only is not None:
            return _repeat(asker, wanderer, options.only)
        return _wander(asker, wanderer, options.seconds)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _wander(asker: Asker, wanderer: Wanderer, seconds: int) -> int:
    say(f"seed {wanderer.seed}: {len(wanderer.patterns)} views, {len(asker.world.visitors)} visitors, {seconds} s")
    until, number, found, told = time.monotonic() + seconds, 0, 0, set()
    while time.monotonic() < until:
        for finding in asker.ask(*wanderer.draw(number)).findings:
            found += 1
            if (finding.kind, finding.request.view) not in told:  # the first of its kind; the others are the same fault
                told.add((finding.kind, finding.request.view))
                say(f"{finding}\n      repeat: python -m tests.isolation --seed {wanderer.seed} --only {number}")
        number += 1
    say(f"seed {wanderer.seed}: {number:,} requests, {found} findings in {len(told)} places")
    return 1 if found else 0


def _repeat(asker: Asker, wanderer: Wanderer, number: int) -> int:
    visitor, request = wanderer.draw(number)
    answer = asker.ask(visitor, request)
    say(f"{visitor.name}: {request}\n{answer.status}\n{answer.text}\n")
    say("\n".join(map(str, answer.findings)) or "nothing found")
    return 1 if answer.findings else 0


@contextmanager
def _world() -> Iterator[World]:
    """Build the sweep's world in a test database; nothing of it is left behind."""
    from django.db import transaction
    from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

    from tests.cast import build_cast
    from tests.isolation.world import SETTINGS, build

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False, time_keeper=None)
    try:
        with transaction.atomic(), override_settings(**SETTINGS):
            yield build(build_cast())
            transaction.set_rollback(True)
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
