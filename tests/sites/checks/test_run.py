"""All checks on whole pages: each finding at its own place, and nothing about a page in order."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites import addresses
from sites.checks.findings import Severity
from sites.checks.run import check_page
from sites.models import Article, Column, LeaderName, LinkOutcome, LinkState, SiteFile, SitePage, WordRule
from sites.public.codes import home_columns
from sites.public.trees import tree_of
from tests.cast import Cast, first_column, home_of, own_column, publish_article
from tests.sites.checks.pages import FIRST, SECOND, attach, checked, document, draft, image, only, paragraph

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def own_words(db: None) -> None:
    WordRule.objects.all().delete()
    WordRule.objects.create(word="布署", replacement="部署", severity="confirm")


def test_a_page_in_order_has_no_findings(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>县里召开春耕现场会，部署工作。</p>"))
    report = checked(cast, article)
    assert report.findings == ()
    assert (report.refused, report.to_confirm) == (False, [])


def test_findings_name_field_block_and_place_in_every_kind_of_block(cast: Cast) -> None:
    article = draft(
        cast,
        paragraph("<p>甲</p><p>再<i>布</i>署</p>"),
        {"type": "quotation", "id": SECOND, "value": {"text": "布署", "source": "县布署会"}},
        {"type": "table", "id": "t", "value": {"data": [["布署", ""], ["", "又布署"]], "table_caption": "布署表"}},
        title="布署会",
        summary="布署",
    )
    assert sorted((f.field, f.block_id, f.path, f.start) for f in only(checked(cast, article), "word")) == [
        ("body", FIRST, "", 3),
        ("body", SECOND, "source", 1),
        ("body", SECOND, "text", 0),
        ("body", "t", "data/0/0", 0),
        ("body", "t", "data/1/1", 1),
        ("body", "t", "table_caption", 0),
        ("summary", "", "", 0),
        ("title", "", "", 0),
    ]  # fmt: skip


def test_the_newest_draft_is_checked_and_not_the_public_text(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "布署会", source="本站")
    article.title = "部署会"
    article.save_revision()
    assert only(checked(cast, Article.objects.get(pk=article.pk)), "word") == []


def test_a_page_may_be_handed_in_as_the_base_page(cast: Cast) -> None:
    article = draft(cast, title="布署会")
    assert only(check_page(SitePage.objects.get(pk=article.pk), cast.contributor_a), "word")


def test_leaders_of_the_region_are_known_and_those_of_the_neighbour_are_not(cast: Cast) -> None:
    regions = cast.regions()
    LeaderName.objects.create(name="李小明", post="区委书记", region=regions["430102"])
    LeaderName.objects.create(name="王芳芳", post="区长", region=regions["430103"])
    LeaderName.objects.create(name="赵立新", post="市长", region=regions["430100"])
    article = draft(cast, paragraph("<p>区长李小明、区委书记王芳芳、区长赵立新出席。</p>"))
    assert [f.excerpt for f in only(checked(cast, article), "post")] == ["区长李小明", "区长赵立新"]


def test_a_changed_list_counts_at_once(cast: Cast) -> None:
    article = draft(cast, title="布署会")
    assert only(checked(cast, article), "word")
    rule = WordRule.objects.get()
    rule.word = "别的"
    rule.save()
    assert only(checked(cast, article), "word") == []


def test_pictures_need_a_description_unless_they_are_decorative(cast: Cast) -> None:
    picture = image(cast.county_a)

    def block(name: str, **values: Any) -> dict[str, Any]:
        facts = {"image": picture.pk, "alt_text": "", "decorative": False, **values}
        return {"type": "image", "id": name, "value": {"image": facts, "caption": ""}}

    article = draft(cast, block("none"), block("told", alt_text="会场"), block("plain", decorative=True))
    assert [(f.block_id, f.path, f.severity) for f in only(checked(cast, article), "alt")] == [
        ("none", "image", Severity.CONFIRM)
    ]


@pytest.mark.parametrize(("size", "found"), [((400, 300), 0), ((403, 300), 0), ((800, 300), 1)])
def test_the_lead_picture_of_a_column_on_the_home_page_is_four_to_three(
    cast: Cast, size: tuple[int, int], found: int
) -> None:
    address = addresses.by_home_path(home_of(cast.county_a).path)
    assert address is not None
    shown = home_columns(address, tree_of(address))["lead"][0]
    elsewhere = own_column(home_of(cast.county_a), "bendi")
    for column, expected in ((Column.objects.get(pk=shown.id), found), (elsewhere, 0)):
        article = draft(cast, title=f"在{column.title}", lead_image=image(cast.county_a, *size))
        article.move(column, pos="last-child")
        assert len(only(checked(cast, Article.objects.get(pk=article.pk)), "shape")) == expected


def test_links_inside_lead_to_public_pages(cast: Cast) -> None:
    public = publish_article(first_column(cast.county_a), "公开")
    hidden = draft(cast, title="草稿")
    links = "".join(
        f'<a linktype="page" id="{pk}">{name}</a>，'
        for pk, name in ((public.pk, "甲"), (hidden.pk, "乙"), (999_999, "丙"), ("x", "丁"))
    )
    report = checked(cast, draft(cast, paragraph(f"<p>{links}</p>"), title="链接"))
    assert [(f.excerpt, f.severity) for f in only(report, "dead")] == [
        ("丙", Severity.REFUSE), ("丁", Severity.REFUSE), ("乙", Severity.CONFIRM),
    ]  # fmt: skip


def test_files_must_be_there_ones_own_and_what_they_say(cast: Cast) -> None:
    good = document(cast.county_a, "通知.pdf", PDF)
    program = document(cast.county_a, "表.pdf", b"MZ\x90\x00")
    page = document(cast.county_a, "说明.txt", b"<html><script>x</script>")
    strange = document(cast.county_b, "邻县.pdf", PDF)
    article = draft(
        cast,
        *(
            {"type": "attachment", "id": f"b{f.pk}", "value": {"file": f.pk, "title": ""}}
            for f in (good, program, strange)
        ),
        paragraph(f'<p><a linktype="document" id="{strange.pk}">邻</a></p>'),
    )
    attach(article, page)
    found = checked(cast, Article.objects.get(pk=article.pk))
    assert {(f.field, f.block_id) for f in only(found, "file")} == {
        ("body", f"b{program.pk}"), ("body", f"b{strange.pk}"), ("attachments", ""),
    }  # fmt: skip
    assert all(f.severity is Severity.REFUSE for f in only(found, "file"))
    assert [f.excerpt for f in only(found, "dead")] == ["邻"]
    assert not any("邻县" in f.message.say() for f in found.findings)  # the neighbour's file is not named


def test_a_file_over_the_limit_is_refused(cast: Cast, settings: Any) -> None:
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 10
    file = document(cast.county_a, "通知.pdf", PDF)
    article = draft(cast, {"type": "attachment", "id": "b", "value": {"file": file.pk, "title": ""}})
    (finding,) = only(checked(cast, article), "file")
    assert finding.severity is Severity.REFUSE


def test_a_files_content_is_read_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    file = document(cast.county_a, "通知.pdf", PDF)
    article = draft(cast, {"type": "attachment", "id": "b", "value": {"file": file.pk, "title": ""}})
    checked(cast, article)
    SiteFile.objects.get(pk=file.pk).file.storage.delete(file.file.name)
    assert only(checked(cast, article), "file") == []


def test_the_same_text_twice_must_be_confirmed_and_a_strangers_page_stays_unnamed(cast: Cast) -> None:
    text = paragraph(f"<p>{'春耕工作全面展开。' * 8}</p>")
    first, second = draft(cast, text, title="甲稿"), draft(cast, text, title="乙稿")
    assert only(checked(cast, first), "twice") == []
    (finding,) = only(checked(cast, second), "twice")
    assert finding.severity is Severity.CONFIRM
    assert "甲稿" in finding.message.say()
    (unnamed,) = only(check_page(second, cast.contributor_b), "twice")
    assert "甲稿" not in unnamed.message.say()


def test_the_same_title_in_another_site_is_no_duplicate(cast: Cast) -> None:
    checked(cast, draft(cast))
    other = Article(title="春耕现场会", source="本站", live=False)
    first_column(cast.county_b).add_child(instance=other)
    other.save_revision()
    assert only(check_page(other, cast.contributor_b), "twice") == []
    assert only(checked(cast, draft(cast)), "twice")


def test_addresses_outside_are_remembered_and_never_asked(cast: Cast, settings: Any) -> None:
    settings.LINK_CHECKS = True
    article = draft(cast, paragraph('<p><a href="https://www.example.gov.cn/a">甲</a></p>'))
    assert only(checked(cast, article), "dead") == []
    state = LinkState.objects.get()
    assert (state.url, state.outcome) == ("https://www.example.gov.cn/a", LinkOutcome.WAITING)
    LinkState.objects.update(outcome=LinkOutcome.DEAD, tried_at="2026-11-01T00:00:00Z")
    (finding,) = only(checked(cast, article), "dead")
    assert (finding.excerpt, finding.severity) == ("甲", Severity.CONFIRM)
    assert "2026-11-01" in finding.message.say()


@pytest.mark.parametrize("blocks", [1, 30])
def test_checking_costs_the_same_for_a_short_text_and_for_a_long_one(cast: Cast, blocks: int) -> None:
    picture, file = image(cast.county_a), document(cast.county_a, "通知.pdf", PDF)
    parts = []
    for number in range(blocks):
        parts += [
            paragraph(f'<p>布署<a href="https://a{number}.example.cn/">甲</a></p>', f"p{number}"),
            {"type": "image", "id": f"i{number}", "value": {"image": {"image": picture.pk}, "caption": ""}},
            {"type": "attachment", "id": f"f{number}", "value": {"file": file.pk, "title": ""}},
        ]
    article = draft(cast, *parts)
    checked(cast, article)
    with CaptureQueriesContext(connection) as asked:
        checked(cast, article)
    assert len(asked) <= 22
