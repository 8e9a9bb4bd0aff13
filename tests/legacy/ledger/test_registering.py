"""Addresses become known, their content is loaded, loading is taken back: one line each, whatever the spelling."""

from __future__ import annotations

import pytest

from legacy.ledger.registering import Landed, Seen, known, loaded, media_unloaded, unloaded
from legacy.models import OldAddress
from tenants.scope import tenant_scope
from tests.cast import first_column, publish_article
from tests.legacy.ledger.making import OLD_HOST, line, old_site, raw_page


@pytest.fixture
def site(cast):
    transition = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        yield transition


def test_spellings_of_one_address_are_one_line(site):
    counts = known(
        site,
        [f"http://{OLD_HOST}/a/index.html", "http://old-county.example/A/", "/a", "http://elsewhere.example/a"],
        "list",
    )
    assert counts == {"created": 1, "foreign": 1}
    row = line(site, "/a")
    assert (row.host, row.result, row.found_by) == ("old-county.example", "unresolved", "list")
    assert known(site, ["/a/"], "collect") == {"created": 0, "unchanged": 1}


def test_hits_of_several_spellings_are_added_up(site):
    known(site, [Seen("/a", hits=2), Seen("/A/", hits=3)], "log")
    known(site, [Seen("/a/index.html", hits=4)], "log")
    assert line(site, "/a").hits == 9


def test_a_loaded_page_is_a_redirect_and_a_second_load_changes_nothing(cast, site):
    page = publish_article(first_column(cast.county_a), "通知")
    known(site, [("/art/1.html", "page")], "collect")
    rows = [("/art/1.html", "item", page.pk), Landed("/art/1_2.html", "item", page_id=page.pk)]
    assert loaded(site, rows) == {"created": 1, "updated": 1}
    assert loaded(site, rows) == {"created": 0, "updated": 0, "unchanged": 2}
    row = line(site, "/art/1.html")
    assert (row.result, row.page_id, row.found_by) == ("redirect", page.pk, "collect")


def test_what_a_person_decided_is_kept(cast, site):
    page = publish_article(first_column(cast.county_a), "通知")
    known(site, ["/a"], "list")
    OldAddress.objects.update(result="gone", decided_by=cast.manager_a, reason="过期")
    assert loaded(site, [("/a", "item", page.pk)])["kept"] == 1
    assert line(site, "/a").result == "gone"


def test_a_rollback_opens_the_addresses_again(cast, site):
    page = publish_article(first_column(cast.county_a), "通知")
    loaded(site, [("/a", "item", page.pk), ("/b", "item", page.pk)])
    assert unloaded(site, [page.pk]) == 2
    assert line(site, "/a").result == "unresolved"
    assert line(site, "/a").page_id is None
    assert media_unloaded(site, image_ids=[1], file_ids=[2]) == 0


def test_a_list_page_is_known_better_later_but_never_worse(site):
    raw_page(site, "/list.html", "<html></html>")
    assert line(site, "/list.html").kind == "item"
    known(site, [("/list.html", "list")], "collect")
    known(site, [("/list.html", "page")], "collect")
    assert line(site, "/list.html").kind == "list"


def test_an_address_of_another_transition_is_left_alone(cast, site):
    known(site, ["/a"], "list")
    neighbour = old_site(cast.county_b, OLD_HOST, code="b")
    with tenant_scope(cast.county_b):
        assert known(neighbour, ["/a"], "list")["elsewhere"] == 1
        assert not OldAddress.objects.exists()


def test_many_addresses_cost_few_statements(site, django_assert_max_num_queries):
    rows = [(f"/art/{number}.html", "page") for number in range(500)]
    with django_assert_max_num_queries(20):  # SQLite takes 50 rows a statement
        known(site, rows, "collect")
    with django_assert_max_num_queries(8):
        assert known(site, rows, "collect")["unchanged"] == 500
