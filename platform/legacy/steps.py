"""The steps of a transition, and who carries them out: each part of the room has a `carry_out(run row)`."""

from __future__ import annotations

from importlib import import_module

from legacy.models import LegacyRun, Step

CARRY_OUT = {
    Step.COLLECT: "legacy.sources.collecting",
    Step.SURVEY: "legacy.survey.making",
    Step.EXTRACT: "legacy.extraction.extracting",
    Step.LOAD: "legacy.loading.load",
    Step.ROLLBACK: "legacy.loading.rollback",
    Step.ADDRESSES: "legacy.ledger.importing",
    Step.VERIFY: "legacy.verify.making",
}


def carry_out(row: LegacyRun) -> None:
    """Do the run's work in this process, from where it stands; what stops it is noted on the run and raised.

    Inside the scope of its tenant. Safe to call again after a kill: each step goes on where it was.
    """
    import_module(CARRY_OUT[Step(row.step)]).carry_out(row)
