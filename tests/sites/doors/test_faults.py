"""What made stock views answer 500: a file in use, a form without its field, a `next` that is no path."""

from django.core.files.base import ContentFile
from django.urls import reverse

from sites.media.shelves import shelf_for
from sites.models import Attachment, SiteFile
from tests.cast import Cast, first_column, publish_article, signed_in


def attached(cast: Cast) -> SiteFile:
    made = SiteFile(title="附件", collection=shelf_for(cast.county_a), uploaded_by_user=cast.contributor_a)
    made.file = ContentFile(b"%PDF-1.4", name="a.pdf")
    made.save()
    article = publish_article(first_column(cast.county_a), "有附件")
    Attachment.objects.create(page=article, file=made)
    return made


def test_a_file_in_use_is_not_deleted_and_the_person_is_told(cast: Cast) -> None:
    made = attached(cast)
    browser = signed_in(cast.contributor_a)
    address = reverse("wagtaildocs:delete_multiple", args=[made.pk])
    answer = browser.post(address, headers={"x-requested-with": "XMLHttpRequest"})
    assert answer.status_code == 409
    assert answer.json()["success"] is False
    assert SiteFile.objects.filter(pk=made.pk).exists()


def test_a_link_form_without_its_address_is_a_bad_request(cast: Cast) -> None:
    answer = signed_in(cast.contributor_a).post(reverse("wagtailadmin_choose_page_external_link"), {})
    assert answer.status_code == 400


def test_a_next_that_is_no_path_is_a_bad_request(cast: Cast) -> None:
    browser = signed_in(cast.contributor_a)
    assert browser.post(reverse("wagtaildocs:edit", args=[attached(cast).pk]), {"next": "planted"}).status_code == 400
    assert browser.get("/admin/", {"next": "/admin/"}).status_code == 200
