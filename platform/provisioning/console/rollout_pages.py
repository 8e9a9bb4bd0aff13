"""Column templates (栏目模板): the fleet by version, and each roll-out with its waves, stopping and taking back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from provisioning import rollouts, tasks
from provisioning.console import fleet
from provisioning.console.access import OperatorOnly, crumbs
from provisioning.console.rollout_words import counted, kind_label
from provisioning.console.run_pages import person
from provisioning.models import UNFINISHED, RollOut, RollOutStatus, SiteOutcome
from provisioning.rollout_preview import RollOutError, Scope

PER_PAGE = 50


class FleetView(OperatorOnly, WagtailAdminTemplateMixin, TemplateView):
    template_name = "provisioning/rollouts.html"
    page_title = gettext_lazy("Column templates")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return crumbs((_("Column templates"), ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = RollOut.objects.select_related("started_by")
        page = WagtailPaginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        kinds = fleet.fleet()
        sites = sum(line.sites for line in kinds)
        mean = sum(line.sites * (line.conformance or 0) for line in kinds) / sites if sites else None
        return super().get_context_data(**kwargs) | {
            "kinds": kinds,
            "sites": sites,
            "conformance": mean,
            "below": sum(line.below for line in kinds),
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "lines": [(rollout, kind_label(rollout.kind), person(rollout.started_by)) for rollout in page],
            "unfinished": {rollout.kind for rollout in page if rollout.status in UNFINISHED},
        }


class RollOutPage(OperatorOnly, WagtailAdminTemplateMixin):
    header_icon = "list-ul"

    @cached_property
    def rollout(self) -> RollOut:
        return get_object_or_404(RollOut.objects.select_related("started_by"), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def page_url(self) -> str:
        return reverse("provisioning:rollout", args=[self.rollout.pk])

    def get_page_title(self) -> str:
        values = {"kind": kind_label(self.rollout.kind), "version": self.rollout.to_version}
        return _("%(kind)s to version %(version)s") % values

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        steps = ((_("Column templates"), reverse("provisioning:rollouts")), (self.get_page_title(), self.page_url()))
        return crumbs(*steps)


class RollOutView(RollOutPage, TemplateView):
    template_name = "provisioning/rollout.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rollout = self.rollout
        standing = fleet.standing_of(rollout)
        chosen = self.request.GET.get("show", "")
        page = WagtailPaginator(fleet.sites_of(rollout, chosen), PER_PAGE).get_page(self.request.GET.get("p"))
        interrupted = fleet.is_interrupted(rollout)
        running = rollout.status == RollOutStatus.RUNNING and not interrupted
        labels = dict(SiteOutcome.choices)
        return super().get_context_data(**kwargs) | {
            "rollout": rollout,
            "standing": standing,
            "running": running,
            "interrupted": interrupted,
            "can_go_on": not running and (rollout.status in UNFINISHED) and standing.waiting > 0,
            "can_undo": not running and standing.can_undo,
            "can_end": not running and rollout.status in UNFINISHED,
            "person": person(rollout.started_by),
            "waves": [
                (wave, [(labels[name], count, name) for name, count in wave.outcomes.items()])
                for wave in standing.waves
            ],
            "tabs": self.tabs(standing, chosen),
            "chosen": chosen,
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "lines": [(site, counted(site.counts)) for site in page],
            "state_url": reverse("provisioning:rollout_state", args=[rollout.pk]),
        }

    @staticmethod
    def tabs(standing: fleet.Standing, chosen: str) -> list[dict[str, Any]]:
        open_ones = standing.waiting - standing.outcomes.get(SiteOutcome.UNDONE, 0)
        tabs = [{"name": "", "label": _("All sub-sites"), "count": sum(standing.outcomes.values()) + open_ones}]
        tabs += [{"name": "open", "label": _("Still to do"), "count": open_ones}]
        tabs += [
            {"name": name, "label": label, "count": standing.outcomes.get(name, 0)}
            for name, label in SiteOutcome.choices
        ]
        return [tab | {"current": tab["name"] == chosen} for tab in tabs if tab["count"] or tab["name"] in ("", chosen)]


class RollOutStateView(RollOutPage, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = fleet.standing_of(self.rollout)
        pace = standing.pace
        return JsonResponse(
            {
                "status": self.rollout.status,
                "over": self.rollout.status != RollOutStatus.RUNNING or fleet.is_interrupted(self.rollout),
                "done": pace.done,
                "total": pace.total,
                "percent": pace.percent,
                "text": _("%(done)d of %(total)d sub-sites") % {"done": pace.done, "total": pace.total},
                "counts": standing.outcomes,
            }
        )


class RollOutActionView(RollOutPage, TemplateView):
    """wave, stop, undo, end. Undoing and ending ask first (GET); wave and stop are buttons."""

    template_name = "provisioning/confirm.html"
    questions = {
        "undo": (
            gettext_lazy("Take the last wave back"),
            gettext_lazy(
                "The sub-sites of the last wave get back the columns and values they had before it. What they "
                "changed themselves since is kept, and told."
            ),
        ),
        "end": (
            gettext_lazy("End this roll-out"),
            gettext_lazy(
                "Sub-sites whose turn has not come keep their version. What is done stays done, and can still be "
                "taken back."
            ),
        ),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        action = kwargs["action"]
        if action not in self.questions:
            raise Http404
        title, question = self.questions[action]
        last = fleet.standing_of(self.rollout).last
        context = self.get_context_data(
            heading=title,
            question=question,
            facts=[(_("Last wave"), last.number), (_("Sub-sites in it"), last.sites)] if last else [],
            action_url=request.path,
            submit_label=title,
            cancel_url=self.page_url(),
        )
        return render(request, self.template_name, context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actions = {"wave": self.do_wave, "stop": self.do_stop, "undo": self.do_undo, "end": self.do_end}
        if kwargs["action"] not in actions:
            raise Http404
        actions[kwargs["action"]]()
        return HttpResponseRedirect(self.page_url())

    def do_wave(self) -> None:
        try:
            template = Scope(self.rollout.kind, self.rollout.to_version).template()
        except RollOutError as error:
            messages.error(self.request, str(error))
            return
        if template.digest != self.rollout.digest:
            messages.error(
                self.request,
                _("The template's file was changed since this roll-out began. Put it back, or end the roll-out."),
            )
        elif fleet.claim(self.rollout.pk):
            tasks.roll_out_wave.enqueue(self.rollout.pk, self.request.user.pk)
        else:
            messages.info(self.request, _("A wave is under way already."))

    def do_stop(self) -> None:
        rollouts.request_stop(self.rollout)
        messages.success(self.request, _("The wave stops after the sub-sites it is working on."))

    def do_undo(self) -> None:
        if not fleet.standing_of(self.rollout).can_undo:
            messages.error(self.request, _("There is no wave that could be taken back."))
        elif fleet.claim(self.rollout.pk, finished_too=True):
            tasks.undo_wave.enqueue(self.rollout.pk, self.request.user.pk)
        else:
            messages.info(self.request, _("A wave, or another roll-out of this kind, is under way."))

    def do_end(self) -> None:
        try:
            rollouts.end(self.rollout)
        except RollOutError as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("The roll-out has been ended."))
