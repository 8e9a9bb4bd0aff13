"""Imports into the ledger: mapping lists and the old site's access logs; resumable, each line counted once.

A run's options: {"what": "list" | "log", "path": a file, or "sha256": of the store, "name", "reason": for rows without one,
"dry_run"}. What is stored and how far the file is read are committed together.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from legacy import blobs
from legacy.ledger import deciding, hosts, logs, registering
from legacy.ledger.canonical import canonical, canonical_path
from legacy.ledger.deciding import Decision, DecisionRefused
from legacy.ledger.junk import OWN, is_junk
from legacy.ledger.lists import ListRow, RefusedRow, read_list
from legacy.models import LegacyRun, LineLevel, OldAddress, Step
from legacy.running import Run, RunRefused, running
from sites.messages import Sentence, _, sentence
from tenants.tables import TableError

BATCH = 200  # rows of a list
_LOG_PORTION = logs.PORTION


def carry_out(row: LegacyRun) -> None:
    """Import the run's file, from where an earlier attempt stopped."""
    with running(row) as run:
        file = _file(row)
        if row.options.get("what") == "log":
            _log(run, file)
        else:
            _list(run, file)


def _file(row: LegacyRun) -> Path:
    options = row.options
    file = blobs.path_of(options["sha256"]) if "sha256" in options else Path(options.get("path", ""))
    if not file.is_file():
        raise RunRefused(sentence(_("There is no file %(file)s."), file=options.get("name") or str(file)))
    return file


# --- Logs


def _log(run: Run, file: Path) -> None:
    row = run.row
    if "digest" not in row.options:
        digest = _digest(file)
        _refuse_second(row, digest)
        row.options = {**row.options, "digest": digest}
        row.save(update_fields=["options"])
    junk = Path(settings.JUNK_ADDRESSES) if settings.JUNK_ADDRESSES else OWN
    rule = hosts.rule_of(row.transition)
    is_noise = partial(_is_noise, rule=rule, junk=junk)
    for portion in logs.counted(file, is_noise, skip=int(row.cursor.get("lines", 0)), portion=_LOG_PORTION):
        _store(run, portion)
    if not run.counts["requests"] and run.counts["damaged"]:
        run.line(
            LineLevel.WARNING,
            row.options.get("name", file.name),
            sentence(_("No line was understood. The file must be an access log in common, combined or IIS format.")),
        )


def _is_noise(path: str, *, rule: Any, junk: Path) -> bool:
    return is_junk(canonical_path(path, rule), junk)


def _store(run: Run, portion: logs.Portion) -> None:
    with run.together():
        seen = (
            registering.Seen(
                f"http://{host}{path}" if host else _rooted(path),
                registering.kind_of(path),
                hits=number,
                last_hit_at=logs.moment(portion.last[host, path]),
            )
            for (host, path), number in sorted(portion.requests.items())
        )
        found = registering.known(run.row.transition, seen, "log")
        run.counts.update(
            Counter(
                {
                    "created": found["created"],
                    "addresses": found["created"] + found["hits"],
                    "foreign": found["foreign"] + found["elsewhere"],
                    "requests": portion.requests.total(),
                    "junk": portion.junk,
                    "unanswered": portion.refused,
                    "damaged": portion.damaged,
                }
            )
        )
        run.beat(done=portion.lines, cursor={"lines": portion.lines})


def _rooted(path: str) -> str:
    """Return a path that cannot be taken for a host ("//a/b")."""
    return "/" + path.lstrip("/")


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _refuse_second(row: LegacyRun, digest: str) -> None:
    others = LegacyRun.objects.filter(transition=row.transition_id, step=Step.ADDRESSES, options__digest=digest)
    other = others.exclude(pk=row.pk).order_by("pk").first()
    if other is not None and other.done:
        raise RunRefused(
            sentence(_("This log was read before, in run %(number)s: its requests would count twice."), number=other.pk)
        )


# --- Lists


def _list(run: Run, file: Path) -> None:
    row, name = run.row, run.row.options.get("name") or file.name
    try:
        rows = read_list(file.read_bytes(), name)
    except TableError as error:
        raise RunRefused(Sentence(error.msgid, dict(error.params))) from None
    if row.started_by is None and any(isinstance(each, ListRow) and each.result for each in rows):
        raise RunRefused(sentence(_("Nothing is decided without a name: say who decides.")))
    run.row.total = len(rows)
    targets: dict[tuple[str, str, str], Decision] = {}
    for start in range(int(row.cursor.get("rows", 0)), len(rows), BATCH):
        with run.together():
            _batch(run, rows[start : start + BATCH], targets)
            done = min(start + BATCH, len(rows))
            run.beat(done=done, cursor={"rows": done})


def _batch(run: Run, rows: list[ListRow | RefusedRow], targets: dict[tuple[str, str, str], Decision]) -> None:
    transition = run.row.transition
    decisions: list[tuple[ListRow, Decision | None]] = []
    for each in rows:
        if isinstance(each, RefusedRow):
            _refuse(run, each.number, each.old, each.said)
            continue
        try:
            decisions.append((each, _decision(run, each, targets)))
        except DecisionRefused as refused:
            _refuse(run, each.number, each.old, refused.sentence)
    present = _ids(run, [each for each, _what in decisions])
    seen = [  # a list that is read twice counts its requests once
        registering.Seen(each.old, registering.kind_of(each.old), hits=0 if each.number in present else each.hits)
        for each, _what in decisions
    ]
    found = registering.known(transition, seen, "list")
    run.counts["created"] += found["created"]
    ids = _ids(run, [each for each, _what in decisions])
    wanted: dict[int, Decision] = {}
    for each, what in decisions:
        pk = ids.get(each.number)
        if pk is None:
            said = sentence(_("The address is on no host of this old site."))
            _refuse(run, each.number, each.old, said)
        elif what is None:
            run.counts["known"] += 1
        else:
            wanted[pk] = what
    if not wanted:
        return
    done = deciding.decide_each(transition, wanted, by=run.row.started_by)
    run.counts["changed"] += done.changed
    run.counts["unchanged"] += done.unchanged
    for place, said in done.refused:
        run.counts["refused"] += 1
        run.line(LineLevel.REFUSED, place, said)


def _decision(run: Run, row: ListRow, targets: dict[tuple[str, str, str], Decision]) -> Decision | None:
    if not row.result:
        return None
    reason = row.reason or str(run.row.options.get("reason", ""))
    key = (row.result, row.target, reason)
    if key not in targets:
        if len(targets) > 10_000:
            targets.clear()
        targets[key] = deciding.decision(run.row.transition, row.result, reason=reason, target=row.target)
    return targets[key]


def _ids(run: Run, rows: list[ListRow]) -> dict[int, int]:
    """Return the id of each row's line in the ledger, by the row's number."""
    transition = run.row.transition
    rule, main = hosts.rule_of(transition), hosts.main_host(transition)
    digests = {}
    for each in rows:
        address = canonical(each.old, rule)
        digests[each.number] = address.digest if address.host else canonical(f"{main}{address.path}", rule).digest
    known = dict(
        OldAddress.objects.filter(transition=transition, digest__in=list(digests.values())).values_list("digest", "pk")
    )
    return {number: known[digest] for number, digest in digests.items() if digest in known}


def _refuse(run: Run, number: int, old: str, said: Sentence) -> None:
    run.counts["refused"] += 1
    run.line(LineLevel.REFUSED, f"{number}: {old}"[:500], said)
