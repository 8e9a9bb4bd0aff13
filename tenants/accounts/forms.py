"""The forms of the account: signing in, the code, a new password, the person's own particulars."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from tenants.accounts import journal, lockout, second_factor
from tenants.accounts.captcha import CaptchaField
from tenants.models import Outcome, User


class SignInForm(AuthenticationForm):
    """User name and password, and the captcha after failures. A name that nobody has gets the same answers."""

    error_messages = {
        "invalid_login": gettext_lazy("The user name or the password is not right. Please try again."),
        # An account that was switched off is told from none by nothing.
        "inactive": gettext_lazy("The user name or the password is not right. Please try again."),
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = _("User name")
        # Django writes the length into the page alone.
        self.fields["username"].validators.append(MaxLengthValidator(self.username_field.max_length))
        self.fields["password"].label = _("Password")
        self.ask_for_captcha()

    def ask_for_captcha(self) -> None:
        """Add the captcha's field where so many attempts failed; also after an attempt, for the next one."""
        # As it will be tried: another way of writing the same name must not count as another account.
        username = self.fields["username"].to_python(self.data.get("username", "")).replace("\0", "")
        if "captcha" not in self.fields and lockout.wants_captcha(self.request, username):
            self.fields["captcha"] = CaptchaField()

    def clean(self) -> dict[str, Any]:
        if self.errors:  # without the captcha no password is tried
            return self.cleaned_data
        username = self.cleaned_data["username"]
        self.closed_for(username)
        try:
            return super().clean()
        except ValidationError:
            self.closed_for(username)
            raise

    def closed_for(self, username: str) -> None:
        seconds = lockout.seconds_left(self.request, username)
        if seconds:
            journal.record(Outcome.LOCKED, username=username, request=self.request)
            raise ValidationError(lockout.sentence(seconds), code="locked")


class CodeForm(forms.Form):
    """A code of the app, or a recovery code. `check` is second_factor.check or second_factor.confirm."""

    code = forms.CharField(
        label=gettext_lazy("Verification code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "autofocus": True}
        ),
    )

    def __init__(self, user: Any, *args: Any, check: Any = second_factor.check, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.check = user, check
        self.device: Any = None
        self.tried_wrong = False

    def clean_code(self) -> str:
        found = self.check(self.user, self.cleaned_data["code"])
        if found.device is None:
            self.tried_wrong = True
            raise ValidationError(_wrong_code(found.wait_seconds), code="wrong_code")
        self.device = found.device
        return ""


class PasswordForm(PasswordChangeForm):
    """The old password and the new one. Wrong old ones count as failed attempts to sign in."""

    def __init__(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(request.user, *args, **kwargs)
        self.fields["new_password1"].help_text = ""  # the page lists the rules itself

    def clean_old_password(self) -> str:
        username, old = self.user.get_username(), self.cleaned_data["old_password"]
        seconds = lockout.seconds_left(self.request, username)
        if seconds:
            raise ValidationError(lockout.sentence(seconds), code="locked")
        if authenticate(self.request, username=username, password=old) is None:
            raise ValidationError(_("The old password is not right."), code="password_incorrect")
        return old


class PersonForm(forms.ModelForm):
    """The person's own particulars, as part of the account page."""

    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=100)

    class Meta:
        model = User
        fields = ["email", "phone"]

    field_order = ["full_name", "email", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.initial["full_name"] = self.instance.get_full_name()

    def save(self, commit: bool = True) -> Any:
        if "full_name" in self.changed_data:
            # A Chinese name is one word: it stands in one field.
            self.instance.first_name, self.instance.last_name = self.cleaned_data["full_name"], ""
        return super().save(commit)


def _wrong_code(wait_seconds: int) -> str:
    if wait_seconds <= 1:
        return _("The code is not right, or was used before. Wait for the next one.")
    return ngettext(
        "The code is not right. The next may be tried in %(seconds)d second.",
        "The code is not right. The next may be tried in %(seconds)d seconds.",
        wait_seconds,
    ) % {"seconds": wait_seconds}
