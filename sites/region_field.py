"""A form field for a region, written by code or name: no form lists all regions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.models import Region


class RegionField(forms.CharField):
    """Cleans a region's code, or a name that only one region has, to the region; empty to None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show "430102 芙蓉区" for a region's number, as a model form hands it in."""
        if isinstance(value, int):
            value = Region.objects.filter(pk=value).first()
        return f"{value.code} {value.name}" if isinstance(value, Region) else value

    def clean(self, value: Any) -> Region | None:
        text = super().clean(value)
        if not text:
            return None
        found = list(Region.objects.filter(Q(code=text.split()[0]) | Q(name=text)).order_by("code")[:2])
        if not found:
            raise ValidationError(_("There is no region “%(text)s”. Write its code or full name.") % {"text": text})
        if len(found) > 1:
            raise ValidationError(_("Several regions are called “%(text)s”. Write the code.") % {"text": text})
        return found[0]
