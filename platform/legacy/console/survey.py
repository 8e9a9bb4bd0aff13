"""The survey in the admin: begun with a button, read as a page, taken away as a file."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access, starting
from legacy.console.frame import frame
from legacy.models import LegacyRaw, Step
from legacy.running import RunRefused
from legacy.survey import reading, report

TYPES: dict[str, tuple[str, Any]] = {
    "html": ("text/html; charset=utf-8", report.html),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", report.xlsx),
    "json": ("application/json", lambda data: json.dumps(data, ensure_ascii=False, indent=1)),
}


@require_safe
def survey(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    rows = list(reading.runs(transition)[:10])
    row = next((one for one in rows if str(one.pk) == request.GET.get("run")), rows[0] if rows else None)
    data = reading.of_run(row) if row else None
    context = frame(transition, _("Site survey"), request, icon="doc-full-inverse") | {
        "run": row,
        "runs": rows,
        "has_raws": LegacyRaw.objects.filter(transition=transition).exists(),
    }
    if data is not None:
        context |= report.context_of(data) | {"formats": [(name, name.upper()) for name in TYPES]}
    return render(request, "legacy/survey/page.html", context)


@require_POST
def survey_start(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    try:
        row = starting.begin(transition, Step.SURVEY, by=request.user)
    except RunRefused as refused:
        messages.error(request, refused.say(_))
        return HttpResponseRedirect(reverse("legacy:survey", args=[transition.pk]))
    return HttpResponseRedirect(reverse("legacy:run", args=[transition.pk, row.pk]))


@require_safe
def survey_download(request: HttpRequest, transition_id: int, run_id: int, form: str) -> HttpResponse:
    """Give the report of a run as a file; always as a download, never as a page of the admin."""
    transition = access.find(request, transition_id)
    data = reading.of_run(get_object_or_404(reading.runs(transition), pk=run_id))
    if data is None or form not in TYPES:
        raise Http404
    content_type, write = TYPES[form]
    response = HttpResponse(write(data), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="survey-{transition.code}-{run_id}.{form}"'
    return response


urlpatterns = [
    path("<int:transition_id>/survey/", survey, name="survey"),
    path("<int:transition_id>/survey/start/", survey_start, name="survey_start"),
    path("<int:transition_id>/survey/<int:run_id>/report.<str:form>", survey_download, name="survey_download"),
]
