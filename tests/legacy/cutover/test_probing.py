"""Names and certificates are looked up, and every old address is tried; what was found is kept."""

from __future__ import annotations

import pytest
from django.test import override_settings

from legacy.cutover import certificates, dns, phases, probing
from legacy.ledger.registering import known, loaded
from legacy.models import HostProbe, OldAddress
from tenants.scope import tenant_scope
from tests.cast import first_column, publish_article
from tests.legacy.cutover.name_server import answering
from tests.legacy.ledger.making import OLD_HOST, PREVIEW, old_site

RECORDS = {
    "new.example": ["203.0.113.7", "203.0.113.8"],
    "moved.example": ["203.0.113.7"],
    "alias.example": ["CNAME new.example"],
    "old.example": ["198.51.100.1"],
    "mixed.example": ["198.51.100.1", "203.0.113.8"],
    "six.example": ["203.0.113.7", "2001:db8::7"],
    "half.example": ["203.0.113.7", "2001:db8::9"],
    "empty.example": [],
    "loop.example": ["CNAME loop.example"],
    "broken.example": ["SERVFAIL"],
    "inner.example": ["10.1.2.3", "169.254.169.254"],
}


@pytest.fixture(scope="module")
def resolver():
    with answering(RECORDS) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "state"),
    [
        ("moved.example", "moved"),
        ("alias.example", "moved"),
        ("old.example", "old"),
        ("mixed.example", "mixed"),
        ("nowhere.example", "unknown"),
        ("203.0.113.8", "moved"),
        ("moved.example:8080", "moved"),
        ("half.example", "mixed"),
        ("empty.example", "unknown"),
        ("loop.example", "unknown"),
        ("broken.example", "unknown"),
        ("a" * 70 + ".example", "unknown"),
    ],
)
def test_names_lead_to_the_old_site_partly_here_or_here(resolver, host, state):
    here = dns.platform_addresses(["new.example"], resolver)
    assert here == {"203.0.113.7", "203.0.113.8"}
    assert dns.state_of(dns.look_up(host, resolver), here) == state


def test_what_was_said_is_kept_with_its_time_to_live(resolver):
    looked = dns.look_up("alias.example", resolver)
    assert (looked.alias, looked.ttl, looked.error) == ("new.example", 600, "")
    assert dns.look_up("nowhere.example", resolver).error == "NXDOMAIN"


def test_addresses_of_both_kinds_are_looked_at(resolver):
    assert dns.look_up("six.example", resolver).addresses == ("2001:db8::7", "203.0.113.7")
    here = dns.platform_addresses(["203.0.113.7", "2001:DB8::7"], resolver)
    assert dns.state_of(dns.look_up("six.example", resolver), here) == "moved"


@pytest.mark.parametrize(("host", "error"), [("empty.example", "NoAnswer"), ("broken.example", "NoNameservers")])
def test_what_the_name_server_could_not_say_is_kept(resolver, host, error):
    assert dns.look_up(host, resolver).error == error


@pytest.mark.parametrize(
    ("here", "settings_", "asked"),
    [
        (["203.0.113.7", "203.0.113.8"], {}, "203.0.113.7"),
        (["10.1.2.3", "169.254.169.254", "127.0.0.1"], {}, ""),
        (["10.1.2.3", "203.0.113.8"], {}, "203.0.113.8"),
        (["10.1.2.3"], {"LEGACY_PLATFORM_ADDRESSES": ("10.1.2.3",)}, "10.1.2.3"),
        (["10.1.2.3"], {"ADMIN_HOSTS": ["inner.example"]}, "10.1.2.3"),
        (["10.1.2.3", "169.254.169.254"], {"LEGACY_INNER_HOSTS": ("10.0.0.0/8", "169.254.0.0/16")}, "10.1.2.3"),
    ],
)
def test_a_certificate_is_asked_for_at_no_inner_address_that_the_operator_does_not_lead_to(
    resolver, here, settings_, asked
):
    with override_settings(**{"ADMIN_HOSTS": ["new.example"], **settings_}):
        assert probing.certificate_address(here, resolver) == asked


@override_settings(PUBLIC_SCHEME="https", LEGACY_PLATFORM_ADDRESSES=("new.example",))
def test_certificates_are_asked_of_the_platform_and_derive_the_line(cast, resolver, monkeypatch):
    asked = []

    def look(address, host):
        asked.append((address, host))
        return certificates.Shown(
            "ok" if host == "moved.example" else "wrong", "2030-01-01", "测试机构", "Hostname mismatch"
        )

    monkeypatch.setattr(certificates, "look", look)
    site = old_site(cast.county_a, "moved.example", "old.example")
    with tenant_scope(cast.county_a):
        probing.look_up(site, resolver=resolver)
        assert asked == [("203.0.113.7", "moved.example"), ("203.0.113.7", "old.example")]
        assert not next(each for each in phases.check_list(site) if each.code == "certificate").ok
        assert HostProbe.objects.get(host="old.example", kind="certificate").data["error"] == "Hostname mismatch"
        site.hosts = ["moved.example"]
        site.save()
        probing.look_up(site, resolver=resolver)
        assert next(each for each in phases.check_list(site) if each.code == "certificate").ok
    with override_settings(LEGACY_PLATFORM_ADDRESSES=("nowhere.example",)), tenant_scope(cast.county_a):
        assert probing.look_up(site, resolver=resolver) == {"moved.example": "unknown"}
        assert HostProbe.objects.get(kind="certificate").state == "unknown"


def test_a_name_server_that_is_silent_is_an_error_and_no_exception():
    with answering({}) as found:
        found.port, found.lifetime = 9, 0.3
        assert dns.look_up("old.example", found).error
        assert dns.state_of(dns.look_up("old.example", found), {"203.0.113.7"}) == "unknown"


def test_a_platform_that_shows_no_certificate_is_unreachable():
    assert certificates.look("127.0.0.1", "old.example", port=9).state == "unreachable"


@override_settings(LEGACY_PLATFORM_ADDRESSES=("new.example",))
def test_the_look_is_kept_and_derives_the_line(cast, resolver):
    site = old_site(cast.county_a, "moved.example", "old.example")
    with tenant_scope(cast.county_a):
        assert probing.look_up(site, resolver=resolver) == {"moved.example": "moved", "old.example": "old"}
        line = next(each for each in phases.check_list(site) if each.code == "dns")
        assert not line.ok
        site.hosts = ["moved.example"]
        site.save()
        probing.look_up(site, resolver=resolver)
        assert HostProbe.objects.count() == 1
        assert next(each for each in phases.check_list(site) if each.code == "dns").ok


@override_settings(LEGACY_PREVIEW_DOMAIN=PREVIEW)
def test_every_address_is_tried_under_the_preview_host(cast):
    page = publish_article(first_column(cast.county_a), "通知")
    site = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        loaded(site, [("/a.html", "item", page.pk), ("/b.html", "item", page.pk)])
        known(site, ["/c.html"], "list")
        found = probing.try_out(site)
        assert (found["asked"], found["wrong"], found["by_status"]) == (3, 1, {"301": 2, "404": 1})
        assert "/c.html" in found["examples"][0]
        OldAddress.objects.filter(path="/c.html").update(result="gone")
        assert probing.try_out(site)["wrong"] == 0
        assert next(each for each in phases.check_list(site) if each.code == "tested").ok
        page.unpublish(log_action=None)
        assert probing.try_out(site)["wrong"] == 2


def test_the_task_does_either(cast):
    site = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        loaded(site, [])
    assert probing.probe.func(site.pk, site.tenant_id, "preview")["asked"] == 0
    assert probing.probe.func(0, site.tenant_id, "names") == {}


def test_the_platforms_own_names_leave_out_old_hosts(cast):
    site = old_site(cast.county_a, cast.county_a.host, OLD_HOST)
    with tenant_scope(cast.county_a):
        from sites import addresses

        addresses.refresh()
        assert cast.county_a.host not in probing.platform_names(site)


def test_many_transitions_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    rows = [old_site(cast.county_a, f"old{n}.example", code=f"o{n}") for n in range(6)]
    with tenant_scope(cast.county_a):
        with django_assert_max_num_queries(16):
            assert len(phases.current(rows)) == 6
        with django_assert_max_num_queries(16):
            phases.boards(rows[:1])
