"""The platform's questions of the secrecy review: its own file (SECRECY_QUESTIONS), or the ones shipped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from sites.review import secrecy


def questions() -> tuple[secrecy.Question, ...]:
    """Return the questions, read once per process and file."""
    return _read(Path(settings.SECRECY_QUESTIONS) if settings.SECRECY_QUESTIONS else secrecy.QUESTIONS)


@cache
def _read(path: Path) -> tuple[secrecy.Question, ...]:
    return secrecy.read_questions(path)
