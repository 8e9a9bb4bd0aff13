"""What became of a list of people: each row with what was done, its new link, and whether the link was mailed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy

from sites.members import joining
from tenants import people_lists
from tenants.people_lists import HEADER_OF, Line

RESULT, MAIL, LINK = "结果", "邮件", "邀请链接"  # read back they name no field and are passed over
MAILED = gettext_lazy("mailed")
NOT_MAILED = gettext_lazy("not mailed: hand over the link")
NO_ADDRESS = gettext_lazy("no address: hand over the link")
LABELS = {
    people_lists.INVITE: gettext_lazy("to be invited"),
    people_lists.INVITE_AGAIN: gettext_lazy("new link"),
    people_lists.GRANT: gettext_lazy("gets the right at once"),
    people_lists.CHANGE_END: gettext_lazy("other last day"),
    people_lists.UNCHANGED: gettext_lazy("unchanged"),
    people_lists.WAITING: gettext_lazy("invited already"),
    people_lists.REFUSED: gettext_lazy("refused"),
}
DONE = {
    people_lists.INVITE: gettext_lazy("invited"),
    people_lists.INVITE_AGAIN: gettext_lazy("new link made"),
    people_lists.GRANT: gettext_lazy("right given"),
    people_lists.CHANGE_END: gettext_lazy("last day changed"),
}


def mail_links(lines: list[Line]) -> set[int]:
    """Mail each new link to the address of its invitation; return the numbers of the invitations that went out."""
    return joining.mail_all((line.held, joining.link_of(line.secret)) for line in lines if line.secret)


def told_of(action: str) -> Any:
    """Return what was done, or, where nothing was, why."""
    return DONE.get(action, LABELS[action])


def result_table(lines: list[Line], mailed: Collection[int]) -> tuple[list[str], list[list[str]]]:
    """Return headers and rows of the result: the list as handed in, what was done, each new link and its mail.

    `mailed` are the numbers of the invitations whose link was mailed.
    """
    rows = [
        [
            *(line.cells.get(field, "") for field in HEADER_OF),
            "；".join(line.sentences) or str(told_of(line.action)),
            _mail_of(line, mailed),
            joining.link_of(line.secret) if line.secret else "",
        ]
        for line in lines
    ]
    return [*HEADER_OF.values(), RESULT, MAIL, LINK], rows


def _mail_of(line: Line, mailed: Collection[int]) -> str:
    if not line.secret:
        return ""
    if line.held.pk in mailed:
        return str(MAILED)
    return str(NOT_MAILED if line.held.email else NO_ADDRESS)
