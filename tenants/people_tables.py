"""Lists of people (人员名单): one row of a table becomes a request for one role, or the problems that it has.

Pure: whether the unit or the account exists is asked by `people_lists`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tenants.messages import _
from tenants.tables import Problem, RawRow

# Header as people write it -> field; the first of a field is the one that our own lists carry.
HEADERS: dict[str, str] = {
    "单位编码": "code", "用户名": "username", "姓名": "full_name", "角色": "role", "手机": "phone", "邮箱": "email",
    "职务": "post", "到期": "until", "编码": "code", "机构编码": "code", "登录名": "username", "账号": "username",
    "人员姓名": "full_name", "手机号": "phone", "手机号码": "phone", "联系电话": "phone", "电子邮箱": "email",
    "电子邮件": "email", "到期日": "until", "到期日期": "until", "有效期至": "until", "tenant code": "code",
    "user name": "username", "username": "username", "name": "full_name", "full name": "full_name", "role": "role",
    "phone": "phone", "e-mail": "email", "email": "email", "post": "post", "until": "until",
}  # fmt: skip
ROLES: dict[str, str] = {
    "信息员": "contributor", "审核员": "reviewer", "分管负责人": "reviewer", "站点管理员": "site_manager",
    "contributor": "contributor", "reviewer": "reviewer", "sitemanager": "site_manager",
}  # fmt: skip
MAX_ROWS = 20_000
MAX_FILE_BYTES = 8 * 2**20
_LENGTHS = {"username": 150, "full_name": 100, "phone": 50, "email": 254, "post": 100}
_USERNAME = re.compile(r"[\w.@+-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_DAY = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?")
_NEEDED = ("code", "full_name", "username", "role")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One role for one person in one unit; `until` is the last day of it, None for no end."""

    row: int
    code: str
    username: str
    full_name: str
    role: str
    phone: str = ""
    email: str = ""
    post: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    row: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...]


def parse_people(rows: Iterable[RawRow], today: date) -> list[PersonRow | RefusedRow]:
    """Return each row as a request or refused, in their order; what an earlier row says already is refused, too."""
    found: list[PersonRow | RefusedRow] = []
    names: dict[str, tuple[int, str]] = {}
    taken: dict[tuple[str, str, str], int] = {}
    for raw in rows:
        parsed = parse_person(raw, today)
        if isinstance(parsed, PersonRow):
            key = parsed.username.casefold()
            before, name = names.setdefault(key, (parsed.row, parsed.full_name))
            first = taken.setdefault((key, parsed.code.casefold(), parsed.role), parsed.row)
            if "".join(name.split()) != "".join(parsed.full_name.split()):
                told = _("row %(other)d gives this user name to “%(name)s”. One account belongs to one person.")
                problem = Problem(raw.number, "username", told, {"other": before, "name": name})
                parsed = RefusedRow(raw.number, raw.cells, (problem,))
            elif first != parsed.row:
                told = _("this is the same person, unit and role as row %(other)d.")
                parsed = RefusedRow(raw.number, raw.cells, (Problem(raw.number, "", told, {"other": first}),))
        found.append(parsed)
    return found


def parse_person(raw: RawRow, today: date) -> PersonRow | RefusedRow:
    """Return the request in one row, or all that is wrong with it."""
    cells, problems = raw.cells, list(raw.problems)
    faulty = {problem.field for problem in problems}

    def wrong(field: str, msgid: str, **params: str | int) -> None:
        problems.append(Problem(raw.number, field, msgid, params))

    for field in _NEEDED:
        if not cells.get(field) and field not in faulty:
            wrong(field, _("is missing."))
    for field, limit in _LENGTHS.items():
        if len(cells.get(field, "")) > limit:
            wrong(field, _("is longer than %(limit)d characters."), limit=limit)
    username, email = cells.get("username", ""), cells.get("email", "")
    if username and not _USERNAME.fullmatch(username):
        wrong("username", _("“%(value)s” holds more than letters, digits and @ . + - _."), value=username[:60])
    if email and not _EMAIL.fullmatch(email):
        wrong("email", _("“%(value)s” is not an e-mail address."), value=email[:60])
    role = ROLES.get(re.sub(r"[\s_-]", "", cells.get("role", "")).casefold(), "")
    if cells.get("role") and not role:
        told = _("“%(value)s” is not known. Write one of: 信息员, 审核员, 站点管理员.")
        wrong("role", told, value=cells["role"][:60])
    until = _day(cells.get("until", ""))
    if cells.get("until") and until is None:
        wrong("until", _("“%(value)s” is not a day. Write it as 2026-12-31."), value=cells["until"][:60])
    elif until is not None and until < today:
        wrong("until", _("%(value)s has passed."), value=until.isoformat())
    if problems:
        return RefusedRow(raw.number, cells, tuple(problems))
    return PersonRow(
        raw.number,
        cells["code"],
        username,
        cells["full_name"],
        role,
        cells.get("phone", ""),
        email,
        cells.get("post", ""),
        until,
    )


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text.partition(" ")[0])
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
