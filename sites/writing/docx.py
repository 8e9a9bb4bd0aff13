"""A .docx to HTML. Mammoth reads the text; what it leaves out is written into the document first: the numbers of lists,
alignment, outline levels. Pure.

Mammoth gets a package made anew from parts that were parsed here: no entities, no addresses outside, no macros.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from typing import Any

import mammoth
from lxml import etree

from sites.messages import _, sentence
from sites.writing.archive import Package, damaged
from sites.writing.numbering import Manner, Numbering, attribute, manners, value
from sites.writing.parts import MISSING_PICTURE, Unreadable

_ALIGN = {"center": "center", "right": "right", "end": "right"}
_STYLES = "\n".join(
    [
        *(f"p.made-h{level} => h{level}:fresh" for level in range(1, 7)),
        "p.made-center => p.text-center:fresh",
        "p.made-right => p.text-right:fresh",
        "p.made-plain => p:fresh",
        "p.made-contents => !",
        "r.made-marker => span.marker",
    ]
)
_KEPT = (".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".emf", ".wmf")


def to_html(package: Package) -> tuple[str, dict[str, bytes], Counter[str]]:
    """Return the HTML, the pictures by the address in their `src`, and counts of what was lost, by kind."""
    main = _main_part(package)
    lost: Counter[str] = Counter()
    trees = {
        name: package.xml(name)
        for name in sorted(package.names)
        if name.endswith((".xml", ".rels")) and not name.startswith("customXml/")
    }
    related = _related(trees, main)
    for name, root in trees.items():
        if name.endswith(".rels"):
            _cut_outside(root, posixpath.dirname(posixpath.dirname(name)), package)
    _prepare(trees[main], trees.get(related.get("numbering", "")), trees.get(related.get("styles", "")), lost)
    lost["macro"] = sum(name.lower().endswith("vbaproject.bin") for name in package.names)
    pictures: dict[str, bytes] = {}

    def keep(image: Any) -> dict[str, str]:
        name = f"part:{len(pictures)}"
        with image.open() as source:
            pictures[name] = source.read()
        return {"src": name}

    try:
        result = mammoth.convert_to_html(
            _packed(package, trees),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(keep),
        )
    except (RecursionError, KeyError, ValueError, AttributeError, IndexError, TypeError, zipfile.BadZipFile) as error:
        # A document that no office program wrote: mammoth takes much for granted.
        raise damaged() from error
    return result.value.replace(">↑</a>", "></a>"), pictures, lost


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package.names:
        for relation in package.xml("_rels/.rels"):
            if attribute(relation, "Type").endswith("/officeDocument"):
                name = attribute(relation, "Target").lstrip("/")
                if name in package.names:
                    return name
    raise Unreadable(sentence(_("There is no Word text in this file.")))


def _related(trees: dict[str, etree._Element], main: str) -> dict[str, str]:
    """Return the names of the parts that the main one names: "numbering", "styles"."""
    folder, name = posixpath.split(main)
    root = trees.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if root is None:
        return {}
    return {
        attribute(relation, "Type").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/" + folder, attribute(relation, "Target"))
        ).lstrip("/")
        for relation in root
        if attribute(relation, "TargetMode") != "External"
    }


def _cut_outside(root: etree._Element, folder: str, package: Package) -> None:
    """Take out relations that lead outside the package, links in the text excepted; nothing is ever fetched."""
    for relation in list(root):
        outside = attribute(relation, "TargetMode") == "External"
        kind = attribute(relation, "Type").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/" + folder, attribute(relation, "Target"))).lstrip("/")
        if (outside and kind != "hyperlink") or (not outside and target not in package.names):
            root.remove(relation)


def _packed(package: Package, trees: dict[str, etree._Element]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(package.names):
            if name in trees:
                made.writestr(name, etree.tostring(trees[name], encoding="utf-8", xml_declaration=True))
            elif name.lower().endswith(_KEPT) and not name.startswith("customXml/"):
                made.writestr(name, package.read(name))
    out.seek(0)
    return out


# What mammoth leaves out, written into the document


def _prepare(
    document: etree._Element, numbers: etree._Element | None, styles: etree._Element | None, lost: Counter[str]
) -> None:
    numbering, by_style = Numbering.of(numbers), manners(styles)
    lost["formula"] = len(document.findall(".//{*}oMathPara")) or len(document.findall(".//{*}oMath"))
    lost["change"] = len(document.findall(".//{*}ins")) + len(document.findall(".//{*}del"))
    lost["comment"] = len(document.findall(".//{*}commentReference"))
    for paragraph in [*document.iter("{*}p")]:
        if "wordprocessingml" in str(etree.QName(paragraph).namespace):
            _mark(paragraph, numbering, by_style, lost)
    for drawing in [*document.iter("{*}drawing")]:
        _notice_where_empty(drawing, lost)
    if numbers is not None:
        # The numbers stand in the text by now; what is left of automatic lists are bullets.
        for link in [*numbers.iter("{*}pStyle")]:
            link.getparent().remove(link)


def _mark(paragraph: etree._Element, numbering: Numbering, by_style: dict[str, Manner], lost: Counter[str]) -> None:
    properties = paragraph.find("{*}pPr")
    manner = by_style.get(value(properties, "pStyle"), Manner())
    number = value(properties, "numPr/numId") or manner.number
    written_at = value(properties, "numPr/ilvl")
    at = int(written_at) if written_at.isdecimal() and len(written_at) == 1 else max(manner.at, 0)
    level = numbering.level(number, at) if number not in {"", "0"} else None
    empty = not "".join(paragraph.itertext("{*}t")).strip() and paragraph.find(".//{*}drawing") is None
    if level is not None and level.style != "bullet":
        label = numbering.label(number, at)  # an empty paragraph counts, too
        if label.strip() and not empty:
            _insert_label(paragraph, label)
    bulleted = level is not None and level.style == "bullet"
    style = _style(manner, properties)
    if style == "made-contents":
        lost["contents"] = 1
    _set_properties(paragraph, style if not bulleted else "", number if bulleted else "", at)


def _style(manner: Manner, properties: etree._Element | None) -> str:
    outline = value(properties, "outlineLvl")
    level = int(outline) if outline.isdecimal() else manner.outline
    if manner.name.startswith("toc ") or manner.name == "toc heading":
        return "made-contents"
    if manner.name == "title":
        return "made-h1"
    if 0 <= level <= 5:
        return f"made-h{level + 1}"
    align = _ALIGN.get(value(properties, "jc") or manner.align, "")
    return f"made-{align}" if align else "made-plain"


def _set_properties(paragraph: etree._Element, style: str, number: str, at: int) -> None:
    """Give the paragraph the properties that mammoth looks at, and no others."""
    space = etree.QName(paragraph).namespace
    old = paragraph.find("{*}pPr")
    properties = etree.Element(f"{{{space}}}pPr")
    if old is not None:
        deleted = old.find("{*}rPr/{*}del")
        if deleted is not None:  # its text goes on in the next paragraph
            properties.append(etree.Element(f"{{{space}}}rPr"))
            properties[0].append(etree.Element(f"{{{space}}}del"))
        paragraph.remove(old)
    if style:
        etree.SubElement(properties, f"{{{space}}}pStyle").set(f"{{{space}}}val", style)
    if number:
        numbered = etree.SubElement(properties, f"{{{space}}}numPr")
        etree.SubElement(numbered, f"{{{space}}}ilvl").set(f"{{{space}}}val", str(at))
        etree.SubElement(numbered, f"{{{space}}}numId").set(f"{{{space}}}val", number)
    paragraph.insert(0, properties)


def _insert_label(paragraph: etree._Element, label: str) -> None:
    space = f"{{{etree.QName(paragraph).namespace}}}"
    run = etree.Element(f"{space}r")
    properties = etree.SubElement(run, f"{space}rPr")
    etree.SubElement(properties, f"{space}rStyle").set(f"{space}val", "made-marker")
    etree.SubElement(run, f"{space}t").text = label
    paragraph.insert(1 if paragraph.find("{*}pPr") is not None else 0, run)


def _notice_where_empty(drawing: etree._Element, lost: Counter[str]) -> None:
    """Put a notice where a chart, a diagram or a picture that is only linked stands."""
    linked = [blip for blip in drawing.iter("{*}blip") if not attribute(blip, "embed")]
    drawn = drawing.find(".//{*}chart") is not None or drawing.find(".//{*}relIds") is not None
    if not linked and not drawn:
        return
    lost["picture"] += 1
    run = drawing.getparent()
    text = etree.Element(f"{{{etree.QName(drawing).namespace}}}t")
    text.text = MISSING_PICTURE
    run.replace(drawing, text)
