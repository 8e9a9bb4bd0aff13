"""The board (迁移看板): all old sites by the phase in which they are, for whoever looks after many of them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from legacy import access
from legacy.cutover import phases
from sites.admin_pages import frame as page_frame

MOST = 500  # transitions on one board, the newest


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    if not access.manages_any(request.user):
        raise PermissionDenied
    rows = list(access.transitions_of(request.user).filter(closed_at=None).order_by("-pk")[:MOST])
    boards = phases.boards(rows)
    groups = [
        {"title": title, "cards": [(row, boards[row.pk]) for row in rows if boards[row.pk]["phase"].code == code]}
        for code, title in phases.titles()
    ]
    context = page_frame(_("Old sites by phase"), "redirect", (_("Old sites"), reverse("legacy:transitions")))
    return render(request, "legacy/cutover/board.html", context | {"groups": groups, "number": len(rows)})


urlpatterns = [path("board/", board, name="board")]
