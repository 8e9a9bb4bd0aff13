"""How large a file of an old site may be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_MB = 300  # where the options say nothing


def max_bytes(options: Mapping[str, Any]) -> int:
    """Return the most bytes of one file: option max_mb."""
    return int(float(options.get("max_mb") or MAX_MB) * 2**20)
