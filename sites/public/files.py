"""Downloads (附件) with their kind and size in words."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, gettext_lazy as _

from sites.public.parts import Attached, Link

KINDS = (
    (frozenset({"xls", "xlsx", "csv", "et", "ods"}), _("Spreadsheet")),
    (frozenset({"doc", "docx", "wps", "odt", "txt"}), _("Text document")),
    (frozenset({"pdf", "ofd"}), _("Fixed-layout document")),
    (frozenset({"ppt", "pptx", "dps"}), _("Slides")),
    (frozenset({"zip", "rar", "7z"}), _("Compressed archive")),
    (frozenset({"jpg", "jpeg", "png"}), _("Picture")),
)


def attached(page: Any) -> tuple[Attached, ...]:
    """Return the attachments of a page in the editor's order, in one query; a preview shows its unsaved ones."""
    found = page.attachments.all()
    if hasattr(found, "select_related"):
        found = found.select_related("file")
    return tuple(
        Attached(attachment.title or attachment.file.title, attachment.file.url, describe(attachment.file))
        for attachment in found
        if attachment.file_id
    )


def describe(file: Any) -> str:
    """Return kind, extension and size of a file, as far as they are known: "表格 XLSX，48 KB"."""
    extension = file.file_extension.lower()
    kind = next((str(label) for extensions, label in KINDS if extension in extensions), gettext("File"))
    named = f"{kind} {extension.upper()}" if extension else kind
    if not file.file_size:
        return named
    return gettext("%(kind)s, %(size)s") % {"kind": named, "size": filesizeformat(file.file_size)}


def file_link(file: Any, label: str) -> Link:
    return Link(label, file.url, note=describe(file))
