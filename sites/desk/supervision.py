"""The sub-sites below a supervisor (主管单位) by state: searched, sorted, paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from sites.desk.fleet import SiteLine, sites_of
from sites.desk.paging import Pager
from sites.reach import reach_of

PER_PAGE = 30
SORTS: dict[str, Callable[[SiteLine], Any]] = {
    "faults": lambda line: (line.figures.overdue, line.figures.empty),
    "overdue": lambda line: line.figures.overdue,
    "empty": lambda line: line.figures.empty,
    "waiting": lambda line: line.waiting,
    "last": lambda line: line.figures.last_published.timestamp() if line.figures.last_published else 0.0,
    "name": lambda line: line.code,
}
FILTERS: dict[str, Callable[[SiteLine], bool]] = {
    "": lambda line: True,
    "overdue": lambda line: bool(line.figures.overdue),
    "empty": lambda line: bool(line.figures.empty),
    "waiting": lambda line: bool(line.waiting),
    "good": lambda line: not line.figures.faults,
}


class SitesView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "govsites/desk/sites.html"
    page_title = gettext_lazy("Sub-sites below")
    header_icon = "site"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reach_of(request.user).supervised:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [{"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        lines = sites_of(set(reach_of(self.request.user).supervised.values()))
        search = asked.get("q", "").strip()
        state = asked["state"] if asked.get("state") in FILTERS else ""
        sort = asked.get("sort", "")
        key = sort.lstrip("-") if sort.lstrip("-") in SORTS else "faults"
        downwards = sort.startswith("-") or key == "faults"
        found = [line for line in lines if search.lower() in f"{line.name} {line.code}".lower()]
        shown = [line for line in found if FILTERS[state](line)]
        shown.sort(key=SORTS[key], reverse=downwards)
        page = Pager(shown, PER_PAGE).get_page(asked.get("p"))
        return super().get_context_data(**kwargs) | {
            "page": page,
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
            "search": search,
            "state": state,
            "tabs": self.tabs(found, state),
            "heads": self.heads(key, downwards),
            "total": len(lines),
        }

    def tabs(self, lines: list[SiteLine], state: str) -> list[dict[str, Any]]:
        labels = {
            "": _("All"),
            "overdue": _("With overdue columns"),
            "empty": _("With blank columns"),
            "waiting": _("With articles in review"),
            "good": _("In order"),
        }
        return [
            {
                "label": label,
                "query": self.query(state=name),
                "count": sum(map(FILTERS[name], lines)),
                "current": name == state,
            }
            for name, label in labels.items()
        ]

    def heads(self, key: str, downwards: bool) -> list[dict[str, Any]]:
        labels = {
            "name": _("Sub-site"),
            "overdue": _("Overdue"),
            "empty": _("Blank"),
            "waiting": _("In review"),
            "last": _("Last published"),
        }
        return [
            {
                "name": name,
                "label": label,
                # The first click brings the most to the top, and names in the order of their codes.
                "query": self.query(
                    sort=name if (name == key and downwards) or (name == "name" != key) else f"-{name}"
                ),
                "direction": ("descending" if downwards else "ascending") if name == key else "",
            }
            for name, label in labels.items()
        ]

    def query(self, **values: str) -> str:
        query = self.request.GET.copy()
        query.pop("p", None)
        for name, value in values.items():
            query[name] = value
        return query.urlencode()
