"""The members of one sub-site: the list, inviting, and giving a member a further role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets.button import HeaderButton

from sites.members import grants, joining
from sites.members.forms import GiveRoleForm, InviteForm
from sites.members.pages import FormMixin, SiteMembersPage, link_page, site_url
from sites.members.rows import found_by, with_columns
from sites.working import working_tenant
from tenants import invitations, trail
from tenants.grants import GrantRefused
from tenants.memberships import is_operator
from tenants.models import Invitation, Membership, User
from tenants.names import shown_name


def index(request: HttpRequest) -> HttpResponse:
    """Lead to the members of the site at work, an operator to all people, and who keeps none to the own rights."""
    if is_operator(request.user):
        return HttpResponseRedirect(reverse("govsites_members:people"))
    working = working_tenant(request)
    if working is not None and grants.manages(request.user, working.pk):
        return HttpResponseRedirect(site_url(working))
    first = grants.managed_tenants(request.user).first()
    return HttpResponseRedirect(site_url(first) if first else reverse("govsites_members:mine"))


class SiteView(SiteMembersPage):
    """The members of a sub-site, those who hold a right now or (show=ended) once held one, and open invitations."""

    template_name = "govsites/members/site.html"

    def get_page_title(self) -> str:
        return _("Members of %(name)s") % {"name": self.tenant.short_name}

    def steps(self) -> list[tuple[str, str]]:
        return super().steps()[:-1]

    @cached_property
    def header_buttons(self) -> list[Any]:
        url = reverse("govsites_members:invite", args=[self.tenant.code])
        past = f"{reverse('govsites_members:past')}?unit={self.tenant.code}"
        return [
            HeaderButton(_("Invite"), url=url, icon_name="plus", priority=10),
            HeaderButton(_("Who could do what when"), url=past, icon_name="history", priority=20),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ended, query = self.request.GET.get("show") == "ended", self.request.GET.get("q", "").strip()[:100]
        rows = Membership.objects.filter(tenant=self.tenant)
        active = Membership.objects.active().filter(tenant=self.tenant)
        if ended:
            rows = rows.exclude(pk__in=active.values("pk")).order_by("-granted_at", "-pk")
        else:
            rows = active.order_by("role", "user__username")
        rows = found_by(query, rows, "user__").select_related("user", "granted_by", "revoked_by", "tenant")
        page = with_columns(self.paged(rows))
        reasons = trail.end_reasons(page) if ended else {}
        for row in page:
            row.end_reason = reasons.get(row.pk, "")
        invited = invitations.waiting(Invitation.objects.filter(tenant=self.tenant)).select_related("invited_by")
        counts = {"active": active.count(), "ended": Membership.objects.filter(tenant=self.tenant).count()}
        return super().get_context_data(**kwargs) | {
            "tenant": self.tenant,
            "page": page,
            "ended": ended,
            "query": query,
            "invited": invited[:200],
            "now": timezone.now(),
            "active_count": counts["active"],
            "ended_count": counts["ended"] - counts["active"],
            "by_operator": self.by_operator,
        }


class InviteView(FormMixin, SiteMembersPage):
    page_title = gettext_lazy("Invite")
    header_icon = "plus"
    form_class = InviteForm
    submit_label = gettext_lazy("Make the link")

    def get_form(self, data: Any = None) -> InviteForm:
        return InviteForm(data, tenant=self.tenant)

    def intro(self) -> str:
        return _(
            "The person gets a link that works once, for %(days)s days, chooses a password there and is a member from "
            "then on."
        ) % {"days": settings.INVITATION_DAYS}

    def back_url(self) -> str:
        return site_url(self.tenant)

    def perform(self, form: InviteForm) -> HttpResponse:
        values = form.cleaned_data
        if values["columns"]:
            grants.chosen_columns(self.tenant, values["columns"])
        invitation, secret = invitations.invite(
            self.tenant,
            values["role"],
            by=self.request.user,
            username=values["username"],
            full_name=values["full_name"],
            email=values["email"],
            phone=values["phone"],
            post=values["post"],
            column_ids=values["columns"],
            until=values["expires_at"],
        )
        return show_invitation(self, invitation, secret)


def show_invitation(view: Any, invitation: Invitation, secret: str) -> HttpResponse:
    """Mail the link where there is an address, and answer with the page that shows it once."""
    link = joining.link_of(secret)
    mailed = joining.mail(invitation, link)
    return link_page(
        view,
        link=link,
        name=invitation.full_name,
        mailed_to=invitation.email if mailed else "",
        days=settings.INVITATION_DAYS,
        back_url=site_url(invitation.tenant),
    )


class GiveRoleView(FormMixin, SiteMembersPage):
    """A further role for somebody who is a member already."""

    header_icon = "user"
    form_class = GiveRoleForm
    submit_label = gettext_lazy("Give the role")
    done = gettext_lazy("The role was given.")

    @cached_property
    def person(self) -> User:
        members = User.objects.filter(pk=self.kwargs["user_id"])
        if not self.by_operator:
            members = members.filter(memberships__in=Membership.objects.active().filter(tenant=self.tenant))
        return get_object_or_404(members.distinct())

    def get_page_title(self) -> str:
        return _("Give %(name)s a role") % {"name": shown_name(self.person)}

    def get_form(self, data: Any = None) -> GiveRoleForm:
        return GiveRoleForm(data, tenant=self.tenant)

    def back_url(self) -> str:
        return site_url(self.tenant)

    def perform(self, form: GiveRoleForm) -> None:
        values = form.cleaned_data
        grants.grant(
            self.person,
            values["role"],
            by=self.request.user,
            tenant=self.tenant,
            columns=values["columns"],
            expires_at=values["expires_at"],
            reason=values["reason"],
        )


class InvitationView(SiteMembersPage):
    """POST alone: a new link for an invitation that waits, or its end."""

    http_method_names = ["post"]

    @cached_property
    def invitation(self) -> Invitation:
        rows = Invitation.objects.filter(tenant=self.tenant).select_related("tenant")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("New link")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if self.kwargs["action"] == "again":
                return show_invitation(self, *invitations.invite_again(self.invitation, by=request.user))
            invitations.take_back(self.invitation, by=request.user)
        except GrantRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The invitation was taken back; its link works no more."))
        return HttpResponseRedirect(site_url(self.tenant))
