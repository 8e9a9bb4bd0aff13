"""The address book of a process: right after every change another process makes, for one small query a request."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.test import Client, RequestFactory
from wagtail.models import Site

from sites import addresses
from sites.addresses import AddressBook
from sites.middleware import SiteMiddleware
from sites.models import HomePage
from tenants import versions
from tenants.models import Region, Tenant, VersionCounter
from tests.cast import Cast, change, home_of, new_tenant, open_sites

pytestmark = pytest.mark.django_db


def status(host: str, path: str = "/") -> int:
    return Client().get(path, headers={"host": host}).status_code


def seen(host: str, path: str = "/") -> str:
    """Return the code of the site that a running process finds, by the middleware alone."""
    codes = []

    def answer(request: Any) -> Any:
        from django.http import HttpResponse

        codes.append(request.govsite.code)
        return HttpResponse()

    SiteMiddleware(answer)(RequestFactory().get(path, headers={"host": host}))
    return codes[0] if codes else ""


def test_a_request_costs_one_query_while_nothing_changes(cast: Cast, django_assert_num_queries: Any) -> None:
    seen("a.localhost")
    with django_assert_num_queries(1):
        assert seen("a.localhost") == "430102"
    with django_assert_num_queries(1):
        assert seen("b.localhost", "/pzj/x/") == "430103001"


def test_a_new_host_is_followed_at_the_next_request(cast: Cast) -> None:
    assert seen("a.localhost") == "430102"
    change(cast.county_a, host="neu.localhost")
    assert seen("neu.localhost") == "430102"
    assert seen("a.localhost") == ""
    # The sites mounted there move with it.
    assert seen("neu.localhost", "/wyl/") == "430102001"
    assert home_of(cast.town_a).full_url == "http://neu.localhost/wyl/"


def test_a_new_mount_is_followed_at_the_next_request(cast: Cast) -> None:
    assert seen("a.localhost", "/wyl/") == "430102001"
    change(cast.town_a, mount="wenyilu")
    assert seen("a.localhost", "/wenyilu/") == "430102001"
    assert seen("a.localhost", "/wyl/") == "430102"


def test_two_sites_that_swap_their_hosts_are_told_apart(cast: Cast) -> None:
    assert seen("a.localhost") == "430102"
    Tenant.objects.filter(pk=cast.county_a.pk).update(host="zwischen.localhost")
    Tenant.objects.filter(pk=cast.county_b.pk).update(host="a.localhost")
    Tenant.objects.filter(pk=cast.county_a.pk).update(host="b.localhost")
    versions.bump([cast.county_a.pk, cast.county_b.pk])
    assert (seen("a.localhost"), seen("b.localhost")) == ("430103", "430102")


def test_a_new_name_and_a_new_state_are_followed(cast: Cast) -> None:
    assert status("a.localhost") == 200
    change(cast.county_a, name="芙蓉新区人民政府", status="suspended")
    answer = Client().get("/", headers={"host": "a.localhost"})
    assert answer.status_code == 503
    assert "芙蓉新区人民政府" in answer.content.decode()


def test_a_site_opened_by_another_process_answers_at_the_next_request(cast: Cast) -> None:
    assert seen("c.localhost") == ""
    book = addresses.book
    known, by_tenant = book.known, dict(book.by_tenant)
    open_sites([new_tenant("430100", "长沙市人民政府", "city", Region.objects.get(code="430100"), host="c.localhost")])
    book.clear()
    book.known, book.by_tenant = known, by_tenant  # as the other process still has it
    assert seen("c.localhost") == "430100"


def test_a_tenant_without_pages_is_in_no_book_and_hurts_nobody(cast: Cast) -> None:
    tenant = new_tenant("430100", "长沙市人民政府", "city", Region.objects.get(code="430100"), host="c.localhost")
    tenant.save()
    versions.bump([tenant.pk])
    assert seen("c.localhost") == ""
    assert seen("a.localhost") == "430102"


def test_a_change_reads_the_changed_sites_alone(cast: Cast, django_assert_num_queries: Any) -> None:
    addresses.refresh()
    change(cast.county_a, contact_phone="0731-1")
    with django_assert_num_queries(3):  # the version, the tenants that are newer, their homes
        addresses.refresh()
    assert addresses.get(cast.county_a.pk).contact_phone == "0731-1"
    with django_assert_num_queries(1):
        addresses.refresh()


def test_a_channel_site_belongs_to_its_countys_host_and_site_record(cast: Cast) -> None:
    addresses.refresh()
    county, town = addresses.get(cast.county_a.pk), addresses.get(cast.town_a.pk)
    assert (town.root_url, town.prefix) == ("http://a.localhost", "/wyl/")
    assert county.site_id == town.site_id == Site.objects.get(hostname="a.localhost").pk
    assert addresses.registered(town) is county
    assert addresses.mounted(county, "wyl") is town
    assert addresses.mounted(county, "pzj") is None


def test_the_sites_below_a_county_are_those_that_are_open(cast: Cast) -> None:
    addresses.refresh()
    assert [child.code for child in addresses.children(addresses.get(cast.county_a.pk))] == ["430102-jyj", "430102001"]
    change(cast.department_a, status="draft")
    addresses.refresh()
    assert [child.code for child in addresses.children(addresses.get(cast.county_a.pk))] == ["430102001"]
    assert "430102-jyj" not in {address.code for address in addresses.all_public()}


@pytest.mark.parametrize(
    ("scheme", "port", "root"),
    [
        ("http", 80, "http://a.localhost"),
        ("http", 8000, "http://a.localhost:8000"),
        ("https", 443, "https://a.localhost"),
        ("https", 80, "https://a.localhost:80"),
    ],
)
def test_an_address_names_the_port_where_it_is_not_the_schemes_own(
    settings: Any, scheme: str, port: int, root: str
) -> None:
    settings.PUBLIC_SCHEME, settings.PUBLIC_PORT = scheme, port
    assert addresses.root_url("a.localhost") == root


def test_versions_grow_and_never_repeat(cast: Cast) -> None:
    first = versions.bump([cast.county_a.pk])
    second = versions.bump([cast.county_a.pk, cast.county_b.pk])
    assert versions.bump([]) is None
    assert second == first + 1
    assert set(Tenant.objects.filter(version=second).values_list("code", flat=True)) == {"430102", "430103"}
    assert VersionCounter.objects.get().value == second


def test_readers_never_see_a_half_written_book(cast: Cast) -> None:
    """Readers in other threads take no lock: they must find each site at every moment while the book is rewritten."""
    book = AddressBook()
    book.refresh()
    records = list(Tenant.objects.values(*addresses.FIELDS))
    homes = addresses._homes([], [record["id"] for record in records])
    stop, missed = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            found = book.by_host.get("a.localhost")
            if (
                found is None
                or (found.tenant_id, "wyl") not in book.by_mount
                or found.home_path not in book.by_home_path
            ):
                missed.append(found)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for version in range(200):
        book._take([{**record, "version": 10_000 + version} for record in records], homes)
    stop.set()
    for reader in readers:
        reader.join()
    assert missed == []


def test_every_home_is_in_the_book(cast: Cast) -> None:
    addresses.refresh()
    assert {address.home_id for address in addresses.book.by_tenant.values()} == set(
        HomePage.objects.values_list("pk", flat=True)
    )
