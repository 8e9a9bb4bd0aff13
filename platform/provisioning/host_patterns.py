"""Host patterns ("{slug}.example.gov.cn") as people hand them in, checked before anything is formatted with them."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from provisioning.hosts import HostError, clean_host


class PatternError(ValueError):
    """A pattern that makes no host; the message is a sentence in the operator's language."""


def clean_pattern(text: str) -> str:
    """Return the pattern, "" for an empty one.

    Only {slug} and {code} may stand in it: other braces are format specifications, and one with a width of a milliard
    characters would take the process down.
    """
    pattern = text.strip()
    if not pattern:
        return ""
    rest = pattern.replace("{slug}", "").replace("{code}", "")
    if "{" in rest or "}" in rest or rest == pattern:
        raise PatternError(_("The pattern needs {slug} or {code}, and may hold no other braces."))
    try:
        clean_host(pattern.format(slug="changsha", code="430100"), allow_local=settings.LOCAL_HOSTS)
    except HostError as error:
        raise PatternError(_(error.msgid) % error.params) from error
    return pattern
