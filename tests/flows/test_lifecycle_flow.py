"""The life of a county's site and a bureau's, as citizens see it: by host and path, through the middleware."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from provisioning import lifecycle
from tenants.models import Tenant, User
from tests.provisioning.sub_sites import FURONG, TIANXIN, channel_site, open_site, regions

pytestmark = pytest.mark.django_db

OLD, NEW, THIRD, OTHER = "www.furong.gov.cn", "www.furongqu.gov.cn", "www.furongxin.gov.cn", "www.tianxin.gov.cn"


@pytest.fixture
def by() -> User:
    return User.objects.create_user("operator")


@pytest.fixture
def places():
    return regions()


@pytest.fixture
def furong(places) -> Tenant:
    return open_site("430102", "芙蓉区人民政府", places[FURONG], host=OLD)


@pytest.fixture
def tianxin(places) -> Tenant:
    return open_site("430103", "天心区人民政府", places[TIANXIN], host=OTHER)


@pytest.fixture
def bureau(furong) -> Tenant:
    return channel_site("430102-nyj", "芙蓉区农业农村局", "nyj", furong)


def ask(host: str, path: str = "/"):
    return Client().get(path, headers={"host": host})


def asked(host: str, path: str = "/") -> tuple[int, str]:
    """Return status and Location, without the scheme and the port that a first run adds."""
    response = ask(host, path)
    where = response.headers.get("Location", "")
    return response.status_code, where.removeprefix("http://")


def notice_ended(tenant: Tenant) -> None:
    """Let the days of the notice pass."""
    from tenants import versions

    Tenant.objects.filter(pk=tenant.pk).update(notice_until=timezone.localdate() - timedelta(days=1))
    versions.bump([tenant.pk])


def test_a_site_opens_in_steps(furong, by):
    Tenant.objects.filter(pk=furong.pk).update(status="draft")
    from sites import addresses

    addresses.book.clear()
    assert ask(OLD).status_code == 404
    lifecycle.open_trial(furong, by=by)
    assert ask(OLD).status_code == 200
    lifecycle.go_live(furong, by=by)
    assert ask(OLD, "/zwdt/a1/").status_code == 200


def test_a_suspended_site_answers_503_with_a_notice_and_comes_back(furong, bureau, by):
    lifecycle.suspend(furong, by=by, reason="等保整改")
    for path in ("/", "/zwdt/a1/", "/nyj/zwdt/"):
        response = ask(OLD, path)
        assert response.status_code == 503
        assert "芙蓉区人民政府" in response.content.decode()
        assert "等保整改" not in response.content.decode()
    lifecycle.resume(furong, by=by)
    assert ask(OLD, "/zwdt/a1/").status_code == 200


def test_a_new_name_stands_on_the_page(furong, by):
    ask(OLD)
    lifecycle.rename(furong, by=by, name="芙蓉新区人民政府")
    page = ask(OLD).content.decode()
    assert 'name="SiteName" content="芙蓉新区人民政府"' in page
    assert 'content="芙蓉区人民政府"' not in page


def test_an_old_host_leads_to_the_new_one_in_one_hop_with_the_path_kept(furong, by):
    lifecycle.change_host(furong, by=by, host=NEW)
    assert asked(OLD, "/zwdt/a1/?page=2&q=%E4%B9%A1%E6%9D%91") == (301, f"{NEW}/zwdt/a1/?page=2&q=%E4%B9%A1%E6%9D%91")
    assert ask(NEW, "/zwdt/a1/").status_code == 200
    lifecycle.change_host(furong, by=by, host=THIRD)
    assert asked(OLD, "/zwdt/a1/") == (301, f"{THIRD}/zwdt/a1/")
    assert asked(NEW, "/zwdt/a1/") == (301, f"{THIRD}/zwdt/a1/")


def test_going_back_to_a_former_host_makes_no_loop(furong, by):
    lifecycle.change_host(furong, by=by, host=NEW)
    lifecycle.change_host(furong, by=by, host=OLD)
    assert ask(OLD, "/zwdt/a1/").status_code == 200
    assert asked(NEW, "/zwdt/a1/") == (301, f"{OLD}/zwdt/a1/")


def test_a_channel_site_follows_its_countys_new_host(furong, bureau, by):
    assert ask(OLD, "/nyj/zwdt/a1/").status_code == 200
    lifecycle.change_host(furong, by=by, host=NEW)
    assert ask(NEW, "/nyj/zwdt/a1/").status_code == 200
    assert asked(OLD, "/nyj/zwdt/a1/") == (301, f"{NEW}/nyj/zwdt/a1/")


def test_an_old_path_leads_to_the_new_one_in_one_hop(furong, bureau, by):
    lifecycle.change_mount(bureau, by=by, mount="nyncj")
    assert asked(OLD, "/nyj/zwdt/a1/?page=2") == (301, f"{OLD}/nyncj/zwdt/a1/?page=2")
    assert asked(OLD, "/nyj/") == (301, f"{OLD}/nyncj/")
    lifecycle.change_mount(bureau, by=by, mount="ny")
    assert asked(OLD, "/nyj/zwdt/a1/") == (301, f"{OLD}/ny/zwdt/a1/")
    assert asked(OLD, "/nyncj/zwdt/a1/") == (301, f"{OLD}/ny/zwdt/a1/")
    assert ask(OLD, "/ny/zwdt/a1/").status_code == 200


def test_a_path_that_was_nobodys_stays_not_found(furong, bureau, by):
    lifecycle.change_mount(bureau, by=by, mount="nyncj")
    assert ask(OLD, "/jyj/").status_code == 404


def test_a_bureau_that_moves_to_another_county_is_found_under_both_addresses(furong, tianxin, bureau, places, by):
    assert ask(OLD, "/nyj/zwdt/a1/").status_code == 200
    lifecycle.move(bureau, by=by, region=places[TIANXIN], supervisor=tianxin, mounted_under=tianxin)
    assert ask(OTHER, "/nyj/zwdt/a1/").status_code == 200
    assert asked(OLD, "/nyj/zwdt/a1/") == (301, f"{OTHER}/nyj/zwdt/a1/")
    lifecycle.change_mount(bureau, by=by, mount="nyncj")
    assert asked(OLD, "/nyj/zwdt/a1/") == (301, f"{OTHER}/nyncj/zwdt/a1/")
    assert asked(OTHER, "/nyj/zwdt/a1/") == (301, f"{OTHER}/nyncj/zwdt/a1/")


def test_a_county_in_another_region_answers_as_before(furong, places, by):
    assert ask(OLD, "/zwdt/a1/").status_code == 200
    lifecycle.move(furong, by=by, region=places[TIANXIN])
    assert ask(OLD, "/zwdt/a1/").status_code == 200
    assert f'href="http://{OTHER}' not in ask(OLD, "/").content.decode()


def test_a_closing_site_names_its_successor_and_leads_there_afterwards(furong, tianxin, by):
    lifecycle.close(furong, by=by, successor=tianxin, reason="机构合并")
    response = ask(OLD, "/zwdt/a1/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "天心区人民政府" in page
    assert OTHER in page
    assert furong.notice_until.isoformat() in page
    notice_ended(furong)
    assert asked(OLD) == (301, f"{OTHER}/")
    lifecycle.finish_closing(furong, by=None)
    assert asked(OLD, "/zwdt/a1/") == (301, f"{OTHER}/")


def test_a_site_closed_without_a_successor_is_gone(furong, by):
    lifecycle.close(furong, by=by)
    assert ask(OLD).status_code == 200
    notice_ended(furong)
    assert ask(OLD).status_code == 410
    lifecycle.finish_closing(furong, by=None)
    assert ask(OLD, "/zwdt/a1/").status_code == 410


def test_a_bureau_that_closes_into_its_county_leads_there(furong, bureau, by):
    lifecycle.close(bureau, by=by, successor=furong)
    assert "芙蓉区人民政府" in ask(OLD, "/nyj/").content.decode()
    notice_ended(bureau)
    assert asked(OLD, "/nyj/zwdt/a1/") == (301, f"{OLD}/")
    assert ask(OLD, "/zwdt/a1/").status_code == 200


def test_a_closing_taken_back_leaves_the_site_as_it_was(furong, tianxin, by):
    lifecycle.close(furong, by=by, successor=tianxin)
    lifecycle.cancel_closing(furong, by=by, reason="暂缓合并")
    page = ask(OLD, "/zwdt/a1/")
    assert page.status_code == 200
    assert "芙蓉区人民政府一号文" in page.content.decode()


def test_a_closed_site_comes_back_with_all_its_pages(furong, by):
    lifecycle.close(furong, by=by)
    notice_ended(furong)
    lifecycle.finish_closing(furong, by=None)
    lifecycle.reopen(furong, by=by, force=True, reason="机构恢复")
    assert ask(OLD, "/zwdt/a1/").status_code == 200
