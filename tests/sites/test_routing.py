"""Which page answers at an address: the host decides the site, the first path segment a mounted one, the rest the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sites import addresses
from sites.models import SitePage
from tenants.models import FormerAddress
from tests.cast import Cast, change, column_of, first_column, home_of, own_column, publish_article, signed_in

pytestmark = pytest.mark.django_db


def get(host: str, path: str = "/", **extra: Any) -> Any:
    return Client().get(path, headers={"host": host}, **extra)


def site_of(answer: Any) -> str:
    """Return the code of the sub-site that answered, "" where none did."""
    address = getattr(answer.wsgi_request, "govsite", None)
    return address.code if address else ""


@pytest.mark.parametrize(
    ("host", "path", "code", "name"),
    [
        ("www.localhost", "/", "430000", "湖南省人民政府"),
        ("a.localhost", "/", "430102", "芙蓉区人民政府"),
        ("b.localhost", "/", "430103", "天心区人民政府"),
        ("a.localhost", "/wyl/", "430102001", "文艺路街道办事处"),
        ("b.localhost", "/pzj/", "430103001", "坡子街街道办事处"),
        ("a.localhost", "/jyj/", "430102-jyj", "芙蓉区教育局"),
        ("b.localhost", "/jyj/", "430103-jyj", "天心区教育局"),
    ],
)
def test_the_host_and_the_first_segment_say_which_site_answers(
    cast: Cast, host: str, path: str, code: str, name: str
) -> None:
    answer = get(host, path)
    assert (answer.status_code, site_of(answer)) == (200, code)
    assert name in answer.content.decode()


@pytest.mark.parametrize(
    "host", ["A.LOCALHOST", "a.localhost.", "a.localhost:8000", "A.Localhost:443", "a.LOCALHOST.:80"]
)
def test_the_way_a_host_is_written_does_not_matter(cast: Cast, host: str) -> None:
    answer = get(host)
    assert (answer.status_code, site_of(answer)) == (200, "430102")


@pytest.mark.parametrize(
    "host",
    [
        "c.localhost",
        "localhost.evil.example",
        "xa.localhost",
        "a.localhost.example",
        "",
        "[::1]",
        "10.0.0.1",
        "中.政务",
    ],
)
def test_an_unknown_host_gets_404_and_learns_nothing(cast: Cast, host: str) -> None:
    answer = Client().get("/", HTTP_HOST=host.encode().decode("latin-1"))
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "湖南省" not in text
    assert "芙蓉区" not in text


@pytest.mark.parametrize("path", ["/zwgk/", "/admin/", "/wyl/", "/nope"])
def test_an_unknown_host_gets_404_at_every_path(cast: Cast, path: str) -> None:
    assert get("c.localhost", path).status_code == 404


def path_of(page: SitePage) -> str:
    home = SitePage.objects.get(path=page.path[:12])
    return "/" + page.url_path[len(home.url_path) :]


def test_columns_and_articles_answer_under_their_own_site(cast: Cast) -> None:
    column = first_column(cast.county_a)
    article = publish_article(column, "防汛应急响应的通知")
    assert get("a.localhost", path_of(column)).status_code == 200
    answer = get("a.localhost", path_of(article))
    assert answer.status_code == 200
    assert "防汛应急响应的通知" in answer.content.decode()


def test_a_page_below_a_mount_answers_below_the_countys_host(cast: Cast) -> None:
    column = first_column(cast.town_a)
    article = publish_article(column, "街道通知")
    answer = get("a.localhost", f"/wyl{path_of(article)}")
    assert (answer.status_code, site_of(answer)) == (200, "430102001")
    assert "街道通知" in answer.content.decode()
    assert article.full_url == f"http://a.localhost/wyl{path_of(article)}"


@pytest.mark.parametrize("host", ["b.localhost", "www.localhost"])
def test_a_page_of_one_county_is_not_found_under_another_host(cast: Cast, host: str) -> None:
    article = publish_article(own_column(home_of(cast.county_a), "bendi"), "只在本县")
    assert get("a.localhost", path_of(article)).status_code == 200
    answer = get(host, path_of(article))
    assert answer.status_code == 404
    assert "只在本县" not in answer.content.decode()


def test_the_same_path_shows_each_county_its_own_page(cast: Cast) -> None:
    column = first_column(cast.county_a)
    publish_article(column, "甲县的文章", slug="gleich")
    publish_article(column_of(cast.county_b, column.code), "乙县的文章", slug="gleich")
    path = f"{path_of(column)}gleich/"
    assert "甲县的文章" in get("a.localhost", path).content.decode()
    assert "乙县的文章" in get("b.localhost", path).content.decode()


def test_a_towns_page_does_not_answer_without_its_mount(cast: Cast) -> None:
    article = publish_article(own_column(home_of(cast.town_a), "zhenli"), "街道通知")
    assert get("a.localhost", f"/wyl{path_of(article)}").status_code == 200
    assert get("a.localhost", path_of(article)).status_code == 404
    assert get("b.localhost", f"/wyl{path_of(article)}").status_code == 404


def test_the_place_in_the_tree_is_no_address(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "文章")
    for path in (article.url_path, "/430102/", "/430102/430102/", f"/{cast.county_a.code}{path_of(article)}"):
        assert get("a.localhost", path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/WYL/", "/wyl2/", "/jy/", "/zwgk/nichts/", "/..%2f/", "/a/b/c/d/e/f/g/h/", "/%00/", "/政务/"]
)
def test_what_is_not_there_is_404(cast: Cast, path: str) -> None:
    answer = get("a.localhost", path)
    assert answer.status_code == 404
    assert site_of(answer) == "430102"


def test_what_is_not_published_is_404(cast: Cast) -> None:
    article = publish_article(first_column(cast.county_a), "撤下的文章")
    path = path_of(article)
    assert get("a.localhost", path).status_code == 200
    SitePage.objects.get(pk=article.pk).specific.unpublish()
    answer = get("a.localhost", path)
    assert answer.status_code == 404
    assert "撤下的文章" not in answer.content.decode()


def test_a_missing_slash_leads_to_the_page(cast: Cast) -> None:
    answer = get("a.localhost", "/zwgk")
    assert (answer.status_code, answer["location"]) == (301, "/zwgk/")


# The admin


def test_the_admin_host_leads_to_the_admin(cast: Cast) -> None:
    answer = get("admin.localhost")
    assert (answer.status_code, answer["location"]) == (302, "/admin/")
    assert get("admin.localhost", "/admin/login/").status_code == 200
    assert signed_in(cast.contributor_a).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/pages/", "/admin", "/admin/api/main/pages/", "/api/v1/"]
)
@pytest.mark.parametrize("host", ["a.localhost", "www.localhost", "c.localhost"])
def test_the_admin_answers_on_its_own_hosts_alone(cast: Cast, host: str, path: str) -> None:
    client = Client(headers={"host": host})
    client.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(path, follow=True)
    assert answer.status_code == 404


def test_the_admin_host_shows_no_public_page(cast: Cast) -> None:
    column = first_column(cast.county_a)
    for path in (path_of(column), "/wyl/", column.url_path):
        assert get("admin.localhost", path).status_code == 404


def test_every_admin_host_of_the_settings_leads_to_the_admin(cast: Cast) -> None:
    assert settings.ADMIN_HOSTS
    for host in settings.ADMIN_HOSTS:
        assert get(f"{host.upper()}:8000")["location"] == "/admin/"


# Former addresses


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "http://a.localhost/"),
        ("/zwgk/x/?a=1&b=%E4%B8%AD", "http://a.localhost/zwgk/x/?a=1&b=%E4%B8%AD"),
        ("/wyl/zj/?p=2", "http://a.localhost/wyl/zj/?p=2"),
    ],
)
def test_a_former_host_redirects_for_good_with_path_and_query(cast: Cast, path: str, target: str) -> None:
    FormerAddress.objects.create(tenant=cast.county_a, host="old.localhost")
    answer = get("OLD.localhost:80", path)
    assert (answer.status_code, answer["location"]) == (301, target)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/alt/", "http://a.localhost/wyl/"),
        ("/alt/zj/x/?a=1", "http://a.localhost/wyl/zj/x/?a=1"),
        ("/alt?a=1", "http://a.localhost/wyl/?a=1"),
    ],
)
def test_a_former_mount_redirects_for_good_with_path_and_query(cast: Cast, path: str, target: str) -> None:
    FormerAddress.objects.create(tenant=cast.town_a, under=cast.county_a, mount="alt")
    answer = get("a.localhost", path)
    if answer.status_code == 301 and answer["location"].startswith("/alt/"):
        answer = get("a.localhost", answer["location"])
    assert (answer.status_code, answer["location"]) == (301, target)


def test_a_former_mount_redirects_under_its_own_host_alone(cast: Cast) -> None:
    FormerAddress.objects.create(tenant=cast.town_a, under=cast.county_a, mount="alt")
    assert get("b.localhost", "/alt/").status_code == 404


def test_a_site_that_moved_to_another_county_is_found_at_both_addresses(cast: Cast) -> None:
    FormerAddress.objects.create(tenant=cast.town_a, under=cast.county_a, mount="wyl")
    change(cast.town_a, mounted_under=cast.county_b)
    assert get("b.localhost", "/wyl/").status_code == 200
    answer = get("a.localhost", "/wyl/?a=1")
    assert (answer.status_code, answer["location"]) == (301, "http://b.localhost/wyl/?a=1")


def test_a_page_at_a_former_mount_goes_before_the_redirect(cast: Cast) -> None:
    FormerAddress.objects.create(tenant=cast.town_a, under=cast.county_a, mount="alt")
    own_column(home_of(cast.county_a), "alt", "新栏目")
    answer = get("a.localhost", "/alt/")
    assert answer.status_code == 200
    assert "新栏目" in answer.content.decode()


# What it costs


def test_a_page_is_found_in_two_queries_at_any_depth(cast: Cast, rf: Any, django_assert_num_queries: Any) -> None:
    article = publish_article(first_column(cast.county_a), "文章")
    addresses.refresh()
    path = path_of(article)
    request = rf.get(path, headers={"host": "a.localhost"})
    request.govsite = addresses.by_host("a.localhost")
    with django_assert_num_queries(2):
        found = SitePage.route_for_request(request, path[1:])
    assert found.page.pk == article.pk
    with django_assert_num_queries(0):
        assert SitePage.route_for_request(request, path[1:]) is found


def test_a_page_is_looked_for_through_the_sites_own_index(cast: Cast, rf: Any) -> None:
    addresses.refresh()
    request = rf.get("/nichts/", headers={"host": "a.localhost"})
    request.govsite = addresses.by_host("a.localhost")
    with CaptureQueriesContext(connection) as captured:
        assert SitePage.route_for_request(request, "nichts/") is None
    [query] = captured.captured_queries
    for part in ('"tenant_id" = ', '"slug" = ', '"url_path" = '):
        assert part in query["sql"]


def test_an_unknown_host_costs_two_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    get("c.localhost")
    with django_assert_max_num_queries(2):
        get("c.localhost")
