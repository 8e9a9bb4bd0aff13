"""One click on a finding: the word is replaced, the number masked, in the draft that is stored; or a hint is set aside."""

from __future__ import annotations

import json
from collections.abc import Collection
from copy import deepcopy
from typing import Any

from django.db import transaction
from wagtail.fields import StreamField

from sites.checks.findings import Finding, Remedy, Severity
from sites.checks.gathering import gather, raw_stream
from sites.checks.run import check_page, newest
from sites.messages import SaidError, _, sentence
from sites.models import IgnoredFinding, SitePage
from tenants.scope import tenant_scope


class RemedyRefused(SaidError):
    """Nothing was changed; the message is a sentence."""


@transaction.atomic
def apply(page: SitePage, keys: Collection[str], user: Any) -> int:
    """Mend the findings with these keys in a new draft, and return how many were; raises RemedyRefused for none.

    The text is checked anew under a lock on the page: a finding whose words have changed meanwhile is passed over.
    """
    SitePage.objects.select_for_update(no_key=True).get(pk=page.pk)
    page = SitePage.objects.get(pk=page.pk)
    wanted = set(keys)
    found = [
        finding
        for finding in check_page(page, user).findings
        if finding.key in wanted and finding.remedy is not Remedy.NONE
    ]
    if not found:
        raise RemedyRefused(sentence(_("The text has changed since it was checked. Check it once more.")))
    draft = newest(page)
    # From the end of each text to its beginning, so that the places of the others stay right.
    for finding in sorted(found, key=lambda finding: finding.start, reverse=True):
        _mend(draft, finding)
    draft.save_revision(user=user, log_action=True, clean=False)
    return len(found)


def ignore(page: SitePage, key: str, user: Any) -> None:
    """Set a hint aside for this page. Raises RemedyRefused for what must be mended or confirmed."""
    hints = [f for f in check_page(page, user).findings if f.severity is Severity.HINT]
    if all(finding.key != key for finding in hints):
        raise RemedyRefused(sentence(_("Only hints can be set aside, and only as long as the text stays the same.")))
    with tenant_scope(page.tenant_id):
        IgnoredFinding.objects.get_or_create(
            page_id=page.pk, key=key, defaults={"tenant_id": page.tenant_id, "by": user}
        )


def _mend(draft: Any, finding: Finding) -> None:
    passage = next(
        passage
        for passage in gather(draft).passages
        if (passage.field, passage.block_id, passage.path) == (finding.field, finding.block_id, finding.path)
    )
    new = passage.replaced(finding.start, finding.end, finding.replacement or "")
    if finding.field == "attachments":
        draft.attachments.all()[int(finding.path)].title = new
    elif isinstance(draft._meta.get_field(finding.field), StreamField):
        raw = deepcopy(raw_stream(draft, finding.field))
        for part in raw:
            if part["id"] == finding.block_id:
                _put(part, ["value", *filter(None, finding.path.split("/"))], new)
        setattr(draft, finding.field, json.dumps(raw))
    else:
        setattr(draft, finding.field, new)


def _put(inside: Any, path: list[str], value: str) -> None:
    """Set the value that the path leads to: names in a struct, numbers in a list."""
    for step in path[:-1]:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    last: Any = int(path[-1]) if isinstance(inside, list) else path[-1]
    inside[last] = value
