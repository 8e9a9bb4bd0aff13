"""Rollback (撤回) of a load, an old column or an item: a page that says what goes and what stays, then the run."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from legacy import access, starting
from legacy.console.frame import frame
from legacy.loading import rollback
from legacy.models import LegacyColumn, LegacyItem, LegacyRun, Step, Transition
from legacy.running import RunRefused

SHOWN_STAYING = 50


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_run(request: HttpRequest, transition_id: int, run_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    row = get_object_or_404(LegacyRun, pk=run_id, transition=transition, step=Step.LOAD)
    title = _("Run %(number)s: %(step)s") % {"number": row.pk, "step": row.get_step_display()}
    back = (title, reverse("legacy:run", args=[transition.pk, row.pk]))
    return _answer(request, transition, back, run=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_column(request: HttpRequest, transition_id: int, column_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    column = get_object_or_404(LegacyColumn, pk=column_id, transition=transition)
    back = (str(column), reverse("legacy:mapping_column", args=[transition.pk, column.pk]))
    return _answer(request, transition, back, columns=[column.key])


@require_http_methods(["GET", "HEAD", "POST"])
def rollback_item(request: HttpRequest, transition_id: int, item_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    item = get_object_or_404(LegacyItem, pk=item_id, transition=transition)
    back = (item.title or item.key, reverse("legacy:item", args=[transition.pk, item.pk]))
    return _answer(request, transition, back, items=[item.pk])


def _answer(request: HttpRequest, transition: Transition, back: tuple[str, str], **options: Any) -> HttpResponse:
    """Show what the rollback of `options` would do; on POST begin it. `back`: (label, url) of where one came from."""
    label, url = back
    if request.method == "POST":
        try:
            row = starting.begin(transition, Step.ROLLBACK, by=request.user, label=label[:300], **options)
        except RunRefused as refused:
            messages.error(request, refused.say(_))
            return HttpResponseRedirect(url)
        return HttpResponseRedirect(reverse("legacy:run", args=[transition.pk, row.pk]))
    asked = LegacyRun(tenant_id=transition.tenant_id, transition=transition, step=Step.ROLLBACK, options=options)
    found = rollback.preview(asked)
    title = pgettext("old site", "Take back what was loaded")
    context = frame(transition, title, request, back, icon="rotate") | {
        "what": label,
        "back": url,
        "found": found,
        "staying": [
            (item, reverse("wagtailadmin_pages:edit", args=[item.page_id])) for item in found.staying[:SHOWN_STAYING]
        ],
        "more": max(0, len(found.staying) - SHOWN_STAYING),
    }
    return render(request, "legacy/rollback.html", context)


urlpatterns = [
    path("<int:transition_id>/rollback/run/<int:run_id>/", rollback_run, name="rollback_run"),
    path("<int:transition_id>/rollback/column/<int:column_id>/", rollback_column, name="rollback_column"),
    path("<int:transition_id>/rollback/item/<int:item_id>/", rollback_item, name="rollback_item"),
]
