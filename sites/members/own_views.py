"""What belongs to the person alone: the own rights, and the choice of the site to work on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from sites.members.pages import MembersPage
from sites.members.rows import with_columns
from sites.working import choose, working_tenant
from tenants.models import Membership


class MineView(MembersPage):
    """All rights of the person, those that hold and those that ended."""

    template_name = "govsites/members/mine.html"
    page_title = gettext_lazy("My rights")
    header_icon = "key"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        rows = Membership.objects.filter(user=user).select_related("user", "tenant", "region", "granted_by")
        rows = with_columns(list(rows.order_by("-granted_at", "-pk")))
        active_ids = set(Membership.objects.active().filter(user=user).values_list("pk", flat=True))
        working = working_tenant(self.request)
        return super().get_context_data(**kwargs) | {
            "active": [row for row in rows if row.pk in active_ids],
            "ended": [row for row in rows if row.pk not in active_ids],
            "working_id": working.pk if working else None,
            "is_superuser": user.is_superuser,
        }


@require_POST
def switch(request: HttpRequest, tenant_id: int) -> HttpResponse:
    """Take the tenant as the site to work on, and lead to the front page of the admin. A stranger's is not found."""
    if not choose(request, tenant_id):
        raise Http404
    found = working_tenant(request)
    messages.success(request, _("You now work on “%(name)s”.") % {"name": found.name if found else ""})
    return HttpResponseRedirect(reverse("wagtailadmin_home"))
