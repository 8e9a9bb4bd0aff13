"""Pictures for the tests of writing: real ones, made on the spot."""

import base64
import io

from PIL import Image


def png(colour: str = "#336699", size: tuple[int, int] = (40, 30), form: str = "PNG") -> bytes:
    """Return the bytes of a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def data_url(data: bytes | None = None) -> str:
    return "data:image/png;base64," + base64.b64encode(data or png()).decode()
