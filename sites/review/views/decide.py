"""One round of review: the article as citizens will see it, what changed, what was said, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Revision
from wagtail.utils.decorators import xframe_options_sameorigin_override

from sites.models import Review, ReviewState
from sites.review import actions, checking, editor, flow, rounds, secrecy_list
from sites.review.access import review_or_404
from sites.review.changes import differences, labels_of, text_of
from sites.review.errors import ReviewError
from sites.review.flow import Act
from sites.review.forms import ApproveForm, RerouteForm, SendBackForm, SignForm
from sites.review.queue import is_late
from tenants.digits import whole

SHOWN_REVIEWERS = 5
COMPARED = {True: _("Changes to the public version"), False: _("Changes since the round before")}
DONE = {
    Act.APPROVE: _("“%(title)s” is approved and goes on to the next stage."),
    Act.SIGN: _("“%(title)s” is signed."),
    Act.SEND_BACK: _("“%(title)s” is sent back to its author."),
    Act.TAKE_BACK: _("“%(title)s” is a draft again."),
    Act.REROUTE: _("“%(title)s” goes through the review once more."),
}


class DetailView(WagtailAdminTemplateMixin, TemplateView):
    """Reads a round; POST with `act` decides on it (see `flow.Act`)."""

    template_name = "govsites/review/detail.html"
    page_title = _("Review")
    header_icon = "check"
    bound: forms.Form | None = None
    bound_act = ""

    @cached_property
    def review(self) -> Review:
        return review_or_404(self.request.user, self.kwargs["review_id"])

    def get_page_subtitle(self) -> str:
        return self.review.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {"url": reverse("govsites_review:queue"), "label": self.page_title}
        return [*self.breadcrumbs_items, queue, {"url": "", "label": self.review.title}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            act = Act(request.POST.get("act", ""))
        except ValueError:
            raise Http404 from None
        form = self._form(act, request.POST)
        self.bound, self.bound_act = form, act
        if not form.is_valid():
            messages.error(request, gettext("Nothing was decided: see the fields marked below."))
            return self.render_to_response(self.get_context_data())
        try:
            self._act(act, form)
        except ReviewError as error:
            messages.error(request, error.say(gettext))
            return self.render_to_response(self.get_context_data())
        messages.success(request, str(DONE[act]) % {"title": self.review.title})
        if act is Act.TAKE_BACK:
            return redirect("wagtailadmin_pages:edit", self.review.page_id)
        return redirect("govsites_review:detail", self.review.pk)

    def _form(self, act: Act, data: Any = None) -> forms.Form:
        if act is Act.SIGN:
            initial = {"publish_at": self.review.publish_at} if self._is_ahead() else {}
            return SignForm(data, questions=secrecy_list.questions(), prefix=act, initial=initial)
        made = {Act.APPROVE: ApproveForm, Act.SEND_BACK: SendBackForm, Act.REROUTE: RerouteForm}
        return made.get(act, forms.Form)(data, prefix=act)

    def _is_ahead(self) -> bool:
        return self.review.publish_at is not None and self.review.publish_at > timezone.now()

    def _act(self, act: Act, form: forms.Form) -> None:
        by, data = self.request.user, form.cleaned_data
        seen = whole(self.request.POST.get("seen", ""))
        version = {} if seen is None else {"seen": seen}
        if act is Act.APPROVE:
            actions.approve(self.review, by, data["comment"], **version)
        elif act is Act.SIGN and isinstance(form, SignForm):
            actions.sign(
                self.review,
                by,
                form.answers,
                data["signature"],
                comment=data["comment"],
                publish_at=data["publish_at"],
                **version,
            )
        elif act is Act.SEND_BACK:
            actions.send_back(self.review, by, data["comment"])
        elif act is Act.REROUTE:
            actions.reroute(self.review, by, data["comment"])
        else:
            actions.take_back(self.review, by)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A refused act has changed the objects in hand, and somebody else may have decided meanwhile.
        review = self.review = review_or_404(self.request.user, self.kwargs["review_id"])
        context = super().get_context_data(**kwargs) | {
            "review": review,
            "late": is_late(review, timezone.now()),
            "rounds": self._history(),
        }
        if review.page is None:
            return context
        waiting = review.state == ReviewState.WAITING
        newest = rounds.newest_revision(review) if waiting else review.revision
        if newest is None:
            return context
        context |= self._text(newest)
        if not waiting:
            may_withdraw = review.page.live and editor.may_withdraw(self.request.user, review.page)
            return context | {"may_withdraw": may_withdraw}
        facts = rounds.facts_of(review, newest)
        reviewers = rounds.reviewer_ids(review.tenant_id)
        people = list(rounds.turn_of(facts, reviewers)[: SHOWN_REVIEWERS + 1])
        context |= self._decisions(facts, reviewers)
        if context["forms"].keys() - {Act.TAKE_BACK.value}:
            context["findings"] = checking.shown(
                review.page, self.request.user, review.page.specific.with_content_json(newest.content)
            )
        return context | {
            "changed_since": facts.changed,
            "reviewers": people[:SHOWN_REVIEWERS],
            "more_reviewers": len(people) > SHOWN_REVIEWERS,
        }

    def _decisions(self, facts: flow.Round, reviewers: frozenset[int]) -> dict[str, Any]:
        """Return the forms of what the person may do now, and the sentence that says why not where nothing is."""
        person = rounds.shown_person(self.request.user, self.review.page)
        refused = {act: flow.refusal(facts, act, person, reviewers) for act in Act}
        offered = {
            act.value: self.bound if act == self.bound_act else self._form(act)
            for act, sentence in refused.items()
            if sentence is None
        }
        decision = Act.SIGN if self.review.stage == flow.SIGN else Act.APPROVE
        # A supervisor may send back and nothing else; that needs no excuse. The author is told by the way back.
        why = refused[decision] if "review" in person.abilities or not offered else None
        return {
            "forms": offered,
            "refusal": why.say(gettext) if why is not None and Act.TAKE_BACK not in offered else "",
            "may_edit": decision in offered or Act.REROUTE in offered,
        }

    def _text(self, newest: Revision) -> dict[str, Any]:
        """Return which text is shown, what it is compared with, and the differences."""
        review = self.review
        public = review.state == ReviewState.WAITING and review.page.live
        context = {
            "seen": newest.pk,
            "preview_url": reverse("govsites_review:preview", args=[review.pk, "text"]),
            "public_url": reverse("govsites_review:preview", args=[review.pk, "public"]) if public else "",
            "edit_url": reverse("wagtailadmin_pages:edit", args=[review.page_id]),
        }
        earlier = None if public else self._round_before()
        if public or earlier is not None:
            page_class = review.page.specific_class
            before = review.page.specific if earlier is None else text_of(earlier.revision, page_class)
            after = text_of(newest, page_class)
            context["differences"] = differences(self.request, before, after)
            context["compared_with"] = COMPARED[public]
        return context

    def _round_before(self) -> Review | None:
        earlier = Review.objects.filter(page_id=self.review.page_id, pk__lt=self.review.pk, revision__isnull=False)
        return earlier.select_related("revision").order_by("-pk").first()

    def _history(self) -> list[Review]:
        """Return all rounds of the page with their steps, the newest first, in two queries."""
        review = self.review
        same_page = (
            Review.objects.filter(page_id=review.page_id) if review.page_id else Review.objects.filter(pk=review.pk)
        )
        found = list(same_page.order_by("-pk").prefetch_related("records__by"))
        page_class = review.page.specific_class if review.page is not None else None
        for round_ in found:
            for step in round_.records.all():
                step.changed_labels = labels_of(page_class, step.changed) if page_class else step.changed
        return found


@xframe_options_sameorigin_override
def preview(request: HttpRequest, review_id: int, which: str) -> HttpResponse:
    """Show the article as citizens will see it: `text` under review (or signed), or the `public` version."""
    review = review_or_404(request.user, review_id)
    if review.page is None or which not in {"text", "public"}:
        raise Http404
    if which == "public":
        if not review.page.live:
            raise Http404
        page = review.page.specific
    else:
        waiting = review.state == ReviewState.WAITING
        revision = rounds.newest_revision(review) if waiting else review.revision
        if revision is None:
            raise Http404
        page = revision.as_object()
    return page.make_preview_request(request, page.default_preview_mode)
