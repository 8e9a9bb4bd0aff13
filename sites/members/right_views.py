"""One right: another end, other columns, or its end now."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from sites.members import grants as column_grants
from sites.members.forms import ColumnsForm, EndForm, RevokeForm
from sites.members.pages import FormMixin, MembersPage, site_url
from sites.members.rows import columns_in_words, moment, over_in_words, with_columns
from tenants import grants
from tenants.models import Membership
from tenants.names import shown_name


class RightPage(FormMixin, MembersPage):
    """Base: the membership is found by its number; who may come is asked at the door."""

    @cached_property
    def membership(self) -> Membership:
        rows = Membership.objects.select_related("user", "tenant", "region", "granted_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def steps(self) -> list[tuple[str, str]]:
        return [(shown_name(self.membership.user), self.back_url())]

    def back_url(self) -> str:
        if self.membership.tenant is not None:
            return site_url(self.membership.tenant)
        return reverse("govsites_members:person", args=[self.membership.user_id])

    def facts(self) -> list[tuple[Any, Any]]:
        row = self.membership
        with_columns([row])
        found = [
            (_("Person"), f"{shown_name(row.user)}（{row.user.get_username()}）"),
            (_("Role"), row.get_role_display()),  # type: ignore[attr-defined]
            (_("Scope of the right"), over_in_words(row)),
            (_("Columns"), columns_in_words(row)),
            (_("Since"), moment(row.granted_at)),
            (_("Granted by"), shown_name(row.granted_by)),
        ]
        return [(label, value) for label, value in found if value]


class ChangeEndView(RightPage):
    page_title = gettext_lazy("Change the last day")
    header_icon = "date"
    done = gettext_lazy("The last day was changed.")

    def get_form(self, data: Any = None) -> EndForm:
        return EndForm(data, membership=self.membership)

    def perform(self, form: EndForm) -> None:
        values = form.cleaned_data
        grants.extend(self.membership, until=values["expires_at"], by=self.request.user, reason=values["reason"])


class RevokeView(RightPage):
    page_title = gettext_lazy("End the right")
    header_icon = "cross"
    form_class = RevokeForm
    submit_label = gettext_lazy("End the right now")
    done = gettext_lazy("The right has ended, and all sessions of the person with it.")
    serious = True

    def intro(self) -> str:
        return _("The person is signed out everywhere at once. What was written under the right stays.")

    def perform(self, form: RevokeForm) -> HttpResponse | None:
        grants.revoke(
            self.membership, by=self.request.user, reason=form.cleaned_data["reason"], confirmed=form.is_confirmed
        )
        return None


class ColumnsView(RightPage):
    page_title = gettext_lazy("Change the columns")
    header_icon = "list-ul"
    done = gettext_lazy("The columns were changed.")

    def get_form(self, data: Any = None) -> ColumnsForm:
        if not self.membership.limited_to_columns:
            raise Http404
        return ColumnsForm(data, membership=self.membership)

    def perform(self, form: ColumnsForm) -> None:
        values = form.cleaned_data
        column_grants.change_columns(self.membership, values["columns"], by=self.request.user, reason=values["reason"])
