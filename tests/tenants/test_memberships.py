"""Rights come from memberships that hold now, and from nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from sites.models import SitePage
from sites.reach import reach_of
from tenants import memberships
from tenants.models import Membership, Region, Role, User
from tests.cast import Cast, first_column, home_of, person, publish_article

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    """Return the account as the next request sees it."""
    return User.objects.get(pk=user.pk)


def test_a_membership_holds_from_grant_to_end() -> None:
    user = person("x")
    now = timezone.now()
    rows = {
        "open": {},
        "not yet expired": {"expires_at": now + timedelta(minutes=1)},
        "expired": {"expires_at": now - timedelta(minutes=1)},
        "revoked": {"revoked_at": now - timedelta(minutes=1)},
        "revoked before it expired": {"revoked_at": now, "expires_at": now + timedelta(days=1)},
    }
    for reason, values in rows.items():
        Membership.objects.create(user=user, role=Role.PLATFORM_OPERATOR, reason=reason, **values)
    assert {held.reason for held in Membership.objects.active()} == {"open", "not yet expired"}
    assert {held.reason for held in memberships.active(again(user))} == {"open", "not yet expired"}


@pytest.mark.parametrize(
    ("who", "is_one"),
    [
        ("operator", True),
        ("contributor_a", False),
        ("reviewer_a", False),
        ("manager_a", False),
        ("supervisor", False),
    ],
)
def test_who_is_a_platform_operator(cast: Cast, who: str, is_one: bool) -> None:
    assert memberships.is_operator(getattr(cast, who)) is is_one


def test_an_operator_needs_no_superuser_flag_and_loses_the_right_with_the_membership() -> None:
    user = person("operator-2", Role.PLATFORM_OPERATOR)
    assert memberships.is_operator(again(user))
    assert user.has_perm("anything.at_all")
    user.memberships.update(revoked_at=timezone.now())
    assert not memberships.is_operator(again(user))
    assert not again(user).has_perm("wagtailadmin.access_admin")


def test_nobody_and_the_inactive_have_no_right() -> None:
    user = person("operator-2", Role.PLATFORM_OPERATOR)
    User.objects.filter(pk=user.pk).update(is_active=False)
    for nobody in (None, AnonymousUser(), again(user)):
        assert not memberships.is_operator(nobody)
    assert not again(user).has_perm("wagtailadmin.access_admin")


def test_memberships_are_read_once_a_request(cast: Cast, django_assert_num_queries: Any) -> None:
    user = again(cast.manager_a)
    with django_assert_num_queries(1):
        for _ in range(5):
            memberships.active(user)
            memberships.is_operator(user)


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a", "supervisor"])
def test_every_role_enters_the_admin(cast: Cast, who: str) -> None:
    assert getattr(cast, who).has_perm("wagtailadmin.access_admin")


def test_an_account_without_membership_does_not_enter_the_admin(cast: Cast) -> None:
    assert not person("nobody").has_perm("wagtailadmin.access_admin")


RIGHTS = {
    # who: may (edit, publish by a form, add below, delete a published article of county A). What is published
    # below the operator is published by a signature in the review, and withdrawn there.
    "contributor_a": (True, False, True, False),
    "reviewer_a": (True, False, True, False),
    "manager_a": (True, False, True, False),
    "contributor_b": (False, False, False, False),
    "reviewer_b": (False, False, False, False),
    "manager_b": (False, False, False, False),
    "supervisor": (False, False, False, False),
    "operator": (True, True, True, True),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_rights_over_an_article_of_county_a(cast: Cast, who: str) -> None:
    column = first_column(cast.county_a)
    article = publish_article(column, "文章")
    on_article = article.permissions_for_user(getattr(cast, who))
    on_column = column.permissions_for_user(getattr(cast, who))
    found = (on_article.can_edit(), on_article.can_publish(), on_column.can_add_subpage(), on_article.can_delete())
    assert found == RIGHTS[who]


@pytest.mark.parametrize("place", ["town_a", "department_a", "county_b", "portal"])
def test_a_right_over_the_county_is_none_over_the_sites_beside_it(cast: Cast, place: str) -> None:
    home = home_of(getattr(cast, place))
    assert not home.permissions_for_user(cast.manager_a).can_edit()
    assert not home.permissions_for_user(cast.manager_a).can_publish()


def test_nobody_below_the_operator_restricts_who_may_see_a_page(cast: Cast) -> None:
    column = first_column(cast.county_a)
    for who in ("contributor_a", "reviewer_a", "manager_a", "operator"):
        assert not column.permissions_for_user(getattr(cast, who)).can_set_view_restrictions()


def test_a_membership_without_a_site_gives_no_right_to_pages(cast: Cast) -> None:
    user = person("y", Role.SITE_MANAGER, region=Region.objects.get(code="430103"))
    root = SitePage.get_first_root_node()
    assert not root.permissions_for_user(user).can_add_subpage()
    assert not home_of(cast.county_b).permissions_for_user(user).can_edit()


def test_rights_in_two_sites_are_kept_apart(cast: Cast) -> None:
    Membership.objects.create(user=cast.contributor_a, role=Role.SITE_MANAGER, tenant=cast.town_b)
    reach = reach_of(again(cast.contributor_a))
    town, county = home_of(cast.town_b), home_of(cast.county_a)
    assert reach.may("write", town)
    assert reach.may("manage", town)
    assert reach.may("write", county)
    assert not reach.may("manage", county)
    assert not reach.may("read", home_of(cast.town_a))
