"""One article's way through the review, told once through the doors that people use: written, sent back, corrected,
signed by another person, public; then corrected, withdrawn and published again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sites.models import Article, Notice, Review, SitePage
from tenants.models import Role
from tenants.scope import every_tenant
from tests.cast import A_HOST, Cast, first_column, person, signed_in
from tests.sites.review.build import CLEAN
from tests.sites.review.test_dates import EMPTY_FORM

pytestmark = pytest.mark.django_db
TITLE = "关于做好防汛工作的通知"


def round_of(page: SitePage) -> Review:
    with every_tenant("a test"):
        return Review.objects.filter(page=page).select_related("submitted_by").first()


def shown(browser: Client, review: Review) -> str:
    return browser.get(f"/admin/review/{review.pk}/").content.decode()


def press(browser: Client, review: Review, act: str, **fields: str) -> Any:
    """Press a button of the round's page, with the text that the page showed."""
    [seen] = set(re.findall(r'name="seen" value="(\d+)"', shown(browser, review)))
    data = {f"{act}-{name}": value for name, value in fields.items()}
    answer = browser.post(f"/admin/review/{review.pk}/", {"act": act, "seen": seen, **data})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return answer


def sign(browser: Client, review: Review, name: str) -> None:
    answers = {f"q_{code}": answer for code, answer in CLEAN.items()}
    press(browser, review, "sign", signature=name, agreed="on", **answers)


def submit(browser: Client, page: SitePage, title: str) -> Review:
    """Save the title with the editor's “submit” button, and send the page that follows."""
    data = EMPTY_FORM | {"title": title, "source": "芙蓉区应急管理局", "action-review": "1"}
    answer = browser.post(f"/admin/pages/{page.pk}/edit/", data)
    assert answer["location"] == f"/admin/review/submit/{page.pk}/"
    assert title in browser.get(answer["location"]).content.decode()
    sent = browser.post(answer["location"], {"confirmed": "on", "comment": "请审核"})
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    return round_of(page)


def public_text(page: SitePage) -> str | None:
    stored = SitePage.objects.get(pk=page.pk)
    answer = Client(headers={"host": A_HOST}).get(stored.get_url().removeprefix(f"http://{A_HOST}"))
    return answer.content.decode() if answer.status_code == 200 else None


def kinds_told(user: Any) -> list[str]:
    with every_tenant("a test"):
        return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_an_article_from_the_first_draft_to_its_second_publication(cast: Cast) -> None:
    signer = person("signer-a", Role.REVIEWER, tenant=cast.county_a)
    signer.last_name, signer.first_name = "李", "建国"
    signer.save()
    author, first, second = signed_in(cast.contributor_a), signed_in(cast.reviewer_a), signed_in(signer)

    # Written and submitted; from then on the author only looks on.
    column = first_column(cast.county_a)
    new = f"/admin/pages/add/govsites/article/{column.pk}/"
    author.post(new, EMPTY_FORM | {"title": "防汛通知"})
    page = Article.objects.get(title="防汛通知")
    review = submit(author, page, "防汛通知")
    assert author.get(f"/admin/pages/{page.pk}/edit/").status_code == 302
    assert public_text(page) is None
    assert kinds_told(cast.reviewer_a) == kinds_told(signer) == ["submitted"]
    assert "防汛通知" in first.get("/admin/review/").content.decode()

    # Sent back; the author reads why above the text, corrects, and submits again.
    press(first, review, "send_back", comment="标题请写全称")
    assert "标题请写全称" in author.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert kinds_told(cast.contributor_a) == ["sent_back"]
    review = submit(author, page, TITLE)
    assert "<ins>关于做好</ins>防汛<ins>工作的</ins>通知" in shown(first, review)

    # The first reviewer mends a word and approves; another person signs, with the secrecy review.
    data = EMPTY_FORM | {"title": TITLE, "source": "芙蓉区应急局"}
    first.post(f"/admin/pages/{page.pk}/edit/", data)
    press(first, review, "approve", comment="来源已改")
    assert 'value="sign"' not in shown(first, review)
    assert public_text(page) is None
    sign(second, review, "李建国")
    text = public_text(page)
    assert TITLE in text
    assert "芙蓉区应急局" in text
    record = shown(author, review)
    assert all(said in record for said in ("标题请写全称", "来源已改", "李建国", CLEAN["basis"]))
    assert kinds_told(cast.contributor_a) == ["sent_back", "published"]
    date = SitePage.objects.get(pk=page.pk).published_at

    # A correction waits beside the public version.
    review = submit(author, page, "关于做好防汛抗旱工作的通知")
    assert "防汛<ins>抗旱</ins>工作" in shown(first, review)
    assert "防汛抗旱" not in public_text(page)
    press(first, review, "approve", comment="")
    sign(second, review, "李建国")
    assert "防汛抗旱" in public_text(page)

    # Withdrawn with a reason, and published again: the first date stays, and the page says when it was away.
    assert second.post(f"/admin/review/withdraw/{page.pk}/", {"reason": "附件有误"}).status_code == 302
    assert public_text(page) is None
    review = submit(author, page, TITLE)
    press(first, review, "approve", comment="")
    sign(second, review, "李建国")
    stored = SitePage.objects.get(pk=page.pk)
    assert stored.published_at == date
    assert f"{stored.withdrawn_at.astimezone():%Y-%m-%d %H:%M}" in public_text(page)
    assert kinds_told(cast.contributor_a) == ["sent_back", "published", "published", "withdrawn", "published"]
