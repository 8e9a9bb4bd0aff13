"""Pictures at the sizes the templates show, prepared for many images with two queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sites.public.parts import Picture

WIDE = "fill-800x450"
PORTRAIT = "fill-240x300"
# The same shape for phones, and both as WebP, about a third smaller; old desktops get `src`.
SMALLER = {WIDE: "fill-400x225", PORTRAIT: "fill-120x150"}


def webp_specs(spec: str) -> tuple[str, ...]:
    return tuple(f"{each}|format-webp" for each in (SMALLER.get(spec), spec) if each)


def pictures(image_ids: Iterable[int | None], spec: str) -> dict[int, Picture]:
    """Return the pictures by image id. An image whose file is gone is left out: the page stands without it."""
    from sites.models import SiteImage

    wanted = {pk for pk in image_ids if pk}
    if not wanted:
        return {}
    found = {}
    for image in SiteImage.objects.filter(pk__in=wanted).prefetch_renditions(spec, *webp_specs(spec)):
        picture = _picture(image, spec)
        if picture is not None:
            found[image.pk] = picture
    return found


def _picture(image: Any, spec: str) -> Picture | None:
    from wagtail.images.exceptions import InvalidFilterSpecError
    from wagtail.images.models import SourceImageIOError

    try:
        made = image.get_rendition(spec)
        webp = [image.get_rendition(each) for each in webp_specs(spec)]
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return None
    srcset = ", ".join(f"{each.url} {each.width}w" for each in webp)
    return Picture(made.url, image.description or image.title, made.width, made.height, srcset)
