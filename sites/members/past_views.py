"""Who could do what when: the page and its export."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from sites.downloads import CONTENT_TYPES, download
from sites.members.doors import visible_to
from sites.members.pages import MembersPage
from sites.members.rows import found_by, headers, table, with_columns
from tenants.models import Membership, User
from tenants.past import rights_on, superusers_on

AT_ONCE = 1000


class PastForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Day"), widget=AdminDateInput, required=False)
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"placeholder": "09:30", "autocomplete": "off"}),
    )
    person = forms.CharField(label=gettext_lazy("Person"), max_length=100, required=False)
    unit = forms.CharField(label=gettext_lazy("Unit code or name"), max_length=100, required=False)

    def moment(self) -> date | datetime:
        """Return the moment asked for: the whole day where no time is given, today where no day is."""
        day = self.cleaned_data["on"] or timezone.localdate()
        at = self.cleaned_data["at"]
        return timezone.make_aware(datetime.combine(day, at)) if at else day


class PastView(MembersPage):
    template_name = "govsites/members/past.html"
    page_title = gettext_lazy("Who could do what when")
    header_icon = "history"

    @cached_property
    def form(self) -> PastForm:
        return PastForm({"on": timezone.localdate().isoformat(), **self.request.GET.dict()})

    def rows(self) -> Any:
        values = self.form.cleaned_data
        visible, rows = visible_to(self.request.user), rights_on(self.form.moment())
        rows = found_by(values["person"], rows.none() if visible is None else rows.filter(visible), "user__")
        if values["unit"]:
            unit = values["unit"]
            rows = rows.filter(
                Q(tenant__code__istartswith=unit) | Q(tenant__name__icontains=unit) | Q(region__name__icontains=unit)
            )
        return rows

    def superusers(self) -> list[User]:
        values = self.form.cleaned_data
        if not self.by_operator or values["unit"]:
            return []
        return list(found_by(values["person"], superusers_on(self.form.moment())))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("export", "")
        if form in CONTENT_TYPES and self.form.is_valid():
            name = f"rights-{self.form.moment():%Y%m%d}"
            return download(form, name, headers(), table(all_with_columns(self.rows()), self.superusers()))
        return super().get(request, *args, **kwargs)

    @cached_property
    def header_buttons(self) -> list[Any]:
        query = self.request.GET.copy()
        query.pop("p", None)
        buttons = []
        for number, form in enumerate(CONTENT_TYPES):
            query["export"] = form
            label = _("Download %(form)s") % {"form": form.upper()}
            url = f"{self.request.path}?{query.urlencode()}"
            buttons.append(HeaderButton(label, url=url, icon_name="download", priority=number))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"form": self.form, "by_operator": self.by_operator}
        if not self.form.is_valid():
            return context | {"page": self.paged(Membership.objects.none())}
        page = with_columns(self.paged(self.rows()))
        first = page.number == 1
        return context | {
            "page": page,
            "superusers": self.superusers() if first else [],
            "moment": self.form.moment(),
            "whole_day": not self.form.cleaned_data["at"],
        }


def all_with_columns(rows: Any) -> Any:
    """Yield every row with its columns, 1,000 at a time."""
    batch = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield from with_columns(batch)
            batch = []
    yield from with_columns(batch)
