"""Old hosts pointed at the platform: each old address is answered, whatever its spelling, and stays answered."""

from __future__ import annotations

import pytest
from django.test import override_settings

from legacy.ledger import answering, hits
from legacy.ledger.registering import known, loaded
from legacy.models import OldAddress, OldHits
from sites import addresses
from tenants.scope import tenant_scope
from tests.cast import A_HOST, first_column, publish_article
from tests.legacy.ledger.making import OLD_HOST, PREVIEW, ask, line, old_site, raw_page

OLD = f"http://{OLD_HOST}"


@pytest.fixture
def page(cast):
    return publish_article(first_column(cast.county_a), "关于开放的通知")


@pytest.fixture
def site(cast, page):
    transition = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        loaded(transition, [(f"{OLD}/公告/show.asp?id=5&type=2", "item", page.pk)])
    return transition


@pytest.mark.parametrize(
    "path",
    [
        "/%E5%85%AC%E5%91%8A/show.asp?id=5&type=2",
        "/%B9%AB%B8%E6/show.asp?type=2&id=5",
        "/%b9%ab%b8%e6/SHOW.ASP?Type=2&ID=5&utm_source=wx",
        "//%B9%AB%B8%E6/./show.asp?id=5&type=2",
    ],
)
@pytest.mark.parametrize("host", [OLD_HOST, "old-county.example", "OLD-county.example.:80"])
def test_every_spelling_leads_to_the_page(site, page, host, path):
    answer = ask(f"http://{host}{path}")
    assert (answer.status_code, answer["location"]) == (301, page.specific.full_url)
    assert "max-age=3600" in answer["cache-control"]


def test_a_redirect_costs_two_queries(site, page, django_assert_num_queries):
    ask(f"{OLD}/")
    with django_assert_num_queries(2):
        answer = ask(f"{OLD}/%B9%AB%B8%E6/show.asp?id=5&type=2")
    assert (answer.status_code, answer["content-length"]) == (301, "0")


def test_a_moved_page_is_found_where_it_now_stands(cast, site, page):
    other = first_column(cast.county_a, "list", mandatory=True)
    target = type(other).objects.filter(tenant=cast.county_a, kind="list").exclude(pk=other.pk).first()
    page.move(target, pos="last-child")
    page.refresh_from_db()
    answer = ask(f"{OLD}/公告/show.asp?id=5&type=2")
    assert answer["location"] == page.specific.full_url
    assert target.slug in answer["location"]


def test_a_withdrawn_page_is_gone_and_comes_back(cast, site, page):
    page.unpublish(log_action=None)
    answer = ask(f"{OLD}/公告/show.asp?id=5&type=2")
    assert (answer.status_code == 410 and "旧网站" in answer.content.decode()) or "old site" in answer.content.decode()
    page.save_revision().publish(skip_permission_checks=True)
    assert ask(f"{OLD}/公告/show.asp?id=5&type=2").status_code == 301


def test_a_deleted_page_is_gone(site, page):
    page.delete()
    assert ask(f"{OLD}/公告/show.asp?id=5&type=2").status_code == 410


def test_the_old_home_page_leads_to_the_new_one(cast, site):
    answer = ask(f"{OLD}/index.html")
    assert (answer.status_code, answer["location"]) == (301, addresses.by_host(A_HOST).root_url + "/")


def test_an_unknown_address_is_answered_politely_counted_and_entered(cast, site):
    answer = ask(f"{OLD}/nobody/knows.html")
    assert answer.status_code == 404
    assert addresses.by_host(A_HOST).root_url in answer.content.decode()  # the way to the new site
    ask(f"{OLD}/nobody/knows.html")
    ask(f"{OLD}/wp-login.php")
    assert hits.flush() == 3
    assert line(site, "/nobody/knows.html").hits == 2
    with tenant_scope(cast.county_a):
        assert not OldAddress.objects.filter(path="/wp-login.php").exists()
        assert OldHits.objects.get(result="unresolved").count == 3


def test_hits_on_a_line_are_added_to_it_and_to_the_day(cast, site):
    for _turn in range(3):
        ask(f"{OLD}/公告/show.asp?id=5&type=2")
    assert hits.flush() == 3
    hits.flush()
    with tenant_scope(cast.county_a):
        row = OldAddress.objects.get(transition=site)
        assert row.hits == 3
        assert row.last_hit_at
        assert OldHits.objects.get(result="redirect").count == 3


def test_a_host_that_is_nobodys_stays_nobodys(site):
    assert ask("http://nobody.example/").status_code == 404
    assert answering.answer("nobody.example", "/").result == ""


def test_a_form_sent_to_an_old_host_is_refused(site):
    from django.test import Client

    assert Client(headers={"host": OLD_HOST}).post("/guestbook.asp", {"a": "b"}).status_code == 405


@override_settings(LEGACY_PREVIEW_DOMAIN=PREVIEW)
def test_an_old_host_is_tried_below_the_preview_domain_and_not_counted(site, page):
    answer = ask(f"http://{OLD_HOST}.{PREVIEW}/公告/show.asp?id=5&type=2")
    assert answer["location"] == page.specific.full_url
    assert answer["x-robots-tag"] == "noindex"
    assert hits.flush() == 0
    assert ask(f"http://nobody.example.{PREVIEW}/").status_code == 404


def test_the_answer_can_be_had_without_a_request(site, page):
    found = answering.answer(OLD_HOST, "/公告/show.asp?id=5&type=2")
    assert (found.status, found.location, found.result) == (301, page.specific.full_url, "redirect")
    assert answering.answer(OLD_HOST, "/none").status == 404
    assert hits.flush() == 0


def test_the_old_site_may_have_had_the_new_sites_host(cast, page):
    site = old_site(cast.county_a, A_HOST, code="same")
    with tenant_scope(cast.county_a):
        loaded(site, [("/art/1.html", "item", page.pk), (page.specific.full_url, "item", page.pk)])
        known(site, ["/old.html"], "list")
    assert ask(f"http://{A_HOST}/art/1.html")["location"] == page.specific.full_url
    assert ask(page.specific.full_url).status_code == 200
    assert answering.answer(A_HOST, page.specific.full_url.removeprefix(f"http://{A_HOST}")).itself
    assert ask(f"http://{A_HOST}/old.html").status_code == 404
    assert ask(f"http://{A_HOST}/dead-link.of-the-new-site").status_code == 404
    hits.flush()
    with tenant_scope(cast.county_a):
        assert dict(OldHits.objects.values_list("result", "count")) == {"redirect": 1, "unresolved": 1}


def test_a_neighbours_live_host_is_never_answered_from_the_ledger(cast, page):
    site = old_site(cast.county_b, A_HOST, code="thief")
    with tenant_scope(cast.county_b):
        loaded(site, [("/art/1.html", "item", page.pk)])
    assert ask(f"http://{A_HOST}/art/1.html").status_code == 404


def test_a_new_host_is_answered_at_once(cast, site, page):
    assert ask("http://second.example/").status_code == 404
    with tenant_scope(cast.county_a):
        site.hosts = [*site.hosts, "second.example"]
        site.save()
    assert ask("http://second.example/").status_code == 301
    with tenant_scope(cast.county_a):
        site.delete()
    assert ask("http://second.example/").status_code == 404


def test_hits_that_cannot_be_written_are_kept(site, monkeypatch):
    ask(f"{OLD}/x")
    monkeypatch.setattr(hits, "_write_days", lambda days: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hits.flush()
    monkeypatch.undo()
    assert hits.flush() == 1


HTML = """<html><head><title>旧公告</title><link rel=stylesheet href="style/a.css"><script>alert(1)</script>
<style>body{color:red} </style></head><body onload="x()"><h1>旧公告</h1><p onclick=x()>正文<script>alert(2)</script></p>
<a href="http://www.old-county.example/b.html">b</a><a href="javascript:alert(3)">c</a><img src="pic/1.png" onerror=x()>
<form action="/post.asp"><input name=a></form><iframe src="http://evil.example/"></iframe></body></html>"""


def archived(site, path, **values):
    row = raw_page(site, path, **values)
    with tenant_scope(site.tenant_id):
        OldAddress.objects.filter(raw=row).update(result="archive")
    return row


def test_an_archived_page_is_shown_read_only_and_marked(site):
    archived(site, "/x/old.html", html=HTML)
    answer = ask(f"{OLD}/x/old.html")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "legacy-archived-note" in text
    assert "正文" in text
    assert "alert" not in text
    assert "onclick" not in text
    assert "onload" not in text
    assert "onerror" not in text
    assert "<form" not in text
    assert "<iframe" not in text
    assert "<input" not in text
    assert 'href="/b.html"' in text
    assert 'src="/x/pic/1.png"' in text
    assert 'href="/x/style/a.css"' in text
    policy = answer["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert answer["x-content-type-options"] == "nosniff"


def test_archived_files_keep_their_kind_only_where_it_is_harmless(site):
    archived(site, "/x/pic/1.png", html=b"\x89PNG\r\n\x1a\n123", kind="picture", content_type="text/html")
    archived(site, "/x/evil.png", html=b"<script>alert(1)</script>", kind="picture", content_type="text/html")
    archived(site, "/x/a.css", html=b"p{color:red}", kind="other", content_type="text/css")
    picture, evil, style = (ask(f"{OLD}/x/{name}") for name in ("pic/1.png", "evil.png", "a.css"))
    assert picture["content-type"] == "image/png"
    assert b"".join(picture.streaming_content).endswith(b"123")
    assert evil["content-type"] == "application/octet-stream"
    assert "attachment" in evil["content-disposition"]
    assert style["content-type"] == "text/css"
    for answer in (picture, evil, style):
        answer.close()


def test_an_archived_drawing_runs_nothing(site):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    archived(site, "/x/a.svg", html=drawing, kind="picture", content_type="image/svg+xml")
    answer = ask(f"{OLD}/x/a.svg")
    policy = answer["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert answer["x-content-type-options"] == "nosniff"
    answer.close()


def test_an_archived_copy_whose_bytes_are_lost_is_gone(site):
    row = archived(site, "/x/lost.html", html="<p>lost</p>")
    from legacy import blobs

    blobs.path_of(row.sha256).unlink()
    assert ask(f"{OLD}/x/lost.html").status_code == 410
