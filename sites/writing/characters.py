"""Characters that must not come along in foreign text: direction marks, invisible ones, private-use ones. Pure."""

from __future__ import annotations

import re

# Direction marks can make a line read other than it is stored; invisible ones break search and comparison.
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u034f\u115f\u1160\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\U000e0000-\U000e007f"
_DROPPED = re.compile(f"[{_DIRECTION}{_INVISIBLE}{_CONTROL}\ud800-\udfff]")
# Joiners carry meaning inside Arabic, Indic and Mongolian script and between emoji, nowhere else.
_JOINED = "\u0600-\u08ff\u0900-\u0dff\u1800-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Most texts hold none of these, and are looked through once.
_TOUCHED = re.compile(
    f"[{_DIRECTION}{_INVISIBLE}{_CONTROL}\ud800-\udfff\u200c\u200d\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
# E5E5 is what GB encodings make of a full-width space; F0xx are Word's Symbol and Wingdings.
_KNOWN = {
    "\ue5e5": "\u3000",
    "\uf020": " ",
    "\uf02d": "－",
    "\uf0b7": "·",
    "\uf06c": "●",
    "\uf06e": "■",
    "\uf06f": "□",
    "\uf071": "□",
    "\uf0a3": "□",
    "\uf0a7": "▪",
    "\uf0a8": "□",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf052": "☑",
    "\uf0fc": "✓",
    "\uf0fe": "☑",
}
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u205f]+")
EDGE = " \t\r\n\u3000"


def clean(text: str) -> str:
    """Return the text without marks that hide or turn it; known private-use characters become what they look like."""
    if not _TOUCHED.search(text):
        return text
    text = _DROPPED.sub("", text)
    text = _JOINER.sub("", text)
    return _PRIVATE.sub(lambda found: _KNOWN.get(found[0], found[0]), text) if _PRIVATE.search(text) else text


def collapsed(text: str) -> str:
    """Return the text with each run of blanks as one; full-width spaces stay, for they stand inside names."""
    return _BLANKS.sub(" ", text)


def unknown_marks(text: str) -> int:
    """Return how many private-use characters are left: no reader will see what they were."""
    return len(_PRIVATE.findall(text))
