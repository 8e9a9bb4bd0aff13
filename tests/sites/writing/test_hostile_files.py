"""Hostile files: bombs, entities, addresses to fetch, wrong shapes. They are refused before anything is unpacked."""

import io
import socket
import zipfile

import pytest

from sites.writing import archive
from sites.writing.parts import Text, Unreadable
from sites.writing.word import read_file
from tests.sites.writing.packages import docx, odt, p, packed, relations


def test_a_zip_bomb_is_refused_by_its_ratio_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = docx(p("x"), more={"word/media/bomb.png": bytes(50 * 1024 * 1024)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_args, **_kwargs: pytest.fail("it was unpacked"))
    with pytest.raises(Unreadable, match="unreasonable size"):
        read_file(bomb)


def test_too_many_entries_are_refused() -> None:
    with pytest.raises(Unreadable, match="unreasonable size"):
        read_file(packed({f"word/{number}.xml": "" for number in range(archive.ENTRIES_MOST + 1)}))


def test_a_bomb_of_many_harmless_looking_entries_is_refused_by_its_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_MOST", 5_000_000)
    with pytest.raises(Unreadable, match="unreasonable size"):
        read_file(docx(p("x"), more={f"word/media/{number}.png": bytes(900_000) for number in range(6)}))


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    made = bytearray(docx(p("x" * 5000)))
    size = len("x") and made.find(b"PK\x01\x02")
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as whole:
        entry = next(info for info in whole.infolist() if info.filename == "word/document.xml")
    true = entry.file_size.to_bytes(4, "little")
    at = made.find(true, size)
    while at >= 0:
        made[at : at + 4] = (100).to_bytes(4, "little")
        at = made.find(true, at + 4)
    with pytest.raises(Unreadable, match="damaged"):
        read_file(bytes(made))


def test_an_encrypted_entry_is_answered_as_a_password() -> None:
    made = bytearray(docx(p("x")))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + offset] |= 1
            at = made.find(mark, at + 4)
    with pytest.raises(Unreadable, match="password"):
        read_file(bytes(made))


LAUGHS = "<!DOCTYPE x [" + "<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 12)
) + "]>"  # fmt: skip
SECRET = "<!DOCTYPE x [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]>"
REMOTE = "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/evil.dtd'>"


@pytest.mark.parametrize("doctype", [LAUGHS, SECRET, REMOTE], ids=["billion laughs", "local file", "remote DTD"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels", "word/settings.xml"])
def test_a_document_type_in_any_part_of_a_docx_is_refused(doctype: str, part: str) -> None:
    content = doctype + relations(("r1", "officeDocument", "word/document.xml"))
    with pytest.raises(Unreadable, match="declarations|damaged"):
        read_file(docx(p("x"), more={part: content}))


@pytest.mark.parametrize("doctype", [LAUGHS, SECRET, REMOTE], ids=["billion laughs", "local file", "remote DTD"])
def test_a_document_type_in_an_odt_is_refused(doctype: str) -> None:
    with pytest.raises(Unreadable, match="declarations|damaged"):
        read_file(odt("<text:p>x</text:p>", more={"styles.xml": f"{doctype}<a/>"}))


def test_nothing_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", lambda *_args, **_kwargs: pytest.fail("a connection was opened"))
    rows = (
        ("a", "attachedTemplate", "http://127.0.0.1:9/x.dotm", "External"),
        ("b", "image", "http://127.0.0.1:9/x.png", "External"),
        ("c", "oleObject", "file:///etc/passwd", "External"),
        ("d", "frame", r"\\evil\share\x", "External"),
        ("e", "image", "../../../../etc/passwd"),
    )
    body = p("正文") + "<w:p><w:r><w:object><w:pict/></w:object></w:r></w:p><w:p><w:r><w:drawing/></w:r></w:p>"
    assert read_file(docx(body, rows=rows)).blocks == (Text("<p>正文</p>"),)
    assert read_file(
        b"<html><link rel=stylesheet href=http://127.0.0.1:9/x.css><p>x<img src=http://127.0.0.1:9/a></p>"
    ).blocks


def test_a_document_of_endless_depth_is_refused() -> None:
    depth = 5000
    with pytest.raises(Unreadable, match="damaged"):
        read_file(docx("<w:tbl><w:tr><w:tc>" * depth + p("x") + "</w:tc></w:tr></w:tbl>" * depth))


def test_tables_nested_as_deep_as_xml_allows_do_not_break_the_reader() -> None:
    depth = 60
    body = "<w:tbl><w:tr><w:tc>" * depth + p("内") + "</w:tc></w:tr></w:tbl>" * depth
    with pytest.raises(Unreadable):
        read_file(docx(body))


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:r><w:sym/></w:r></w:p>",
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='x'/></w:tcPr></w:tc></w:tr></w:tbl>",
        "<w:p><w:r><w:footnoteReference/></w:r></w:p>",
    ],
)
def test_a_document_that_no_program_wrote_is_answered_and_not_an_error(body: str) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read_file(docx(p("正文") + body))


def test_random_damage_to_a_file_is_answered_and_not_an_error() -> None:
    import random

    whole = docx(p("正文" * 200))
    for seed in range(150):
        chance = random.Random(seed)
        broken = bytearray(whole)
        for _time in range(chance.randint(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read_file(bytes(broken))
        except Unreadable:
            continue
