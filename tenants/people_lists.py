"""Carrying out a list of people: what each row would do, and doing it. A second run finds what is there.

A person without an account is invited and gets a link; one with an account gets the right at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants import grant_rules as rules, grants, invitations, trail
from tenants.grant_rules import GrantRefused, end_of, last_day
from tenants.models import Invitation, Membership, Role, Tenant, User
from tenants.names import same_name, shown_name
from tenants.people_tables import HEADERS, MAX_FILE_BYTES, MAX_ROWS, ROLES, PersonRow, RefusedRow, parse_people
from tenants.scope import every_tenant
from tenants.tables import TableError
from tenants.tables.reading import read_table

AT_ONCE = 500
INVITE, INVITE_AGAIN, GRANT, CHANGE_END, UNCHANGED, WAITING, REFUSED = (
    "invite", "invite_again", "grant", "change_end", "unchanged", "waiting", "refused",
)  # fmt: skip
HEADER_OF = {field: header for header, field in reversed(HEADERS.items())}
ACTIONS = (INVITE, INVITE_AGAIN, GRANT, CHANGE_END, UNCHANGED, WAITING, REFUSED)


@dataclass(frozen=True)
class Line:
    """What one row does: an action, the sentences that refuse it, and after carrying out the secret of its link."""

    row: int
    action: str
    person: PersonRow | None = None
    cells: dict[str, str] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    secret: str = ""
    tenant: Any = None
    user: Any = None
    held: Any = None  # the membership or the invitation that is there, or was made


def read(data: bytes, name: str, today: date) -> list[PersonRow | RefusedRow]:
    """Return the rows of a file (CSV or XLSX, UTF-8 or GBK). Raises TableError where it can't be read."""
    if len(data) > MAX_FILE_BYTES:
        raise TableError("The file is over %(limit)d MB. Split it.", limit=MAX_FILE_BYTES // 2**20)
    return parse_people(read_table(data, name, HEADERS, max_rows=MAX_ROWS).rows, today)


def plan(rows: Iterable[PersonRow | RefusedRow], *, new_links: bool = False) -> list[Line]:
    """Return what each row would do; a fixed number of queries for each 500 rows.

    `new_links` makes a new link for those who are invited already, too; one that ran out is renewed anyway.
    """
    with every_tenant("a list of people names many units"):
        return [line for batch in _batches(rows) for line in _planned(batch, new_links=new_links)]


def carry_out(rows: Iterable[PersonRow | RefusedRow], *, by: Any, new_links: bool = False) -> list[Line]:
    """Do what the plan says, 500 rows in one transaction, and return the lines with their secrets.

    Raises GrantRefused where `by` is no operator. A row that is refused meanwhile is refused alone.
    """
    rules.check_right(by, Role.PLATFORM_OPERATOR, None)
    done: list[Line] = []
    with every_tenant("a list of people names many units"):
        for batch in _batches(rows):
            with transaction.atomic():
                lines = {line.row: line for line in _planned(batch, new_links=new_links)}
                for line in (
                    *_invited([line for line in lines.values() if line.action == INVITE], by),
                    *_invited_again([line for line in lines.values() if line.action == INVITE_AGAIN], by),
                    *(_changed(line, by) for line in lines.values() if line.action in {GRANT, CHANGE_END}),
                ):
                    lines[line.row] = line
            done += lines.values()
    return done


def counts(lines: Iterable[Line]) -> dict[str, int]:
    found = dict.fromkeys(ACTIONS, 0)
    for line in lines:
        found[line.action] += 1
    return found


def _batches(rows: Iterable[PersonRow | RefusedRow]) -> Iterator[Sequence[PersonRow | RefusedRow]]:
    stream = iter(rows)
    while batch := list(islice(stream, AT_ONCE)):
        yield batch


def _planned(batch: Sequence[PersonRow | RefusedRow], *, new_links: bool) -> list[Line]:
    people = [row for row in batch if isinstance(row, PersonRow)]
    tenants = {t.code: t for t in Tenant.objects.filter(code__in={p.code for p in people})}
    wanted = {p.username.lower() for p in people}
    users = {u.low: u for u in User.objects.annotate(low=Lower("username")).filter(low__in=wanted)}
    held = {
        (m.user_id, m.tenant_id, m.role): m
        for m in Membership.objects.active().filter(
            user__in=[u.pk for u in users.values()], tenant__in=[t.pk for t in tenants.values()]
        )
    }
    invited = {
        (i.low, i.tenant_id, i.role): i
        for i in invitations.waiting()
        .annotate(low=Lower("username"))
        .filter(low__in=wanted, tenant__in=[t.pk for t in tenants.values()])
        .select_related("tenant")
    }
    lines = []
    for row in batch:
        if isinstance(row, RefusedRow):
            said = tuple(problem.text(_) if not problem.field else _of_field(problem) for problem in row.problems)
            lines.append(Line(row.row, REFUSED, cells=dict(row.cells), sentences=said))
            continue
        line = Line(row.row, INVITE, row, _cells(row), tenant=tenants.get(row.code))
        if line.tenant is None:
            lines.append(_refused(line, _("There is no unit with the code “%(code)s”.") % {"code": row.code}))
            continue
        user = users.get(row.username.lower())
        if user is not None:
            lines.append(_for_account(replace(line, user=user), held.get((user.pk, line.tenant.pk, row.role))))
            continue
        there = invited.get((row.username.lower(), line.tenant.pk, row.role))
        if there is not None:
            again = new_links or there.expires_at <= timezone.now()
            line = replace(line, action=INVITE_AGAIN if again else WAITING, held=there)
        lines.append(line)
    return lines


def _for_account(line: Line, held: Membership | None) -> Line:
    assert line.person is not None
    if not same_name(shown_name(line.user), line.person.full_name):
        return _refused(line, _("The user name “%(username)s” belongs to an account with another name.")
                        % {"username": line.person.username})  # fmt: skip
    if not line.user.is_active:
        return _refused(line, _("The account “%(username)s” is closed.") % {"username": line.person.username})
    if held is None:
        return replace(line, action=GRANT)
    same_end = last_day(held.expires_at) == line.person.until
    return replace(line, action=UNCHANGED if same_end else CHANGE_END, held=held)


def _invited(lines: list[Line], by: Any) -> list[Line]:
    found = [replace(line, secret=secrets.token_urlsafe(32)) for line in lines]
    rows = Invitation.objects.bulk_create(
        [
            Invitation(
                tenant=line.tenant,
                role=line.person.role,
                token_hash=invitations.hashed(line.secret),
                username=line.person.username,
                full_name=line.person.full_name,
                email=line.person.email,
                phone=line.person.phone,
                post=line.person.post,
                membership_until=end_of(line.person.until),
                invited_by=by,
                expires_at=invitations.link_end(),
            )
            for line in found
            if line.person is not None
        ]
    )
    trail.note_many([(row, invitations.label_of(row), {}) for row in rows], trail.INVITED, by=by)
    return [replace(line, held=row) for line, row in zip(found, rows, strict=True)]


def _invited_again(lines: list[Line], by: Any) -> list[Line]:
    found = [replace(line, secret=secrets.token_urlsafe(32)) for line in lines]
    for line in found:
        assert line.person is not None
        line.held.token_hash = invitations.hashed(line.secret)
        line.held.expires_at, line.held.invited_by = invitations.link_end(), by
        line.held.membership_until = end_of(line.person.until)
        line.held.email = line.person.email or line.held.email
    rows = [line.held for line in found]
    Invitation.objects.bulk_update(rows, ["token_hash", "expires_at", "invited_by", "membership_until", "email"])
    trail.note_many([(row, invitations.label_of(row), {}) for row in rows], trail.INVITED_AGAIN, by=by)
    return found


def _changed(line: Line, by: Any) -> Line:
    assert line.person is not None
    until = end_of(line.person.until)
    try:
        if line.action == CHANGE_END:
            grants.extend(line.held, until=until, by=by, reason=_("List of people"))
        else:
            grants.grant(
                line.user, line.person.role, by=by, tenant=line.tenant, expires_at=until, reason=_("List of people")
            )
    except GrantRefused as refused:
        return _refused(line, str(refused))
    return line


def _refused(line: Line, sentence: str) -> Line:
    return replace(line, action=REFUSED, sentences=(sentence,))


def _of_field(problem: Any) -> str:
    return f"{HEADER_OF.get(problem.field, problem.field)}：{problem.text(_)}"


def _cells(person: PersonRow) -> dict[str, str]:
    """Return the row under its own fields, as a list has it: what goes out can come in again."""
    cells = {name: str(getattr(person, name) or "") for name in HEADER_OF}
    return cells | {"role": next(word for word, role in ROLES.items() if role == person.role)}
