"""The regions' number patterns (编号规则): a page for platform operators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sites.admin_pages import frame
from sites.models.keeping import NumberKind, NumberPattern
from sites.numbers import issue, patterns
from sites.region_field import RegionField
from tenants.memberships import is_operator

PER_PAGE = 50
EXAMPLE = {"unit": "430121103", "short": "榔梨街道", "region": "430121103", "column": "zcwj"}


class PatternForm(forms.Form):
    region = RegionField(
        label=gettext_lazy("Region"),
        help_text=gettext_lazy("Division code, or the whole name where only one region has it."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=NumberKind.choices)
    pattern = forms.CharField(label=gettext_lazy("Pattern"), max_length=100)

    def clean_pattern(self) -> str:
        pattern = self.cleaned_data["pattern"].strip()
        try:
            patterns.check(pattern)
        except patterns.WrongPattern as wrong:
            raise forms.ValidationError(wrong.say(_)) from None
        return pattern


def example(pattern: str) -> str:
    """Return what the pattern would give today to a made-up unit."""
    return patterns.number(patterns.stem(pattern, EXAMPLE, timezone.localdate()), 7)


@require_http_methods(["GET", "POST"])
def number_patterns(request: HttpRequest) -> HttpResponse:
    """List the patterns of all regions that have one; POST gives a region one."""
    if not is_operator(request.user):
        raise Http404
    form = PatternForm(request.POST or None, initial={"pattern": issue.DEFAULTS[NumberKind.INDEX]})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        issue.set_pattern(values["region"], values["kind"], values["pattern"])
        said = _("The pattern of %(region)s was saved: the next number looks like %(number)s.")
        messages.success(request, said % {"region": values["region"].name, "number": example(values["pattern"])})
        return HttpResponseRedirect(reverse("govsites_numbers:patterns"))
    rows = NumberPattern.objects.select_related("region").order_by("region__lineage", "kind")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    context: dict[str, Any] = {
        "form": form,
        "rows": page,
        "shown": [(row, example(row.pattern)) for row in page],
        "defaults": [(kind.label, pattern, example(pattern)) for kind, pattern in issue.DEFAULTS.items()],
    } | frame(_("Number patterns"), "order")
    return TemplateResponse(request, "govsites/numbers/patterns.html", context)


@require_POST
def clear_pattern(request: HttpRequest, pattern_id: int) -> HttpResponse:
    """Take a region's own pattern away: that of the region above counts again. Numbers given stay as they are."""
    if not is_operator(request.user):
        raise Http404
    row = get_object_or_404(NumberPattern.objects.select_related("region"), pk=pattern_id)
    row.delete()
    messages.success(
        request,
        _("%(region)s has no pattern of its own any more: that of the region above counts.")
        % {"region": row.region.name},
    )
    return HttpResponseRedirect(reverse("govsites_numbers:patterns"))
