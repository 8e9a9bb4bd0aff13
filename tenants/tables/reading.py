"""Reading a table that was handed in: CSV, TSV, XLSX or JSON.

The content decides what a file is; its name only helps where the content leaves it open. What looks like a table to
its owner and can't be read as one is named, with what to save it as.
"""

import re
from collections.abc import Mapping

from tenants.messages import _
from tenants.tables import MAX_FILE_BYTES, MAX_ROWS, Table, TableError
from tenants.tables.from_csv import read_csv
from tenants.tables.from_json import read_json
from tenants.tables.from_xlsx import read_xlsx
from tenants.tables.headers import HeaderNames

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"))
_BOMS_16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_table(data: bytes, name: str, headers: Mapping[str, str], *, max_rows: int = MAX_ROWS) -> Table:
    """Return the table in data; `headers` maps each known header to its field.

    Where two columns give one field, the header that stands earlier in `headers` wins and the other is ignored.
    A header "group/part" in `headers` is met by "part" under a merged "group", or to the right of a column "group".
    Cells of unknown columns are dropped. Raises TableError with a sentence for a file that can't be read.
    """
    known = HeaderNames(headers)
    if len(data) > MAX_FILE_BYTES:
        raise TableError(_("The file is over %(limit)d MB. Split it."), limit=MAX_FILE_BYTES // 2**20)
    if not data.strip():
        raise TableError(_("The file is empty."))
    if data.startswith(b"PK\x03\x04"):
        return read_xlsx(data, known, max_rows)
    _refuse_other_formats(data)
    text = decode(data)
    if not text.strip():
        raise TableError(_("The file is empty."))
    if text.lstrip()[0] in "[{" or name.lower().endswith((".json", ".jsonl", ".ndjson")):
        return read_json(text, known, max_rows)
    return read_csv(text, known, max_rows)


def decode(data: bytes) -> str:
    """Return the text: by its byte order mark, else UTF-8, else GB18030; TableError names the offending byte."""
    for mark, encoding in (*_BOMS, *_BOMS_16):
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError as error:
                raise TableError(
                    _("The file says it is %(encoding)s, but byte %(offset)d is not. Save it again as UTF-8."),
                    encoding=encoding.removesuffix("-sig").upper(),
                    offset=error.start,
                ) from error
            return _without_nul(text)
    if (offset := data.find(b"\0")) >= 0:
        raise TableError(_("Byte %(offset)d of the file is NUL: this is not a text table."), offset=offset)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        in_utf8 = error.start
    # A few whole Chinese characters before the fault prove UTF-8: read as GB18030, the rest would turn to nonsense.
    if len(re.findall(r"[\u3000-\u9fff]", data[:in_utf8].decode("utf-8"))) >= 3:
        raise TableError(_("The file is UTF-8, but damaged at byte %(offset)d. Save it again."), offset=in_utf8)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise TableError(
            _("The file is neither UTF-8 (byte %(utf8)d) nor GB18030 (byte %(gb)d). Save it as UTF-8."),
            utf8=in_utf8,
            gb=error.start,
        ) from error


def _without_nul(text: str) -> str:
    if (offset := text.find("\0")) >= 0:
        raise TableError(_("Character %(offset)d of the file is NUL: this is not a text table."), offset=offset)
    return text


def _refuse_other_formats(data: bytes) -> None:
    """Say what a file is that looks like a table to its owner but can't be read as one."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableError(_("The workbook is protected by a password. Remove the password and save it again."))
        raise TableError(_("This is an old Excel file (.xls). Open it and save it as .xlsx."))
    if data.startswith(b"%PDF"):
        raise TableError(_("This is a PDF. Save the table as .xlsx or .csv."))
    if data.startswith(b"PK"):
        raise TableError(_("The workbook is cut off or damaged. Save or upload it again."))
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise TableError(_("This is a web page or XML that calls itself a table. Open it and save it as .xlsx."))
