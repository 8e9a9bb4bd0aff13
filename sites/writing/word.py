"""An uploaded text file, whatever its name says, to blocks: .docx, .doc, .wps, .odt, .rtf, .html, .mht, .txt.

What a file is, its content says: many .doc and .wps files are packages, RTF or web pages inside.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import escape

from sites.messages import Sentence, _, sentence
from sites.writing import docx, html, odt, office, rtf
from sites.writing.archive import Package, locked
from sites.writing.parts import Reading, Unreadable

BYTES_MOST = 30 * 1024 * 1024
EXTENSIONS = (".docx", ".doc", ".wps", ".odt", ".rtf", ".txt", ".html", ".htm", ".mht")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOST: dict[str, str] = {
    "formula": _("Formulas: %(count)s. Add them as pictures."),
    "comment": _("Comments: %(count)s."),
    "macro": _("Macros were left out; they are never run."),
    "contents": _("The table of contents was left out; a web page needs none."),
    "change": _("The file holds tracked changes; they were taken as accepted."),
}
# What begins like this is no text; the sentence says what to do with it.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", _(
        "This is a PDF. Its text cannot be taken over reliably: offer it as an attachment, or"
        " upload the Word file it was made from."
    )),
    (b"\x89PNG", _("This is a picture. Add it to an article as a picture.")),
    (b"\xff\xd8\xff", _("This is a picture. Add it to an article as a picture.")),
    (b"GIF8", _("This is a picture. Add it to an article as a picture.")),
    (b"Rar!", _("This is a packed archive. Unpack it, and upload the Word file inside.")),
    (b"7z\xbc\xaf", _("This is a packed archive. Unpack it, and upload the Word file inside.")),
    (b"MZ", _("This is a program, not a text.")),
    (b"\x7fELF", _("This is a program, not a text.")),
)  # fmt: skip


def read_file(data: bytes, soffice: str = "") -> Reading:
    """Return what stands in the file. Raises Unreadable with a sentence where nothing can be read."""
    if not data.strip(b"\x00 \r\n\t"):
        raise Unreadable(sentence(_("The file is empty.")))
    if len(data) > BYTES_MOST:
        raise Unreadable(
            sentence(_("The file is larger than %(most)s MB. Make its pictures smaller."), most=BYTES_MOST // 1024**2)
        )
    for beginning, msgid in _OTHERS:
        if data.startswith(beginning):
            raise Unreadable(sentence(msgid))
    reading = _reader(data)(data, soffice)
    if reading.is_empty():
        raise Unreadable(sentence(_("No text was found in this file.")))
    return reading


def _reader(data: bytes) -> Callable[[bytes, str], Reading]:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if data.startswith(b"PK"):
        return _package
    if data.startswith(_OLE):
        return _old
    if head.startswith(b"{\\rtf"):
        return _rtf
    if re.match(rb"(?i)(mime-version|from|content-type):", head):
        return _mht
    if b"<" in head and re.search(rb"(?i)<(!doctype html|html|head|body|meta|p|div|table|h[1-6])[\s>]", head):
        return _html
    return _plain


def _package(data: bytes, _soffice: str) -> Reading:
    package = Package(data)
    names = package.names
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        mimetype = package.read("mimetype") if "mimetype" in names else b""
        if b"opendocument" in mimetype and b"opendocument.text" not in mimetype:
            raise _not_a_text()
        return _from(*odt.to_html(package))
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise _not_a_text()
    if "[Content_Types].xml" not in names:
        raise Unreadable(sentence(_("This is a packed archive. Unpack it, and upload the Word file inside.")))
    return _from(*docx.to_html(package))


def _not_a_text() -> Unreadable:
    return Unreadable(
        sentence(
            _(
                "This is a spreadsheet or a presentation, not a text. Copy a table and paste it into"
                " the article, or offer the file as an attachment."
            )
        )
    )


def _old(data: bytes, soffice: str) -> Reading:
    # A locked .docx is an OLE file with a stream of this name.
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise locked()
    if "Workbook".encode("utf-16-le") in data or "PowerPoint Document".encode("utf-16-le") in data:
        raise _not_a_text()
    return _package(office.to_docx(data, soffice), soffice)


def _rtf(data: bytes, _soffice: str) -> Reading:
    made, pictures = rtf.to_html(data[data.find(b"{") :])
    return _from(made, pictures, Counter())


def _html(data: bytes, _soffice: str) -> Reading:
    return html.read(decoded(data))


def _mht(data: bytes, _soffice: str) -> Reading:
    """Read a web page saved as one file: the first HTML part, its pictures by their addresses."""
    message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \r\n\t"), policy=email.policy.compat32)
    text = ""
    pictures: dict[str, bytes] = {}
    for part in message.walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_content_type() == "text/html" and not text:
            text = decoded(content)
        elif part.get_content_maintype() == "image":
            location = str(part.get("Content-Location", ""))
            pictures |= {location: content, location.rpartition("/")[2]: content}
            pictures["cid:" + str(part.get("Content-ID", "")).strip("<>")] = content
    return html.read(text, pictures)


def _plain(data: bytes, _soffice: str) -> Reading:
    text = decoded(data)
    return html.read("".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip()))


def decoded(data: bytes) -> str:
    """Return the text: by its byte order mark, as strict UTF-8, else as GB18030; what a page declares often lies.

    Raises Unreadable where it is none of these.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(encoding, "replace")
    if data[:4096].count(0) <= 1:
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise Unreadable(
        sentence(
            _(
                "The content of this file is no text that can be read. Open it in Word or WPS, save it"
                " as .docx, and upload that."
            )
        )
    )


def _from(made: str, pictures: dict[str, bytes], lost: Counter[str]) -> Reading:
    reading = html.read(made, pictures)
    more: list[Sentence] = [sentence(msgid, count=lost[kind]) for kind, msgid in _LOST.items() if lost[kind]]
    if lost["picture"]:
        more.append(
            sentence(
                _("Charts, diagrams and linked pictures: %(count)s. A notice stands at each place."),
                count=lost["picture"],
            )
        )
    return replace(reading, lost=(*reading.lost, *more))
