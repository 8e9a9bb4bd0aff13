"""Forms of the review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput

from sites.models import ReviewPolicy
from sites.review import secrecy

COMMENT_LENGTH = 1000
ROWS = {"rows": 3}


def _comment(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs=ROWS))


class Timed(forms.Form):
    """A form that asks when the article shall be published; empty means as soon as it is signed."""

    publish_at = forms.DateTimeField(
        label=_("Publish at"),
        required=False,
        widget=AdminDateTimeInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave it empty to publish as soon as the article is signed."),
    )

    def clean_publish_at(self) -> Any:
        at = self.cleaned_data["publish_at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(gettext("The time of publication must lie ahead."))
        return at


class SubmitForm(Timed):
    comment = _comment(_("Note to the reviewers"))
    urgent = forms.BooleanField(
        label=_("Urgent"), required=False, help_text=_("Goes to the secrecy review and signature at once.")
    )
    reason = forms.CharField(label=_("Why it is urgent"), required=False, max_length=200)
    confirmed = forms.BooleanField(
        label=_("I have looked at each finding above that must be confirmed."), required=False
    )
    field_order = ("confirmed", "comment", "publish_at", "urgent", "reason")

    def __init__(self, *args: Any, allow_urgent: bool, to_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allow_urgent:
            del self.fields["urgent"], self.fields["reason"]
        if to_confirm:
            self.fields["confirmed"].required = True
        else:
            del self.fields["confirmed"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("urgent") and not data.get("reason", "").strip():
            self.add_error("reason", gettext("Say why the article is urgent."))
        return data


class ApproveForm(forms.Form):
    comment = _comment(pgettext_lazy("of a reviewer", "Comment"))


class SendBackForm(forms.Form):
    comment = _comment(_("What has to be changed"), required=True)


class RerouteForm(forms.Form):
    comment = _comment(_("Note to the next reviewer"))


class WithdrawForm(forms.Form):
    reason = _comment(_("Reason"), required=True)


class SignForm(Timed):
    """The secrecy review with the signature. A question's field is called `q_` and its code."""

    signature = forms.CharField(label=_("Signature: your full name"), max_length=100)
    agreed = forms.BooleanField(
        label=_("I have read the whole text, carried out the secrecy review and agree to its publication.")
    )
    comment = _comment(pgettext_lazy("of a reviewer", "Comment"))

    def __init__(self, *args: Any, questions: tuple[secrecy.Question, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q_{question.code}"] = self._field(question)
        self.fields["signature"].widget.attrs["autocomplete"] = "off"
        self.order_fields(
            [*(f"q_{question.code}" for question in questions), "publish_at", "comment", "signature", "agreed"]
        )

    @staticmethod
    def _field(question: secrecy.Question) -> forms.Field:
        if question.choices:
            return forms.ChoiceField(
                label=question.text,
                help_text=question.help,
                choices=[(choice.code, choice.label) for choice in question.choices],
                widget=forms.RadioSelect,
            )
        return forms.CharField(label=question.text, help_text=question.help, max_length=secrecy.TEXT_LENGTH)

    @property
    def answers(self) -> dict[str, str]:
        return {question.code: self.cleaned_data[f"q_{question.code}"] for question in self.questions}


class RulesForm(forms.ModelForm):
    class Meta:
        model = ReviewPolicy
        fields = ("steps", "allow_urgent")
        widgets = {"steps": forms.RadioSelect}
        help_texts = {"allow_urgent": _("An urgent article goes straight to the signature, which is never left out.")}
