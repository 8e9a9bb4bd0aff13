"""Redirects (重定向) for operators: of one host, which is typed; never of all sub-sites at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.contrib.redirects.forms import ConfirmImportForm, RedirectForm
from wagtail.models import Site


class HostField(forms.CharField):
    """Cleans a typed host to its Site record."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("From host"),
            help_text=gettext_lazy(
                "The sub-site's host, such as www.csx.gov.cn. A redirect counts for this host alone."
            ),
            max_length=253,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return Site.objects.filter(pk=value).values_list("hostname", flat=True).first() or ""
        return value

    def clean(self, value: Any) -> Site:
        host = super().clean(value).strip().lower()
        site = Site.objects.filter(hostname=host).first()
        if site is None:
            raise ValidationError(_("No sub-site answers at “%(host)s”.") % {"host": host})
        return site


class HostRedirectForm(RedirectForm):
    site = HostField()


class HostImportForm(ConfirmImportForm):
    site = HostField()
