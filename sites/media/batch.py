"""Many pictures at once: each with a title, a text for those who cannot see it, and cut to 4:3 where wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from PIL import Image
from wagtail.images.forms import get_image_form

from sites.admin_pages import frame
from sites.media import crop, shelves
from sites.media.views import overview_step, working_site
from sites.models import SiteImage
from tenants.models import Tenant

MOST = 30


@dataclass(frozen=True)
class Outcome:
    """What became of one upload: the stored picture, or the sentences why there is none."""

    name: str
    picture: SiteImage | None
    problems: tuple[str, ...] = ()


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take up to MOST pictures; each fails alone. Fields: `files`, and for the n-th `title-n`, `alt-n`, `crop-n`, `place-n`."""
    tenant = working_site(request)
    outcomes: list[Outcome] = []
    problem = ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files:
            problem = _("Choose at least one picture.")
        elif len(files) > MOST:
            problem = _("At most %(most)s pictures at once; %(count)s were chosen.") % {
                "most": MOST,
                "count": len(files),
            }
        else:
            outcomes = [_stored(request, tenant, number, file) for number, file in enumerate(files)]
    context = {
        "tenant": tenant,
        "outcomes": outcomes,
        "stored": sum(1 for outcome in outcomes if outcome.picture),
        "problem": problem,
        "most": MOST,
    } | frame(_("Upload several pictures"), "image", overview_step())
    return TemplateResponse(request, "govsites/media/batch.html", context)


def _stored(request: HttpRequest, tenant: Tenant, number: int, file: Any) -> Outcome:
    asked = request.POST
    if f"crop-{number}" in asked or "crop-all" in asked:
        place = asked.get(f"place-{number}", "50")
        try:
            content = crop.cropped(file, int(place) if place.isdecimal() else 50)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return Outcome(file.name, None, (_("This is not a picture that can be read."),))
        file = SimpleUploadedFile(file.name, content, file.content_type)
    title = asked.get(f"title-{number}", "").strip() or file.name.rpartition(".")[0] or file.name
    data = {
        "title": title[:255],
        "description": asked.get(f"alt-{number}", "").strip(),
        "collection": shelves.shelf_for(tenant).pk,
    }
    form = get_image_form(SiteImage)(data, {"file": file}, user=request.user)
    if not form.is_valid():
        return Outcome(file.name, None, tuple(text for texts in form.errors.values() for text in texts))
    form.instance.uploaded_by_user = request.user
    return Outcome(file.name, form.save())
