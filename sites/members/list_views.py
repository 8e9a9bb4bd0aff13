"""People by spreadsheet, for operators: hand in, look at the plan, carry out, take the links away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages

from sites.downloads import attachment, download, written
from sites.members import joining, uploads
from sites.members.forms import ListForm
from sites.members.pages import OperatorPage
from tenants import people_lists
from tenants.people_lists import HEADER_OF, Line
from tenants.tables import TableError

RESULT, LINK = "结果", "邀请链接"  # read back they name no field and are passed over
LABELS = {
    people_lists.INVITE: gettext_lazy("to be invited"),
    people_lists.INVITE_AGAIN: gettext_lazy("new link"),
    people_lists.GRANT: gettext_lazy("gets the right at once"),
    people_lists.CHANGE_END: gettext_lazy("other last day"),
    people_lists.UNCHANGED: gettext_lazy("unchanged"),
    people_lists.WAITING: gettext_lazy("invited already"),
    people_lists.REFUSED: gettext_lazy("refused"),
}
DONE = {
    people_lists.INVITE: gettext_lazy("invited"),
    people_lists.INVITE_AGAIN: gettext_lazy("new link made"),
    people_lists.GRANT: gettext_lazy("right given"),
    people_lists.CHANGE_END: gettext_lazy("last day changed"),
}
EXAMPLE = ("430102", "zhangsan", "张三", "信息员", "13900000000", "", "办公室科员", "2027-12-31")
SHOWN = 200


def result_table(lines: list[Line]) -> tuple[list[str], list[list[str]]]:
    """Return headers and rows of the result: the list as handed in, what was done, and each new link."""
    fields = list(HEADER_OF)
    rows = [
        [
            *(line.cells.get(field, "") for field in fields),
            "；".join(line.sentences) or str(DONE.get(line.action, LABELS[line.action])),
            joining.link_of(line.secret) if line.secret else "",
        ]
        for line in lines
    ]
    return [*HEADER_OF.values(), RESULT, LINK], rows


class ListView(OperatorPage):
    """GET: the form. POST: the plan, with the file kept for carrying it out."""

    template_name = "govsites/members/list.html"
    page_title = gettext_lazy("List of people")
    header_icon = "upload"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=ListForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ListForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            data = file.read()
            try:
                rows = people_lists.read(data, file.name, timezone.localdate())
            except TableError as error:
                form.add_error("file", _(error.msgid) % error.params)
            else:
                uploads.keep(request, data, file.name)
                return self.show_plan(people_lists.plan(rows), file.name)
        return self.render_to_response(self.get_context_data(form=form))

    def show_plan(self, lines: list[Line], name: str) -> HttpResponse:
        self.template_name = "govsites/members/list_plan.html"
        counts = people_lists.counts(lines)
        work = sum(counts[action] for action in (*DONE, people_lists.WAITING))
        # What needs a look comes first; the whole plan of 10,000 rows would be a page of megabytes.
        first = sorted(lines, key=lambda line: (line.action != people_lists.REFUSED, line.row))
        context = {
            "name": name,
            "counts": [(LABELS[action], count, action) for action, count in counts.items() if count],
            "lines": [(line, LABELS[line.action]) for line in first[:SHOWN]],
            "more": max(0, len(lines) - SHOWN),
            "work": work,
            "waiting": counts[people_lists.WAITING],
        }
        return self.render_to_response(self.get_context_data(**context))


class CarryOutView(OperatorPage):
    """POST: carry out the list that was planned; the answer is the result file with the links, this once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = uploads.kept(request)
        if found is None:
            messages.error(request, _("The list is no longer at hand. Hand it in again."))
            return HttpResponseRedirect(reverse("govsites_members:list"))
        rows = people_lists.read(*found, timezone.localdate())
        lines = people_lists.carry_out(rows, by=request.user, new_links=bool(request.POST.get("new_links")))
        uploads.drop(request)
        name = f"members-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
        return attachment(written("xlsx", *result_table(lines)), name, "xlsx")


def empty_list(request: HttpRequest) -> HttpResponse:
    return download("xlsx", "members", list(HEADER_OF.values()), [EXAMPLE])
