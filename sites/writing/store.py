"""From blocks to the body of a page: pictures go to the tenant's shelf, tables into the editor's form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Collection

from sites.media import space
from sites.media.shelves import shelf_for
from sites.models import Article, Column, SiteImage, SitePage
from sites.reach import reach_of
from sites.writing.parts import Block, Picture, Table, Text
from sites.writing.pictures import extension
from sites.writing.stored_table import table_value
from tenants.models import Tenant


@transaction.atomic
def body_from(blocks: Iterable[Block], tenant: Tenant, column: SitePage, user: Any) -> list[dict[str, Any]]:
    """Return the blocks in the stored form of a body: [{"type", "value"}].

    Pictures are put on the shelf where `user` may put them; one whose bytes are there already is used again. Their
    alternative text is left empty where none came along, for the checks to ask for. Raises OverQuota (a sentence)
    where the pictures do not fit any more; then nothing is stored.
    """
    blocks = list(blocks)
    images = _images([block for block in blocks if isinstance(block, Picture)], tenant, column, user)
    out = []
    for block in blocks:
        if isinstance(block, Text):
            out.append({"type": "paragraph", "value": block.html})
        elif isinstance(block, Table):
            out.append({"type": "table", "value": table_value(block)})
        else:
            value = {"image": images[_hash(block.data)].pk, "decorative": False, "alt_text": block.alt}
            out.append({"type": "image", "value": {"image": value, "caption": ""}})
    return out


def form_state(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a stored body the way the editor's script takes new blocks: [{"type", "value", "id"}]."""
    stream_block = Article._meta.get_field("body").stream_block
    state: list[dict[str, Any]] = stream_block.get_form_state(stream_block.to_python(body))
    return state


def shelf_of(tenant: Tenant, column: SitePage, user: Any) -> Collection:
    """Return the tenant's shelf, or for a member of single columns the shelf of the one that `column` belongs to.

    Raises PermissionDenied where the person keeps nothing there.
    """
    own = reach_of(user).column_paths(tenant.pk)
    if own is None:
        return shelf_for(tenant)
    held = max((path for path in own if column.path.startswith(path)), key=len, default="")
    if not held:
        raise PermissionDenied
    return shelf_for(tenant, Column.objects.get(path=held))


def _hash(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()  # the same that Wagtail keeps of each picture


def _images(pictures: list[Picture], tenant: Tenant, column: SitePage, user: Any) -> dict[str, SiteImage]:
    """Return the stored image by the hash of its bytes."""
    wanted = {_hash(picture.data): picture for picture in pictures}
    if not wanted:
        return {}
    found = {image.file_hash: image for image in SiteImage.objects.filter(tenant=tenant, file_hash__in=list(wanted))}
    new = {key: picture for key, picture in wanted.items() if key not in found}
    if new:
        space.check(tenant, sum(len(picture.data) for picture in new.values()))
        shelf = shelf_of(tenant, column, user)
        for number, (key, picture) in enumerate(new.items(), 1):
            found[key] = _stored(picture, key, shelf, user, number)
    return found


def _stored(picture: Picture, key: str, shelf: Collection, user: Any, number: int) -> SiteImage:
    title = picture.alt or _("Picture %(number)s of %(day)s") % {
        "number": number,
        "day": timezone.localdate().isoformat(),
    }
    file = ImageFile(BytesIO(picture.data), name=f"{key[:16]}.{extension(picture.data)}")
    image = SiteImage(title=title[:255], file=file, collection=shelf, uploaded_by_user=user)
    image._set_image_file_metadata()
    image.save()
    return image
