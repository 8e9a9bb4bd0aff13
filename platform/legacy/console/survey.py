"""The survey in the admin: begun with a button, read as a page, taken away as a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from legacy import access
from legacy.console.beginning import begun
from legacy.console.frame import frame
from legacy.models import LegacyRaw, Step
from legacy.survey import reading, report
from sites.downloads import attachment

TYPES: dict[str, Callable[[Any], str | bytes]] = {
    "html": report.html,
    "xlsx": report.xlsx,
    "json": lambda data: json.dumps(data, ensure_ascii=False, indent=1),
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
    return begun(request, transition, Step.SURVEY, back="legacy:survey")


@require_safe
def survey_download(request: HttpRequest, transition_id: int, run_id: int, form: str) -> HttpResponse:
    """Give the report of a run as a file; always as a download, never as a page of the admin."""
    transition = access.find(request, transition_id)
    data = reading.of_run(get_object_or_404(reading.runs(transition), pk=run_id))
    if data is None or form not in TYPES:
        raise Http404
    return attachment(TYPES[form](data), f"survey-{transition.code}-{run_id}.{form}", form)


urlpatterns = [
    path("<int:transition_id>/survey/", survey, name="survey"),
    path("<int:transition_id>/survey/start/", survey_start, name="survey_start"),
    path("<int:transition_id>/survey/<int:run_id>/report.<str:form>", survey_download, name="survey_download"),
]
