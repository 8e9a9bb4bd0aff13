"""What this part adds to Wagtail's admin: the bell, its addresses, and the choice of mail in the account settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from sites.notices.preferences import MailPanel
from sites.notices.unread import unread_of


@hooks.register("register_admin_urls")
def register_notice_urls() -> list[URLPattern | URLResolver]:
    from sites.notices import urls

    return [path("notices/", include((urls.urlpatterns, "govsites_notices")))]


class BellItem(MenuItem):
    """The entry of the sidebar that carries the number of unread notices; notices.js keeps it up to date."""

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        unread = unread_of(request.user)
        words = gettext("Notices, %(count)d unread")
        attrs = {
            "data-notices-unread": str(unread),
            "data-notices-url": reverse("govsites_notices:unread"),
            "data-notices-words": words.replace("%(count)d", "#"),
            "aria-label": words % {"count": unread},
        }
        return LinkMenuItem(self.name, self.label, self.url, icon_name=self.icon_name, attrs=attrs)


@hooks.register("register_admin_menu_item")
def register_bell() -> MenuItem:
    return BellItem(_("Notices"), reverse("govsites_notices:list"), name="notices", icon_name="bell", order=20)


@hooks.register("register_icons")
def register_bell_icon(icons: list[str]) -> list[str]:
    return [*icons, "govsites/notices/bell.svg"]


@hooks.register("insert_global_admin_css")
def bell_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("govsites/admin/notices.css"))


@hooks.register("insert_global_admin_js")
def bell_script() -> str:
    return format_html('<script src="{}" defer></script>', static("govsites/admin/notices.js"))


@hooks.register("register_account_settings_panel")
def register_mail_choice(request: HttpRequest, user: Any, profile: Any) -> MailPanel:
    return MailPanel(request, user, profile)
