"""Acceptance in the admin: reports made, read, taken away, and signed by a person of the site."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access
from legacy.console.beginning import begun
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.models import Acceptance, LegacyItem, Step, Transition
from legacy.verify import report as reports, signing
from sites.downloads import attachment
from tenants.memberships import is_operator

TYPES: dict[str, Callable[[Acceptance], str | bytes]] = {
    "html": reports.html,
    "xlsx": reports.xlsx,
    "json": reports.as_json,
}


class SigningForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the person who signs"), max_length=150)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("Needed where open points remain: why the site is accepted with them."),
    )
    digest = forms.CharField(widget=forms.HiddenInput)


@require_safe
def acceptance(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    rows = Acceptance.objects.filter(transition=transition).defer("data")
    page = paged(rows, request, 20)
    context = frame(transition, _("Acceptance"), request, icon="tasks") | {
        "page": page,
        "newest": rows.first(),
        "has_items": LegacyItem.objects.filter(transition=transition).exists(),
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "legacy/verify/list.html", context)


@require_POST
def acceptance_start(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    return begun(request, transition, Step.VERIFY, back="legacy:acceptance")


@require_safe
def acceptance_report(request: HttpRequest, transition_id: int, report_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    found = _find(transition, report_id)
    return _page(request, transition, found, SigningForm(initial={"name": _name(request), "digest": found.digest}))


@require_POST
def acceptance_sign(request: HttpRequest, transition_id: int, report_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    found = _find(transition, report_id)
    form = SigningForm(request.POST)
    if form.is_valid():
        if form.cleaned_data["digest"] != found.digest:
            form.add_error(None, _("This report is not the one that was shown. Read it again."))
        else:
            try:
                signing.sign(found, by=request.user, name=form.cleaned_data["name"], remark=form.cleaned_data["remark"])
            except signing.SigningRefused as refused:
                form.add_error(None, refused.say(_))
    if form.errors:
        return _page(request, transition, found, form)
    messages.success(request, _("The report is signed."))
    return HttpResponseRedirect(reverse("legacy:acceptance_report", args=[transition.pk, found.pk]))


@require_safe
def acceptance_download(request: HttpRequest, transition_id: int, report_id: int, form: str) -> HttpResponse:
    transition = access.find(request, transition_id)
    found = _find(transition, report_id)
    if form not in TYPES:
        raise Http404
    return attachment(TYPES[form](found), f"acceptance-{transition.code}-{found.pk}.{form}", form)


def _find(transition: Transition, report_id: int) -> Acceptance:
    return get_object_or_404(Acceptance, pk=report_id, transition=transition)


def _page(request: HttpRequest, transition: Transition, found: Acceptance, form: SigningForm) -> HttpResponse:
    above = (_("Acceptance"), reverse("legacy:acceptance", args=[transition.pk]))
    title = _("Report %(number)s") % {"number": found.pk}
    superseded = signing.superseded(found)
    context = frame(transition, title, request, above, icon="tasks") | reports.context_of(found)
    context |= {
        "report_title": reports.title_of(found),
        "superseded": superseded,
        "broken": bool(found.signed_at) and not superseded and not signing.valid(found),
        "form": form,
        "may_sign": not found.signed_at and not superseded and not is_operator(request.user),
        "formats": [(name, name.upper()) for name in TYPES],
    }
    return render(request, "legacy/verify/page.html", context)


def _name(request: HttpRequest) -> str:
    return str(request.user.get_full_name() or request.user.get_username())


urlpatterns = [
    path("<int:transition_id>/acceptance/", acceptance, name="acceptance"),
    path("<int:transition_id>/acceptance/start/", acceptance_start, name="acceptance_start"),
    path("<int:transition_id>/acceptance/<int:report_id>/", acceptance_report, name="acceptance_report"),
    path("<int:transition_id>/acceptance/<int:report_id>/sign/", acceptance_sign, name="acceptance_sign"),
    path(
        "<int:transition_id>/acceptance/<int:report_id>/report.<str:form>",
        acceptance_download,
        name="acceptance_download",
    ),
]
