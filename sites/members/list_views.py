"""People by spreadsheet, for operators: hand in, look at the plan, carry out, take the links away."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages

from sites.downloads import CONTENT_TYPES, download, written
from sites.members import joining, uploads
from sites.members.forms import ListForm
from sites.members.list_results import DONE, LABELS, mail_links, result_table, told_of
from sites.members.pages import OperatorPage
from tenants import people_lists
from tenants.people_lists import HEADER_OF, Line
from tenants.tables import TableError

EXAMPLE = ("430102", "zhangsan", "张三", "信息员", "13900000000", "", "办公室科员", "2027-12-31")
SHOWN = 200


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
    """POST: carry out the list that was planned, and mail the links; the answer has the result with them, this once.

    The links are kept nowhere: the file to download lies inside of the page.
    """

    http_method_names = ["post"]
    template_name = "govsites/members/list_result.html"
    page_title = gettext_lazy("List of people")
    header_icon = "upload"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = uploads.kept(request)
        if found is None:
            messages.error(request, _("The list is no longer at hand. Hand it in again."))
            return HttpResponseRedirect(reverse("govsites_members:list"))
        rows = people_lists.read(*found, timezone.localdate())
        lines = people_lists.carry_out(rows, by=request.user, new_links=bool(request.POST.get("new_links")))
        uploads.drop(request)
        mailed = mail_links(lines)
        left = [line for line in lines if line.secret and line.held.pk not in mailed]
        file = written("xlsx", *result_table(lines, mailed))
        context = {
            "counts": [
                (told_of(action), count, action) for action, count in people_lists.counts(lines).items() if count
            ],
            "mailed": len(mailed),
            "left": [(line, joining.link_of(line.secret)) for line in left[:SHOWN]],
            "more": max(0, len(left) - SHOWN),
            "invited": any(line.secret for line in lines),
            "file": f"data:{CONTENT_TYPES['xlsx']};base64,{base64.b64encode(file).decode('ascii')}",
            "file_name": f"members-{timezone.localtime():%Y%m%d-%H%M}.xlsx",
        }
        return self.render_to_response(self.get_context_data(**context))


def empty_list(request: HttpRequest) -> HttpResponse:
    return download("xlsx", "members", list(HEADER_OF.values()), [EXAMPLE])
