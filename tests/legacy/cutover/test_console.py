"""The cut-over page and the board, for those who manage the site and for nobody else."""

from __future__ import annotations

import pytest

from legacy.cutover import probing
from legacy.ledger.registering import loaded
from tenants.scope import tenant_scope
from tests.cast import first_column, publish_article, signed_in
from tests.legacy.ledger.making import OLD_HOST, old_site


@pytest.fixture
def site(cast):
    page = publish_article(first_column(cast.county_a), "通知")
    transition = old_site(cast.county_a)
    with tenant_scope(cast.county_a):
        loaded(transition, [("/a.html", "item", page.pk)])
        probing.try_out(transition)
    return transition


def test_the_page_shows_phase_hosts_and_check_list(cast, site):
    text = signed_in(cast.manager_a).get(f"/admin/legacy/{site.pk}/cutover/").content.decode()
    assert OLD_HOST in text
    assert "legacy-status--ok" in text
    assert text.count('class="is-open"') > 3


def test_the_board_groups_by_phase(cast, site):
    text = signed_in(cast.operator).get("/admin/legacy/board/").content.decode()
    assert text.count("<section") == 8
    assert site.name in text


@pytest.mark.parametrize(("who", "status"), [("manager_b", 404), ("reviewer_a", 403)])
def test_strangers_and_others_do_not_see_it(cast, site, who, status):
    client = signed_in(getattr(cast, who))
    assert client.get(f"/admin/legacy/{site.pk}/cutover/").status_code == status
    assert client.post(f"/admin/legacy/{site.pk}/cutover/names/").status_code == status


def test_the_board_of_a_manager_shows_her_own_sites_alone(cast, site):
    with tenant_scope(site.tenant_id):
        type(site).objects.filter(pk=site.pk).update(name="芙蓉区档案局")
    assert "芙蓉区档案局" in signed_in(cast.manager_a).get("/admin/legacy/board/").content.decode()
    assert "芙蓉区档案局" not in signed_in(cast.manager_b).get("/admin/legacy/board/").content.decode()


def test_a_button_has_the_addresses_tried(cast, site, monkeypatch):
    asked = []
    monkeypatch.setattr(probing.probe.__class__, "enqueue", lambda self, *values: asked.append(values))
    answer = signed_in(cast.manager_a).post(f"/admin/legacy/{site.pk}/cutover/preview/")
    assert answer.status_code == 302
    assert asked == [(site.pk, site.tenant_id, "preview")]
    assert signed_in(cast.manager_a).post(f"/admin/legacy/{site.pk}/cutover/else/").status_code == 404
