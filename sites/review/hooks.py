"""What this part adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from sites.reach import reach_of
from sites.review import editor
from sites.review.history import register_actions


@hooks.register("register_admin_urls")
def register_review_urls() -> list[URLPattern | URLResolver]:
    from sites.review import urls

    return [path("review/", include((urls.urlpatterns, "govsites_review")))]


class ReviewMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return reach_of(request.user).tenant_ids() != frozenset()


@hooks.register("register_admin_menu_item")
def register_review_menu() -> MenuItem:
    return ReviewMenuItem(_("Review"), reverse("govsites_review:queue"), name="review", icon_name="check", order=150)


hooks.register("register_log_actions", register_actions)
hooks.register("construct_page_action_menu", editor.arrange_buttons, order=100)
hooks.register("before_edit_page", editor.guard_edit)
hooks.register("after_edit_page", editor.go_on_to_submission)
hooks.register("after_create_page", editor.go_on_to_submission)


@hooks.register("before_publish_page")
@hooks.register("before_delete_page")
def refuse_of_one(request: HttpRequest, page: Any) -> HttpResponse | None:
    return editor.refuse_while_open(request, [page])


@hooks.register("before_move_page")
def refuse_to_move(request: HttpRequest, page: Any, destination: Any) -> HttpResponse | None:
    return editor.refuse_while_open(request, [page])


@hooks.register("before_bulk_action")
def refuse_of_many(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    if action_type not in {"publish", "move", "delete"} or not objects or not hasattr(objects[0], "path"):
        return None
    return editor.refuse_while_open(request, objects)
