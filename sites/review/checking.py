"""The automatic checks (sites.checks) as the review sees them: a report beside the submission, and its refusals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from sites.checks.run import check_page
from sites.checks.shown import as_json
from sites.messages import _, sentence
from sites.models import SitePage
from sites.review.errors import ReviewError


def shown(page: SitePage, user: Any, draft: Any = None) -> list[dict[str, Any]]:
    """Return the findings on the newest text of the page (`draft`, if given), in the words the editor shows them in."""
    return as_json(check_page(page, user, draft), page)["findings"]


def require_passed(page: SitePage, user: Any) -> None:
    """Raise ReviewError where a check refuses the text, with the first of its sentences."""
    report = check_page(page, user)
    if report.refused:
        first = next(finding for finding in report.findings if finding.severity == "refuse")
        raise ReviewError(sentence(_("The checks refuse this text: %(finding)s"), finding=first.message.say(gettext)))
