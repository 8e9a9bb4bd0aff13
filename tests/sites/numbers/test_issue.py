"""Numbers are proposed, unique in a tenant, and never given twice."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.actions.copy_page import CopyPageAction

from sites.models import Column, IssuedNumber, OfficialDocument
from sites.models.keeping import NumberKind
from sites.numbers import issue, patterns
from tenants.models import Region
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, own_column, signed_in

INDEX, DOCUMENT = NumberKind.INDEX, NumberKind.DOCUMENT


def drafted(column: Column, number: str = "", **values: Any) -> OfficialDocument:
    made = OfficialDocument(title="关于放假的通知", live=False, index_number=number, **values)
    column.add_child(instance=made)
    made.save_revision()
    return made


def test_each_number_is_proposed_until_somebody_takes_it(cast: Cast) -> None:
    column = first_column(cast.county_a)
    first = issue.propose(cast.county_a, INDEX, column)
    assert issue.propose(cast.county_a, INDEX, column) == first
    drafted(column, first)
    second = issue.propose(cast.county_a, INDEX, column)
    assert second != first
    assert second.endswith("00002")


def test_a_number_stays_taken_when_its_document_is_deleted(cast: Cast) -> None:
    column = first_column(cast.county_a)
    number = issue.propose(cast.county_a, INDEX, column)
    drafted(column, number).delete()
    assert not issue.is_free(cast.county_a.pk, INDEX, number)
    assert issue.propose(cast.county_a, INDEX, column) != number


def test_a_number_that_an_editor_made_up_is_skipped_by_the_proposals(cast: Cast) -> None:
    column = first_column(cast.county_a)
    first = issue.propose(cast.county_a, INDEX, column)
    drafted(column, first.replace("00001", "00002"))
    assert issue.propose(cast.county_a, INDEX, column) == first
    drafted(column, first)
    assert issue.propose(cast.county_a, INDEX, column).endswith("00003")


def test_the_neighbours_numbers_do_not_count(cast: Cast) -> None:
    drafted(first_column(cast.county_b), "甲-1")
    assert issue.is_free(cast.county_a.pk, INDEX, "甲-1")
    drafted(first_column(cast.county_a), "甲-1")
    with every_tenant("counting"):
        assert IssuedNumber.objects.filter(number="甲-1").count() == 2


def test_the_nearest_regions_pattern_counts(cast: Cast) -> None:
    places = cast.regions()
    issue.set_pattern(places["430000"], INDEX, "湘{unit}-{serial}")
    assert issue.propose(cast.town_a, INDEX).startswith("湘430102001-1")
    issue.set_pattern(places["430102"], INDEX, "芙{unit}-{serial}")
    assert issue.propose(cast.town_a, INDEX).startswith("芙")
    assert issue.propose(cast.town_b, INDEX).startswith("湘")


def test_a_wrong_pattern_is_not_stored(cast: Cast) -> None:
    with pytest.raises(patterns.WrongPattern):
        issue.set_pattern(Region.objects.get(code="430102"), INDEX, "{year}")
    assert issue.pattern_for(cast.county_a, INDEX) == issue.DEFAULTS[INDEX]


def test_a_document_is_not_published_under_anothers_number(cast: Cast) -> None:
    column = first_column(cast.county_a)
    drafted(column, "乙-1")
    second = drafted(column, "乙-1")
    with pytest.raises(ValidationError, match="乙-1"):
        second.get_latest_revision().publish()


def test_a_copy_takes_no_number_along(cast: Cast) -> None:
    column = first_column(cast.county_a)
    original = drafted(column, "丙-1", document_number="丙发〔2026〕1号")
    other = own_column(column.get_parent().specific, "qita") if column.depth > 4 else column
    copied = CopyPageAction(original, to=other, update_attrs={"slug": "fuben"}).execute(skip_permission_checks=True)
    assert (copied.index_number, copied.document_number) == ("", "")


def test_the_form_proposes_the_next_number_and_refuses_a_taken_one(cast: Cast) -> None:
    column = first_column(cast.county_a)
    browser = signed_in(cast.contributor_a)
    address = reverse("wagtailadmin_pages:add", args=["govsites", "officialdocument", column.pk])
    proposed = issue.propose(cast.county_a, INDEX, column)
    assert proposed in browser.get(address).content.decode()
    drafted(column, proposed)
    answer = browser.post(address, {**FORM, "title": "第二份", "index_number": proposed})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert proposed in page
    assert proposed.replace("00001", "00002") in page
    assert not OfficialDocument.objects.filter(title="第二份").exists()


FORM = {
    "slug": "",
    "body-count": "0",
    "attachments-TOTAL_FORMS": "0",
    "attachments-INITIAL_FORMS": "0",
    "attachments-MIN_NUM_FORMS": "0",
    "attachments-MAX_NUM_FORMS": "1000",
    "comments-TOTAL_FORMS": "0",
    "comments-INITIAL_FORMS": "0",
    "comments-MIN_NUM_FORMS": "0",
    "comments-MAX_NUM_FORMS": "",
    "validity": "valid",
}
