"""Shelves, space and the upload forms: whose a picture or file is, and how much of it there may be."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import CaptureQueriesContext
from PIL import Image as Picture
from wagtail.documents.forms import get_document_form
from wagtail.models import Collection

from sites.media import shelves, space
from sites.models import ColumnGrant, MediaShelf, SiteFile, SiteImage
from sites.reach import reach_of
from tenants.models import Membership, Role
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, person

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def stored(tenant: Any, name: str = "通知（第3号）.pdf", content: bytes = PDF) -> SiteFile:
    made = SiteFile(title=name, collection=shelves.shelf_for(tenant), file_size=len(content))
    made.file = ContentFile(content, name=name)
    made.save()
    return made


def form(user: Any, upload: SimpleUploadedFile) -> Any:
    return get_document_form(SiteFile)({"title": "附件"}, {"file": upload}, user=user)


def test_a_tenant_has_one_shelf_and_each_column_one_below_it(cast: Cast) -> None:
    column = first_column(cast.county_a)
    shelf = shelves.shelf_for(cast.county_a)
    below = shelves.shelf_for(cast.county_a, column)
    assert shelves.shelf_for(cast.county_a) == shelf
    assert shelves.shelf_for(cast.county_a, column) == below
    assert below.get_parent() == shelf
    assert Collection.find_problems() == ([], [], [], [], [])


def test_the_hundredth_shelf_takes_as_many_questions_as_the_second(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection

    shelves.shelf_for(cast.county_a)
    with CaptureQueriesContext(connection) as second:
        shelves.shelf_for(cast.county_b)
    root = Collection.get_first_root_node()
    for number in range(100):
        root.refresh_from_db()
        root.add_child(instance=Collection(name=f"{cast.county_b.pk:08d} {number}"))
    with django_assert_max_num_queries(len(second)):
        shelves.shelf_for(cast.town_b)


def test_a_shelf_of_another_tenants_column_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="another tenant"):
        shelves.shelf_for(cast.county_a, first_column(cast.county_b))


def test_what_lies_on_a_shelf_belongs_to_its_tenant_wherever_it_is_moved(cast: Cast) -> None:
    kept = stored(cast.county_a)
    assert kept.tenant_id == cast.county_a.pk
    kept.collection = shelves.shelf_for(cast.county_b)
    kept.save()
    assert SiteFile.objects.get(pk=kept.pk).tenant_id == cast.county_b.pk
    kept.collection = Collection.get_first_root_node()
    kept.save()
    assert SiteFile.objects.get(pk=kept.pk).tenant_id is None


def test_a_member_has_the_shelves_of_the_site_and_a_limited_one_those_of_the_columns(cast: Cast) -> None:
    column, other = first_column(cast.county_a), first_column(cast.county_a, "single")
    shelves.shelf_for(cast.county_a, other)
    helper = person("helper")
    limited = Membership.objects.create(
        user=helper, role=Role.CONTRIBUTOR, tenant=cast.county_a, limited_to_columns=True
    )
    ColumnGrant.objects.create(membership=limited, column=column)
    whole = set(shelves.shelves_of(reach_of(cast.contributor_a)))
    assert whole == {shelves.shelf_for(cast.county_a), shelves.shelf_for(cast.county_a, other)}
    assert set(shelves.shelves_of(reach_of(helper))) == {shelves.shelf_for(cast.county_a, column)}
    assert not set(shelves.shelves_of(reach_of(cast.supervisor)))


def test_a_chinese_file_name_is_kept_and_the_place_cannot_be_guessed(cast: Cast) -> None:
    first, second = stored(cast.county_a), stored(cast.county_a)
    assert first.filename == second.filename == "通知（第3号）.pdf"
    assert first.file.name != second.file.name
    assert first.file.name.startswith("files/")
    assert "通知" not in first.file.name


def test_used_space_counts_pictures_and_files_of_the_tenant_alone(cast: Cast) -> None:
    stored(cast.county_a)
    stored(cast.county_b)
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 30)).save(buffer, "PNG")
    picture = SiteImage(title="图", collection=shelves.shelf_for(cast.county_a), file_size=buffer.tell())
    picture.file = ContentFile(buffer.getvalue(), name="图.png")
    picture.save()
    assert space.used(cast.county_a) == len(PDF) + buffer.tell()


def test_the_limit_is_the_platforms_unless_the_tenant_has_its_own(cast: Cast, settings: Any) -> None:
    settings.MEDIA_QUOTA_MB = 3
    assert space.limit(cast.county_a) == 3 * 1024 * 1024
    space.set_limit(cast.county_a, 0)
    assert (space.limit(cast.county_a), space.limit(cast.county_b)) == (0, 3 * 1024 * 1024)
    with pytest.raises(ValueError, match="negative"):
        space.set_limit(cast.county_a, -1)


def test_a_file_that_does_not_fit_is_refused_in_the_form_with_the_figures(cast: Cast) -> None:
    space.set_limit(cast.county_a, len(PDF) - 1)
    asked = form(cast.contributor_a, SimpleUploadedFile("a.pdf", PDF))
    assert not asked.is_valid()
    assert "放不下" in str(asked.errors["file"]) or "does not fit" in str(asked.errors["file"])
    space.set_limit(cast.county_a, len(PDF))
    assert form(cast.contributor_a, SimpleUploadedFile("a.pdf", PDF)).is_valid()


def test_an_upload_whose_content_lies_is_refused_in_the_form(cast: Cast) -> None:
    asked = form(cast.contributor_a, SimpleUploadedFile("名单.pdf", b"MZ\x90\x00" + b"\0" * 200))
    assert not asked.is_valid()
    assert "file" in asked.errors


def test_the_form_puts_the_upload_on_the_persons_own_shelf(cast: Cast) -> None:
    asked = form(cast.contributor_a, SimpleUploadedFile("关于 放假（2026）的通知.pdf", PDF))
    assert asked.is_valid(), asked.errors
    made = asked.save()
    assert (made.tenant_id, made.filename) == (cast.county_a.pk, "关于 放假（2026）的通知.pdf")
    with every_tenant("looking from outside"):
        assert MediaShelf.objects.get(collection=made.collection).tenant_id == cast.county_a.pk
