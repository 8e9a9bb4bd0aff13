"""The attachments and pictures of the demo's old site: small, whole, and the same bytes each time. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from PIL import Image, ImageDraw

_OFFICE = "http://schemas.openxmlformats.org"
_RELATION = f"{_OFFICE}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument"


def document(lines: Sequence[str]) -> bytes:
    """Return a Word document with a paragraph for each line."""
    text = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    return _packed(
        "word/document.xml",
        f"{_TYPES}.wordprocessingml.document.main+xml",
        {
            "word/document.xml": f'<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main">'
            f"<w:body>{text}</w:body></w:document>"
        },
    )


def workbook(lines: Sequence[str]) -> bytes:
    """Return a workbook with a row for each line."""
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{escape(line)}</t></is></c></row>'
        for number, line in enumerate(lines, 1)
    )
    main = f"{_OFFICE}/spreadsheetml/2006/main"
    return _packed(
        "xl/workbook.xml",
        f"{_TYPES}.spreadsheetml.sheet.main+xml",
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_RELATION}"><sheets>'
            '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        },
        {"/xl/worksheets/sheet1.xml": f"{_TYPES}.spreadsheetml.worksheet+xml"},
    )


def picture(seed: int, form: str) -> bytes:
    """Return a picture of a field under a sky: form is "JPEG", "GIF" or "PNG"."""
    image = Image.new("RGB", (480, 320), (150 + seed * 4, 200, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 190, 480, 320), fill=(220, 190 - seed * 3, 40))
    for at in range(0, 480, 24):
        draw.line((at, 320, 240 + (at - 240) // 3, 190), fill=(120, 150, 50), width=3)
    data = io.BytesIO()
    image.save(data, form)
    return data.getvalue()


def _packed(main: str, main_type: str, parts: Mapping[str, str], types: Mapping[str, str] | None = None) -> bytes:
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>'
        for name, kind in {f"/{main}": main_type, **(types or {})}.items()
    )
    whole = {
        "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="{main}"/></Relationships>',
        **parts,
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in whole.items():
            info = zipfile.ZipInfo(name, (2016, 1, 1, 0, 0, 0))
            packed.writestr(info, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return data.getvalue()
