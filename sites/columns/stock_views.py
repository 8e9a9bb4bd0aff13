"""Wagtail's views that would take a column away or elsewhere: they refuse, and say where it is done (栏目维护)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.move import MoveChooseDestinationView, MoveConfirmView

from sites.models import Column
from sites.reach import reach_of
from tenants.memberships import is_operator


def pointed_elsewhere(request: HttpRequest, page_id: int) -> HttpResponse | None:
    """Return the way to column care where a member asks for a column of the own site; None for everything else.

    What is out of reach is left to the view, which answers as for a page that is not there.
    """
    if is_operator(request.user):
        return None
    column = Column.objects.filter(pk=page_id).only("path", "tenant").first()
    reach = reach_of(request.user)
    if column is None or not reach.may("write", column):
        return None
    if reach.may_in("manage", column.tenant_id):
        said = _("Columns are opened, ordered and closed in column care.")
        url = reverse("govsites_columns:care", args=[column.tenant_id])
    else:
        said = _("Columns are opened, ordered and closed by the site manager, in column care.")
        url = reverse("govsites_desk:columns")
    messages.error(request, said)
    return HttpResponseRedirect(url)


class ColumnSafeDeleteView(DeleteView):
    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        return pointed_elsewhere(request, page_id) or super().dispatch(request, page_id, *args, **kwargs)


class ColumnSafeMoveView(MoveChooseDestinationView):
    refusal: HttpResponse | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.refusal = pointed_elsewhere(request, kwargs["page_to_move_id"])
        if self.refusal is None:  # Wagtail's own asks for the right in its setup already
            super().setup(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.refusal or super().dispatch(request, *args, **kwargs)


class ColumnSafeMoveConfirmView(MoveConfirmView):
    def dispatch(
        self, request: HttpRequest, page_to_move_id: int, destination_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        refusal = pointed_elsewhere(request, page_to_move_id)
        return refusal or super().dispatch(request, page_to_move_id, destination_id, *args, **kwargs)
