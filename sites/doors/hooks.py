"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from sites.doors import choosers, files, menus, replaced


@hooks.register("register_admin_urls", order=-1)
def exchange_parts() -> list[Any]:
    """Exchange parts of stock views before Wagtail makes their addresses, and after all apps have started."""
    replaced.exchange()
    return []


for _menu in ("construct_main_menu", "construct_settings_menu", "construct_reports_menu", "construct_search"):
    hooks.register(_menu, menus.drop_closed, order=1000)  # after the parts that add to the menu
hooks.register("construct_main_menu", menus.plain_explorer)
hooks.register("construct_main_menu", menus.without_help)
hooks.register("construct_page_listing_buttons", menus.drop_closed_buttons)
hooks.register("construct_page_chooser_queryset", choosers.in_reach)
hooks.register("before_serve_document", files.refuse_strange_file)
