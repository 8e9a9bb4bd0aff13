"""Which adapter reads a run's source: from the run's options and the transition's settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _lazy

from legacy import blobs
from legacy.models import LegacyRun
from legacy.sources import lying_ready
from legacy.sources.guard import AddressGuard
from legacy.sources.records import Source, SourceRefused
from sites.messages import _, sentence

# Name of a source: what it is called, and the module whose `source(row, options)` makes its adapter.
SOURCES = {
    "crawl": (_lazy("Live site"), "legacy.sources.crawl"),
    "list": (_lazy("Site map or list of addresses"), "legacy.sources.crawl"),
    "mirror": (_lazy("Folder with a mirror"), "legacy.sources.mirror"),
    "zip": (_lazy("ZIP of a mirror"), "legacy.sources.zipped"),
    "warc": (_lazy("WARC archive"), "legacy.sources.warc"),
    "wxr": (_lazy("WordPress export (WXR)"), "legacy.sources.wxr"),
    "sql": (_lazy("SQL dump"), "legacy.sources.sql_dump"),
    "database": (_lazy("Live database"), "legacy.sources.database"),
    "table": (_lazy("Table (CSV, XLSX, JSON lines)"), "legacy.sources.tables"),
}


def source_of(row: LegacyRun) -> Source:
    """Return the adapter of a run. Raises SourceRefused where its options do not fit."""
    name = str(row.options.get("source", ""))
    if name not in SOURCES:
        raise SourceRefused(
            sentence(_("There is no source “%(name)s”. There are: %(known)s."), name=name, known=", ".join(SOURCES))
        )
    make: Callable[[LegacyRun, dict[str, Any]], Source] = import_module(SOURCES[name][1]).source
    return make(row, options_of(row, name))


def options_of(row: LegacyRun, name: str) -> dict[str, Any]:
    """Return the settings of the source for this transition, overridden by the run's own options."""
    standing = row.transition.source_settings.get(name, {})
    return {**standing, **row.options}


def incoming(tenant_id: int) -> Path:
    """Return the folder in which files that were handed in through the web wait to be read."""
    return blobs.folder() / "incoming" / str(tenant_id)


def path_of(row: LegacyRun, options: dict[str, Any], key: str = "path") -> Path:
    """Return the file or folder that the options name. A run that was not started at the command line stays within
    the tenant's incoming folder, names what lies ready for the tenant on the server (`ready`, in place of `path`), or
    a file of the store by its hash (`blob`, with its `name`). Raises SourceRefused where there is nothing, or nothing
    that may be read.
    """
    if key == "path" and (name := str(options.get("ready", ""))):
        lies = lying_ready.find(row.transition.tenant.code, name)
        if lies is None:
            raise SourceRefused(sentence(_("There is no file or folder “%(path)s”."), path=name))
        return lies
    text = str(options.get(key, ""))
    found = Path(text) if text else None
    if found is not None and not row.options.get("at_command_line") and not _is_blob(found):
        found = incoming(row.tenant_id) / found
        if not found.resolve().is_relative_to(incoming(row.tenant_id).resolve()):
            found = None
    if found is None or not found.exists():
        raise SourceRefused(sentence(_("There is no file or folder “%(path)s”."), path=text))
    return _under_its_name(row, found, str(options.get("name", ""))) if _is_blob(found) else found


def _is_blob(path: Path) -> bool:
    """Return whether the path is a file of the store: whoever knows its hash has had the file."""
    return path == blobs.path_of(path.name) and len(path.name) == 64 and path.name.isalnum()


def files_of(row: LegacyRun) -> Path:
    """Return the folder with links to the files that a run was handed; it goes with the run's end."""
    return blobs.folder() / "work" / f"run-{row.pk}-files"


def _under_its_name(row: LegacyRun, path: Path, name: str) -> Path:
    """Return a link to a file of the store under the name it was handed in with: sentences name files."""
    safe = re.sub(r"[^\w.()\- ]", "_", name)[-100:].lstrip(".") or path.name
    link = files_of(row) / safe
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(path)
    return link


def allowed_hosts(row: LegacyRun) -> list[str]:
    """Return the inner hosts that may be connected to: the operator's (LEGACY_INNER_HOSTS), and at the command line
    those named there. What a tenant can write, the transition's settings above all, counts for nothing here.
    """
    named = row.options.get("inner_hosts", []) if row.options.get("at_command_line") else []
    return [*settings.LEGACY_INNER_HOSTS, *named]


def guard_of(row: LegacyRun) -> AddressGuard:
    return AddressGuard(allowed_hosts(row))


def home_of(row: LegacyRun) -> str:
    """Return the main host of the old site, "" where the transition names none."""
    return str(row.transition.hosts[0]) if row.transition.hosts else ""
