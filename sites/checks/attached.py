"""Files that a page hands out: what they are by content, how large, and whose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.template.defaultfilters import filesizeformat

from sites.checks.findings import Finding, Severity
from sites.checks.gathering import FileUse, Gathered
from sites.media import kinds
from sites.messages import Sentence, _, sentence
from sites.models import SiteFile
from tenants.models import Tenant

REMEMBERED_SECONDS = 7 * 24 * 3600


def find(found: Gathered, tenant: Tenant) -> Iterator[Finding]:
    """Yield files that are gone, of another site, too large, or not what their name says."""
    files = SiteFile.objects.in_bulk({use.file_id for use in found.files}) if found.files else {}
    for use in found.files:
        file = files.get(use.file_id)
        if file is None:
            yield _at(use, Severity.REFUSE, sentence(_("The file has been deleted. Take it out, or choose another.")))
        elif file.tenant_id not in {None, tenant.pk}:
            yield _at(use, Severity.REFUSE, sentence(_("The file belongs to another site. Upload it to this one.")))
        else:
            problem = _too_large(file) or _unsafe(file)
            if problem is not None:
                yield _at(use, Severity.REFUSE, problem)


def _at(use: FileUse, severity: Severity, message: Sentence) -> Finding:
    place = use.place
    return Finding("file", severity, message, place.field, place.block_id, place.path, around=str(use.file_id))


def _too_large(file: SiteFile) -> Sentence | None:
    limit = settings.WAGTAILDOCS_MAX_UPLOAD_SIZE
    if (file.file_size or 0) <= limit:
        return None
    return sentence(
        _("“%(title)s” has %(size)s; at most %(limit)s are allowed."),
        title=file.title,
        size=filesizeformat(file.file_size),
        limit=filesizeformat(limit),
    )


def _unsafe(file: SiteFile) -> Sentence | None:
    """Return what is wrong with the file's content. It is read once, and remembered as long as it stays the same."""
    key = f"file-kind:{file.pk}:{file.file.name}:{file.file_size}"
    said: Any = cache.get(key)
    if said is None:
        said = _judged(file) or ""
        cache.set(key, said, REMEMBERED_SECONDS)
    return sentence(_("“%(title)s”: %(problem)s"), title=file.title, problem=said) if said else None


def _judged(file: SiteFile) -> Sentence | None:
    try:
        with file.file.open("rb") as stream:
            kinds.check(stream, file.filename)
    except kinds.UnsafeFile as unsafe:
        return unsafe.sentence
    except OSError:
        return sentence(_("The file cannot be read. Upload it again."))
    return None
