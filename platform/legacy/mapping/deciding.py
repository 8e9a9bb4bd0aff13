"""What a decision about an old column says of one item (去向): one to many by rules, many to one, or not moved. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sites.messages import SaidError, Sentence, _, sentence

MOVE, DROP = "move", "drop"
MOST_RULES, MOST_PATTERN, MOST_REASON = 50, 200, 300
# (a+)+ and its like take for ever on a title that nearly fits.
_NESTED = re.compile(r"\([^()]*[+*][^()]*\)\s*[+*{]")


class DecisionRefused(SaidError):
    """A decision that cannot be taken; the message is a sentence. `key`: the old column."""

    def __init__(self, key: str, said: Sentence) -> None:
        self.key = key
        super().__init__(said)


@dataclass(frozen=True, slots=True)
class Decision:
    """`rules`: {"title": regular expression, "target": page id}, the first whose expression is found in a title counts;
    what fits none goes to `target`, or nowhere yet where that is None."""

    decision: str
    target: int | None = None
    rules: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A decision about one old column, as a person or a file asks for it."""

    key: str
    decision: Decision = field(default_factory=lambda: Decision(""))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many old columns hold items, and on how many of these no person has decided."""

    holding: int = 0
    waiting: int = 0

    @property
    def complete(self) -> bool:
        return self.holding > 0 and not self.waiting


def target_of(column: Any, title: str) -> int | None:
    """Return the page id of the column to which an item with the title goes; None where it is not moved or not decided.

    `column` has `decision`, `target_id` (or `target`) and `rules`: a LegacyColumn, or a Decision. A stored rule that
    `check_rules` would not have let in fits nothing.
    """
    if column is None or column.decision != MOVE:
        return None
    for pattern, target in _readable(column):
        if pattern.search(title):
            return target
    return _other_target(column)


def targets_in(column: Any) -> set[int]:
    """Return the page ids of all columns to which items can go: those of the rules, and that of the rest."""
    if column.decision != MOVE:
        return set()
    rest = _other_target(column)
    return {target for _pattern, target in _readable(column)} | ({rest} if rest is not None else set())


def _readable(column: Any) -> Iterator[tuple[re.Pattern[str], int]]:
    for rule in column.rules:
        try:
            yield _pattern(rule["title"]), int(rule["target"])
        except (re.error, KeyError, TypeError, ValueError):
            continue


def _other_target(column: Any) -> int | None:
    """Return where what fits no rule goes."""
    target = column.target_id if hasattr(column, "target_id") else column.target
    return None if target is None else int(target)


def check(change: Change, targets: Collection[int]) -> Decision:
    """Return the decision as it is stored. `targets`: ids of columns that take items. Raises DecisionRefused."""
    decision = change.decision
    reason = decision.reason.strip()[:MOST_REASON]
    if decision.decision == "":
        return Decision("")
    if decision.decision == DROP:
        if not reason:
            raise DecisionRefused(change.key, sentence(_("Say why “%(column)s” is not moved."), column=change.key))
        return Decision(DROP, reason=reason)
    if decision.decision != MOVE:
        raise DecisionRefused(
            change.key,
            sentence(
                _("“%(decision)s” is no decision. Write move, drop, or nothing."), decision=decision.decision[:40]
            ),
        )
    rules = check_rules(change.key, decision.rules, targets)
    if decision.target is None and not rules:
        raise DecisionRefused(change.key, sentence(_("Say to which column “%(column)s” moves."), column=change.key))
    if decision.target is not None and decision.target not in targets:
        raise DecisionRefused(
            change.key,
            sentence(
                _("The column to which “%(column)s” moves takes no items, or is not on this site."), column=change.key
            ),
        )
    return Decision(MOVE, decision.target, rules, reason)


def check_rules(
    key: str, rules: Sequence[Mapping[str, Any]], targets: Collection[int]
) -> tuple[Mapping[str, Any], ...]:
    """Return the rules as they are stored. Raises DecisionRefused."""
    if len(rules) > MOST_RULES:
        raise DecisionRefused(key, sentence(_("There are more than %(most)d rules for one column."), most=MOST_RULES))
    found = []
    for rule in rules:
        pattern = str(rule.get("title", "")).strip()
        if not pattern or len(pattern) > MOST_PATTERN:
            raise DecisionRefused(
                key,
                sentence(_("A rule has no words to look for, or more than %(most)d characters."), most=MOST_PATTERN),
            )
        try:
            _pattern(pattern)
        except re.error as error:
            raise DecisionRefused(
                key,
                sentence(
                    _("The rule “%(pattern)s” cannot be read: %(error)s."), pattern=pattern[:60], error=str(error)
                ),
            ) from None
        if _NESTED.search(pattern):
            raise DecisionRefused(
                key,
                sentence(
                    _("The rule “%(pattern)s” repeats what is repeated. Write it more simply."), pattern=pattern[:60]
                ),
            )
        try:
            target = int(rule["target"])
        except (KeyError, TypeError, ValueError):
            target = 0
        if target not in targets:
            raise DecisionRefused(
                key,
                sentence(
                    _("The rule “%(pattern)s” leads to a column that takes no items, or is not on this site."),
                    pattern=pattern[:60],
                ),
            )
        found.append({"title": pattern, "target": target})
    return tuple(found)


@lru_cache(maxsize=1000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
