"""Views as they must not be, for the tests of the sweep itself: each lets the neighbour through in another way."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from openpyxl import Workbook

from config.urls import urlpatterns as real
from sites.models import Article, Notice, SiteImage, SitePage
from tenants.models import User
from tenants.scope import every_tenant


def title(request: HttpRequest, page_id: int) -> HttpResponse:
    return HttpResponse(get_object_or_404(SitePage, pk=page_id).title)


def search(request: HttpRequest) -> JsonResponse:
    found = Article.objects.filter(title__contains=request.GET.get("q") or "-")
    return JsonResponse({"titles": [page.title for page in found]})


def filtered(request: HttpRequest) -> HttpResponse:
    found = SiteImage.objects.filter(collection_id=request.GET.get("collection_id") or 0)
    return HttpResponse("".join(image.description for image in found))


def spreadsheet(request: HttpRequest) -> HttpResponse:
    book, data = Workbook(), io.BytesIO()
    for user in User.objects.all():
        book.active.append([user.username, user.phone])
    book.save(data)
    return HttpResponse(data.getvalue(), content_type="application/vnd.ms-excel")


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    with every_tenant("a leak"):
        return StreamingHttpResponse([notice.text for notice in Notice.objects.all()])


def header(request: HttpRequest, image_id: int) -> HttpResponse:
    answer = HttpResponse()
    answer["X-Picture"] = get_object_or_404(SiteImage, pk=image_id).title
    return answer


def message(request: HttpRequest, page_id: int) -> HttpResponse:
    if request.method == "POST":
        messages.success(request, f"{get_object_or_404(SitePage, pk=page_id).title} is locked")
    return HttpResponseRedirect("/admin/account/")


def refused(request: HttpRequest, page_id: int) -> HttpResponse:
    if SitePage.objects.filter(pk=page_id).exists():
        raise PermissionDenied
    return HttpResponse(status=404)


def retitled(request: HttpRequest, page_id: int) -> HttpResponse:
    if request.method == "PATCH":
        SitePage.objects.filter(pk=page_id).update(title="planted")
    return HttpResponse(status=404)


def erased(request: HttpRequest, image_id: int) -> HttpResponse:
    if request.method == "DELETE":
        get_object_or_404(SiteImage, pk=image_id).file.delete(save=False)
    return HttpResponse(status=404)


def borrowed(request: HttpRequest) -> HttpResponse:
    if request.POST.get("image"):
        article = Article.objects.filter(tenant__host="a.localhost").first()
        Article.objects.filter(pk=article.pk).update(lead_image=int(request.POST["image"]))
    return HttpResponse()


def mailed(request: HttpRequest) -> HttpResponse:
    for address in User.objects.exclude(email="").values_list("email", flat=True):
        send_mail("told", "to everybody", None, [address])
    return HttpResponse()


def broken(request: HttpRequest, page_id: int) -> HttpResponse:
    raise RuntimeError("out of order")


LEAKS = {
    "title": (path("admin/leak/title/<int:page_id>/", title, name="title"), "leak"),
    "search": (path("admin/leak/search/", search, name="search"), "leak"),
    "filtered": (path("admin/leak/filtered/", filtered, name="filtered"), "leak"),
    "spreadsheet": (path("admin/leak/spreadsheet/", spreadsheet, name="spreadsheet"), "leak"),
    "streamed": (path("admin/leak/streamed/", streamed, name="streamed"), "leak"),
    "header": (path("admin/leak/header/<int:image_id>/", header, name="header"), "leak"),
    "message": (path("admin/leak/message/<int:page_id>/", message, name="message"), "leak"),
    "refused": (path("admin/leak/refused/<int:page_id>/", refused, name="refused"), "door"),
    "retitled": (path("admin/leak/retitled/<int:page_id>/", retitled, name="retitled"), "change"),
    "erased": (path("admin/leak/erased/<int:image_id>/", erased, name="erased"), "change"),
    "borrowed": (path("admin/leak/borrowed/", borrowed, name="borrowed"), "change"),
    "mailed": (path("admin/leak/mailed/", mailed, name="mailed"), "mail"),
    "broken": (path("admin/leak/broken/<int:page_id>/", broken, name="broken"), "error"),
}
urlpatterns: list[Any] = [entry for entry, _kind in LEAKS.values()] + real
