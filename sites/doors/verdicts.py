"""Verdicts (放行规则): who may come through a view's door, and which things named in the request must be in reach.

    MEMBER                      anyone with a membership that holds; the view limits its rows by reach or scope
    OPERATOR                    platform operators; to others nothing is there (404)
    PUBLIC                      everybody, without signing in
    TOKEN                       everybody; the view itself asks for a bearer token
    CLOSED                      nobody (404)
    PAGE("page_id", "write")    members; the address names a page in their reach
    TENANT("tenant_id", "manage")  members; the address names a tenant in their reach

`PAGE("a", "write") & PAGE("b", "write")` asks both; sites/doors/checks.py has more of these. What is not in reach at
all answers 404, as if it did not exist; what is in reach but not with that ability answers 403. Somebody who has not
signed in is sent to the sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from sites.models import SitePage
from sites.reach import reach_of

# Gets the request and the arguments of the address; raises Http404 or PermissionDenied, or returns.
Check = Callable[[HttpRequest, Mapping[str, Any]], None]


class Who(StrEnum):
    """The circles of people, the narrowest first."""

    NOBODY = "nobody"
    OPERATOR = "operator"
    MEMBER = "member"
    TOKEN = "token"
    PUBLIC = "public"


@dataclass(frozen=True)
class Verdict:
    who: Who
    checks: tuple[Check, ...] = ()

    def __and__(self, other: Verdict) -> Verdict:
        """Return the verdict that asks for both; the narrower circle of people holds."""
        circles = list(Who)
        narrower = min(self.who, other.who, key=circles.index)
        return Verdict(narrower, self.checks + other.checks)


CLOSED = Verdict(Who.NOBODY)
OPERATOR = Verdict(Who.OPERATOR)
MEMBER = Verdict(Who.MEMBER)
TOKEN = Verdict(Who.TOKEN)
PUBLIC = Verdict(Who.PUBLIC)


def PAGE(kwarg: str, ability: str) -> Verdict:  # noqa: N802 - reads as a verdict in the tables
    """Return: members for whom `ability` (see sites/reach.py) covers the page whose id the address gives."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        page = SitePage.objects.filter(pk=named[kwarg]).only("path").order_by().first()
        require_page(request.user, page, ability)

    return Verdict(Who.MEMBER, (check,))


def TENANT(kwarg: str, ability: str) -> Verdict:  # noqa: N802
    """Return: members for whom `ability` covers the whole sub-site of the tenant whose id the address gives."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        reach, tenant_id = reach_of(request.user), int(named[kwarg])
        ids = reach.tenant_ids()
        if ids is not None and tenant_id not in ids:
            raise Http404
        if not reach.may_in(ability, tenant_id):
            raise PermissionDenied

    return Verdict(Who.MEMBER, (check,))


def require_page(user: Any, page: Any, ability: str) -> None:
    """Raise Http404 where there is no such page or it is out of reach, PermissionDenied where `ability` is missing."""
    reach = reach_of(user)
    if page is None or not reach.may("read", page):
        raise Http404
    if not reach.may(ability, page):
        raise PermissionDenied
