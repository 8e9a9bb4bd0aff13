"""The rules of review (审核规则): which stages a round has, what may be done in each, and by whom. Free of Django.

Four rules stand behind all others:

- Nobody decides on what he wrote: who submitted an article, or wrote on it outside of a review since it was last
  signed, is its author and neither approves nor signs it.
- Each stage is another person's, as long as another one is there. Where a tenant has no further reviewer, the same
  one may go on to the next stage.
- Nobody signs a text that he alone has read: a reviewer may correct an article while it waits, but then somebody else
  must have put his name to that very text (its author by submitting it, or a reviewer by approving it).
- What is signed is what was reviewed: a text that was changed afterwards goes back to its first stage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sites.messages import Sentence, _, sentence


class Act(StrEnum):
    """What a person can do in an open round."""

    APPROVE = "approve"
    SIGN = "sign"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    REROUTE = "reroute"


FIRST, SECOND, SIGN = "first", "second", "sign"
WAITING, SENT_BACK, WITHDRAWN, SIGNED = "waiting", "sent_back", "withdrawn", "signed"
STAGES: dict[int, tuple[str, ...]] = {1: (SIGN,), 2: (FIRST, SIGN), 3: (FIRST, SECOND, SIGN)}
URGENT = (SIGN,)
# Where an act leads; an act that is not here cannot be done there. None: to the next stage of the round.
TRANSITIONS: dict[tuple[str, str, Act], tuple[str, str | None]] = {
    (WAITING, FIRST, Act.APPROVE): (WAITING, None),
    (WAITING, SECOND, Act.APPROVE): (WAITING, None),
    (WAITING, SIGN, Act.SIGN): (SIGNED, SIGN),
    **{(WAITING, stage, Act.SEND_BACK): (SENT_BACK, stage) for stage in (FIRST, SECOND, SIGN)},
    **{(WAITING, stage, Act.TAKE_BACK): (WITHDRAWN, stage) for stage in (FIRST, SECOND, SIGN)},
    # Only the signature asks for the very text that was reviewed; an earlier stage takes a correction with its approval.
    (WAITING, SIGN, Act.REROUTE): (WAITING, FIRST),
}


@dataclass(frozen=True)
class Round:
    """An open or closed round as the rules see it; people are ids.

    `acted` approved in it since it was submitted or sent through again; `vouched` put their name to the text as it
    stands now; `changed` says that the text is no longer the one under review.
    """

    state: str
    stage: str
    stages: tuple[str, ...]
    submitted_by: int
    authors: frozenset[int]
    acted: frozenset[int] = frozenset()
    vouched: frozenset[int] = frozenset()
    changed: bool = False


@dataclass(frozen=True)
class Person:
    """Who wants to act, with the abilities held over the page at this moment (see sites/reach.py)."""

    id: int
    abilities: frozenset[str] = field(default_factory=frozenset)


def stages_of(steps: int, *, urgent: bool = False) -> tuple[str, ...]:
    """Return the stages of a round with that many steps (1 to 3); an urgent one has the signature alone."""
    return URGENT if urgent else STAGES[steps]


def after(round_: Round, act: Act) -> tuple[str, str] | None:
    """Return state and stage after the act, None where the act cannot be done there."""
    found = TRANSITIONS.get((round_.state, round_.stage, act))
    if found is None:
        return None
    state, stage = found
    if stage is None:
        stage = round_.stages[round_.stages.index(round_.stage) + 1]
    elif act is Act.REROUTE:
        stage = round_.stages[0]
    return state, stage


def deciders(reviewers: frozenset[int], round_: Round) -> frozenset[int]:
    """Return those of the tenant's reviewers whose turn it is: no author, and where possible nobody twice."""
    eligible = reviewers - round_.authors
    return (eligible - round_.acted) or eligible


def refusal(round_: Round, act: Act, person: Person, reviewers: frozenset[int]) -> Sentence | None:
    """Return why the person may not do that now, None where he may. `reviewers` are the tenant's at this moment."""
    if round_.state != WAITING:
        return sentence(_("This round of review is closed already."))
    if after(round_, act) is None:
        return _wrong_stage(act)
    if act is Act.TAKE_BACK:
        return _no_take_back(round_, person)
    if act is Act.SEND_BACK:
        return _no_send_back(round_, person)
    return _no_decision(round_, act, person, reviewers)


def _wrong_stage(act: Act) -> Sentence:
    if act is Act.SIGN:
        return sentence(_("The article has not passed the review before the signature yet."))
    return sentence(_("At this stage the article needs the secrecy review and a signature, not an approval."))


def _no_take_back(round_: Round, person: Person) -> Sentence | None:
    if person.id != round_.submitted_by:
        return sentence(_("Only the person who submitted the article can take it back."))
    if "write" not in person.abilities:
        return sentence(_("You no longer have the right to write in this column."))
    return None


def _no_send_back(round_: Round, person: Person) -> Sentence | None:
    if not person.abilities & {"review", "supervise"}:
        return sentence(_("Only a reviewer of this site, or a supervisor above it, can send the article back."))
    if person.id == round_.submitted_by:
        return sentence(_("You submitted this article yourself: take it back instead of sending it back."))
    return None


def _no_decision(round_: Round, act: Act, person: Person, reviewers: frozenset[int]) -> Sentence | None:
    if "review" not in person.abilities:
        return sentence(_("You are not, or no longer, a reviewer of this site."))
    if person.id in round_.authors:
        return sentence(_("Nobody reviews his own article: you submitted this one or wrote part of it."))
    others = deciders(reviewers, round_)
    if act is not Act.REROUTE and person.id in round_.acted and others and person.id not in others:
        return sentence(
            _(
                "You approved this article at an earlier stage. The next stage is another reviewer's, since there is one."
            )
        )
    if act is Act.REROUTE and not round_.changed:
        return sentence(_("The text is the one that was reviewed: it need not go through the review again."))
    if act is not Act.SIGN:
        return None
    if round_.changed:
        return sentence(
            _(
                "The text was changed after the review: what is signed must be what was reviewed. "
                "Have it reviewed once more, or send it back."
            )
        )
    if not round_.vouched - {person.id}:
        return sentence(
            _(
                "You alone have read the text as it stands now, since you changed it. Another reviewer signs it, "
                "or you send it back to the author."
            )
        )
    return None
