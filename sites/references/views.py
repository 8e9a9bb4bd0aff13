"""The page on which an editor chooses the columns that show an item too."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sites.admin_pages import frame
from sites.models import Column, SitePage
from sites.reach import reach_of
from sites.references import actions


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show in which columns the item stands and could stand; POST `column` puts it into one more."""
    page = get_object_or_404(SitePage, pk=page_id)
    reach = reach_of(request.user)
    if page.alias_of_id:
        return HttpResponseRedirect(reverse("govsites_references:choose", args=[page.alias_of_id]))
    if not hasattr(page.specific, "allowed_in"):
        raise Http404
    columns = actions.columns_for(page, reach).order_by("path")
    if request.method == "POST":
        wanted = request.POST.get("column", "")
        column = Column.objects.filter(pk=wanted).first() if wanted.isdecimal() else None
        if column is None or not reach.may("write", column):
            messages.error(request, _("Choose a column."))
        else:
            try:
                actions.refer(page, column, by=request.user, reach=reach)
            except actions.ReferenceRefused as refused:
                messages.error(request, str(refused))
            else:
                messages.success(
                    request,
                    _("“%(title)s” is shown in “%(column)s” too.") % {"title": page.title, "column": column.title},
                )
                return HttpResponseRedirect(request.path)
    references = SitePage.objects.filter(reach.pages("read"), alias_of=page).select_related("column").order_by("path")
    context = {
        "page": page,
        "columns": columns,
        "references": references,
    } | frame(_("Show in another column too"), "link", (page.title, reverse("wagtailadmin_pages:edit", args=[page.pk])))
    return TemplateResponse(request, "govsites/references/choose.html", context)


@require_POST
def remove(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a reference out of its column."""
    reference = get_object_or_404(SitePage, pk=page_id)
    original = reference.alias_of_id
    try:
        actions.take_out(reference, by=request.user)
    except actions.ReferenceRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("govsites_references:choose", args=[page_id]))
    messages.success(request, _("The reference was taken out; the original stays."))
    return HttpResponseRedirect(reverse("govsites_references:choose", args=[original]))
