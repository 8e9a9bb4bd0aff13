"""What a scope holds for single rows, for rows reached from other rows, and for rows met inside other queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.utils import timezone

from sites.models import IssuedNumber, Review, ReviewStep, SitePage
from tenants.models import Tenant, User
from tenants.scope import NoScope, every_tenant, tenant_scope
from tests.cast import Cast, first_column
from tests.tenants.conftest import SECRET, Neighbours

pytestmark = pytest.mark.django_db


# Single rows


def test_a_row_is_saved_and_deleted_in_its_own_scope_alone(neighbours: Neighbours) -> None:
    row = neighbours.of_b
    for write in (row.save, row.delete, row.refresh_from_db):
        with pytest.raises(NoScope):
            write()
    with tenant_scope(neighbours.a):
        for refused in (row.save, row.delete):
            with pytest.raises(NoScope):
                refused()
        with pytest.raises(IssuedNumber.DoesNotExist):
            row.refresh_from_db()
    assert neighbours.b_is_as_it_was()
    with tenant_scope(neighbours.b):
        row.refresh_from_db()
        row.delete()
    assert not neighbours.b_is_as_it_was()


def test_a_row_that_only_says_it_is_mine_is_not_written(neighbours: Neighbours) -> None:
    a, b = neighbours.a, neighbours.of_b
    relabelled = IssuedNumber(pk=b.pk, tenant=a, kind="index", number="改过", issued_at=timezone.now())
    taken_along = b
    taken_along.tenant = a
    with tenant_scope(a):
        for row in (relabelled, taken_along):
            for values in ({}, {"force_update": True}, {"update_fields": ["number"]}):
                with pytest.raises(NoScope), transaction.atomic():
                    row.save(**values)
            with pytest.raises(NoScope), transaction.atomic():
                row.delete()
    taken_along.tenant = neighbours.b
    assert neighbours.b_is_as_it_was()


def test_a_row_is_not_made_under_the_key_of_the_neighbours_row(neighbours: Neighbours) -> None:
    taken = {"pk": neighbours.of_b.pk, "tenant": neighbours.a, "kind": "index", "number": "x"}
    with tenant_scope(neighbours.a):
        for make in (
            lambda: IssuedNumber.objects.create(**taken),
            lambda: IssuedNumber.objects.bulk_create([IssuedNumber(**taken)]),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                make()
        overwrite = {"update_conflicts": True, "unique_fields": ["pk"], "update_fields": ["tenant", "number"]}
        with pytest.raises(NoScope), transaction.atomic():
            IssuedNumber.objects.bulk_create([IssuedNumber(**taken)], **overwrite)
    assert neighbours.b_is_as_it_was()


def test_a_row_is_not_handed_to_the_neighbour(neighbours: Neighbours) -> None:
    row = neighbours.of_a
    with tenant_scope(neighbours.a):
        for values in ({"tenant": neighbours.b}, {"tenant_id": neighbours.b.pk}, {"tenant": None}):
            with pytest.raises(NoScope):
                IssuedNumber.objects.update(**values)
        row.tenant = neighbours.b
        for give in (row.save, lambda: IssuedNumber.objects.bulk_update([row], ["tenant"])):
            with pytest.raises(NoScope):
                give()
        with pytest.raises(NoScope):
            IssuedNumber.objects.update_or_create(pk=row.pk, defaults={"tenant": neighbours.b})
    assert neighbours.b_is_as_it_was()


def test_one_foreign_row_among_many_stops_the_whole_write(neighbours: Neighbours) -> None:
    mine = IssuedNumber(tenant=neighbours.a, kind="index", number="新")
    theirs = IssuedNumber(tenant=neighbours.b, kind="index", number="新")
    with tenant_scope(neighbours.a):
        with pytest.raises(NoScope):
            IssuedNumber.objects.bulk_create([mine, theirs])
        assert IssuedNumber.objects.count() == 1


# Rows inside other queries


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Tenant.objects.filter(pk__in=IssuedNumber.objects.values("tenant")),
        lambda: Tenant.objects.filter(Exists(IssuedNumber.objects.filter(tenant=OuterRef("pk")))),
        lambda: Tenant.objects.annotate(
            n=Subquery(IssuedNumber.objects.filter(tenant=OuterRef("pk")).values("number")[:1])
        ).exclude(n=None),
    ],
)
def test_a_subquery_is_limited_like_a_query(neighbours: Neighbours, ask: Any) -> None:
    with pytest.raises(NoScope):
        list(ask())
    with tenant_scope(neighbours.a):
        assert [tenant.code for tenant in ask()] == ["430102"]
    with every_tenant("both"):
        assert ask().count() == 2


def test_the_limit_of_a_queryset_is_that_of_the_moment_it_is_asked(neighbours: Neighbours) -> None:
    with tenant_scope(neighbours.b):
        rows = IssuedNumber.objects.filter(number=SECRET)
    with tenant_scope(neighbours.a):
        assert not rows.exists()
    with pytest.raises(NoScope):
        rows.count()
    with tenant_scope(neighbours.b):
        assert [row.number for row in rows] == [SECRET]


def test_a_scope_of_no_tenant_holds_no_row(neighbours: Neighbours) -> None:
    with tenant_scope():
        assert IssuedNumber.objects.count() == 0
        with pytest.raises(NoScope):
            neighbours.of_a.save()


def test_a_scope_may_hold_several_tenants(neighbours: Neighbours) -> None:
    with tenant_scope(neighbours.a, neighbours.b.pk):
        assert IssuedNumber.objects.count() == 2


# Rows reached from other rows


def a_review(page: SitePage, by: User) -> Review:
    now = timezone.now()
    review = Review.objects.create(
        tenant_id=page.tenant_id, page=page, title=SECRET, submitted_by=by, submitted_at=now, waiting_since=now
    )
    ReviewStep.objects.create(tenant_id=page.tenant_id, review=review, stage="first", decision="submitted", by=by)
    return review


def test_related_managers_keep_to_the_scope(cast: Cast) -> None:
    page = first_column(cast.county_b)
    with every_tenant("making it"):
        review = a_review(page, cast.contributor_b)
    for rows in (page.reviews, review.records):
        with pytest.raises(NoScope):
            rows.count()
    with tenant_scope(cast.county_a):
        assert not page.reviews.exists()
        assert not review.records.exists()
        for write in (
            lambda: page.reviews.update(title="改过"),
            lambda: review.records.all().delete(),
        ):
            write()
        with pytest.raises(NoScope):
            review.records.create(tenant=cast.county_b, stage="first", decision="approved")
        [found] = SitePage.objects.filter(pk=page.pk).prefetch_related(
            "reviews", Prefetch("reviews__records", ReviewStep.objects.all())
        )
        assert list(found.reviews.all()) == []
    with tenant_scope(cast.county_b):
        assert [found.title for found in page.reviews.all()] == [SECRET]
        assert review.records.count() == 1
