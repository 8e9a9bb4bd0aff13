"""Putting a published item into another column of its site as a reference, and taking it out again.

A reference is Wagtail's alias: one text in two places. What is published has been signed, so a reference needs no
review of its own; it takes the original's publication date along, and a correction changes both.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction

from sites.building import lock_tree
from sites.models import Column, SitePage
from sites.models.content import dated_slug
from sites.reach import Reach


class ReferenceRefused(ValueError):
    """The reference is not possible; the message is a sentence."""


def columns_for(page: SitePage, reach: Reach) -> Any:
    """Return the columns of the page's site that may show it too and in which the person may write."""
    item = page.specific
    taken = {page.column_id, *SitePage.objects.filter(alias_of=page).order_by().values_list("column_id", flat=True)}
    fitting = Q(kind__in=item.allowed_in, retired_on=None, live=True)
    return Column.objects.filter(fitting, reach.pages("write"), tenant_id=page.tenant_id).exclude(
        pk__in={pk for pk in taken if pk}
    )


@transaction.atomic
def refer(page: SitePage, column: Column, *, by: Any, reach: Reach) -> SitePage:
    """Show the published item in the column too and return the reference. Raises ReferenceRefused."""
    if page.alias_of_id:
        raise ReferenceRefused(_("This is a reference itself. Refer to the original."))
    if not page.live:
        raise ReferenceRefused(_("Only what is published can be shown in another column too."))
    lock_tree()
    if not columns_for(page, reach).filter(pk=column.pk).exists():
        raise ReferenceRefused(_("“%(column)s” cannot take this item, or shows it already.") % {"column": column.title})
    action = CreatePageAliasAction(page.specific, parent=column, update_slug=dated_slug(), user=by)
    return action.execute(skip_permission_checks=True)


@transaction.atomic
def take_out(reference: SitePage, *, by: Any) -> None:
    """Delete the reference; the original stays. Raises ReferenceRefused where it is no reference."""
    if not reference.alias_of_id:
        raise ReferenceRefused(_("This is the original, not a reference."))
    DeletePageAction(reference.specific, user=by).execute(skip_permission_checks=True)
