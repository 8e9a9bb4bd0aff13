"""The forms of the overview: a new transition, and where its content comes from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _

from legacy.access import tenants_of
from legacy.opening import OpeningRefused, clean_hosts
from sites.working import working_tenant


class TransitionForm(forms.Form):
    tenant = forms.CharField(
        label=_("Sub-site"), help_text=_("The code, or the whole name, of the sub-site that takes the content.")
    )
    name = forms.CharField(label=_("Name of the old site"), max_length=100)
    code = forms.SlugField(
        label=_("Code"), max_length=50, help_text=_("Small letters, digits and hyphens; it never changes.")
    )
    hosts = forms.CharField(
        label=_("Old hosts"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line, the main one first, such as www.example.gov.cn. Whole addresses will do."),
    )
    notes = forms.CharField(label=_("Remarks"), widget=forms.Textarea(attrs={"rows": 2}), required=False)

    MOST_CHOICES = 50

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenants = tenants_of(request.user)
        some = list(self.tenants.order_by("code")[: self.MOST_CHOICES + 1])
        if len(some) <= self.MOST_CHOICES:
            choices = [(tenant.code, f"{tenant.name} ({tenant.code})") for tenant in some]
            self.fields["tenant"] = forms.ChoiceField(
                label=_("Sub-site"), choices=choices, help_text=_("The sub-site that takes the content.")
            )
        own = working_tenant(request)
        if own is not None:
            self.fields["tenant"].initial = own.code

    def clean_tenant(self) -> Any:
        given = self.cleaned_data["tenant"].strip()
        found = list(self.tenants.filter(code=given) or self.tenants.filter(name=given)[:2])
        if len(found) > 1:
            raise forms.ValidationError(gettext("Several sub-sites have this name. Write the code."))
        if not found:
            raise forms.ValidationError(gettext("There is no sub-site with this code or name in your reach."))
        return found[0]

    def clean_hosts(self) -> list[str]:
        try:
            return clean_hosts(self.cleaned_data["hosts"].replace(",", "\n").replace("，", "\n").splitlines())
        except OpeningRefused as refused:
            raise forms.ValidationError(refused.say(gettext)) from refused
