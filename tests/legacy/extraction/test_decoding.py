"""From bytes to text: what a page declares is asked last."""

import pytest

from legacy.extraction.decoding import decode

TEXT = "示例县人民政府关于印发实施方案的通知"


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "gbk", "iso-8859-1", "big5", "utf8mb4", "none-such"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_lying_declaration_changes_nothing(declared, encoding):
    data = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{TEXT}</p>'.encode(encoding)
    found = decode(data, "text/html; charset=windows-1252")
    assert TEXT in found.text
    assert (found.encoding, found.declared, found.damaged) == (encoding, declared, 0)


def test_a_byte_order_mark_is_taken_off():
    assert decode(b"\xef\xbb\xbf" + TEXT.encode()).text == TEXT
    assert decode(TEXT.encode("utf-16")).text == TEXT
    assert decode(f"<html><body>{TEXT} plain letters here</body></html>".encode("utf-16-le")).text.startswith("<html>")


def test_private_characters_of_gb_pages_become_what_they_stand_for():
    found = decode(
        "文".encode("gb18030") + b"\xa3\xa0" + b"\xa6\xd9" + b"\xa8\xbc" + b"\xfe\x59" + "字".encode("gb18030")
    )
    assert found.encoding == "gb18030"
    assert found.text == "文\u3000\ufe10\u1e3f\u9fb4字"


def test_private_characters_of_utf8_pages_stay_for_they_are_icons():
    assert decode("\ue5e5 设置".encode()).text == "\ue5e5 设置"


def test_a_utf8_page_whose_titles_were_cut_in_the_middle_of_a_character_stays_utf8():
    data = (f"<p>{TEXT}</p>" * 30).encode() + TEXT.encode()[:-1] + b"...</a>" + (f"<p>{TEXT}</p>" * 30).encode()
    found = decode(data)
    assert found.encoding == "utf-8"
    assert found.text.count(TEXT) == 60
    assert found.damaged == 1


def test_a_page_cut_at_its_end_is_read_to_there():
    assert decode(TEXT.encode()[:-1]).text.startswith(TEXT[:-1])


def test_bytes_that_are_no_text_are_counted_and_never_raise():
    found = decode(bytes(range(256)) * 4)
    assert found.damaged > 0
    assert decode(b"").text == ""


def test_a_big5_page_is_read_as_what_it_declares_when_it_reads_as_that():
    text = "這是我們的國家和人民，他們在這裡生活。" * 5
    assert decode(b"<meta charset=big5>" + text.encode("big5")).text.endswith(text)
