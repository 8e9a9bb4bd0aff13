"""The console's forms. What a value may look like is decided by the parser of lists, so that both doors agree."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from provisioning.amend import PLAIN_FIELDS
from provisioning.console.fields import HELP
from provisioning.console.lookups import RegionField, TenantField
from provisioning.console.problems import add_problems
from provisioning.host_patterns import PatternError, clean_pattern
from provisioning.requests import MAX_LENGTHS, Refusal, parse_request
from provisioning.runs import Options
from tenants.models import Status, Tenant, TenantKind
from tenants.tables import MAX_FILE_BYTES, RawRow

NEW_STATUSES = [(value, label) for value, label in Status.choices if value in {"draft", "trial", "live"}]
REASON = forms.CharField(
    label=gettext_lazy("Reason"),
    max_length=200,
    required=False,
    help_text=gettext_lazy("Kept in the history, for example the document that asked for it."),
)


class AmendForm(forms.ModelForm):
    """Footer, register and contacts of a sub-site. Unlike in a list, an emptied field is emptied."""

    reason = REASON

    class Meta:
        model = Tenant
        fields = [name for name in (*MAX_LENGTHS, "site_code", "opened_on", "theme") if name in PLAIN_FIELDS]
        help_texts = {name: text for name, text in HELP.items() if name in PLAIN_FIELDS and name != "theme"}
        widgets = {"opened_on": AdminDateInput, "theme": forms.RadioSelect}

    def clean_site_code(self) -> str:
        site_code = self.cleaned_data["site_code"]
        owner = Tenant.objects.exclude(pk=self.instance.pk).filter(site_code=site_code).first() if site_code else None
        if owner:
            raise forms.ValidationError(
                _("Site code %(value)s belongs to “%(name)s” (%(code)s).")
                % {"value": site_code, "name": owner.name, "code": owner.code}
            )
        return site_code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        told = {name: str(value) for name, value in values.items() if value and name not in {"reason", "theme"}}
        told |= {"code": self.instance.code, "name": self.instance.name, "kind": self.instance.kind}
        parsed = parse_request(RawRow(1, told | {"region_code": self.instance.region.code}))
        if isinstance(parsed, Refusal):
            add_problems(self, parsed.problems)
            return values
        return {
            name: getattr(parsed, name) if value and name not in {"reason", "theme"} else value
            for name, value in values.items()
        }


class SingleSiteForm(forms.Form):
    """One sub-site to open: the fields of a request, with a look-up where a list has a code."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=HELP["name"])
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "---------"), *TenantKind.choices])
    region = RegionField(label=gettext_lazy("Region"), help_text=gettext_lazy("Type a division code or a name."))
    code = forms.CharField(label=gettext_lazy("Tenant code"), max_length=40, required=False, help_text=HELP["code"])
    short_name = forms.CharField(
        label=gettext_lazy("Short name"), max_length=50, required=False, help_text=HELP["short_name"]
    )
    supervisor = TenantField(label=gettext_lazy("Supervising unit"), required=False, help_text=HELP["supervisor_code"])
    host = forms.CharField(label=gettext_lazy("Host"), max_length=300, required=False, help_text=HELP["host"])
    mount = forms.CharField(label=gettext_lazy("Path"), max_length=60, required=False, help_text=HELP["mount"])
    site_code = forms.CharField(
        label=gettext_lazy("Site code"), max_length=20, required=False, help_text=HELP["site_code"]
    )
    status = forms.ChoiceField(label=gettext_lazy("State"), choices=NEW_STATUSES, initial="trial")
    undertaker = forms.CharField(
        label=gettext_lazy("Undertaking unit"), max_length=100, required=False, help_text=HELP["undertaker"]
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    office_hours = forms.CharField(label=gettext_lazy("Office hours"), max_length=200, required=False)
    icp_filing = forms.CharField(label=gettext_lazy("ICP filing"), max_length=60, required=False)
    police_filing = forms.CharField(label=gettext_lazy("Police filing"), max_length=60, required=False)
    contact_name = forms.CharField(label=gettext_lazy("Contact person"), max_length=50, required=False)
    contact_post = forms.CharField(label=gettext_lazy("Contact's post"), max_length=100, required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Contact's telephone"), max_length=50, required=False)
    leader_name = forms.CharField(label=gettext_lazy("Responsible leader"), max_length=50, required=False)
    leader_post = forms.CharField(label=gettext_lazy("Leader's post"), max_length=100, required=False)
    leader_phone = forms.CharField(label=gettext_lazy("Leader's telephone"), max_length=50, required=False)
    with_optional = forms.BooleanField(
        label=gettext_lazy("Create the template's optional columns, too"), required=False
    )

    def as_request(self) -> dict[str, str]:
        """Return the values under the names that the parser of lists knows."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"region", "supervisor"}}
        values.pop("with_optional", None)
        region, supervisor = self.cleaned_data.get("region"), self.cleaned_data.get("supervisor")
        values["region_code"] = region.code if region else ""
        values["supervisor_code"] = supervisor.code if supervisor else ""
        return {name: value for name, value in values.items() if value}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if {"name", "kind", "region"} <= values.keys():
            parsed = parse_request(RawRow(1, self.as_request()), allow_local_hosts=settings.LOCAL_HOSTS)
            if isinstance(parsed, Refusal):
                add_problems(self, parsed.problems)
        return values


class UploadForm(forms.Form):
    """A list, as a file or pasted, and how it is to be read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("XLSX, CSV or JSON, up to 50,000 rows and 64 MB. Chinese or English headers."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.json,.jsonl"}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste the rows here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("Copied from a spreadsheet, with its header row."),
    )
    host_pattern = forms.CharField(
        label=gettext_lazy("Host pattern"),
        required=False,
        max_length=253,
        help_text=gettext_lazy(
            "Gives a portal without a host one: {slug} is the pinyin of its name, {code} its code. "
            "Example: {slug}.example.gov.cn"
        ),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("State of new sites"),
        choices=NEW_STATUSES,
        initial="trial",
        help_text=gettext_lazy("For rows that name none."),
    )
    with_optional = forms.BooleanField(
        label=gettext_lazy("Create the template's optional columns, too"), required=False
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is over %(limit)d MB. Split it.") % {"limit": MAX_FILE_BYTES >> 20})
        return file

    def clean_host_pattern(self) -> str:
        try:
            return clean_pattern(self.cleaned_data["host_pattern"])
        except PatternError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "file" in values and not values["file"] and not values.get("pasted", "").strip():
            self.add_error("file", _("Choose a file, or paste the rows."))
        return values

    def data_and_name(self) -> tuple[bytes, str]:
        file = self.cleaned_data["file"]
        if file:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode(), _("Pasted rows")

    def options(self) -> Options:
        values = self.cleaned_data
        return Options(values["host_pattern"], values["status"], values["with_optional"])
