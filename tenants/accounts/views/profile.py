"""The account page: Wagtail's own, with the person's particulars, language and look alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.account import (
    AccountView,
    BaseSettingsPanel,
    LocaleSettingsPanel,
    ThemeSettingsPanel,
)
from wagtail.users.models import UserProfile

from tenants.accounts.forms import PersonForm


class PersonPanel(BaseSettingsPanel):
    name = "person"
    title = _("Name and contact")
    order = 100
    form_class = PersonForm


class ProfileView(AccountView):
    template_name = "accounts/profile.html"

    def get_panels(self) -> list[Any]:
        profile = UserProfile.get_for_user(self.request.user)
        kinds = (PersonPanel, LocaleSettingsPanel, ThemeSettingsPanel)
        panels = [kind(self.request, self.request.user, profile) for kind in kinds]
        # What the other rooms add, such as notices by mail.
        for add in hooks.get_hooks("register_account_settings_panel"):
            panels.append(add(self.request, self.request.user, profile))
        return [panel for panel in panels if panel.is_active()]
