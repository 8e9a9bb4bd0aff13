#!/usr/bin/env python
"""The command line of the platform: puts the project and platform/ on the path, nothing else."""

import os
import sys
from pathlib import Path


def main() -> None:
    root = Path(__file__).resolve().parent
    sys.path[:0] = [str(root / "platform"), str(root)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"Django is not installed in this Python ({sys.executable}): {error}. Run 'make demo' first.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
