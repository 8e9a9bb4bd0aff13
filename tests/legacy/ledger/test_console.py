"""The ledger in the admin: filtered, decided on by ticks or all at once, handed in and taken away."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from legacy.ledger.registering import Seen, known, loaded
from legacy.models import LegacyRun, OldAddress
from tenants.scope import tenant_scope
from tests.cast import first_column, publish_article, signed_in
from tests.legacy.ledger.making import line, old_site


@pytest.fixture
def page(cast):
    return publish_article(first_column(cast.county_a), "关于开放的通知")


@pytest.fixture
def site(cast, page):
    transition = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        loaded(transition, [("/loaded.html", "item", page.pk)])
        known(
            transition, [Seen("/rare.html", hits=1), Seen("/often.html", hits=9), Seen("/logo.png", "picture")], "log"
        )
    return transition


@pytest.fixture
def client(cast):
    return signed_in(cast.manager_a)


def url(site, rest=""):
    return f"/admin/legacy/{site.pk}/ledger/{rest}"


def test_the_most_wanted_come_first_and_targets_are_named(client, site):
    text = client.get(url(site)).content.decode()
    assert text.index("/often.html") < text.index("/rare.html")
    assert "关于开放的通知" in text
    assert "25%" in text  # of the addresses
    assert "0%" in text  # of the requests


@pytest.mark.parametrize(
    ("query", "seen", "unseen"),
    [
        ("?result=redirect", "/loaded.html", "/often.html"),
        ("?result=unresolved&kind=picture", "/logo.png", "/often.html"),
        ("?q=rare", "/rare.html", "/often.html"),
        ("?q=%00rare&host=%00", "", "/often.html"),
    ],
)
def test_filters(client, site, query, seen, unseen):
    answer = client.get(url(site, query))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert seen in text
    assert f"example{unseen}<" not in text


def test_ticked_addresses_are_decided_on(cast, client, site, page):
    ids = [line(site, "/often.html").pk]
    answer = client.post(url(site, "decide/"), {"address": ids, "result": "redirect", "target": page.specific.full_url})
    assert answer.status_code == 302
    row = line(site, "/often.html")
    assert (row.result, row.page_id, row.decided_by) == ("redirect", page.pk, cast.manager_a)
    assert line(site, "/rare.html").result == "unresolved"


def test_all_that_the_filter_shows_is_decided_on_at_once(client, site):
    values = {"all": "1", "query": "result=unresolved", "result": "gone", "reason": "过期"}
    gone = OldAddress.objects.filter(result="gone", reason="过期")
    asked = client.post(url(site, "decide/"), values)
    assert (asked.status_code, asked.context["number"]) == (200, 3)
    assert dict(asked.context["given"]) == {
        "query": "result=unresolved",
        "result": "gone",
        "target": "",
        "reason": "过期",
    }
    with tenant_scope(site.tenant_id):
        assert gone.count() == 0
    assert client.post(url(site, "decide/"), {**values, "sure": "1"})["location"].endswith("?result=unresolved")
    with tenant_scope(site.tenant_id):
        assert gone.count() == 3


@pytest.mark.parametrize(
    "values",
    [
        {"result": "gone"},
        {"result": "redirect", "target": ""},
        {"result": "redirect", "target": "javascript:alert(1)"},
        {"result": "redirect", "target": "//evil.example/"},
        {"result": "redirect", "target": "http://www.old-county.example/other.html"},
        {"result": "redirect", "target": "999999999"},
        {"result": "archive", "reason": "资料"},
        {"result": "nonsense", "reason": "x"},
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_a_sentence(client, site, values):
    pk = line(site, "/rare.html").pk
    client.post(url(site, "decide/"), {"address": [pk], **values})
    assert line(site, "/rare.html").result == "unresolved"
    assert "messages" in client.get(url(site)).content.decode()


def test_a_redirect_to_itself_is_refused(client, cast, site):
    with tenant_scope(site.tenant_id):
        site.hosts = [*site.hosts, cast.county_a.host]
        site.save()
        known(site, [f"http://{cast.county_a.host}/x"], "list")
        pk = OldAddress.objects.get(path="/x").pk
    client.post(
        url(site, "decide/"), {"address": [pk], "result": "redirect", "target": f"http://{cast.county_a.host}/x/"}
    )
    with tenant_scope(site.tenant_id):
        assert OldAddress.objects.get(pk=pk).result == "unresolved"


def test_a_page_of_a_neighbour_is_no_target(cast, client, site):
    other = publish_article(first_column(cast.county_b), "邻县")
    pk = line(site, "/rare.html").pk
    client.post(url(site, "decide/"), {"address": [pk], "result": "redirect", "target": str(other.pk)})
    assert line(site, "/rare.html").result == "unresolved"


def test_lines_of_a_neighbour_are_not_decided_on(cast, client, site):
    other = old_site(cast.county_b, "b.example", code="b")
    with tenant_scope(cast.county_b):
        known(other, ["/x"], "list")
    pk = line(other, "/x").pk
    client.post(url(site, "decide/"), {"address": [pk], "result": "gone", "reason": "x"})
    assert line(other, "/x").result == "unresolved"


def test_a_list_is_handed_in_and_a_run_begins(client, site):
    file = SimpleUploadedFile("对应表.csv", "旧地址,结果,原因\n/rare.html,不迁移,过期\n".encode())
    answer = client.post(url(site, "import/"), {"what": "list", "file": file})
    assert answer.status_code == 302
    with tenant_scope(site.tenant_id):
        row = LegacyRun.objects.get(step="addresses")
        assert row.options["name"] == "对应表.csv"
    assert answer["location"].endswith(f"/{row.pk}/")


def test_the_ledger_can_be_taken_away_and_handed_in_again(client, site):
    text = client.get(url(site, "export.csv?result=redirect")).content.decode("utf-8-sig")
    assert text.splitlines()[0] == "旧地址,结果,新地址,原因,访问量"
    assert len(text.splitlines()) == 2
    assert client.get(url(site, "export.xlsx")).content[:2] == b"PK"
    assert client.get(url(site, "export.exe")).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("manager_b", 404), ("contributor_a", 403)])
def test_strangers_and_others_do_not_see_it(cast, site, who, status):
    client = signed_in(getattr(cast, who))
    for rest in ("", "import/", "export.csv"):
        assert client.get(url(site, rest)).status_code == status
    assert client.post(url(site, "decide/"), {"all": "1", "result": "gone", "reason": "x"}).status_code == status


def test_a_longer_list_costs_no_more_queries(client, site, django_assert_max_num_queries):
    with tenant_scope(site.tenant_id):
        known(site, [f"/more/{number}.html" for number in range(40)], "list")
    client.get(url(site))
    with django_assert_max_num_queries(45):
        client.get(url(site))
