"""The media pages through their doors: space, what is unused, many pictures at once."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture

from sites.media import crop, shelves, space, unused
from sites.models import Article, SiteFile, SiteImage
from tests.cast import Cast, first_column, publish_article, signed_in

OVERVIEW, BATCH = "govsites_media:overview", "govsites_media:batch"


def jpeg(width: int = 400, height: int = 200) -> bytes:
    buffer = io.BytesIO()
    Picture.new("RGB", (width, height), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def old_picture(tenant: Any, title: str, days: int = 2) -> SiteImage:
    content = jpeg()
    made = SiteImage(title=title, collection=shelves.shelf_for(tenant), file_size=len(content))
    made.file = ContentFile(content, name="图.jpg")
    made.save()
    SiteImage.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days))
    return made


def with_body(article: Article, image: SiteImage) -> Article:
    raw = [
        {"type": "image", "value": {"image": {"image": image.pk, "decorative": False, "alt_text": "图"}, "caption": ""}}
    ]
    article.body = Article._meta.get_field("body").to_python(raw)
    return article


def test_the_overview_shows_how_full_the_storage_is(cast: Cast) -> None:
    space.set_limit(cast.county_a, 1000)
    SiteFile.objects.create(
        title="a", collection=shelves.shelf_for(cast.county_a), file_size=950, file=ContentFile(b"x", name="a.txt")
    )
    page = signed_in(cast.contributor_a).get(reverse(OVERVIEW)).content.decode()
    assert "95%" in page
    assert "help-warning" in page


def test_unused_is_what_neither_a_page_nor_a_draft_refers_to(cast: Cast) -> None:
    kept, drafted, lead, lost, fresh = (
        old_picture(cast.county_a, title) for title in ("正文", "草稿", "题图", "没人用", "刚传")
    )
    SiteImage.objects.filter(pk=fresh.pk).update(created_at=timezone.now())
    other = old_picture(cast.county_b, "邻县的")
    article = publish_article(first_column(cast.county_a), "有图")
    with_body(article, kept).save_revision().publish()
    article = Article.objects.get(pk=article.pk)
    article.lead_image = lead
    with_body(article, drafted).save_revision()
    found = unused.unused(cast.county_a, "picture")
    assert found == [lost]
    assert unused.unused(cast.county_b, "picture") == [other]


def test_deleting_asks_first_and_keeps_what_is_used_by_then(cast: Cast) -> None:
    lost, soon = old_picture(cast.county_a, "没人用"), old_picture(cast.county_a, "马上要用")
    browser = signed_in(cast.contributor_a)
    address = reverse("govsites_media:unused", args=["picture"])
    assert "没人用" in browser.get(address).content.decode()
    asked = browser.post(address, {"id": [lost.pk, soon.pk]})
    assert asked.status_code == 200
    assert SiteImage.objects.filter(pk=lost.pk).exists()
    article = publish_article(first_column(cast.county_a), "用上了")
    with_body(article, soon).save_revision().publish()
    browser.post(address, {"id": [lost.pk, soon.pk], "confirmed": "1"})
    assert list(SiteImage.objects.values_list("pk", flat=True)) == [soon.pk]


def test_a_neighbours_picture_is_neither_shown_nor_deleted(cast: Cast) -> None:
    other = old_picture(cast.county_b, "邻县的图")
    browser = signed_in(cast.contributor_a)
    address = reverse("govsites_media:unused", args=["picture"])
    assert "邻县的图" not in browser.get(address).content.decode()
    browser.post(address, {"id": [other.pk], "confirmed": "1"})
    assert SiteImage.objects.filter(pk=other.pk).exists()


def test_a_supervisor_keeps_no_media(cast: Cast) -> None:
    assert signed_in(cast.supervisor).get(reverse(OVERVIEW)).status_code in {302, 403, 404}


@pytest.mark.parametrize(
    ("size", "place", "expected"),
    [
        ((800, 300), 50, (200, 0, 600, 300)),
        ((800, 300), 0, (0, 0, 400, 300)),
        ((800, 300), 100, (400, 0, 800, 300)),
        ((300, 800), 50, (0, 287, 300, 512)),
        ((400, 300), 77, (0, 0, 400, 300)),
        ((1, 1), 50, (0, 0, 1, 1)),
        ((800, 300), -5, (0, 0, 400, 300)),
    ],
)
def test_the_part_that_a_cut_to_four_by_three_keeps(size: Any, place: int, expected: Any) -> None:
    assert crop.box(*size, place) == expected


def test_many_pictures_at_once_each_with_title_text_and_cut(cast: Cast) -> None:
    files = [SimpleUploadedFile(f"图{n}.jpg", jpeg(), "image/jpeg") for n in range(3)]
    broken = SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff\xe0 no picture", "image/jpeg")
    answer = signed_in(cast.contributor_a).post(
        reverse(BATCH),
        {"files": [*files, broken], "title-0": "开工现场", "alt-0": "工人在铺路", "crop-0": "1", "place-0": "0"},
    )
    assert answer.status_code == 200
    assert "坏.jpg" in answer.content.decode()
    stored = {image.title: image for image in SiteImage.objects.all()}
    assert set(stored) == {"开工现场", "图1", "图2"}
    cut = stored["开工现场"]
    assert (cut.width, cut.height, cut.description, cut.tenant_id) == (266, 200, "工人在铺路", cast.county_a.pk)
    assert (stored["图1"].width, stored["图1"].height) == (400, 200)


def test_without_script_one_box_cuts_all(cast: Cast) -> None:
    files = [SimpleUploadedFile(f"图{n}.jpg", jpeg(), "image/jpeg") for n in range(2)]
    signed_in(cast.contributor_a).post(reverse(BATCH), {"files": files, "crop-all": "1"})
    assert {(image.width, image.height) for image in SiteImage.objects.all()} == {(266, 200)}


def test_too_many_or_none_are_refused_with_a_sentence_and_nothing_is_stored(cast: Cast) -> None:
    browser = signed_in(cast.contributor_a)
    many = [SimpleUploadedFile(f"{n}.jpg", b"x", "image/jpeg") for n in range(31)]
    assert "30" in browser.post(reverse(BATCH), {"files": many}).content.decode()
    assert browser.post(reverse(BATCH), {}).status_code == 200
    assert not SiteImage.objects.exists()


def test_a_full_shelf_takes_the_pictures_that_fit_and_names_the_others(cast: Cast) -> None:
    space.set_limit(cast.county_a, len(jpeg()) + 10)
    files = [SimpleUploadedFile(f"图{n}.jpg", jpeg(), "image/jpeg") for n in range(2)]
    page = signed_in(cast.contributor_a).post(reverse(BATCH), {"files": files}).content.decode()
    assert SiteImage.objects.count() == 1
    assert "error-message" in page
