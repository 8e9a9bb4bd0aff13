"""Pages about a site's pictures and files: space, and what nothing uses."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from sites.admin_pages import frame
from sites.media import space, unused
from sites.reach import reach_of
from sites.working import working_tenant
from tenants.memberships import is_operator
from tenants.models import Tenant

PER_PAGE = 50


def overview_step() -> tuple[str, str]:
    """Return the breadcrumb of the overview."""
    return _("Pictures and files"), reverse("govsites_media:overview")


def working_site(request: HttpRequest) -> Tenant:
    """Return the working site, where the person may write in all of it."""
    tenant = working_tenant(request)
    if tenant is None:
        raise Http404
    if not reach_of(request.user).may_in("write", tenant.pk):
        raise PermissionDenied
    return tenant


class LimitForm(forms.Form):
    megabytes = forms.IntegerField(label=gettext_lazy("Storage limit (MB)"), min_value=0, max_value=10_000_000)


@require_http_methods(["GET", "POST"])
def limit(request: HttpRequest, code: str) -> HttpResponse:
    """Give the sub-site with this code a storage limit of its own (platform operators)."""
    if not is_operator(request.user):
        raise Http404
    tenant = get_object_or_404(Tenant, code=code)
    megabyte = 1024 * 1024
    form = LimitForm(request.POST or None, initial={"megabytes": space.limit(tenant) // megabyte})
    if request.method == "POST" and form.is_valid():
        space.set_limit(tenant, form.cleaned_data["megabytes"] * megabyte)
        messages.success(request, _("The storage limit of %(site)s was saved.") % {"site": tenant.name})
        return HttpResponseRedirect(request.path)
    context = {
        "tenant": tenant,
        "form": form,
        "used": space.used(tenant),
    } | frame(_("Storage limit"), "folder-open-inverse")
    return TemplateResponse(request, "govsites/media/limit.html", context)


def overview(request: HttpRequest) -> HttpResponse:
    """Show how full the site's storage is, with ways to its pictures, files and what is unused."""
    tenant = working_site(request)
    used, limit = space.used(tenant), space.limit(tenant)
    share = min(100, round(100 * used / limit)) if limit else 100
    return TemplateResponse(
        request,
        "govsites/media/overview.html",
        {
            "tenant": tenant,
            "used": used,
            "limit": limit,
            "share": share,
            "tight": share >= 90,
        }
        | frame(_("Pictures and files"), "image"),
    )


@require_http_methods(["GET", "POST"])
def unused_media(request: HttpRequest, kind: str) -> HttpResponse:
    """List the pictures ("picture") or files ("file") that no page uses; POST deletes the ticked ones once confirmed."""
    if kind not in unused.KINDS:
        raise Http404
    tenant = working_site(request)
    if request.method == "POST":
        ids = {int(value) for value in request.POST.getlist("id") if value.isdecimal()}
        if ids and "confirmed" in request.POST:
            return _delete(request, tenant, kind, ids)
        if ids:
            return _confirm(request, tenant, kind, ids)
        messages.warning(request, _("Nothing was ticked."))
    rows = unused.unused(tenant, kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "tenant": tenant,
        "kind": kind,
        "rows": page,
        "total": sum(row.file_size or 0 for row in rows),
    } | frame(_("Unused pictures") if kind == "picture" else _("Unused files"), "bin", overview_step())
    return TemplateResponse(request, "govsites/media/unused.html", context)


def _confirm(request: HttpRequest, tenant: Tenant, kind: str, ids: set[int]) -> HttpResponse:
    rows = [row for row in unused.unused(tenant, kind) if row.pk in ids]
    context = {
        "kind": kind,
        "rows": rows,
        "total": sum(row.file_size or 0 for row in rows),
    } | frame(_("Delete for good?"), "bin", overview_step())
    return TemplateResponse(request, "govsites/media/confirm.html", context)


def _delete(request: HttpRequest, tenant: Tenant, kind: str, ids: set[int]) -> HttpResponse:
    gone = unused.delete_unused(tenant, kind, ids)
    kept = len(ids) - gone
    messages.success(
        request, ngettext("%(count)s item was deleted.", "%(count)s items were deleted.", gone) % {"count": gone}
    )
    if kept:
        messages.warning(
            request,
            ngettext(
                "%(count)s item was kept, because a page uses it by now.",
                "%(count)s items were kept, because pages use them by now.",
                kept,
            )
            % {"count": kept},
        )
    return HttpResponseRedirect(reverse("govsites_media:unused", args=[kind]))
