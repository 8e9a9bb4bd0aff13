"""Word and OpenDocument files for the tests, put together from the parts that matter."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def packed(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def relations(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> str:
    """Return a .rels part from (id, kind, target[, mode])."""
    made = "".join(
        f'<Relationship Id="{row[0]}" Type="{R}/{row[1]}" Target="{row[2]}"{f" TargetMode={row[3]!r}" if len(row) > 3 else ""}/>'
        for row in rows
    )
    return f'<Relationships xmlns="{_RELATIONS}">{made}</Relationships>'.replace("'", '"')


def docx(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    rows: tuple = (),
    more: dict[str, str | bytes] | None = None,
) -> bytes:
    """Return a .docx whose main part holds `body` (WordprocessingML)."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
            "</Types>"
        ),
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(
            ("n", "numbering", "numbering.xml"), ("s", "styles", "styles.xml"), *rows
        ),
        "word/numbering.xml": f"<w:numbering {_NAMES}>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles {_NAMES}>{styles}</w:styles>",
    }
    return packed(parts | (more or {}))


def p(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, number: int = 1, level: int = 0) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def levels(*formats: tuple[str, str], number: int = 1) -> str:
    """Return a numbering with one level for each (format, text)."""
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (style, text) in enumerate(formats)
    )
    return (
        f'<w:abstractNum w:abstractNumId="{number}">{made}</w:abstractNum>'
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
    )


def drawing(inner: str) -> str:
    return f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x"/>{inner}</wp:inline></w:drawing></w:r></w:p>'


def picture(relation: str, attribute: str = "embed") -> str:
    return drawing(
        f'<a:graphic><a:graphicData uri="x"><pic:pic><pic:blipFill><a:blip r:{attribute}="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic>"
    )


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODT_NAMES = (
    f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" xmlns:table="{_ODF}:table:1.0"'
    f' xmlns:style="{_ODF}:style:1.0" xmlns:fo="{_ODF}:xsl-fo-compatible:1.0" xmlns:draw="{_ODF}:drawing:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def odt(body: str, *, styles: str = "", more: dict[str, str | bytes] | None = None, manifest: str = "") -> bytes:
    """Return an .odt whose text is `body` (OpenDocument)."""
    content = (
        f"<office:document-content {_ODT_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": content,
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="{_ODF}:manifest:1.0">{manifest}</m:manifest>',
        }
        | (more or {})
    )
