"""Typed readers of environment variables. A bad value stops the start with one sentence, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def stop(sentence: str) -> SystemExit:
    """Return the exception that ends the start with `sentence` on stderr and exit code 2 (misused)."""
    import sys

    sys.stderr.write(f"{sentence}\n")
    return SystemExit(2)


def text(name: str, default: str = "") -> str:
    """Return the value of `name`, stripped; `default` where it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no value: 1, true, yes, on or 0, false, no, off, in any case."""
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise stop(f"{name} is {value!r}. Write 1 or 0 (also true/false, yes/no, on/off), or leave it out.")


def number(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    value = text(name)
    if not value:
        return default
    try:
        parsed = int(value)
    except ValueError:
        parsed = least - 1
    if not least <= parsed <= most:
        raise stop(f"{name} is {value!r}. Write a whole number from {least} to {most}, or leave it out.")
    return parsed


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """Return one of `among`."""
    value = text(name, default)
    if value not in among:
        raise stop(f"{name} is {value!r}. Write one of {', '.join(among)}, or leave it out.")
    return value


def names(name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return a comma-separated list, without empty parts."""
    return tuple(part.strip() for part in text(name).split(",") if part.strip()) or default


def folder(name: str, default: Path) -> Path:
    """Return an absolute folder; a relative value is taken from the working folder."""
    return Path(text(name, str(default))).expanduser().resolve()
