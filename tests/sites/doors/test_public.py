"""Doors on the public side: hosts, files by number, stored pages, sign-in addresses."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Collection

from sites.doors.stock import FILES
from sites.models import SiteFile
from tests.cast import A_HOST, ADMIN_HOST, B_HOST, PORTAL_HOST, Cast, first_column, publish_article, signed_in
from tests.sites.doors.neighbour import MARK, Planted, give_file, text_of, visitors_of_a

pytestmark = pytest.mark.django_db


def address(file: SiteFile) -> str:
    return f"/documents/{file.pk}/{file.filename}"


def status(host: str, path: str) -> int:
    return Client(headers={"host": host}).get(path).status_code


def shown(cast: Cast, file: SiteFile, tenant: str) -> None:
    """Let a live page of the tenant show the file."""
    page = publish_article(first_column(getattr(cast, tenant)), f"附件{file.pk}", slug=f"with-{file.pk}")
    page.attachments.create(file=file)
    page.save()


def test_door_13_exports_and_error_pages_name_no_neighbour(cast: Cast, planted: Planted) -> None:
    for visitor in visitors_of_a(cast):
        for url in ("pages/search/", "pages/usage/govsites/article/", "images/", "documents/"):
            for kind in ("csv", "xlsx"):
                visitor.finds_nothing_at(f"/admin/{url}?export={kind}")
        for url in ("redirects/", "reports/site-history/", "reports/aging-pages/", "reports/locked/"):
            visitor.is_a_stranger_at(f"/admin/{url}?export=xlsx")
    for path in ("/no-such-page/", "/sitemap.xml", "/rss/", "/feed/", "/search/?q=" + MARK, f"/{planted.live.slug}/"):
        for host in (A_HOST, PORTAL_HOST, "nobody.localhost"):
            answer = Client(headers={"host": host}).get(path)
            assert answer.status_code == 404, (host, path)
            assert MARK not in text_of(answer)
    assert MARK not in text_of(Client(headers={"host": "nobody.localhost"}).get("/"))


def test_door_14_one_signs_in_on_the_admins_host_alone(cast: Cast) -> None:
    for host in (A_HOST, B_HOST, PORTAL_HOST, "nobody.localhost"):
        for path in (
            "/admin/",
            "/admin/login/",
            "/_util/login/",
            "/django-admin/",
            "/api/v1/tenants",
            "/admin/password_reset/",
        ):
            assert status(host, path) == 404, (host, path)
    assert status(ADMIN_HOST, "/admin/login/") == 200
    for path in ("/_util/login/", "/_util/authenticate_with_password/1/1/", "/documents/authenticate_with_password/1/"):
        assert status(ADMIN_HOST, path) == 404, path


def test_door_16_no_stored_answer_of_one_host_serves_another(cast: Cast, planted: Planted) -> None:
    first, second = (text_of(Client(headers={"host": host}).get("/")) for host in (B_HOST, A_HOST))
    assert cast.county_b.name in first
    assert cast.county_b.name not in second
    admin = signed_in(cast.contributor_a).get("/admin/")
    assert {"private", "no-store"} <= {part.strip() for part in admin.headers["Cache-Control"].split(",")}


def test_door_17_a_file_is_served_on_its_own_host_when_a_public_page_shows_it(cast: Cast) -> None:
    of_a, of_town, of_b, draft = (
        give_file(cast.county_a, "县件"),
        give_file(cast.town_a, "镇件"),
        give_file(cast.county_b, "邻件"),
        give_file(cast.county_a, "未发件"),
    )
    common = SiteFile(title="平台件", collection=Collection.get_first_root_node(), file=of_a.file)
    common.save()
    for file, tenant in ((of_a, "county_a"), (of_town, "town_a"), (of_b, "county_b"), (common, "county_a")):
        shown(cast, file, tenant)
    # The town's site is mounted below the county's host and has none of its own.
    answers = {
        (file.title, host): status(host, address(file))
        for file in (of_a, of_town, of_b, common, draft)
        for host in (A_HOST, B_HOST, PORTAL_HOST)
    }
    open_doors = {key for key, found in answers.items() if found == 200}
    assert open_doors == {
        ("县件", A_HOST), ("镇件", A_HOST), ("邻件", B_HOST),
        ("平台件", A_HOST), ("平台件", B_HOST), ("平台件", PORTAL_HOST),
    }  # fmt: skip
    assert {found for found in answers.values() if found != 200} == {404}
    assert status(A_HOST, f"/documents/{of_a.pk}/another-name.pdf") == 404


def test_a_citizens_page_asks_for_no_session(cast: Cast) -> None:
    client = Client(headers={"host": A_HOST})
    client.cookies["sessionid"] = "x" * 32
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    assert not [query for query in queries if "django_session" in query["sql"]]


def test_in_the_admin_a_file_opens_for_those_who_keep_it(cast: Cast) -> None:
    file = give_file(cast.county_a, "县件")
    assert signed_in(cast.contributor_a).get(address(file)).status_code == 200
    assert signed_in(cast.operator).get(address(file)).status_code == 200
    for stranger in (cast.contributor_b, cast.supervisor):
        assert signed_in(stranger).get(address(file)).status_code == 404
    assert status(ADMIN_HOST, address(file)) == 404


def test_stored_files_have_no_second_door(cast: Cast) -> None:
    (check,) = FILES["django.views.static.serve"].checks
    request = RequestFactory().get("/media/")
    for path in ("images/2026/11/a.webp", "pictures/2026/11/a.png"):
        check(request, {"path": path})
    for path in ("files/2026/11/x.pdf", "documents/x.pdf", "", "../secret-key", "/files/x.pdf"):
        with pytest.raises(Http404):
            check(request, {"path": path})


def test_where_a_file_is_stored_cannot_be_guessed(cast: Cast) -> None:
    first, second = (give_file(cast.county_a, "件", name="通知.pdf") for _unused in range(2))
    assert "通知" not in first.file.name
    assert first.file.name.rsplit("/", 1)[0] == second.file.name.rsplit("/", 1)[0]
    assert len(first.file.name.rsplit("/", 1)[1]) > 20
    assert first.file.name != second.file.name
