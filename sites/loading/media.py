"""Pictures and files of an old site on the tenant's shelf: checked by content, stored once, under their own names.

A stored name follows from the content and a secret: nobody can guess it, and a load that was killed writes the same
file again instead of a second one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from PIL import Image
from wagtail.models import ReferenceIndex

from sites.media import kinds, space
from sites.media.shelves import shelf_for
from sites.messages import SaidError, _, sentence
from sites.models import Attachment, SiteFile, SiteImage
from sites.writing import pictures
from tenants.models import Tenant

# Told by their first bytes, where the name says nothing or something else.
_BEGINNINGS = (
    (b"%PDF", ("pdf",)),
    (b"PK\x03\x04", ("docx", "xlsx", "pptx", "ofd", "odt", "ods", "zip")),
    (kinds.OLE, ("doc", "xls", "ppt", "wps")),
    (b"Rar!", ("rar",)),
    (b"7z\xbc\xaf", ("7z",)),
    (b"\xff\xd8\xff", ("jpg",)),
    (b"\x89PNG", ("png",)),
)
_FOLDER = "legacy"
NAME_MOST = 255


class Unusable(SaidError):
    """The bytes are no picture or file that may be shown; the message is a sentence."""


class NoSpace(SaidError):
    """They do not fit into the tenant's storage; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture or file that stands on the shelf. `new`: by this call."""

    pk: int
    bytes: int
    new: bool


class Shelf:
    """The tenant's shelf in one transaction: knows how much space is left, and whose name stands on what is stored."""

    def __init__(self, tenant: Tenant, *, by: Any = None) -> None:
        self.tenant, self.by = tenant, by
        self.collection = shelf_for(tenant)
        self._left: int | None = None

    def picture(self, content: Path, *, title: str) -> Stored:
        """Store a picture (JPEG, PNG, GIF, WebP; BMP and TIFF become PNG). Raises Unusable, NoSpace."""
        if content.stat().st_size > pictures.BYTES_MOST:
            raise Unusable(
                sentence(_("The picture is larger than %(most)s."), most=filesizeformat(pictures.BYTES_MOST))
            )
        data = pictures.usable(content.read_bytes())
        if data is None:
            raise Unusable(sentence(_("This is not a picture that can be shown.")))
        digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        present = SiteImage.objects.filter(tenant=self.tenant, file_hash=digest).order_by("pk").first()
        if present is not None:
            return Stored(present.pk, len(data), False)
        self._take(len(data))
        with Image.open(BytesIO(data), formats=list(pictures.EXTENSIONS)) as opened:
            width, height = opened.size
            extension = pictures.EXTENSIONS[opened.format or "PNG"]
        image = SiteImage(
            title=title[:NAME_MOST],
            width=width,
            height=height,
            file_size=len(data),
            file_hash=digest,
            collection=self.collection,
            uploaded_by_user=self.by,
        )
        image.file.name = self._write("pictures", BytesIO(data), extension, image.file.storage)
        image.save()
        return Stored(image.pk, len(data), True)

    def file(self, content: Path, *, name: str) -> Stored:
        """Store a file to be offered for download under `name` (Chinese as it is). Raises Unusable, NoSpace."""
        name = fitting_name(content, name)
        size = content.stat().st_size
        digest = _sha1(content)
        present = (
            SiteFile.objects.filter(tenant=self.tenant, file_hash=digest, original_name=name).order_by("pk").first()
        )
        if present is not None:
            return Stored(present.pk, size, False)
        self._take(size)
        stored = SiteFile(
            title=name[:NAME_MOST],
            original_name=name,
            file_size=size,
            file_hash=digest,
            collection=self.collection,
            uploaded_by_user=self.by,
        )
        with content.open("rb") as stream:
            extension = name.rpartition(".")[2].lower()
            stored.file.name = self._write("files", stream, extension, stored.file.storage, salt=name)
        stored.save()
        return Stored(stored.pk, size, True)

    def _take(self, size: int) -> None:
        """Count the bytes against the quota. Raises NoSpace where they do not fit."""
        if self._left is None:
            self._left = space.limit(self.tenant) - space.used(self.tenant)
        if size > self._left:
            raise NoSpace(
                sentence(
                    _(
                        "It does not fit any more (%(size)s): the site's storage of %(limit)s is full. Ask the platform"
                        " operator for more space, then load again."
                    ),
                    size=filesizeformat(size),
                    limit=filesizeformat(space.limit(self.tenant)),
                )
            )
        self._left -= size

    def _write(self, kind: str, stream: BinaryIO, extension: str, storage: Any, salt: str = "") -> str:
        """Store the bytes under the name that follows from them, over what a killed load may have left there."""
        key = hmac.new(settings.SECRET_KEY.encode(), digestmod="sha256")
        key.update(f"{self.tenant.pk} {kind} {salt} ".encode("utf-8", "surrogatepass"))
        while block := stream.read(1024 * 1024):
            key.update(block)
        stream.seek(0)
        name = f"{kind}/{_FOLDER}/{key.hexdigest()[:2]}/{key.hexdigest()[2:34]}.{extension}"
        if storage.exists(name):
            storage.delete(name)
        return str(storage.save(name, File(stream)))


def fitting_name(content: Path, name: str) -> str:
    """Return the file's name with an extension that its content bears out. Raises Unusable where nothing does.

    Old sites offer documents under names without an extension, or with a wrong one.
    """
    name = PurePosixPath(name.replace("\\", "/")).name.strip(" .") or "file"
    with content.open("rb") as stream:
        try:
            kinds.check(stream, name)
        except kinds.UnsafeFile as error:
            said = error
        else:
            return _cut(name)
        head = stream.read(16)
        for beginning, extensions in _BEGINNINGS:
            if head.startswith(beginning):
                for extension in extensions:
                    other = f"{_stem(name)}.{extension}"
                    try:
                        kinds.check(stream, other)
                    except kinds.UnsafeFile:
                        continue
                    return _cut(other)
    raise Unusable(said.sentence)


def unused(*, image_ids: list[int], file_ids: list[int]) -> tuple[set[int], set[int]]:
    """Return the pictures and files among these that loading stored and nothing shows any more."""
    images = SiteImage.objects.filter(pk__in=image_ids, file__startswith=f"pictures/{_FOLDER}/")
    files = SiteFile.objects.filter(pk__in=file_ids, file__startswith=f"files/{_FOLDER}/")
    attached = set(Attachment.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))
    return _shown_nowhere(images), _shown_nowhere(files) - attached


def remove(*, image_ids: Collection[int], file_ids: Collection[int]) -> None:
    """Delete pictures and files, their bytes when the transaction is through."""
    for model, ids in ((SiteImage, image_ids), (SiteFile, file_ids)):
        for row in model.objects.filter(pk__in=ids):
            row.delete()


def _shown_nowhere(rows: Any) -> set[int]:
    return {row.pk for row in rows if not ReferenceIndex.get_references_to(row).exists()}


def _stem(name: str) -> str:
    """Return the name without an extension; a dot in a Chinese name ("第1.2号") is none."""
    stem, dot, extension = name.rpartition(".")
    return stem if dot and stem and extension.isascii() and extension.isalnum() and len(extension) <= 5 else name


def _cut(name: str) -> str:
    stem, _dot, extension = name.rpartition(".")
    return f"{stem[: NAME_MOST - len(extension) - 1]}.{extension}"


def _sha1(content: Path) -> str:
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
