"""People: the operators' list of all accounts, one account with its rights, and what is done to an account as a whole."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.widgets.button import HeaderButton

from sites.members.forms import AccountForm, LinkForm, ReasonForm, RevokeForm, WideRoleForm
from sites.members.grants import managed_tenants
from sites.members.pages import FormMixin, MembersPage, OperatorPage, link_page
from sites.members.rows import found_by, with_columns
from tenants import grants, people, trail
from tenants.memberships import is_operator, keeps
from tenants.models import Membership, Role, User
from tenants.names import shown_name

LINK_DAYS = settings.PASSWORD_RESET_TIMEOUT // 86_400


def person_url(user: Any) -> str:
    return reverse("govsites_members:person", args=[user.pk])


def password_link(uid: str, token: str) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse("new_password", args=[uid, token])


class PeopleView(OperatorPage):
    """All accounts, found by name, user name or unit; filtered by role."""

    template_name = "govsites/members/people.html"
    page_title = gettext_lazy("All people")

    def steps(self) -> list[tuple[str, str]]:
        return []

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = (
            (_("Add a supervisor or operator"), "account", "plus"),
            (_("List of people"), "list", "upload"),
            (_("Who could do what when"), "past", "history"),
        )
        return [
            HeaderButton(label, url=reverse(f"govsites_members:{name}"), icon_name=icon, priority=number)
            for number, (label, name, icon) in enumerate(buttons)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "").strip()[:100] for name in ("q", "unit", "role", "state")}
        held = Membership.objects.active().filter(user=OuterRef("pk"))
        rows = found_by(asked["q"], User.objects.all())
        if asked["unit"]:
            of_unit = Q(tenant__name__icontains=asked["unit"]) | Q(tenant__code__istartswith=asked["unit"])
            rows = rows.filter(Exists(held.filter(of_unit)))
        if asked["role"] in Role.values:
            rows = rows.filter(Exists(held.filter(role=asked["role"])))
        if asked["state"] == "closed":
            rows = rows.filter(is_active=False)
        elif asked["state"] == "none":
            rows = rows.filter(~Exists(held), is_superuser=False, is_active=True)
        active = Membership.objects.active().select_related("tenant", "region").order_by("role", "tenant__code")
        rows = rows.prefetch_related(Prefetch("memberships", queryset=active, to_attr="held")).order_by("username")
        return super().get_context_data(**kwargs) | {
            "page": self.paged(rows),
            "asked": asked,
            "roles": Role.choices,
            "is_filtered": any(asked.values()),
        }


class PersonPage(MembersPage):
    """Base of the pages about one account. A manager finds whoever has or had a right in one of his sub-sites."""

    @cached_property
    def person(self) -> User:
        rows = User.objects.all()
        if not self.by_operator:
            rows = rows.filter(memberships__tenant__in=managed_tenants(self.request.user)).distinct()
        return get_object_or_404(rows, pk=self.kwargs["user_id"])

    def steps(self) -> list[tuple[str, str]]:
        first = [(_("All people"), reverse("govsites_members:people"))] if self.by_operator else []
        return [*first, (shown_name(self.person), person_url(self.person))]

    def back_url(self) -> str:
        return person_url(self.person)


class PersonView(PersonPage):
    """One account: who it is, its rights now and before (a manager sees those in his own sub-sites), its trail."""

    template_name = "govsites/members/person.html"
    header_icon = "user"

    def steps(self) -> list[tuple[str, str]]:
        return super().steps()[:-1]

    def get_page_title(self) -> str:
        return shown_name(self.person)

    @cached_property
    def header_buttons(self) -> list[Any]:
        person, found = self.person, []
        if person.is_active and keeps(self.request.user, person) and person.pk != self.request.user.pk:
            found.append((_("New link for the password"), "link", "key"))
        if self.by_operator and person.pk != self.request.user.pk:
            if person.is_active:
                found += [
                    (_("Give a role above the sites"), "wide_role", "plus"),
                    (_("Close the account"), "close", "lock"),
                ]
            else:
                found.append((_("Open the account"), "reopen", "lock-open"))
        return [
            HeaderButton(label, url=reverse(f"govsites_members:{name}", args=[person.pk]), icon_name=icon, priority=n)
            for n, (label, name, icon) in enumerate(found)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Membership.objects.filter(user=self.person)
        if not self.by_operator:
            rows = rows.filter(tenant__in=managed_tenants(self.request.user))
        active_ids = set(Membership.objects.active().filter(user=self.person).values_list("pk", flat=True))
        rows = with_columns(
            list(rows.select_related("user", "tenant", "region", "granted_by", "revoked_by").order_by("-granted_at"))
        )
        reasons = trail.end_reasons(rows)
        for row in rows:
            row.end_reason = reasons.get(row.pk, "")
        return super().get_context_data(**kwargs) | {
            "person": self.person,
            "active": [row for row in rows if row.pk in active_ids],
            "ended": [row for row in rows if row.pk not in active_ids],
            "by_operator": self.by_operator,
        }


class LinkView(FormMixin, PersonPage):
    page_title = gettext_lazy("New link for the password")
    header_icon = "key"
    form_class = LinkForm
    submit_label = gettext_lazy("Make the link")
    serious = True

    def intro(self) -> str:
        return _("The old password stops working and all sessions end. The link works once, for %(days)s days.") % {
            "days": LINK_DAYS
        }

    def perform(self, form: LinkForm) -> HttpResponse:
        found = people.new_link(self.person, by=self.request.user, second_step=form.cleaned_data["second_step"])
        return link_page(
            self,
            link=password_link(*found),
            name=shown_name(self.person),
            mailed_to="",
            days=LINK_DAYS,
            back_url=self.back_url(),
        )


class OperatorsFormPage(FormMixin, PersonPage):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_operator(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class CloseView(OperatorsFormPage):
    page_title = gettext_lazy("Close the account")
    header_icon = "lock"
    form_class = RevokeForm
    submit_label = gettext_lazy("Close the account")
    done = gettext_lazy("The account is closed; all its rights have ended.")
    serious = True

    def intro(self) -> str:
        return _("All rights of the person end and nobody signs in with the account any more. What was written stays.")

    def perform(self, form: RevokeForm) -> None:
        people.close(self.person, by=self.request.user, reason=form.cleaned_data["reason"], confirmed=form.is_confirmed)


class ReopenView(OperatorsFormPage):
    page_title = gettext_lazy("Open the account")
    header_icon = "lock-open"
    form_class = ReasonForm
    submit_label = gettext_lazy("Open the account")
    done = gettext_lazy("The account is open. Give it its rights anew.")

    def perform(self, form: ReasonForm) -> None:
        people.reopen(self.person, by=self.request.user, reason=form.cleaned_data["reason"])


class WideRoleView(OperatorsFormPage):
    page_title = gettext_lazy("Give a role above the sites")
    header_icon = "plus"
    form_class = WideRoleForm
    submit_label = gettext_lazy("Give the role")
    done = gettext_lazy("The role was given.")

    def perform(self, form: WideRoleForm) -> None:
        values = form.cleaned_data
        grants.grant(
            self.person,
            values["role"],
            by=self.request.user,
            region=values["region"],
            expires_at=values["expires_at"],
            reason=values["reason"],
        )


class AccountView(FormMixin, OperatorPage):
    """A new account for a supervisor or an operator, with the link for its first password."""

    page_title = gettext_lazy("Add a supervisor or operator")
    header_icon = "plus"
    form_class = AccountForm
    submit_label = gettext_lazy("Make the account")

    def intro(self) -> str:
        return _("Members of a single site are invited on the page of that site, or with a list of people.")

    def back_url(self) -> str:
        return reverse("govsites_members:people")

    def perform(self, form: AccountForm) -> HttpResponse:
        values = dict(form.cleaned_data)
        role, region = values.pop("role"), values.pop("region")
        username, full_name = values.pop("username"), values.pop("full_name")
        user, uid, token = people.make_account(username, full_name, role, by=self.request.user, region=region, **values)
        return link_page(
            self,
            link=password_link(uid, token),
            name=full_name,
            mailed_to="",
            days=LINK_DAYS,
            back_url=person_url(user),
        )
