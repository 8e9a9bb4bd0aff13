"""What this part adds to Wagtail's admin: addresses, two items among the reports, and the script of open pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _, gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from tenants.memberships import is_operator


class OperatorItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return is_operator(request.user)


@hooks.register("register_admin_urls")
def register_account_urls() -> list[URLPattern | URLResolver]:
    from tenants.accounts import urls

    return [path("accounts/", include((urls.urlpatterns, "govsites_accounts")))]


@hooks.register("register_reports_menu_item")
def register_log_item() -> MenuItem:
    label, address = gettext_lazy("Sign-in log"), reverse("govsites_accounts:whole_log")
    return OperatorItem(label, address, name="sign-in-log", icon_name="key", order=1100)


@hooks.register("register_reports_menu_item")
def register_lockouts_item() -> MenuItem:
    label, address = gettext_lazy("Locked out"), reverse("govsites_accounts:lockouts")
    return OperatorItem(label, address, name="lockouts", icon_name="lock", order=1110)


@hooks.register("insert_global_admin_css")
def account_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("govsites/admin/accounts.css"))


@hooks.register("insert_global_admin_js")
def account_script() -> str:
    """Return the script that warns before the session ends; its words stand in its own tag."""
    words = {
        "warning": _("You have done nothing for a while"),
        "warning_text": _("For safety you are signed out in {seconds} seconds. What you typed stays in this page."),
        "stay": _("Stay signed in"),
        "ended": _("You were signed out"),
        "ended_text": _("Nothing you typed is lost. Sign in again in a new window, then come back to this page."),
        "sign_in": _("Sign in again"),
        "other": _("Somebody else is signed in now. Reload the page to go on; what you typed here will be gone."),
        "reload": _("Reload the page"),
    }
    attributes = {f"data-{name.replace('_', '-')}": text for name, text in words.items()} | {
        "data-idle-seconds": settings.IDLE_MINUTES * 60,
        "data-pulse": reverse("pulse"),
        "data-sign-in-address": f"{reverse('sign_in')}?next={reverse('govsites_accounts:back')}",
    }
    told = format_html_join(" ", '{}="{}"', attributes.items())
    return format_html('<script src="{}" defer {}></script>', static("govsites/admin/accounts.js"), told)
