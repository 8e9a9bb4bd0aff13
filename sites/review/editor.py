"""The review in the page editor: its buttons, the lock while an article is in review, and the way to submitting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, PublishMenuItem, UnpublishMenuItem

from sites.locks import is_locked
from sites.models import Column, Review, ReviewState, ReviewStep
from sites.reach import reach_of
from sites.review import rounds
from tenants.digits import whole
from tenants.names import shown_name

SUBMIT = "action-review"
CSS = {"all": ["govsites/admin/review.css"]}


class SubmitItem(ActionMenuItem):
    """Saves the draft and goes on to the submit page (see `go_on_to_submission`)."""

    name = SUBMIT
    label = _("Submit for review")
    icon_name = "resubmit"
    template_name = "govsites/review/menu/submit.html"


class DecideItem(ActionMenuItem):
    """Leads a reviewer from the editor to the round that waits."""

    label = _("Review and sign")
    icon_name = "check"

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review

    def get_url(self, parent_context: Any) -> str:
        return reverse("govsites_review:detail", args=[self.review.pk])


class WithdrawItem(ActionMenuItem):
    label = _("Withdraw from the site")
    icon_name = "download"
    classname = "button-secondary"

    def get_url(self, parent_context: Any) -> str:
        return reverse("govsites_review:withdraw", args=[parent_context["page"].pk])


class ButtonRow(ActionMenuItem):
    """All buttons of the footer, side by side: what is hidden behind an arrow is not found."""

    def __init__(self, items: list[ActionMenuItem]) -> None:
        super().__init__()
        self.items = items

    def render_html(self, parent_context: Any = None) -> SafeString:
        inner = mark_safe("".join(item.render_html(parent_context) for item in self.items))
        return format_html('<div class="review-buttons">{}</div>', inner)

    @property
    def media(self) -> forms.Media:
        return sum((item.media for item in self.items), forms.Media(css=CSS))


def arrange_buttons(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Put saving, submitting, reviewing and withdrawing into the footer; leave no button that would be refused."""
    page = context.get("page")
    if page is not None and page.pk and page.depth < 4:
        return
    review = rounds.open_in_editor(page)
    locked = context.get("locked_for_user", False)
    if review is not None:
        items[:] = [each for each in items if not isinstance(each, PublishMenuItem | UnpublishMenuItem)]
        items.append(DecideItem(review))
    elif not locked:
        items.append(SubmitItem())
    if page is not None and page.pk and review is None and page.live and may_withdraw(request.user, page):
        items[:] = [each for each in items if not isinstance(each, UnpublishMenuItem)]
        items.append(WithdrawItem())
    if items:
        items[:] = [ButtonRow(list(items))]


def may_withdraw(user: Any, page: Any) -> bool:
    """Return whether the person can take this kind of page off the site (see `publishing.withdraw`)."""
    specific = page.specific_class
    if is_locked(page) or (specific is not None and issubclass(specific, Column)):
        return False
    return reach_of(user).may("review", page)


def guard_edit(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Before an article is edited: closed to its authors while it is in review; say what a reviewer should know.

    A text that somebody put his name to is kept: autosave does not overwrite it, but begins a new revision.
    """
    if request.method == "POST":
        _keep_named_revision(request)
    review = rounds.open_in_editor(page)
    if review is None:
        if request.method == "GET":
            _say_what_came_back(request, page)
        return None
    if request.user.pk not in rounds.author_ids(review) and reach_of(request.user).may("review", page):
        if request.method == "GET":
            messages.info(
                request,
                gettext(
                    "This article is in review. What you change here is recorded under your name, and the next "
                    "person to decide sees it."
                ),
            )
        return None
    text = gettext("“%(title)s” is in review and cannot be edited. To change it, take it back first.") % {
        "title": page.get_admin_display_title()
    }
    if not request.accepts("text/html"):  # autosave
        return JsonResponse({"success": False, "error_code": "locked", "error_message": text}, status=400)
    messages.warning(request, text)
    return redirect("govsites_review:detail", review.pk)


def _keep_named_revision(request: HttpRequest) -> None:
    overwritten = whole(request.POST.get("overwrite_revision_id", ""))
    if overwritten is not None and ReviewStep.objects.filter(revision_id=overwritten).exists():
        data = request.POST.copy()
        del data["overwrite_revision_id"]
        request.POST = data  # type: ignore[assignment]


def _say_what_came_back(request: HttpRequest, page: Any) -> None:
    """Show the reviewer's comment above the text, until the article is submitted again."""
    review = rounds.round_in_editor(page)
    if review is None or review.state != ReviewState.SENT_BACK:
        return
    step = review.records.select_related("by").last()
    if step is None:
        return
    text = gettext("%(name)s sent this article back: %(comment)s") % {
        "name": shown_name(step.by),
        "comment": step.comment,
    }
    button = messages.button(reverse("govsites_review:detail", args=[review.pk]), gettext("See the review"))
    messages.warning(request, text, buttons=[button])


def go_on_to_submission(request: HttpRequest, page: Any) -> HttpResponse | None:
    """After the editor saved: on to the submit page where the person pressed that button."""
    if SUBMIT not in request.POST:
        return None
    return redirect("govsites_review:submit", page.pk)


def refuse_while_open(request: HttpRequest, pages: list[Any]) -> HttpResponse | None:
    """Refuse to publish, move or delete pages that are in review themselves or hold such pages."""
    review = rounds.first_open_below(pages)
    if review is None:
        return None
    messages.error(
        request,
        gettext("“%(title)s” is in review. It must be decided on, sent back or taken back first.")
        % {"title": review.title},
    )
    return redirect("govsites_review:detail", review.pk)
