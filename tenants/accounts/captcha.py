"""The captcha (验证码) of this platform: five digits to read, to enlarge, or to hear. All of it comes from this server.

`CaptchaField` goes into any form, in the admin and on public pages; its widget brings its label, its picture, the
larger picture and the recording. A captcha is good for one try, right or wrong, and for CAPTCHA_TIMEOUT minutes.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from captcha.fields import CaptchaField as BaseField, CaptchaTextInput
from captcha.models import CaptchaStore
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def digits() -> tuple[str, str]:
    """Return the challenge and its answer, for django-simple-captcha: digits can be read out in Chinese."""
    drawn = "".join(secrets.choice("0123456789") for _position in range(settings.CAPTCHA_LENGTH))
    return drawn, drawn


class CaptchaWidget(CaptchaTextInput):
    """The answer's input with picture, enlarged picture and recording; works without script and by keyboard alone."""

    template_name = "accounts/captcha.html"
    use_fieldset = False  # one label, for the answer

    def audio_url(self) -> str:
        return reverse("captcha-audio", kwargs={"key": self._key})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["large_image"] = reverse("captcha-image-2x", kwargs={"key": self._key})
        context["refresh"] = self.refresh_url()
        context["length"] = settings.CAPTCHA_LENGTH
        for part in context["widget"]["subwidgets"]:
            part["attrs"].pop("autofocus", None)
        context["widget"]["subwidgets"][1]["attrs"] |= {
            "inputmode": "numeric",
            "maxlength": str(settings.CAPTCHA_LENGTH + 4),
            "aria-describedby": f"{context['widget']['attrs'].get('id', 'captcha')}_help",
        }
        return context


class CaptchaField(BaseField):
    """A form field that a human can pass. Full-width digits and spaces are taken as meant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Verification code"))
        kwargs.setdefault("widget", CaptchaWidget())
        messages = {
            "required": _("Enter the digits of the picture or the recording."),
            "invalid": _("The digits are not right, or too old. Here are new ones."),
        }
        kwargs["error_messages"] = messages | kwargs.get("error_messages", {})
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> Any:
        key, answer = (value or [None, None])[:2]
        answer = "".join(unicodedata.normalize("NFKC", answer or "").split())
        key = (key or "").replace("\0", "")  # PostgreSQL cannot be asked for a NUL
        found = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
        # Whoever deletes the row has the one try, also among requests that come at the same moment.
        mine = found is not None and CaptchaStore.objects.filter(pk=found.pk).delete()[0] == 1
        if not answer:
            raise ValidationError(self.error_messages["required"], code="required")
        if not mine or not secrets.compare_digest(found.response.encode(), answer.encode()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return [key, ""]
