"""Marks that must not stay: direction marks and other invisible characters (不可见字符), notes of missing pictures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sites.checks.findings import Finding, Remedy, Severity
from sites.checks.passages import Passage
from sites.messages import _, sentence
from sites.writing.parts import MISSING_PICTURE

_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad\u180e\ufff9-\ufffb\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")


def find(passage: Passage) -> Iterator[Finding]:
    """Yield direction marks (refused: the text reads otherwise than it is stored), invisible characters, and notes
    that a paste left where a picture could not come along.
    """
    for pattern, code, severity, message in (
        (_DIRECTION, "direction", Severity.REFUSE, _("Marks that turn the direction of the text. Remove them.")),
        (_INVISIBLE, "invisible", Severity.HINT, _("Invisible characters, which search does not find. Remove them.")),
    ):
        for match in pattern.finditer(passage.text):
            start, end = match.span()
            yield passage.found(code, severity, sentence(message), start, end, replacement="", remedy=Remedy.REPLACE)
    start = passage.text.find(MISSING_PICTURE)
    while start >= 0:
        end = start + len(MISSING_PICTURE)
        said = sentence(_("A picture is still missing here. Upload it at this place, or delete the note."))
        yield passage.found("missing", Severity.REFUSE, said, start, end)
        start = passage.text.find(MISSING_PICTURE, end)
