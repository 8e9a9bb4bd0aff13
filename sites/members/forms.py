"""The forms about members. What may be given to whom is decided by `tenants.grants`; here is what a field looks like."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from sites.members.grants import columns_of
from tenants.grant_rules import SITE_ROLES, end_of, last_day
from tenants.invitations import account_of
from tenants.models import Region, Role, User
from tenants.people_tables import MAX_FILE_BYTES

ROLE_HELP = {
    Role.CONTRIBUTOR: gettext_lazy("writes and submits"),
    Role.REVIEWER: gettext_lazy("reviews, signs and publishes"),
    Role.SITE_MANAGER: gettext_lazy("keeps columns, menu, appearance and members"),
    Role.SUPERVISOR: gettext_lazy("reads all sites of a region and sends back"),
    Role.PLATFORM_OPERATOR: gettext_lazy("may do everything on the platform"),
}
REASON = {"label": gettext_lazy("Reason"), "max_length": 200, "help_text": gettext_lazy("Kept in the records.")}


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.value, f"{role.label} – {ROLE_HELP[role]}") for role in roles]


def column_choices(tenant: Any) -> list[tuple[str, str]]:
    """Return the columns of the site, indented as they stand in the tree."""
    rows = columns_of(tenant).values_list("pk", "title", "depth")
    return [(str(pk), "\u3000" * (depth - 4) + title) for pk, title, depth in rows]


class LastDayField(forms.DateField):
    """A right's last day. Cleans to the moment at which the right ends, None for no end."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", gettext_lazy("Last day"))
        kwargs.setdefault("help_text", gettext_lazy("Left empty the right has no end."))
        super().__init__(widget=AdminDateInput, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        return end_of(super().clean(value))


class RoleForm(forms.Form):
    """A role in one sub-site, for the whole site or for single columns."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=role_choices(SITE_ROLES), widget=forms.RadioSelect)
    expires_at = LastDayField()
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these columns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For a contributor of another unit who keeps single columns. None: the whole site."),
    )

    def __init__(self, *args: Any, tenant: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = column_choices(tenant)

    def clean_columns(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["columns"]]


class InviteForm(RoleForm):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=100)
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy(
            "For signing in; letters, digits and @ . + - _. Who has an account already: the user name of that account."
        ),
    )
    phone = forms.CharField(label=gettext_lazy("Mobile phone"), max_length=50, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("The link is sent there. Without an address you hand it over yourself."),
    )
    post = forms.CharField(label=gettext_lazy("Post"), max_length=100, required=False)
    field_order = ["full_name", "username", "role", "phone", "email", "post", "expires_at", "columns"]


class GiveRoleForm(RoleForm):
    reason = forms.CharField(required=False, **REASON)


class EndForm(forms.Form):
    expires_at = LastDayField()
    reason = forms.CharField(required=False, **REASON)

    def __init__(self, *args: Any, membership: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"expires_at": last_day(membership.expires_at)}, **kwargs)


class ConfirmMixin(forms.Form):
    """A form that may ask back: the box to tick appears when the answer needs it."""

    confirmed = forms.BooleanField(label=gettext_lazy("Yes, do it all the same"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.data.get("asked"):
            del self.fields["confirmed"]

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data.get("confirmed"))

    def ask_to_confirm(self, question: str) -> None:
        self.fields["confirmed"] = type(self).base_fields["confirmed"]
        self.data = {**self.data.dict(), "asked": "1"}
        self.add_error(None, question)

    @property
    def asked(self) -> bool:
        return "confirmed" in self.fields


class RevokeForm(ConfirmMixin):
    reason = forms.CharField(**REASON)
    field_order = ["reason", "confirmed"]


class ColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(label=gettext_lazy("Columns"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, membership: Any, **kwargs: Any) -> None:
        kept = list(membership.column_grants.values_list("column_id", flat=True))
        super().__init__(*args, initial={"columns": [str(pk) for pk in kept]}, **kwargs)
        self.fields["columns"].choices = column_choices(membership.tenant)

    def clean_columns(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["columns"]]


class LinkForm(forms.Form):
    second_step = forms.BooleanField(
        label=gettext_lazy("Take away the two-step verification, too"),
        required=False,
        help_text=gettext_lazy("When the phone with the authenticator app is lost."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(**REASON)


class AccountForm(forms.Form):
    """An account for somebody who works above the single sites."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=100)
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=role_choices((Role.SUPERVISOR, Role.PLATFORM_OPERATOR)),
        widget=forms.RadioSelect,
    )
    region = forms.CharField(
        label=gettext_lazy("Division code"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("For a supervisor: the region whose sites he looks after, with all below it."),
    )
    phone = forms.CharField(label=gettext_lazy("Mobile phone"), max_length=50, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    post = forms.CharField(label=gettext_lazy("Post"), max_length=100, required=False)

    def clean_region(self) -> Region | None:
        return _region(self.cleaned_data["region"])


class WideRoleForm(forms.Form):
    """A role above the single sites, for an account that exists."""

    role = AccountForm.base_fields["role"]
    region = AccountForm.base_fields["region"]
    expires_at = LastDayField()
    reason = forms.CharField(required=False, **REASON)

    def clean_region(self) -> Region | None:
        return _region(self.cleaned_data["region"])


def _region(code: str) -> Region | None:
    if not code.strip():
        return None
    region = Region.objects.filter(code=code.strip()).first()
    if region is None:
        raise ValidationError(_("There is no division with the code “%(code)s”.") % {"code": code.strip()})
    return region


class ListForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV (UTF-8 or GBK), up to 20,000 rows and 8 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is over %(limit)d MB. Split it.") % {"limit": MAX_FILE_BYTES >> 20})
        return file


class JoinForm(forms.Form):
    """What a new person fills in at the link of an invitation."""

    full_name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = User(
            username=invitation.username,
            first_name=invitation.full_name,
            email=invitation.email,
            phone=invitation.phone,
        )

    @staticmethod
    def rules() -> list[str]:
        return password_validators_help_texts()

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.person)
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "password" in values and values.get("again") and values["again"] != values["password"]:
            self.add_error("again", _("The two passwords are not the same."))
        return values


class KnownForm(forms.Form):
    """What somebody with an account fills in at the link of an invitation."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, invitation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = account_of(invitation)
        self.username = account.get_username() if account else ""
