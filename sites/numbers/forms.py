"""The form of an official document: proposes both numbers and refuses one that is taken."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sites.doors.forms import SitePageForm
from sites.numbers import issue
from tenants.models import Tenant


class OfficialDocumentForm(SitePageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.tenant is not None:
            self._propose()

    @property
    def tenant(self) -> Tenant | None:
        tenant_id = self.instance.tenant_id or getattr(self.parent_page, "tenant_id", None)
        return Tenant.objects.select_related("region").filter(pk=tenant_id).first() if tenant_id else None

    def _propose(self) -> None:
        for kind, name in issue.FIELDS.items():
            if name in self.fields and not self.initial.get(name):
                proposed = issue.propose(self.tenant, kind, self.parent_page)
                if kind == issue.NumberKind.INDEX:
                    self.initial[name] = proposed
                else:  # many documents have no number of their own, so this one is only shown
                    self.fields[name].help_text = _("The next free number is %(number)s.") % {"number": proposed}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        tenant = self.tenant
        for kind, name in issue.FIELDS.items():
            number = data.get(name)
            if number and tenant is not None and not issue.is_free(tenant.pk, kind, number, self.instance):
                proposed = issue.propose(tenant, kind, self.parent_page)
                self.add_error(
                    name,
                    _("%(number)s was given to another document. The next free number is %(next)s.")
                    % {"number": number, "next": proposed},
                )
        return data
