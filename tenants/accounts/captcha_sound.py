"""The captcha's recording: digits spoken in Chinese, mixed from small recordings with noise. Pure: bytes out of digits."""

from __future__ import annotations

import io
import random
import wave
from array import array
from functools import cache
from pathlib import Path

RATE = 8000
_FOLDER = Path(__file__).parent / "captcha_digits"


def spoken(digits: str, chance: random.Random) -> bytes:
    """Return a WAV file (8 kHz, mono, 16 bit) that says the digits; `chance` varies voice, pauses and noise.

    Behind the digits run hiss and other digits backwards, softer: a person hears through them, a comparison with
    the recordings does not.
    """
    clear = _silence(chance.uniform(0.5, 0.9))
    for digit in digits:
        clear.extend(_varied(_recording(digit), speed=chance.uniform(0.92, 1.06), gain=chance.uniform(0.8, 1.0)))
        clear.extend(_silence(chance.uniform(0.35, 0.75)))
    behind = array("h")
    while len(behind) < len(clear):
        murmur = _varied(_recording(chance.choice("0123456789")), speed=chance.uniform(0.6, 0.8), gain=0.1)
        murmur.reverse()
        behind.extend(murmur)
        behind.extend(_silence(chance.uniform(0.0, 0.2)))
    hiss, mixed = 0.0, array("h")
    for number, value in enumerate(clear):
        hiss = 0.7 * hiss + chance.uniform(-500, 500)
        mixed.append(max(-32_767, min(32_767, int(value + behind[number] + hiss))))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(mixed.tobytes())
    return file.getvalue()


@cache
def _recording(digit: str) -> array[int]:
    with wave.open(str(_FOLDER / f"{digit}.wav")) as read:
        return array("h", read.readframes(read.getnframes()))


def _silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * int(seconds * RATE)))


def _varied(sound: array[int], *, speed: float, gain: float) -> array[int]:
    """Return the sound played faster or slower (and so higher or lower), and softer."""
    length = int((len(sound) - 1) / speed)
    return array("h", (int(gain * sound[int(position * speed)]) for position in range(length)))
