"""Choosing a sub-site or a region by typing its code or name: at most 20 hits, never a list box with all of them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views import View

from provisioning.console.access import OperatorOnly
from provisioning.requests import canonical_region_code
from tenants.models import Region, Tenant

LIMIT = 20
_CODE_FIRST = re.compile(r"^\s*([0-9A-Za-z][0-9A-Za-z-]*)(?:\s|$)")
Row = TypeVar("Row", bound=Model)


def tenants_like(text: str) -> QuerySet[Tenant]:
    """Return the sub-sites whose code, name, short name, host or path holds `text`."""
    found = Q(code__istartswith=text) | Q(name__icontains=text) | Q(short_name__icontains=text)
    return Tenant.objects.filter(found | Q(host__icontains=text) | Q(mount__iexact=text.strip("/")))


def regions_like(text: str) -> QuerySet[Region]:
    """Return the regions whose name holds `text` or whose code begins with it."""
    return Region.objects.filter(Q(name__icontains=text) | Q(code__startswith=text))


class LookupView(OperatorOnly, View, ABC):
    """GET ?q= answers [{"value": "430102 芙蓉区", "note": …}], as many as LIMIT."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        return JsonResponse({"results": self.results(_code_in(text) or text) if text else []})

    @abstractmethod
    def results(self, text: str) -> list[dict[str, str]]:
        """Return the hits for a code, or for a part of a name."""


class TenantLookup(LookupView):
    def results(self, text: str) -> list[dict[str, str]]:
        rows = tenants_like(text).values_list("code", "name", "host")[:LIMIT]
        return [{"value": f"{code} {name}", "note": host} for code, name, host in rows]


class RegionLookup(LookupView):
    def results(self, text: str) -> list[dict[str, str]]:
        rows = regions_like(text).values_list("code", "name", "parent__name")[:LIMIT]
        return [{"value": f"{code} {name}", "note": above or ""} for code, name, above in rows]


class LookupInput(forms.TextInput):
    """A text field with a datalist that console.js fills while one types; without script one types the code."""

    template_name = "provisioning/widgets/lookup.html"

    def __init__(self, url: Any, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}-hits"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off", "data-console-lookup": str(self.url)}
        context["list_id"] = list_id
        return context


class LookupField(forms.CharField, Generic[Row]):
    """Cleans to one row, found by code, or by a name that only one has."""

    rows: QuerySet[Row]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def by_code(self, code: str) -> Row | None:
        return self.rows.all().filter(code=code).first()

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        code = _code_in(text)
        if code and (row := self.by_code(code)):
            return row
        named = list(self.rows.all().filter(name=text)[:2])
        if len(named) == 1:
            return named[0]
        if named:
            raise ValidationError(_("Several are called “%(text)s”. Write the code.") % {"text": text})
        raise ValidationError(
            _("There is no “%(text)s”. Write a code, or choose one of the suggestions.") % {"text": text}
        )


class TenantField(LookupField[Tenant]):
    widget = LookupInput(reverse_lazy("provisioning:lookup_tenants"))
    rows = Tenant.objects.all()


class RegionField(LookupField[Region]):
    widget = LookupInput(reverse_lazy("provisioning:lookup_regions"))
    rows = Region.objects.all()

    def by_code(self, code: str) -> Region | None:
        return super().by_code(canonical_region_code(code))


def label_of(row: Tenant | Region | None) -> str:
    """Return the text that a lookup field shows for a row."""
    return f"{row.code} {row.name}" if row else ""


def _code_in(text: str) -> str:
    """Return the code at the beginning of "430102 芙蓉区", "" where there is none."""
    match = _CODE_FIRST.match(text)
    return match[1] if match else ""
