"""What lies ready on the server to be collected from: mirrors and dumps that are too large to be uploaded.

Somebody with access to the server puts them into LEGACY_FOLDER/<code of the tenant>/. A person at the console chooses
one by its name; a path is never taken. Symbolic links are passed over, from the tenant's folder on, and so are names
that cannot be shown.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def names(tenant_code: str) -> list[str]:
    """Return the names of the files and folders that lie ready for a tenant, sorted."""
    return sorted(path.name for path in _entries(tenant_code))


def find(tenant_code: str, name: str) -> Path | None:
    """Return the file or folder of the name, None where none lies ready for the tenant."""
    return next((path for path in _entries(tenant_code) if path.name == name), None)


def _entries(tenant_code: str) -> list[Path]:
    folder = Path(settings.LEGACY_FOLDER) / tenant_code
    try:
        entries = [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:  # none was put there, or it may not be read
        return []
    return [
        path
        for path in entries
        if path.name.isprintable()
        and not path.name.startswith(".")
        and not path.is_symlink()
        and (path.is_dir() or path.is_file())
    ]
