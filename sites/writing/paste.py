"""What an editor pasted, understood on the server: HTML, Word's RTF beside it (for its pictures), picture files."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _, ngettext, pgettext
from django.views.decorators.http import require_POST

from sites.media.space import OverQuota
from sites.models import SitePage
from sites.writing import html, rtf
from sites.writing.parts import Block, Picture, Reading, Table, Text, Unreadable
from sites.writing.pictures import usable
from sites.writing.store import body_from, form_state

REQUEST_MOST = 60 * 1024 * 1024
_FILES_MOST = 50


@require_POST
def paste(request: HttpRequest, page_id: int) -> JsonResponse:
    """Answer {"blocks": [...], "said": sentence, "lost": [sentences]} for the page (or the column of a new one).

    The files of the form are `html`, `rtf` and any number of `picture`. What cannot be read answers 400 with
    {"error": sentence}, what is too large 413.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > REQUEST_MOST:
        return _refused(
            _("The clipboard holds too much (more than %(most)s MB). Paste it in parts.")
            % {"most": REQUEST_MOST // 1024**2},
            413,
        )
    page = get_object_or_404(SitePage.objects.select_related("tenant"), pk=page_id)
    column = page.column or page
    if page.tenant is None:
        return _refused(_("Nothing can be pasted here."), 400)
    try:
        reading = _understood(request)
        body = body_from(reading.blocks, page.tenant, column, request.user)
    except Unreadable as error:
        return _refused(error.say(_), 400)
    except OverQuota as error:
        return _refused(str(error), 400)
    return JsonResponse(
        {"blocks": form_state(body), "said": summary(reading.blocks), "lost": [lost.say(_) for lost in reading.lost]}
    )


def summary(blocks: tuple[Block, ...]) -> str:
    """Return how much was understood, as a sentence."""
    texts = [block.html for block in blocks if isinstance(block, Text)]
    paragraphs = sum(text.count(tag) for text in texts for tag in ("<p", "<li", "<h2", "<h3"))
    tables = sum(isinstance(block, Table) for block in blocks)
    pictures = sum(isinstance(block, Picture) for block in blocks)
    counts = [
        ngettext("%(count)s paragraph", "%(count)s paragraphs", paragraphs) % {"count": paragraphs}
        if paragraphs
        else "",
        ngettext("%(count)s table", "%(count)s tables", tables) % {"count": tables} if tables else "",
        ngettext("%(count)s picture", "%(count)s pictures", pictures) % {"count": pictures} if pictures else "",
    ]
    return pgettext("between counts", ", ").join(filter(None, counts))


def _understood(request: HttpRequest) -> Reading:
    files = request.FILES
    beside = [
        found for upload in files.getlist("picture")[:_FILES_MOST] if (found := usable(upload.read())) is not None
    ]
    if "rtf" in files:
        beside = rtf.pictures(files["rtf"].read()) or beside
    text = files["html"].read().decode("utf-8", "replace") if "html" in files else ""
    if text.strip():
        return html.read(text, spare=beside)
    return Reading(tuple(Picture(data) for data in beside))


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
