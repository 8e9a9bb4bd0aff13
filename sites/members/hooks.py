"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.members import menu
from sites.members.log import register_actions


@hooks.register("register_admin_urls")
def register_members_urls() -> list[URLPattern | URLResolver]:
    from sites.members import urls

    return [path("members/", include((urls.urlpatterns, "govsites_members")))]


@hooks.register("register_admin_menu_item")
def register_working_site_menu() -> MenuItem:
    return menu.WorkingSiteMenuItem(_("At work"), "", name="working-site", icon_name="site", order=1)


@hooks.register("register_admin_menu_item")
def register_members_menu() -> MenuItem:
    url = reverse("govsites_members:index")
    return menu.MembersMenuItem(_("Members"), url, name="members", icon_name="group", order=600)


@hooks.register("register_admin_menu_item")
def register_mine_menu() -> MenuItem:
    url = reverse("govsites_members:mine")
    return menu.MineMenuItem(_("My rights"), url, name="my-rights", icon_name="key", order=900)


hooks.register("register_log_actions", register_actions)
