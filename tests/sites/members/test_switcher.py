"""The site at work: a switcher for who has several, and nothing for who has one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from tenants.models import Membership, Role, User
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db


def switcher(client: Any) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the label of the switcher in the sidebar and the (label, address) of its buttons; None without one."""
    text = client.get(reverse("govsites_members:mine")).content.decode()
    props = json.loads(re.search(r'<script id="wagtail-sidebar-props"[^>]*>(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    found = [item for item in walked(props) if item.get("name") == "working-site"]
    if not found:
        return None
    buttons = [item for item in walked(props) if str(item.get("name", "")).startswith("working-site-")]
    return found[0]["label"], [(item["label"], item["action"]) for item in buttons]


def walked(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(each for part in value.values() for each in walked(part))]
    if isinstance(value, list):
        return [each for part in value for each in walked(part)]
    return []


def two_sites(cast: Cast) -> User:
    Membership.objects.create(user=cast.contributor_a, role=Role.REVIEWER, tenant=cast.town_a)
    return cast.contributor_a


def switch(tenant: Any) -> str:
    return reverse("govsites_members:switch", args=[tenant.pk])


@pytest.mark.parametrize("who", ["contributor_a", "manager_a", "supervisor", "operator"])
def test_with_one_site_there_is_no_switcher(cast: Cast, who: str) -> None:
    assert switcher(signed_in(getattr(cast, who))) is None


def test_with_two_sites_one_sees_where_one_is_and_changes_it(cast: Cast) -> None:
    client = signed_in(two_sites(cast))
    found = switcher(client)
    assert found is not None
    label, buttons = found
    assert cast.county_a.short_name in label
    assert buttons == [(t.short_name, switch(t)) for t in (cast.county_a, cast.town_a)]
    answer = client.post(switch(cast.town_a))
    assert answer.headers["Location"] == reverse("wagtailadmin_home")
    found = switcher(client)
    assert found is not None
    assert cast.town_a.short_name in found[0]


def test_nobody_switches_to_a_site_out_of_reach_or_by_a_link(cast: Cast) -> None:
    client = signed_in(two_sites(cast))
    assert client.post(switch(cast.county_b)).status_code == 404
    assert client.post(reverse("govsites_members:switch", args=[999_999])).status_code == 404
    assert client.get(switch(cast.town_a)).status_code == 405
    found = switcher(client)
    assert found is not None
    assert cast.county_a.short_name in found[0]


def test_a_site_whose_right_has_ended_is_the_site_at_work_no_more(cast: Cast) -> None:
    user = two_sites(cast)
    Membership.objects.create(user=user, role=Role.CONTRIBUTOR, tenant=cast.department_a)
    client = signed_in(user)
    client.post(switch(cast.town_a))
    Membership.objects.filter(user=user, tenant=cast.town_a).update(revoked_at="2026-01-01T00:00:00Z")
    found = switcher(client)
    assert found is not None
    assert cast.town_a.short_name not in str(found)
