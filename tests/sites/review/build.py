"""What the tests of the review start from: a draft, a second reviewer, the answers of an honest secrecy review."""

from __future__ import annotations

from typing import Any

from sites.models import Article, Column, Review, SitePage
from sites.review import actions, policies
from tenants import grants
from tenants.models import Membership, Role, Tenant, User
from tenants.names import shown_name
from tenants.scope import tenant_scope
from tests.cast import Cast, first_column, person

CLEAN = {
    "state_secret": "no",
    "work_secret": "no",
    "trade_secret": "no",
    "privacy": "no",
    "masked": "none",
    "basis": "县政府公开办意见〔2026〕7号",
}


def draft(column: Column, by: User | None, title: str = "关于防汛工作的通知", **values: Any) -> Article:
    """Return a draft that `by` wrote, saved the way the editor saves it."""
    made = Article(title=title, live=False, owner=by, **values)
    column.add_child(instance=made)
    made.save_revision(user=by)
    return Article.objects.get(pk=made.pk)


def edited(page: SitePage, by: User | None, **values: Any) -> SitePage:
    """Save a new draft of the page, with other values, by that person; return the page as it then stands."""
    newest = SitePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in values.items():
        setattr(newest, name, value)
    newest.save_revision(user=by)
    return SitePage.objects.get(pk=page.pk)


def second_reviewer(cast: Cast) -> User:
    return person("reviewer-a2", Role.REVIEWER, tenant=cast.county_a)


def steps(tenant: Tenant, number: int, **values: Any) -> None:
    with tenant_scope(tenant):
        policies.set_rules([tenant.pk], steps=number, **values)


def submitted(cast: Cast, **values: Any) -> Review:
    """Return the open round of an article that contributor A submitted."""
    page = draft(first_column(cast.county_a), cast.contributor_a)
    return actions.submit(page, cast.contributor_a, **values)


def sign(review: Review, by: User, **values: Any) -> Review:
    return actions.sign(review, by, values.pop("answers", CLEAN), shown_name(by), **values)


def published(cast: Cast, **values: Any) -> SitePage:
    """Return an article that went through the review of county A (two steps) and is public."""
    review = submitted(cast, **values)
    actions.approve(review, cast.reviewer_a)
    sign(review, cast.reviewer_a)
    return SitePage.objects.get(pk=review.page_id)


def revoke(user: User) -> None:
    """End all rights of the person, the way the members' page does."""
    for membership in Membership.objects.active().filter(user=user):
        grants.revoke(membership, by=User.objects.get(username="operator"), reason="调离岗位")
