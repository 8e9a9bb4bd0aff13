"""Pictures and files of the old site: checked by content, stored once on the tenant's shelf, missing ones named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from legacy import blobs
from legacy.loading.found import named
from legacy.models import LegacyMedia, OldAddress, Transition
from sites.loading.media import Unusable, fitting_name
from sites.media import space
from sites.models import Article, Attachment, SiteFile, SiteImage
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.loading.build import body, column, item, news_of, picture, raw, run, said, text, transition_of, url
from tests.sites.media.test_kinds import OLD_WORD, WORD
from tests.sites.writing.pictures import png

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"


@pytest.fixture
def old(cast: Cast) -> Iterator[Transition]:
    with tenant_scope(cast.county_a):
        made = transition_of(cast)
        column(made, "/gzdt", news_of(cast))
        yield made


def test_pictures_and_attachments_stand_on_the_shelf_and_on_the_page(cast: Cast, old: Transition) -> None:
    raw(old, "/img/1.jpg", png(), "picture")  # says jpg, is a png
    raw(old, "/att/P1.docx", WORD)
    row = item(
        old,
        "/a.html",
        made=body(
            text("<p>x</p>"), picture(url("/img/1.jpg"), "合影"), attachments=((url("/att/P1.docx"), "附件1：申报表"),)
        ),
    )
    done = run(old, by=cast.operator)
    assert said(done) == []
    assert (done.counts["pictures"], done.counts["files"]) == (1, 1)
    row.refresh_from_db()
    page = Article.objects.get(pk=row.page_id)
    image = SiteImage.objects.get()
    assert (image.tenant_id, image.title, image.file.name[-4:]) == (cast.county_a.pk, "合影", ".png")
    assert [block.block_type for block in page.body] == ["paragraph", "image"]
    assert page.body[1].value["image"].pk == image.pk
    attachment = page.attachments.get()
    assert (attachment.title, attachment.file.filename) == ("附件1：申报表", "附件1：申报表.docx")
    assert attachment.file.file.read() == WORD
    kinds = dict(OldAddress.objects.values_list("path", "kind"))
    assert kinds == {"/a.html": "item", "/img/1.jpg": "picture", "/att/p1.docx": "file"}


def test_the_same_bytes_are_stored_once(old: Transition) -> None:
    raw(old, "/img/1.png", png(), "picture")
    raw(old, "/img/2.png", png(), "picture")
    for number in range(3):
        item(old, f"/{number}.html", made=body(picture(url("/img/1.png")), picture(url("/img/2.png"))))
    run(old)
    assert SiteImage.objects.count() == LegacyMedia.objects.count() == 1
    assert OldAddress.objects.filter(image=SiteImage.objects.get()).count() == 2


def test_a_link_in_the_text_to_a_file_leads_to_the_stored_file(old: Transition) -> None:
    raw(old, "/att/%B8%BD%BC%FE.pdf", PDF)  # 附件 in GBK
    row = item(old, "/a.html", html=f'<p><a href="{url("/att/%B8%BD%BC%FE.pdf")}">下载</a></p>')
    run(old)
    row.refresh_from_db()
    file = SiteFile.objects.get()
    assert file.original_name == "附件.pdf"
    assert Article.objects.get(pk=row.page_id).body.raw_data[0]["value"] == (
        f'<p><a linktype="document" id="{file.pk}">下载</a></p>'
    )


def test_what_is_missing_or_unsafe_is_named_and_the_page_stands_without_it(old: Transition) -> None:
    raw(old, "/att/run.doc", b"MZ\x90\0 a program")
    raw(old, "/img/x.jpg", b"<html>not found</html>", "picture")
    row = item(
        old,
        "/a.html",
        made=body(
            text("<p>x</p>"),
            picture(url("/img/x.jpg")),
            picture(url("/img/gone.jpg")),
            attachments=((url("/att/run.doc"), "程序"),),
        ),
    )
    done = run(old)
    assert (done.counts["created"], len(said(done))) == (1, 3)
    row.refresh_from_db()
    assert (row.state, len(row.reason)) == ("loaded", 3)
    assert not SiteFile.objects.exists()
    assert run(old).counts.get("unchanged") == 1


def test_a_drawing_that_can_run_scripts_is_named_and_not_stored(old: Transition) -> None:
    drawing = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    raw(old, "/img/x.svg", drawing, "picture", content_type="image/svg+xml")
    raw(old, "/img/y.png", drawing, "picture", content_type="image/png")
    made = body(
        text("<p>x</p>"),
        picture(url("/img/x.svg")),
        picture(url("/img/y.png")),
        attachments=((url("/img/x.svg"), "图"),),
    )
    row = item(old, "/a.html", made=made)
    done = run(old)
    row.refresh_from_db()
    assert (row.state, len(row.reason), len(said(done))) == ("loaded", 3, 3)
    assert not SiteFile.objects.exists()
    assert not SiteImage.objects.exists()


def test_a_picture_that_is_collected_later_comes_onto_the_page_then(old: Transition) -> None:
    row = item(old, "/a.html", made=body(text("<p>x</p>"), picture(url("/img/1.png"))))
    run(old)
    raw(old, "/img/1.png", png(), "picture")
    assert run(old).counts["updated"] == 1
    row.refresh_from_db()
    assert row.reason == []
    assert len(Article.objects.get(pk=row.page_id).body.raw_data) == 2


def test_a_redirected_picture_is_found_behind_its_redirect(old: Transition) -> None:
    raw(old, "/img/old.png", b"", "other", status=302, headers={"location": "/img/new.png"})
    raw(old, "/img/new.png", png(), "picture")
    item(old, "/a.html", made=body(picture(url("/img/old.png"))))
    assert run(old).counts["pictures"] == 1


def test_what_does_not_fit_into_the_storage_is_refused_with_a_clear_line_and_loads_later(
    cast: Cast, old: Transition
) -> None:
    raw(old, "/att/P1.docx", WORD)
    big = item(old, "/a.html", made=body(text("<p>x</p>"), attachments=((url("/att/P1.docx"), "附件"),)))
    item(old, "/b.html")
    space.set_limit(cast.county_a, 10)
    done = run(old)
    assert (done.counts["refused"], done.counts["created"]) == (1, 1)
    assert "storage" in said(done)[0]
    space.set_limit(cast.county_a, 10**9)
    assert run(old).counts["created"] == 1
    big.refresh_from_db()
    assert Attachment.objects.get().page_id == big.page_id


def test_a_batch_that_fails_leaves_no_second_copy_of_its_files(
    old: Transition, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sites.loading import writing

    raw(old, "/att/P1.docx", WORD)
    item(old, "/a.html", made=body(attachments=((url("/att/P1.docx"), "附件"),)))
    with monkeypatch.context() as patched:
        patched.setattr(writing, "published", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(old)
    folders, _files = default_storage.listdir("files/legacy")
    before = [name for folder in folders for name in default_storage.listdir(f"files/legacy/{folder}")[1]]
    assert not SiteFile.objects.exists()
    run(old)
    folders, _files = default_storage.listdir("files/legacy")
    assert [name for folder in folders for name in default_storage.listdir(f"files/legacy/{folder}")[1]] == before


def _killed(_tenant_id: int) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("data", "name", "stored"),
    [
        (WORD, "申报表", "申报表.docx"),
        (WORD, "申报表.doc", "申报表.docx"),
        (OLD_WORD, "通知.docx", "通知.doc"),
        (PDF, "第1.2号文", "第1.2号文.pdf"),
        (PDF, "..\\..\\etc\\x.pdf", "x.pdf"),
        (b"MZ program", "通知.doc", None),
        (b"<html><script>", "通知.txt", None),
    ],
)
def test_a_file_gets_the_extension_that_its_content_bears_out(
    tmp_path: Path, data: bytes, name: str, stored: str | None
) -> None:
    path = tmp_path / "content"
    path.write_bytes(data)
    if stored is None:
        with pytest.raises(Unusable):
            fitting_name(path, name)
    else:
        assert fitting_name(path, name) == stored


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("附件1", "http://x/P02.docx", "附件1.docx"),
        ("附件1.DOCX", "http://x/P02.docx", "附件1.DOCX"),
        ("", "http://x/%E9%99%84.pdf", "附.pdf"),
        ("名单", "http://x/down.asp?id=3", "名单.asp"),
        ("", "http://x/", "file"),
    ],
)
def test_a_files_name_is_its_links_text_with_the_addresss_extension(name: str, address: str, expected: str) -> None:
    assert named(name, address) == expected


def test_bytes_that_are_gone_from_the_store_are_named(old: Transition) -> None:
    record = raw(old, "/img/1.png", png("#123456"), "picture")
    blobs.path_of(record.sha256).unlink()
    item(old, "/a.html", made=body(text("<p>x</p>"), picture(url("/img/1.png"))))
    done = run(old)
    assert "is left out" in said(done)[0]
