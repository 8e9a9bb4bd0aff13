"""One click: the stored draft is changed at the place and nowhere else; a hint is set aside; nobody else's text is touched."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from sites.checks import remedies
from sites.checks.remedies import RemedyRefused
from sites.models import Article, IgnoredFinding, Review, ReviewState, WordRule
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.sites.checks.pages import FIRST, SECOND, attach, checked, document, draft, only, paragraph

JSON = {"accept": "application/json"}


@pytest.fixture(autouse=True)
def own_words(db: None) -> None:
    WordRule.objects.all().delete()
    WordRule.objects.create(word="布署", replacement="部署", severity="confirm")
    WordRule.objects.create(word="其它", replacement="其他", severity="hint")


def text_of(article: Article) -> list[Any]:
    """Return the stored values of the blocks of the newest draft."""
    newest = Article.objects.get(pk=article.pk).get_latest_revision_as_object()
    return [part["value"] for part in newest.body.get_prep_value()]


def all_keys(cast: Cast, article: Article) -> list[str]:
    return [finding.key for finding in checked(cast, article).findings if finding.remedy]


def test_all_findings_of_a_page_are_mended_at_once_each_at_its_place(cast: Cast) -> None:
    article = draft(
        cast,
        paragraph("<p>布署，<b>布</b>署，电话13812345678，再布署&amp;检查</p>"),
        {"type": "quotation", "id": SECOND, "value": {"text": "布署", "source": "部署"}},
        {"type": "table", "id": "t", "value": {"data": [["张某", "13987654321"]]}},
        {"type": "gallery", "id": "g", "value": [{"type": "item", "id": "g1", "value": {"caption": "布署会"}}]},
        title="布署会",
    )
    file = document(cast.county_a, "a.txt", b"text")
    attach(article, file, title="布署方案")
    article = Article.objects.get(pk=article.pk)
    assert remedies.apply(article, all_keys(cast, article), cast.contributor_a) == 9
    assert text_of(article) == [
        "<p>部署，<b>部署</b>，电话138****5678，再部署&amp;检查</p>",
        {"text": "部署", "source": "部署"},
        {"data": [["张某", "139****4321"]]},
        [{"type": "item", "id": "g1", "value": {"caption": "部署会"}}],
    ]
    newest = Article.objects.get(pk=article.pk).get_latest_revision_as_object()
    assert newest.title == "部署会"
    assert [attachment.title for attachment in newest.attachments.all()] == ["部署方案"]


def test_a_remedy_is_a_new_draft_and_the_public_text_stays(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    article.save_revision().publish(skip_permission_checks=True)
    article = Article.objects.get(pk=article.pk)
    before = article.latest_revision_id
    remedies.apply(article, all_keys(cast, article), cast.contributor_a)
    stored = Article.objects.get(pk=article.pk)
    assert stored.latest_revision_id != before
    assert stored.latest_revision.user == cast.contributor_a
    assert str(stored.body[0].value.source) == "<p>布署</p>"
    assert stored.has_unpublished_changes


def test_a_finding_whose_words_have_changed_is_passed_over(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    keys = all_keys(cast, article)
    article.body[0].value.source = "<p>已经改好</p>"
    article.save_revision()
    with pytest.raises(RemedyRefused):
        remedies.apply(Article.objects.get(pk=article.pk), keys, cast.contributor_a)


def test_a_hint_is_set_aside_until_its_words_change(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>其它事项</p>"))
    (hint,) = only(checked(cast, article), "word")
    remedies.ignore(article, hint.key, cast.contributor_a)
    assert only(checked(cast, article), "word") == []
    article.body[0].value.source = "<p>其它工作</p>"
    article.save_revision()
    assert only(checked(cast, Article.objects.get(pk=article.pk)), "word")


def test_what_must_be_confirmed_cannot_be_set_aside(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    (finding,) = only(checked(cast, article), "word")
    with pytest.raises(RemedyRefused):
        remedies.ignore(article, finding.key, cast.contributor_a)
    with tenant_scope(cast.county_a):
        assert not IgnoredFinding.objects.exists()


def test_the_editor_gets_json_and_a_browser_without_script_a_page(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    client, address = signed_in(cast.contributor_a), f"/admin/checks/page/{article.pk}/"
    report = client.get(address, headers=JSON).json()
    assert report["counts"] == {"hint": 0, "confirm": 1, "refuse": 0}
    (finding,) = report["findings"]
    assert (finding["block"], finding["excerpt"], finding["replacement"]) == (FIRST, "布署", "部署")
    assert "布署" in client.get(address).content.decode()
    assert client.post(f"{address}apply/", {"key": finding["key"]}, headers=JSON).json()["said"]
    again = client.post(f"{address}apply/", {"key": finding["key"]}, headers=JSON)
    assert (again.status_code, bool(again.json()["error"])) == (409, True)
    assert client.post(f"{address}apply/", {"key": finding["key"]}).status_code == 302


@pytest.mark.parametrize(
    ("name", "read", "write"),
    [
        ("contributor_a", 200, 200),
        ("reviewer_a", 200, 200),
        ("operator", 200, 200),
        ("supervisor", 200, 403),
        ("contributor_b", 404, 404),
        ("manager_b", 404, 404),
    ],
)
def test_who_may_see_and_who_may_change(cast: Cast, name: str, read: int, write: int) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    client, address = signed_in(getattr(cast, name)), f"/admin/checks/page/{article.pk}/"
    assert client.get(address, headers=JSON).status_code == read
    keys = all_keys(cast, article)
    assert client.post(f"{address}apply/", {"key": keys}, headers=JSON).status_code == write
    assert client.post(f"{address}ignore/", {"key": "x"}, headers=JSON).status_code in {
        write,
        409 if write == 200 else 0,
    }
    assert (text_of(article) == ["<p>部署</p>"]) is (write == 200)


def test_an_article_in_review_is_not_changed_behind_the_reviewers_back(cast: Cast) -> None:
    article = draft(cast, paragraph("<p>布署</p>"))
    now = timezone.now()
    with tenant_scope(cast.county_a):
        review = Review.objects.create(
            tenant=cast.county_a, page=article, revision=article.latest_revision, title=article.title,
            state=ReviewState.WAITING, submitted_by=cast.contributor_a, submitted_at=now, waiting_since=now,
        )  # fmt: skip
        review.authors.set([cast.contributor_a])
    keys = all_keys(cast, article)
    answer = signed_in(cast.contributor_a).post(f"/admin/checks/page/{article.pk}/apply/", {"key": keys}, headers=JSON)
    assert answer.status_code == 409
    assert text_of(article) == ["<p>布署</p>"]


def test_looking_is_a_get_and_changing_is_a_post(cast: Cast) -> None:
    article = draft(cast)
    client = signed_in(cast.contributor_a)
    assert client.post(f"/admin/checks/page/{article.pk}/").status_code == 405
    assert client.get(f"/admin/checks/page/{article.pk}/apply/").status_code == 405
    assert client.get(f"/admin/checks/page/{article.pk}/ignore/").status_code == 405


def test_the_editor_shows_the_panel_for_a_new_and_for_a_stored_page(cast: Cast) -> None:
    article = draft(cast)
    client = signed_in(cast.contributor_a)
    parent = article.get_parent()
    for address in (f"/admin/pages/{article.pk}/edit/", f"/admin/pages/add/govsites/article/{parent.pk}/"):
        assert 'data-side-panel="text-checks"' in client.get(address).content.decode()
