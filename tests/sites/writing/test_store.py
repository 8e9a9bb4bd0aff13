"""Pictures of a paste go to the tenant's own shelf, once; the body is what the editor can go on with."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from sites.media import space
from sites.media.shelves import shelf_for
from sites.models import ColumnGrant, SiteImage
from sites.writing.html import read
from sites.writing.store import body_from, form_state
from tenants.models import Membership
from tests.cast import Cast, column_of, first_column, person
from tests.sites.writing.pictures import data_url, png


def pasted(*colours: str):
    return read("<p>图</p>" + "".join(f"<img src='{data_url(png(colour))}'>" for colour in colours)).blocks


def test_pictures_land_on_the_tenants_shelf_without_an_alternative_text(cast: Cast) -> None:
    column = first_column(cast.county_a)
    body = body_from(pasted("red"), cast.county_a, column, cast.contributor_a)
    value = body[1]["value"]
    image = SiteImage.objects.get(pk=value["image"]["image"])
    assert (image.tenant_id, image.collection_id) == (cast.county_a.pk, shelf_for(cast.county_a).pk)
    assert (image.uploaded_by_user_id, image.width, image.height) == (cast.contributor_a.pk, 40, 30)
    assert image.file_size == len(png("red"))
    assert (value["image"]["alt_text"], value["image"]["decorative"]) == ("", False)
    assert image.file.name.endswith(".png")


def test_the_same_bytes_are_kept_once_in_a_tenant_and_never_shared_between_two(cast: Cast) -> None:
    column_a, column_b = first_column(cast.county_a), first_column(cast.county_b)
    first = body_from(pasted("red", "blue", "red"), cast.county_a, column_a, cast.contributor_a)
    again = body_from(pasted("red"), cast.county_a, column_a, cast.reviewer_a)
    other = body_from(pasted("red"), cast.county_b, column_b, cast.contributor_b)
    ids = [block["value"]["image"]["image"] for block in first[1:]]
    assert ids[0] == ids[2] == again[1]["value"]["image"]["image"]
    assert other[1]["value"]["image"]["image"] not in ids
    assert SiteImage.objects.count() == 3


def test_a_member_of_a_single_column_uses_that_columns_shelf(cast: Cast) -> None:
    column = first_column(cast.county_a)
    helper = person("helper")
    membership = Membership.objects.create(
        user=helper, role="contributor", tenant=cast.county_a, limited_to_columns=True
    )
    ColumnGrant.objects.create(membership=membership, column=column)
    body = body_from(pasted("red"), cast.county_a, column, helper)
    image = SiteImage.objects.get(pk=body[1]["value"]["image"]["image"])
    assert image.collection_id == shelf_for(cast.county_a, column).pk
    with pytest.raises(PermissionDenied):
        body_from(pasted("green"), cast.county_b, first_column(cast.county_b), helper)


def test_pictures_that_do_not_fit_are_refused_and_none_is_kept(cast: Cast) -> None:
    space.set_limit(cast.county_a, 100)
    with pytest.raises(space.OverQuota):
        body_from(pasted("red", "blue"), cast.county_a, first_column(cast.county_a), cast.contributor_a)
    assert not SiteImage.objects.exists()


def test_the_editors_script_gets_what_it_needs_for_each_block(cast: Cast) -> None:
    column = first_column(cast.county_a)
    blocks = (*pasted("red"), *read("<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table>").blocks)
    text, picture, table = form_state(body_from(blocks, cast.county_a, column, cast.contributor_a))
    assert (text["type"], picture["type"], table["type"]) == ("paragraph", "image", "table")
    assert json.loads(text["value"])["blocks"][0]["text"] == "图"
    assert picture["value"]["image"]["image"]["id"]
    assert table["value"]["data"] == [["a", "b"], ["1", "2"]]


def test_a_text_without_pictures_touches_no_shelf(cast: Cast, django_assert_num_queries) -> None:
    column = column_of(cast.county_a, first_column(cast.county_a).code)
    blocks = read("<p>甲</p>" * 50).blocks
    with django_assert_num_queries(2):  # the savepoint of the transaction
        body_from(blocks, cast.county_a, column, cast.contributor_a)
