"""The captcha's picture, drawn here: the same digits in the same shape at every size. Pure: bytes out of digits."""

from __future__ import annotations

import io
import math
import random
from functools import cache
from pathlib import Path

import captcha
from PIL import Image, ImageDraw, ImageFont

# Width to height: room for five digits.
PROPORTION = 3
_INK, _PAPER = 40, 255
_FONT = Path(captcha.__file__).parent / "fonts" / "Vera.ttf"


def drawn(digits: str, chance: random.Random, height: int) -> bytes:
    """Return a PNG of `height` pixels. All that `chance` gives is taken in the same order and in parts of the height,
    so two pictures from equal chances differ in size alone.
    """
    picture = Image.new("L", (PROPORTION * height, height), _PAPER)
    step = (PROPORTION - 0.5) / len(digits)
    for number, digit in enumerate(digits):
        turned = _digit(digit, height).rotate(chance.uniform(-20, 20), Image.Resampling.BICUBIC)
        left = 0.25 + step * (number + 0.5) - 0.5 + chance.uniform(-0.04, 0.04)
        ink = Image.new("L", turned.size, _INK)
        picture.paste(ink, (round(left * height), round(chance.uniform(-0.1, 0.1) * height)), turned)
    picture = _waved(picture, chance, height)
    _crossed(picture, chance, height)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _digit(digit: str, height: int) -> Image.Image:
    tile = Image.new("L", (height, height), 0)
    ImageDraw.Draw(tile).text((height / 2, height / 2), digit, fill=255, font=_font(round(0.66 * height)), anchor="mm")
    return tile


def _waved(picture: Image.Image, chance: random.Random, height: int) -> Image.Image:
    deep, turns, start = chance.uniform(0.03, 0.06), chance.uniform(1.0, 1.8), chance.uniform(0, 2 * math.pi)
    waved = Image.new("L", picture.size, _PAPER)
    for row in range(height):
        shift = deep * height * math.sin(start + 2 * math.pi * turns * row / height)
        waved.paste(picture.crop((0, row, picture.width, row + 1)), (round(shift), row))
    return waved


def _crossed(picture: Image.Image, chance: random.Random, height: int) -> None:
    """Draw lines through the digits and dots around them, thin enough for a person to see past."""
    pen = ImageDraw.Draw(picture)
    for _line in range(2):
        middle, swing, start = chance.uniform(0.3, 0.7), chance.uniform(0.1, 0.25), chance.uniform(0, 6)
        points = [
            (part * height / 10, height * (middle + swing * math.sin(start + part / 4)))
            for part in range(10 * PROPORTION + 1)
        ]
        pen.line(points, fill=_INK + 60, width=max(1, height // 40))
    for _dot in range(70):
        x, y, size = chance.uniform(0, PROPORTION), chance.uniform(0, 1), chance.uniform(0.006, 0.016)
        box = [(x - size) * height, (y - size) * height, (x + size) * height, (y + size) * height]
        pen.ellipse(box, fill=_INK + 40)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)
