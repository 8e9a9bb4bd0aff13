"""Find the browser of the browser tests: python -m tests.e2e.chromium prints it, or says how to get one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = """\
The browser tests need Chromium, and there is none here. Get one of these, then run make e2e again:
  Debian, Ubuntu:   apt-get install chromium fonts-noto-cjk
  elsewhere:        .venv/bin/python -m playwright install chromium   (and a font with Chinese characters)
  one of your own:  make e2e CHROMIUM=/path/to/chromium
"""


def chromium() -> str | None:
    """Return the path of CHROMIUM, of the system's browser or of playwright's own, in this order."""
    named = os.environ.get("CHROMIUM", "").strip()
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def main() -> int:
    found = chromium()
    if found is None:
        named = os.environ.get("CHROMIUM", "").strip()
        sys.stderr.write(f"CHROMIUM names {named!r}, which cannot be run.\n" if named else HOW_TO_GET_ONE)
        return 1
    sys.stdout.write(f"Browser: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
