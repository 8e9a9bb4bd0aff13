"""Who finds what in which list, articles that nobody may decide on, and the rules of many sites at once."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from sites.models import Notice, Review, ReviewPolicy
from sites.review import actions, queue, rounds
from sites.review.orphans import find_orphans
from tenants.models import Membership, Role
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, person
from tests.sites.review.build import draft, edited, revoke, second_reviewer, sign, steps, submitted

pytestmark = pytest.mark.django_db


def waits_for(user: Any) -> list[Review]:
    return list(queue.waiting_for(type(user).objects.get(pk=user.pk)))


def test_a_round_waits_for_the_reviewers_of_its_own_site_alone(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    assert waits_for(cast.reviewer_a) == [review]
    for other in (cast.contributor_a, cast.manager_a, cast.supervisor, cast.reviewer_b, cast.operator):
        assert waits_for(other) == []


def test_what_i_approved_waits_for_the_other_reviewer(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = actions.approve(submitted(cast), cast.reviewer_a)
    assert (waits_for(cast.reviewer_a), waits_for(second)) == ([], [review])
    revoke(second)
    assert waits_for(cast.reviewer_a) == [review]


def test_what_was_sent_through_again_waits_for_everybody_again(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = actions.approve(submitted(cast), cast.reviewer_a)
    edited(review.page, second, title="改过")
    actions.reroute(review, second)
    assert (waits_for(cast.reviewer_a), waits_for(second)) == ([review], [review])


def test_what_i_wrote_does_not_wait_for_me(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    review = actions.submit(draft(first_column(cast.county_a), cast.reviewer_a), cast.contributor_a)
    assert (waits_for(cast.reviewer_a), waits_for(second)) == ([], [review])


def test_the_list_and_the_rules_agree_on_who_decides(cast_in_scope: Cast) -> None:
    cast, second = cast_in_scope, second_reviewer(cast_in_scope)
    third = person("reviewer-a3", Role.REVIEWER, tenant=cast.county_a)
    steps(cast.county_a, 3)
    review = submitted(cast)
    for stage in range(3):
        listed = {user.pk for user in (cast.reviewer_a, second, third) if waits_for(user)}
        assert listed == {user.pk for user in rounds.reviewers_of(review)}
        assert len(listed) == 3 - stage
        if stage < 2:
            review = actions.approve(review, (cast.reviewer_a, second)[stage])


def test_the_longest_waiting_stands_first_and_two_days_are_late(cast_in_scope: Cast) -> None:
    first, second = submitted(cast_in_scope), submitted(cast_in_scope)
    now = timezone.now()
    Review.objects.filter(pk=second.pk).update(waiting_since=now - timedelta(days=2, minutes=1))
    assert waits_for(cast_in_scope.reviewer_a) == [second, first]
    assert [queue.is_late(each, now) for each in waits_for(cast_in_scope.reviewer_a)] == [True, False]


def test_sent_back_stands_in_the_authors_list_until_it_is_submitted_again(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    review = actions.send_back(submitted(cast), cast.reviewer_a, "补充来源")
    assert list(queue.sent_back_to(cast.contributor_a)) == [review]
    assert list(queue.sent_back_to(cast.reviewer_a)) == []
    actions.submit(review.page, cast.contributor_a)
    assert list(queue.sent_back_to(cast.contributor_a)) == []


def test_a_town_without_a_reviewer_tells_its_manager_and_the_operator(cast_in_scope: Cast) -> None:
    cast = cast_in_scope
    clerk = person("clerk", Role.CONTRIBUTOR, tenant=cast.town_a)
    manager = person("town-manager", Role.SITE_MANAGER, tenant=cast.town_a)
    review = actions.submit(draft(first_column(cast.town_a), clerk), clerk)
    told = set(Notice.objects.filter(kind="no_reviewer").values_list("user__username", flat=True))
    assert told == {manager.username, "operator"}
    assert waits_for(cast.operator) == [review]


@pytest.mark.django_db(transaction=True)
def test_revoking_the_last_reviewer_tells_at_once(cast: Cast) -> None:
    with every_tenant("a test"):
        submitted(cast)
        assert not Notice.objects.filter(kind="no_reviewer").exists()
    revoke(cast.reviewer_a)
    with every_tenant("a test"):
        told = set(Notice.objects.filter(kind="no_reviewer").values_list("user__username", flat=True))
    assert told == {"manager-a", "operator"}


def test_the_sweep_finds_expired_rights_and_tells_once(cast_in_scope: Cast) -> None:
    cast, review = cast_in_scope, submitted(cast_in_scope)
    assert find_orphans() == ([], 0)
    Membership.objects.filter(user=cast.reviewer_a).update(expires_at=timezone.now())
    assert find_orphans(dry_run=True) == ([review], 0)
    assert find_orphans() == ([review], 1)
    assert find_orphans() == ([review], 0)


def test_the_command_lists_orphans_as_json(cast: Cast) -> None:
    with every_tenant("a test"):
        submitted(cast)
    Membership.objects.filter(user=cast.reviewer_a).update(expires_at=timezone.now())
    out = StringIO()
    call_command("review", "orphans", "--dry-run", "--format", "json", stdout=out)
    said = json.loads(out.getvalue())
    assert [row["title"] for row in said["found"]] == ["关于防汛工作的通知"]
    assert said["told"] == 0


def test_the_command_sets_the_steps_of_all_sites_below_a_region(cast: Cast) -> None:
    out = StringIO()
    call_command("review", "steps", "--region", "430102", "--steps", "3", "--by", "operator", stdout=out)
    with every_tenant("a test"):
        found = dict(ReviewPolicy.objects.values_list("tenant__code", "steps"))
        assert found == {"430102": 3, "430102001": 3, "430102-jyj": 3}
        assert rounds.policy_of(cast.county_b.pk).steps == 2
    assert cast.county_a.events.get(action="review_rules").by == cast.operator
    call_command("review", "steps", "--region", "430102", "--steps", "3", "--by", "operator", stdout=out)
    assert cast.county_a.events.filter(action="review_rules").count() == 1


@pytest.mark.parametrize(
    "wrong", [("--region", "999999", "--by", "operator"), ("--region", "430102", "--by", "niemand")]
)
def test_the_command_refuses_what_is_not_there_and_changes_nothing(cast: Cast, wrong: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        call_command("review", "steps", *wrong, "--steps", "1", stderr=StringIO())
    assert stopped.value.code == 2
    with every_tenant("a test"):
        assert not ReviewPolicy.objects.exists()


def test_open_rounds_keep_the_steps_they_began_with(cast_in_scope: Cast) -> None:
    review = submitted(cast_in_scope)
    steps(cast_in_scope.county_a, 1)
    assert Review.objects.get(pk=review.pk).stage == "first"
    review = actions.approve(review, cast_in_scope.reviewer_a)
    assert sign(review, cast_in_scope.reviewer_a).state == "signed"
