"""The check list of a cut-over (割接核对单) and the eight phases of DB37/T 4560.2, derived from facts. Pure.

Nothing here is typed in by anybody: each line is read off what was done, looked up or counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from legacy.mapping.deciding import Progress
from sites.messages import Sentence, _, sentence

DONE, NOW, LATER = "done", "now", "later"
OK, OPEN = "ok", "open"
# The platform counts as asked for the old site once a host has had so many requests.
FIRST_HITS = 1
# A trial is quiet when the last days saw fewer dead ends than the days before, or next to none.
DAYS_COMPARED = 3
QUIET_SHARE = 0.01
TESTED_FOR = timedelta(days=14)  # a trial of the redirects is worth so long
LOOKED_UP_FOR = timedelta(days=2)

STILL_OLD, MIXED, MOVED, UNKNOWN = "old", "mixed", "moved", "unknown"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one transition. Hosts are those of the old site that can be pointed here."""

    now: datetime
    today: date
    site_status: str = "draft"
    raws: int = 0
    surveyed: bool = False
    recipes: int = 0
    columns: Progress = field(default_factory=Progress)
    items: dict[str, int] = field(default_factory=dict)  # by state
    mandatory_empty: tuple[str, ...] = ()  # titles
    addresses: dict[str, int] = field(default_factory=dict)  # by result
    loaded_at: datetime | None = None  # the last load
    report_at: datetime | None = None
    report_passed: bool = False
    signed_at: datetime | None = None
    signature_holds: bool = False  # what is stored is what was signed
    signed_name: str = ""
    hosts: tuple[str, ...] = ()
    dns: dict[str, str] = field(default_factory=dict)  # state by host
    dns_looked_at: datetime | None = None  # the oldest of them
    certificates: dict[str, str] = field(default_factory=dict)
    certificate_needed: bool = True
    tested_at: datetime | None = None
    tested_wrong: int = 0
    hits: dict[date, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. `part` names the page of the admin on which it is settled."""

    code: str
    phase: str
    title: str
    state: str
    said: Sentence
    part: str = ""

    @property
    def ok(self) -> bool:
        return self.state == OK


@dataclass(frozen=True, slots=True)
class Phase:
    code: str
    title: str
    state: str
    missing: tuple[Sentence, ...] = ()


PHASES = (
    ("survey", _("Phase: survey")),
    ("plan", _("Phase: plan")),
    ("apply", _("Phase: application")),
    ("prepare", _("Phase: preparation")),
    ("execute", _("Phase: execution")),
    ("test", _("Phase: test")),
    ("trial", _("Phase: trial operation")),
    ("live", _("Phase: in service")),
)


def checks(facts: Facts) -> list[Check]:
    """Return all lines in the order of the work."""
    return [
        _collected(facts), _surveyed(facts), _mapped(facts), _opened(facts), _reviewed(facts), _loaded(facts),
        _mandatory(facts), _addresses(facts), _tested(facts), _signed(facts), _dns(facts), _certificate(facts),
        _first_hits(facts), _falling(facts), _in_service(facts),
    ]  # fmt: skip


def phases(facts: Facts) -> list[Phase]:
    """Return the eight phases: the first one with an open line is the present one."""
    lines = checks(facts)
    found: list[Phase] = []
    reached = False
    for code, title in PHASES:
        missing = tuple(line.said for line in lines if line.phase == code and not line.ok)
        state = LATER if reached else NOW if missing else DONE
        reached = reached or bool(missing)
        found.append(Phase(code, title, state, missing))
    return found


def current(facts: Facts) -> Phase:
    """Return the present phase; the last one where everything is done."""
    found = phases(facts)
    return next((phase for phase in found if phase.state == NOW), found[-1])


def _check(code: str, phase: str, title: str, good: bool, said: Sentence, part: str = "") -> Check:
    return Check(code, phase, title, OK if good else OPEN, said, part)


def _collected(facts: Facts) -> Check:
    said = (
        sentence(_("%(number)d records of the old site are kept."), number=facts.raws)
        if facts.raws
        else sentence(_("Nothing of the old site has been collected yet."))
    )
    return _check("collected", "survey", _("Old site collected"), facts.raws > 0, said, "transition")


def _surveyed(facts: Facts) -> Check:
    said = sentence(_("The survey is done.") if facts.surveyed else _("The old site has not been surveyed yet."))
    return _check("surveyed", "survey", _("Survey done"), facts.surveyed, said, "survey")


def _mapped(facts: Facts) -> Check:
    if not facts.columns.holding:
        said = sentence(_("No old column is known yet."))
    elif facts.columns.waiting:
        said = sentence(_("%(number)d old columns with items wait for a decision."), number=facts.columns.waiting)
    else:
        said = sentence(_("All %(number)d old columns are decided."), number=facts.columns.holding)
    return _check("mapped", "plan", _("Mapping of columns complete"), facts.columns.complete, said, "mapping")


def _opened(facts: Facts) -> Check:
    good = facts.site_status in {"trial", "live"}
    said = sentence(
        _("The sub-site is open.") if good else _("The sub-site is not open: it is neither on trial nor in service.")
    )
    return _check("opened", "apply", _("Sub-site opened"), good, said)


def _reviewed(facts: Facts) -> Check:
    waiting = facts.items.get("review", 0)
    if not facts.items:
        said = sentence(_("No item has been extracted yet."))
    elif waiting:
        said = sentence(_("%(number)d items have questions that a person must answer."), number=waiting)
    else:
        said = sentence(_("No item waits for a person."))
    return _check("reviewed", "prepare", _("Items read and reviewed"), bool(facts.items) and not waiting, said, "items")


def _loaded(facts: Facts) -> Check:
    waiting, conflicts = facts.items.get("extracted", 0), facts.items.get("conflict", 0)
    loaded = facts.items.get("loaded", 0)
    if waiting:
        said = sentence(_("%(number)d items are ready and not loaded."), number=waiting)
    elif conflicts:
        said = sentence(
            _("%(number)d items were changed by an editor since, and differ from the old site."), number=conflicts
        )
    elif loaded:
        said = sentence(_("%(number)d items are loaded."), number=loaded)
    else:
        said = sentence(_("Nothing is loaded yet."))
    return _check("loaded", "execute", _("Items loaded"), loaded > 0 and not waiting and not conflicts, said, "items")


def _mandatory(facts: Facts) -> Check:
    empty = facts.mandatory_empty
    if empty:
        said = sentence(
            _("%(number)d mandatory columns are empty: %(titles)s."),
            number=len(empty),
            titles="、".join(empty[:5]) + ("…" if len(empty) > 5 else ""),
        )
    else:
        said = sentence(_("No mandatory column is empty."))
    return _check("mandatory", "test", _("Mandatory columns filled"), not empty, said, "mapping")


def _addresses(facts: Facts) -> Check:
    known, open_ = sum(facts.addresses.values()), facts.addresses.get("unresolved", 0)
    if not known:
        said = sentence(_("No old address is known yet."))
    elif open_:
        said = sentence(_("%(number)d of %(known)d old addresses are unresolved."), number=open_, known=known)
    else:
        said = sentence(_("All %(known)d old addresses have a result."), known=known)
    return _check("addresses", "test", _("Old addresses resolved"), known > 0 and not open_, said, "ledger_list")


def _tested(facts: Facts) -> Check:
    if facts.tested_at is None:
        said = sentence(_("The redirects have not been tried under the preview host."))
    elif facts.tested_wrong:
        said = sentence(
            _("%(number)d old addresses were answered wrongly at the last trial."), number=facts.tested_wrong
        )
    elif facts.now - facts.tested_at > TESTED_FOR or (facts.loaded_at and facts.loaded_at > facts.tested_at):
        said = sentence(_("The redirects were tried before the last load, or long ago. Try them again."))
    else:
        return _check(
            "tested", "test", _("Redirects tested under the preview host"), True,
            sentence(_("All answers were right at the last trial.")), "cutover",
        )  # fmt: skip
    return _check("tested", "test", _("Redirects tested under the preview host"), False, said, "cutover")


def _signed(facts: Facts) -> Check:
    good = False
    if facts.report_at is None:
        said = sentence(_("There is no acceptance report yet."))
    elif facts.signed_at is None:
        said = sentence(
            _("The newest acceptance report waits for a signature.")
            if facts.report_passed
            else _("The newest acceptance report did not pass.")
        )
    elif not facts.signature_holds:
        said = sentence(_("The report does not match its digest any more. Make a new one."))
    elif facts.loaded_at and facts.loaded_at > facts.signed_at:
        said = sentence(_("Items were loaded after the acceptance was signed. Verify again and have it signed."))
    else:
        good = True
        said = sentence(_("Signed by %(name)s."), name=facts.signed_name)
    return _check("signed", "test", _("Acceptance signed"), good, said, "acceptance")


def _dns(facts: Facts) -> Check:
    title = _("Name servers point here")
    states = [facts.dns.get(host, UNKNOWN) for host in facts.hosts]
    if not facts.hosts:
        return _check("dns", "trial", title, True, sentence(_("The old site had no host of its own.")), "cutover")
    if facts.dns_looked_at is None or facts.now - facts.dns_looked_at > LOOKED_UP_FOR:
        said = sentence(_("The name servers have not been asked lately."))
        return _check("dns", "trial", title, False, said, "cutover")
    moved = states.count(MOVED)
    if moved == len(states):
        return _check("dns", "trial", title, True, sentence(_("All old hosts point here.")), "cutover")
    said = sentence(_("%(moved)d of %(number)d old hosts point here."), moved=moved, number=len(states))
    return _check("dns", "trial", title, False, said, "cutover")


def _certificate(facts: Facts) -> Check:
    title = _("Certificates present")
    if not facts.hosts or not facts.certificate_needed:
        return _check("certificate", "trial", title, True, sentence(_("No certificate is needed.")), "cutover")
    lacking = [host for host in facts.hosts if facts.certificates.get(host) != OK]
    said = (
        sentence(_("No valid certificate was seen for: %(hosts)s."), hosts=", ".join(lacking))
        if lacking
        else sentence(_("All old hosts answer with a valid certificate."))
    )
    return _check("certificate", "trial", title, not lacking, said, "cutover")


def _first_hits(facts: Facts) -> Check:
    total = sum(sum(day.values()) for day in facts.hits.values())
    said = (
        sentence(_("%(number)d requests for old addresses in the last days."), number=total)
        if total >= FIRST_HITS
        else sentence(_("No request for an old address has come in yet."))
    )
    return _check("first_hits", "trial", _("First requests seen"), total >= FIRST_HITS, said, "cutover")


def _falling(facts: Facts) -> Check:
    title = _("Dead ends becoming fewer")

    def days(first: int) -> tuple[int, int]:
        chosen = [facts.hits.get(facts.today - timedelta(days=ago), {}) for ago in range(first, first + DAYS_COMPARED)]
        return sum(day.get("unresolved", 0) for day in chosen), sum(sum(day.values()) for day in chosen)

    (late, all_late), (early, all_early) = days(0), days(DAYS_COMPARED)
    if not all_late + all_early:
        return _check("falling", "live", title, False, sentence(_("No requests to judge by yet.")), "cutover")
    share = late / all_late if all_late else 0.0
    before = early / all_early if all_early else None
    good = share <= QUIET_SHARE or (before is not None and share < before)
    said = sentence(
        _(
            "%(late)d of %(all)d requests of the last %(days)d days ended nowhere; %(early)d of %(before)d in the days before."
        ),
        late=late,
        all=all_late,
        days=DAYS_COMPARED,
        early=early,
        before=all_early,
    )
    return _check("falling", "live", title, good, said, "ledger_list")


def _in_service(facts: Facts) -> Check:
    good = facts.site_status == "live"
    said = sentence(_("The sub-site is in regular service.") if good else _("The sub-site is still on trial."))
    return _check("in_service", "live", _("Sub-site in regular service"), good, said)
