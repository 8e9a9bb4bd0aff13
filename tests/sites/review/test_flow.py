"""The rules of review, as tables: what can be done where, and by whom. No database."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from sites.review.flow import (
    FIRST,
    SECOND,
    SENT_BACK,
    SIGN,
    SIGNED,
    TRANSITIONS,
    WAITING,
    WITHDRAWN,
    Act,
    Person,
    Round,
    after,
    deciders,
    refusal,
    stages_of,
)

AUTHOR, READER, SIGNER, OTHER = 1, 2, 3, 4
REVIEWERS = frozenset({READER, SIGNER})
THREE = stages_of(3)


def round_at(stage: str, stages: tuple[str, ...] = THREE, **values: object) -> Round:
    facts = {"submitted_by": AUTHOR, "authors": frozenset({AUTHOR}), "vouched": frozenset({AUTHOR}), **values}
    return Round(WAITING, stage, stages, **facts)  # type: ignore[arg-type]


def reviewer(number: int = READER) -> Person:
    return Person(number, frozenset({"write", "review"}))


@pytest.mark.parametrize(
    ("steps", "urgent", "stages"),
    [
        (1, False, ("sign",)),
        (2, False, ("first", "sign")),
        (3, False, ("first", "second", "sign")),
        (1, True, ("sign",)),
        (2, True, ("sign",)),
        (3, True, ("sign",)),
    ],
)
def test_every_round_ends_with_the_signature_and_the_urgent_one_is_nothing_else(
    steps: int, urgent: bool, stages: tuple[str, ...]
) -> None:
    assert stages_of(steps, urgent=urgent) == stages


@pytest.mark.parametrize(
    ("state", "stage", "act"), list(product((WAITING, SENT_BACK, WITHDRAWN, SIGNED), (FIRST, SECOND, SIGN), Act))
)
def test_an_act_is_possible_where_the_table_says_so_and_nowhere_else(state: str, stage: str, act: Act) -> None:
    there = replace(round_at(stage, changed=act is Act.REROUTE), state=state)
    who = Person(AUTHOR, frozenset({"write"})) if act is Act.TAKE_BACK else reviewer()
    possible = (state, stage, act) in TRANSITIONS
    assert (refusal(there, act, who, REVIEWERS) is None) == possible
    assert (after(there, act) is not None) == possible
    if state != WAITING:
        assert not possible


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_approving_leads_through_all_stages_to_the_signature(steps: int) -> None:
    stages, seen = stages_of(steps), []
    stage = stages[0]
    while stage != SIGN:
        seen.append(stage)
        state, stage = after(round_at(stage, stages), Act.APPROVE) or ("", "")
        assert state == WAITING
    assert (*seen, SIGN) == stages
    assert after(round_at(SIGN, stages), Act.SIGN) == (SIGNED, SIGN)


@pytest.mark.parametrize(
    ("steps", "urgent", "first"), [(1, False, SIGN), (2, False, FIRST), (3, False, FIRST), (3, True, SIGN)]
)
def test_a_text_sent_through_again_begins_with_the_first_stage_of_its_round(
    steps: int, urgent: bool, first: str
) -> None:
    assert after(round_at(SIGN, stages_of(steps, urgent=urgent), changed=True), Act.REROUTE) == (WAITING, first)


@pytest.mark.parametrize(
    ("act", "stage", "abilities", "refused"),
    [
        (Act.APPROVE, FIRST, {"write"}, "not, or no longer, a reviewer"),
        (Act.APPROVE, FIRST, {"read", "supervise"}, "not, or no longer, a reviewer"),
        (Act.SIGN, SIGN, {"write", "manage"}, "not, or no longer, a reviewer"),
        (Act.SEND_BACK, FIRST, {"write"}, "Only a reviewer of this site, or a supervisor"),
        (Act.SEND_BACK, SIGN, {"read", "supervise"}, ""),
        (Act.APPROVE, SIGN, {"review"}, "needs the secrecy review and a signature"),
        (Act.SIGN, FIRST, {"review"}, "has not passed the review before the signature"),
        (Act.TAKE_BACK, FIRST, {"review"}, "Only the person who submitted"),
    ],
)
def test_who_may_not_is_told_why(act: Act, stage: str, abilities: set[str], refused: str) -> None:
    said = refusal(round_at(stage), act, Person(OTHER, frozenset(abilities)), REVIEWERS)
    assert refused in str(said or "")
    assert (said is None) == (refused == "")


@pytest.mark.parametrize(("act", "stage"), [(Act.APPROVE, FIRST), (Act.APPROVE, SECOND), (Act.SIGN, SIGN)])
@pytest.mark.parametrize("authors", [{READER}, {AUTHOR, READER}])
def test_nobody_decides_on_what_he_wrote(act: Act, stage: str, authors: set[int]) -> None:
    there = round_at(stage, authors=frozenset(authors), vouched=frozenset({AUTHOR, OTHER}))
    assert "Nobody reviews his own article" in str(refusal(there, act, reviewer(READER), REVIEWERS))
    assert refusal(there, act, reviewer(SIGNER), REVIEWERS) is None


def test_who_submitted_takes_back_instead_of_sending_back() -> None:
    there = round_at(FIRST, submitted_by=READER, authors=frozenset({READER}))
    assert "take it back" in str(refusal(there, Act.SEND_BACK, reviewer(READER), REVIEWERS))
    assert refusal(there, Act.TAKE_BACK, reviewer(READER), REVIEWERS) is None


def test_who_lost_the_right_to_write_cannot_take_back() -> None:
    assert "no longer have the right" in str(refusal(round_at(FIRST), Act.TAKE_BACK, Person(AUTHOR), REVIEWERS))


def test_each_stage_is_another_persons_as_long_as_there_is_one() -> None:
    there = round_at(SIGN, acted=frozenset({READER}))
    assert "another reviewer's, since there is one" in str(refusal(there, Act.SIGN, reviewer(READER), REVIEWERS))
    assert refusal(there, Act.SIGN, reviewer(SIGNER), REVIEWERS) is None
    assert deciders(REVIEWERS, there) == {SIGNER}


def test_the_only_reviewer_of_a_site_goes_on_to_the_signature() -> None:
    there = round_at(SIGN, acted=frozenset({READER}))
    assert refusal(there, Act.SIGN, reviewer(READER), frozenset({READER})) is None
    assert deciders(frozenset({READER}), there) == {READER}
    # The other one wrote the article, so he is no choice either.
    wrote = replace(there, authors=frozenset({AUTHOR, SIGNER}))
    assert refusal(wrote, Act.SIGN, reviewer(READER), REVIEWERS) is None


def test_where_all_reviewers_wrote_it_nobody_is_left() -> None:
    assert deciders(REVIEWERS, round_at(FIRST, authors=REVIEWERS)) == frozenset()


def test_nobody_signs_a_text_that_he_alone_has_read() -> None:
    alone = round_at(SIGN, acted=frozenset({READER}), vouched=frozenset({READER}))
    assert "You alone have read" in str(refusal(alone, Act.SIGN, reviewer(READER), frozenset({READER})))
    read_by_both = replace(alone, vouched=frozenset({READER, SIGNER}))
    assert refusal(read_by_both, Act.SIGN, reviewer(READER), frozenset({READER})) is None
    assert refusal(alone, Act.SIGN, reviewer(SIGNER), REVIEWERS) is None


def test_a_text_that_was_changed_after_the_review_is_not_signed_but_can_be_sent_through_again() -> None:
    changed = round_at(SIGN, changed=True)
    assert "must be what was reviewed" in str(refusal(changed, Act.SIGN, reviewer(), REVIEWERS))
    assert refusal(changed, Act.REROUTE, reviewer(), REVIEWERS) is None
    assert "need not go through" in str(refusal(round_at(SIGN), Act.REROUTE, reviewer(), REVIEWERS))


def test_a_correction_by_the_reviewer_is_taken_in_by_the_approval() -> None:
    assert refusal(round_at(FIRST, changed=True), Act.APPROVE, reviewer(), REVIEWERS) is None


def test_a_closed_round_says_so() -> None:
    assert "closed already" in str(refusal(replace(round_at(SIGN), state=SIGNED), Act.SIGN, reviewer(), REVIEWERS))
