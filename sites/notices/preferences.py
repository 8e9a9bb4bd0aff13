"""The person's choice in the account settings: notices by mail as well, or in the platform alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from sites.models import NoticePreference


class MailForm(forms.ModelForm):
    class Meta:
        model = NoticePreference
        fields = ["by_mail"]


class MailPanel(BaseSettingsPanel):
    name = "notices"
    title = _("Notices")
    order = 150
    form_class = MailForm

    def is_active(self) -> bool:
        return bool(settings.MAIL_ON)

    def get_form(self) -> Any:
        found = NoticePreference.objects.filter(user=self.user).first() or NoticePreference(user=self.user)
        data = self.request.POST if self.request.method == "POST" else None
        return self.form_class(data, instance=found, prefix=self.name)
