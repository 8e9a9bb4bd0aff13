"""Answers that are no pages: what a site's status demands, and the error pages."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from sites.public import states
from tests.cast import change, column_of
from tests.sites.public import build
from tests.sites.public.build import read, visit
from tests.sites.public.markup import page_of, parse


def today():
    return timezone.localdate(timezone=build.BEIJING)


def test_a_site_on_trial_says_so_on_every_page_and_asks_not_to_be_indexed(cast):
    item = build.article(column_of(cast.county_a, "tzgg"), "公告")
    change(cast.county_a, status="trial")
    for response in (visit(cast.county_a), read(column_of(cast.county_a, "tzgg")), read(item), visit(cast.town_a)):
        page = page_of(response)
        assert response.status_code == 200
        assert "试运行" in page.text
        assert page.metas["robots"] == "noindex, nofollow"
    assert "robots" not in page_of(visit(cast.county_b)).metas


def test_a_draft_site_tells_no_more_than_an_unknown_host(cast):
    change(cast.county_a, status="draft")
    response = visit(cast.county_a)
    assert response.status_code == 404
    assert response.content == Client(headers={"host": "nobody.localhost"}).get("/").content


@pytest.mark.parametrize("path", ["", "xwdt/", "nothing/", "documents/1/x.pdf"])
def test_a_suspended_site_answers_503_everywhere_with_a_notice_and_a_telephone(cast, path):
    change(cast.county_a, status="suspended", suspended_reason="内部原因不公开", contact_phone="0731-6123001")
    response = visit(cast.county_a, path)
    page = page_of(response)
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "网站暂停服务" in page.text
    assert "0731-6123001" in page.text
    assert "内部原因不公开" not in page.text


def test_a_channel_site_shares_the_state_of_its_host(cast):
    change(cast.county_a, status="suspended")
    assert visit(cast.town_a).status_code == 503
    assert visit(cast.town_b).status_code == 200


def test_a_suspended_channel_site_leaves_its_host_alone(cast):
    change(cast.town_a, status="suspended")
    assert visit(cast.town_a).status_code == 503
    assert visit(cast.county_a).status_code == 200


def test_a_closing_site_names_its_successor_and_the_last_day(cast):
    until = today() + timedelta(days=30)
    change(cast.county_a, status="closing", notice_until=until, successor=cast.county_b)
    response = visit(cast.county_a, "xwdt/")
    page = page_of(response)
    assert response.status_code == 200
    assert "天心区人民政府" in page.text
    assert until.isoformat() in page.text
    assert page.href("前往天心区人民政府") == "http://b.localhost/"
    assert page.metas["robots"] == "noindex, nofollow"


def test_after_the_notice_a_closing_site_leads_to_its_successor(cast):
    change(cast.county_a, status="closing", notice_until=today() - timedelta(days=1), successor=cast.county_b)
    response = visit(cast.county_a)
    assert response.status_code == 301
    assert response["Location"] == "http://b.localhost/"


def test_a_closed_site_is_gone_or_leads_to_its_successor(cast):
    change(cast.county_a, status="closed", closed_on=today())
    response = visit(cast.county_a)
    assert response.status_code == 410
    assert "网站已关停" in page_of(response).text
    change(cast.county_a, successor=cast.county_b)
    assert visit(cast.county_a)["Location"] == "http://b.localhost/"


def test_a_closed_site_does_not_lead_to_a_successor_that_is_closed_too(cast):
    change(cast.county_b, status="suspended")
    change(cast.county_a, status="closed", closed_on=today(), successor=cast.county_b)
    assert visit(cast.county_a).status_code == 410


def test_a_notice_leads_nowhere_into_the_closed_site(cast):
    change(cast.county_a, status="suspended")
    inside = [href for _, href in page_of(visit(cast.county_a)).links if href.startswith("/") and href != "/"]
    assert inside == []


def test_a_missing_page_is_told_in_the_sites_own_dress(cast):
    response = visit(cast.county_a, "nothing/here/")
    page = page_of(response)
    assert response.status_code == 404
    assert "没有找到这个页面" in page.text
    assert "芙蓉区人民政府" in page.text
    assert page.href("政务公开").startswith("/")
    assert page.metas["SiteIDCode"] == "4301020001"


def test_an_unknown_host_gets_a_plain_page_that_tells_nothing(cast):
    response = Client(headers={"host": "nobody.localhost"}).get("/")
    assert response.status_code == 404
    page = parse(response.content.decode())
    assert page.faults == []
    assert page.links == []
    assert "人民政府" not in page.text


def test_the_error_page_needs_no_database(django_db_blocker):
    with django_db_blocker.block():
        response = states.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert parse(response.content.decode()).faults == []
