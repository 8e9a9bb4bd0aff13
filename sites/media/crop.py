"""Cutting a picture to 4:3, the shape that news pictures on home pages have. Pure."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

RATIO = (4, 3)
FORMATS = {"JPEG": {"quality": 88, "optimize": True}, "PNG": {"optimize": True}, "WEBP": {"quality": 88}}


def box(width: int, height: int, place: int) -> tuple[int, int, int, int]:
    """Return (left, top, right, bottom) of the largest 4:3 part of a picture of `width` by `height` pixels.

    `place` says where it lies in the direction in which something is cut off: 0 at the left or top, 50 in the middle,
    100 at the right or bottom; other numbers are taken as the nearest of these bounds.
    """
    place = max(0, min(100, place))
    across, down = RATIO
    if width * down >= height * across:
        kept = max(1, height * across // down)
        left = (width - kept) * place // 100
        return left, 0, left + kept, height
    kept = max(1, width * down // across)
    top = (height - kept) * place // 100
    return 0, top, width, top + kept


def cropped(stream: BinaryIO, place: int = 50) -> bytes:
    """Return the picture cut to 4:3, upright, in its own format (JPEG where that cannot be written).

    Raises PIL.UnidentifiedImageError (an OSError) where it is no picture, PIL.Image.DecompressionBombError where it
    unpacks to far more pixels than a picture has.
    """
    with Image.open(stream) as opened:
        kind = opened.format if opened.format in FORMATS else "JPEG"
        upright = ImageOps.exif_transpose(opened)
        part = upright.crop(box(upright.width, upright.height, place))
    if kind == "JPEG" and part.mode not in {"RGB", "L"}:
        part = part.convert("RGB")
    out = io.BytesIO()
    part.save(out, kind, **FORMATS[kind])
    return out.getvalue()
