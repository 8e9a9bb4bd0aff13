"""Whether bytes are a picture that the web shows, by decoding them; what is not, but can be turned into one, is. Pure."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

PIXELS_MOST = 50_000_000
BYTES_MOST = 20 * 1024 * 1024
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
_TURNED = frozenset({"BMP", "DIB", "TIFF"})  # what office programs hand over and browsers do not show
_OPENED = [*EXTENSIONS, *_TURNED]


def usable(data: bytes) -> bytes | None:
    """Return the picture's bytes as JPEG, PNG, GIF or WebP; None where they are none of these, broken or too large."""
    if not data or len(data) > BYTES_MOST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_OPENED) as image:
                if image.width * image.height > PIXELS_MOST or min(image.size) < 2:
                    return None
                image.load()
                return data if image.format in EXTENSIONS else _as_png(image)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,  # Pillow's word for a broken PNG
        EOFError,
        IndexError,
        KeyError,
        OverflowError,
    ):
        return None


def extension(data: bytes) -> str:
    """Return the file extension that fits a usable picture."""
    with Image.open(io.BytesIO(data), formats=list(EXTENSIONS)) as image:
        return EXTENSIONS[image.format or "PNG"]


def _as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    (image if image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"} else image.convert("RGB")).save(out, "PNG")
    return out.getvalue()
