"""From a Word file to a draft: who may, what is made, what the person sees, and how to throw it away."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import PageLogEntry

from sites.models import Article, OfficialDocument, SiteImage, SitePage
from tests.cast import Cast, first_column, own_column, signed_in
from tests.sites.writing.packages import docx, p, picture
from tests.sites.writing.pictures import png

BODY = (
    p("关于做好防汛工作的通知", '<w:jc w:val="center"/>')
    + p("芙政发〔2026〕3号", '<w:jc w:val="center"/>')
    + p("各街道：")
    + picture("p1")
    + p("请认真落实。")
    + p("芙蓉区人民政府", '<w:jc w:val="right"/>')
    + p("2026年5月1日", '<w:jc w:val="right"/>')
)
FILE = docx(BODY, rows=(("p1", "image", "media/a.png"),), more={"word/media/a.png": png()})


def upload(client, column: SitePage, data: bytes = FILE, name: str = "通知.docx", become: str = "article"):
    address = reverse("govsites_writing:upload", args=[column.pk])
    return client.post(address, {"file": SimpleUploadedFile(name, data), "become": become})


@pytest.mark.parametrize(
    ("who", "status"),
    [("contributor_a", 200), ("reviewer_a", 200), ("operator", 200), ("supervisor", 403), ("contributor_b", 404)],
)
def test_who_may_upload_into_county_as_column(cast: Cast, who: str, status: int) -> None:
    client, column = signed_in(getattr(cast, who)), first_column(cast.county_a)
    assert client.get(reverse("govsites_writing:upload", args=[column.pk])).status_code == status
    answer = upload(client, column)
    assert answer.status_code == (302 if status == 200 else status)
    assert Article.objects.filter(column=column).exists() == (status == 200)


def test_a_word_file_becomes_a_draft_with_what_it_proposes(cast: Cast) -> None:
    column = first_column(cast.county_a)
    answer = upload(signed_in(cast.contributor_a), column)
    draft = Article.objects.get(column=column)
    assert answer["Location"] == reverse("govsites_writing:understood", args=[draft.pk])
    assert (draft.title, draft.written_on, draft.owner_id) == (
        "关于做好防汛工作的通知",
        date(2026, 5, 1),
        cast.contributor_a.pk,
    )
    assert (draft.live, draft.published_at, draft.first_published_at) == (False, None, None)
    latest = draft.get_latest_revision_as_object()
    assert [block.block_type for block in latest.body] == ["paragraph", "image", "paragraph"]
    assert draft.tenant_id == cast.county_a.pk
    assert SiteImage.objects.get().tenant_id == cast.county_a.pk


def test_as_an_official_document_it_gets_its_number(cast: Cast) -> None:
    column = first_column(cast.county_a)
    upload(signed_in(cast.contributor_a), column, become="officialdocument")
    assert OfficialDocument.objects.get(column=column).document_number == "芙政发〔2026〕3号"


def test_without_a_title_in_the_text_the_files_name_stands_in(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    answer = upload(client, column, docx(p("正文")), "工作动态（终稿）.docx")
    assert Article.objects.get(column=column).title == "工作动态（终稿）"
    page = client.get(answer["Location"]).content.decode()
    assert "工作动态（终稿）.docx" in page


def test_the_person_sees_what_was_understood_and_what_was_not(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    body = BODY.replace(picture("p1"), "<w:p><m:oMath/></w:p>" + picture("out", "link"))
    answer = upload(client, column, docx(body, rows=(("out", "image", "http://x.cn/a.png", "External"),)))
    page = client.get(answer["Location"]).content.decode()
    draft = Article.objects.get(column=column)
    for part in (
        "关于做好防汛工作的通知",
        "芙政发〔2026〕3号",
        "2026年5月1日",
        "请认真落实。",
        "【此处图片请另行上传】",
    ):
        assert part in page
    assert reverse("wagtailadmin_pages:edit", args=[draft.pk]) in page
    entry = PageLogEntry.objects.get(page_id=draft.pk, action="govsites.from_file")
    assert len(entry.data["lost"]) == 2
    for sentence in entry.data["lost"]:
        assert sentence in page


def test_a_file_that_cannot_be_read_makes_nothing_and_says_why(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    before = SitePage.objects.count()
    answer = upload(client, column, b"%PDF-1.7", "a.docx")
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert SitePage.objects.count() == before
    assert not SiteImage.objects.exists()


def test_an_untouched_draft_can_be_thrown_away(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    upload(client, column)
    draft = Article.objects.get(column=column)
    answer = client.post(reverse("govsites_writing:discard", args=[draft.pk]))
    assert answer["Location"] == reverse("govsites_writing:upload", args=[column.pk])
    assert not SitePage.objects.filter(pk=draft.pk).exists()


def test_a_draft_that_was_worked_on_or_is_somebody_elses_is_kept(cast: Cast) -> None:
    column = first_column(cast.county_a)
    upload(signed_in(cast.contributor_a), column)
    draft = Article.objects.get(column=column)
    address = reverse("govsites_writing:discard", args=[draft.pk])
    signed_in(cast.reviewer_a).post(address)
    draft.save_revision(user=cast.contributor_a)
    signed_in(cast.contributor_a).post(address)
    assert SitePage.objects.filter(pk=draft.pk).exists()


def test_a_column_of_leaders_takes_no_word_file(cast: Cast) -> None:
    column = own_column(first_column(cast.county_a, "section"), "people", kind="people")
    assert signed_in(cast.contributor_a).get(reverse("govsites_writing:upload", args=[column.pk])).status_code == 404


def test_the_column_offers_the_way_to_it(cast: Cast) -> None:
    column = first_column(cast.county_a)
    page = signed_in(cast.contributor_a).get(reverse("wagtailadmin_explore", args=[column.pk])).content.decode()
    assert reverse("govsites_writing:upload", args=[column.pk]) in page


def test_the_editor_gets_the_script_and_its_words(cast: Cast) -> None:
    column = first_column(cast.county_a)
    page = (
        signed_in(cast.contributor_a)
        .get(reverse("wagtailadmin_pages:add", args=["govsites", "article", column.pk]))
        .content.decode()
    )
    assert 'id="govsites-writing"' in page
    for file in ("writing.js", "writing.tables.js", "writing.css"):
        assert f"govsites/admin/{file}" in page
