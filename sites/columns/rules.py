"""What a sub-site may do with its columns by itself (栏目维护). No Django here: each rule gets data and gives a sentence or None.

Three sorts of column: mandatory ones (必设栏目) belong to the template, optional ones (选设栏目) come from it and are the
site's to open and close, own ones (自建栏目) have no code at all.
"""

from collections.abc import Collection

from sites.columns.slugs import MAX_SLUG, is_slug
from sites.messages import SaidError, Sentence, _, sentence

MAX_TITLE = 20
MAX_DEPTH = 3
# What a site may open by itself; disclosure catalogues, letter boxes and forms are the template's.
OWN_KINDS = ("list", "single", "section", "topic", "guide", "people", "organisation", "external")


class CareRefused(SaidError):
    """A change to columns that the rules refuse; the text is a sentence for the person."""


def title_fault(title: str, siblings: Collection[str]) -> Sentence | None:
    """Return what is wrong with a column's title beside the titles of its siblings in use."""
    if not title.strip():
        return sentence(_("Give the column a title."))
    if len(title) > MAX_TITLE:
        return sentence(
            _("The title has %(length)d characters. Use at most %(limit)d, so that it fits into menus."),
            length=len(title),
            limit=MAX_TITLE,
        )
    if title in siblings:
        return sentence(_("There is a column “%(title)s” at this place already. Choose another title."), title=title)
    return None


def slug_fault(slug: str) -> Sentence | None:
    if is_slug(slug):
        return None
    return sentence(
        _(
            "The address “%(slug)s” can't be used. Write lower-case letters, digits and single hyphens, at most %(limit)d."
        ),
        slug=slug,
        limit=MAX_SLUG,
    )


def number_fault(own: int, limit: int) -> Sentence | None:
    """Return what is wrong with opening one more own column where `own` are open."""
    if own < limit:
        return None
    return sentence(
        _("The site has %(own)d columns of its own; %(limit)d are allowed. Close one that is no longer kept up."),
        own=own,
        limit=limit,
    )


def depth_fault(depth: int) -> Sentence | None:
    """Return what is wrong with a column at this depth, 1 right below the home page."""
    if depth <= MAX_DEPTH:
        return None
    return sentence(_("Columns go at most %(limit)d levels deep. Choose a place higher up."), limit=MAX_DEPTH)


def limit_fault(days: int | None, template_days: int | None) -> Sentence | None:
    """Return what is wrong with an update limit: a site may be stricter than its template, never laxer."""
    if days is not None and days < 1:
        return sentence(_("An update limit is at least 1 day. Leave it empty for none."))
    if template_days is None or (days is not None and days <= template_days):
        return None
    return sentence(
        _("The template asks for an update within %(days)d days. The site may set fewer days, not more."),
        days=template_days,
    )
