"""Tasks that the tests run in processes of their own: each leaves a line for every attempt."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tenants.tasks import durable


@durable(tries=3, first_wait_seconds=0)
def wait_for_leave(folder: str) -> str:
    """Write "begun", wait until the file `go` is there, write "done"."""
    _note(folder, "begun")
    while not (Path(folder) / "go").exists():
        time.sleep(0.02)
    _note(folder, "done")
    return "done"


@durable(tries=3, first_wait_seconds=60)
def stumble(folder: str) -> None:
    _note(folder, "begun")
    raise OSError("the line is busy")


@durable(tries=2, first_wait_seconds=0, quick=True)
def hurry(folder: str) -> None:
    _note(folder, "hurried")


def _note(folder: str, word: str) -> None:
    with (Path(folder) / "log").open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


def words(folder: Path) -> list[str]:
    log = folder / "log"
    return [line.split()[0] for line in log.read_text().splitlines()] if log.exists() else []
