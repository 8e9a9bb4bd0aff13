"""Doors that lead to what belongs to the platform or to nobody: reports, accounts, redirects, sites, indexes."""

from __future__ import annotations

import pytest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Locale, ReferenceIndex, Site, Task, Workflow
from wagtail.permissions import policy_registry
from wagtail.search.backends import get_search_backend

from sites.models import MediaShelf, SiteImage, SitePage
from sites.reach import reach_of
from tenants.models import Membership, Role, User
from tenants.scope import NoScope, every_tenant
from tests.cast import A_HOST, B_HOST, Cast, first_column, home_of, person, publish_article, signed_in
from tests.sites.doors.neighbour import MARK, Planted, people_of_a, text_of, visitors_of_a

pytestmark = pytest.mark.django_db
FOR_NOBODY = (
    "workflows/list/", "workflows/add/", "workflows/tasks/index/", "workflows/task_chooser/", "workflows/usage/1/",
    "reports/workflow/", "reports/workflow_tasks/", "reports/aging-pages/", "reports/page-types-usage/",
    "users/", "users/results/", "users/new/", "groups/", "groups/new/", "groups/edit/1/",
    "sites/", "sites/new/", "sites/edit/1/", "collections/", "collections/add/", "collections/1/", "snippets/",
)  # fmt: skip


def test_what_lists_the_platform_is_closed_to_everybody(cast: Cast) -> None:
    for client in (signed_in(cast.manager_a), signed_in(cast.operator)):
        for url in FOR_NOBODY:
            assert client.get(f"/admin/{url}").status_code == 404, url
            assert client.post(f"/admin/{url}").status_code == 404, url


def test_door_4_no_workflow_and_no_report_of_tasks_or_locks(cast: Cast, planted: Planted) -> None:
    SitePage.objects.filter(pk=planted.draft.pk).update(locked=True, locked_by=planted.author)
    for visitor in visitors_of_a(cast):
        for url in ("reports/workflow/", "reports/workflow_tasks/", "reports/locked/", "reports/locked/results/"):
            visitor.is_a_stranger_at(f"/admin/{url}")
        for url in (
            "confirm_cancellation/{}/",
            "action/{}/approve/1/",
            "collect_action_data/{}/reject/1/",
            "preview/{}/1/",
        ):
            visitor.is_a_stranger_at("/admin/pages/workflow/" + url.format(planted.draft.pk), post=True)
    locked = signed_in(cast.operator).get("/admin/reports/locked/")
    assert planted.draft.title in text_of(locked)
    assert f'name="locked_by" value="{planted.author.pk}"' not in text_of(locked)


def test_what_a_page_is_about_is_told_to_the_people_of_its_tenant_alone(cast: Cast, planted: Planted) -> None:
    for model, row in ((SitePage, planted.draft), (SiteImage, planted.image)):
        policy = policy_registry.get_by_type(model)
        told = {user.pk for user in policy.users_with_any_permission_for_instance(["change"], row)}
        assert told == {cast.operator.pk, cast.contributor_b.pk, cast.reviewer_b.pk, cast.manager_b.pk}, model


def test_door_5_no_log_of_the_neighbour(cast: Cast, planted: Planted) -> None:
    own = publish_article(first_column(cast.county_a), "本县的文章", by=cast.contributor_a)
    for visitor in visitors_of_a(cast):
        for url in ("reports/site-history/", "reports/site-history/results/"):
            visitor.is_a_stranger_at(f"/admin/{url}", {"label": MARK, "user": planted.author.pk})
        visitor.is_a_stranger_at(f"/admin/pages/{planted.draft.pk}/history/")
        visitor.is_a_stranger_at(f"/admin/redirects/{planted.redirect.pk}/")
        visitor.finds_nothing_at(f"/admin/pages/{own.pk}/history/", {"user": planted.author.pk})


def test_door_6_no_account_and_no_group(cast: Cast, planted: Planted) -> None:
    key = planted.author.pk
    for visitor in visitors_of_a(cast):
        for url in (
            "users/",
            f"users/?q={MARK}",
            f"users/edit/{key}/",
            f"users/delete/{key}/",
            f"users/history/{key}/",
        ):
            visitor.is_a_stranger_at(f"/admin/{url}")
            visitor.is_a_stranger_at(f"/admin/{url}", {"last_name": "改"}, post=True)
        for url in ("groups/", "groups/new/", f"pages/{home_of(cast.county_a).pk}/privacy/"):
            visitor.is_a_stranger_at(f"/admin/{url}")
        for action in ("assign_role", "delete", "set_active_state"):
            visitor.is_a_stranger_at(f"/admin/bulk/tenants/user/{action}/?id={key}", post=True)
        visitor.finds_nothing_at("/admin/account/")
    assert User.objects.get(pk=key).last_name == MARK


def test_a_site_manager_has_rights_over_the_accounts_of_the_own_site(cast: Cast) -> None:
    policy = policy_registry.get_by_type(User)
    own = policy.instances_user_has_permission_for(cast.manager_a, "change")
    assert {user.username for user in own} == {"contributor-a", "reviewer-a", "manager-a"}
    assert not policy.user_has_permission_for_instance(cast.manager_a, "change", cast.contributor_b)
    assert not policy.user_has_permission(cast.contributor_a, "change")


def test_door_7_redirects_are_the_operators_and_of_one_host(cast: Cast, planted: Planted) -> None:
    for visitor in visitors_of_a(cast):
        for url in ("redirects/", "redirects/results/", "redirects/add/", f"redirects/{planted.redirect.pk}/",
                    f"redirects/{planted.redirect.pk}/delete/", "redirects/import/"):  # fmt: skip
            visitor.is_a_stranger_at(f"/admin/{url}")
            visitor.is_a_stranger_at(f"/admin/{url}", {"old_path": "/x"}, post=True)
    client = signed_in(cast.operator)
    for url in ("redirects/", "redirects/add/", f"redirects/{planted.redirect.pk}/"):
        assert f'<option value="{planted.redirect.site_id}"' not in text_of(client.get(f"/admin/{url}")), url
    sent = {"old_path": "/old", "redirect_link": "https://example.com/", "is_permanent": "on"}
    assert client.post("/admin/redirects/add/", sent).status_code == 200, "A host is asked for."
    assert client.post("/admin/redirects/add/", sent | {"site": "nobody.example.com"}).status_code == 200
    assert client.post("/admin/redirects/add/", sent | {"site": A_HOST.upper()}).status_code == 302
    made = Redirect.objects.get(old_path="/old")
    assert made.site.hostname == A_HOST
    assert A_HOST in text_of(client.get(f"/admin/redirects/{made.pk}/"))
    listed = text_of(client.get("/admin/redirects/", {"host": B_HOST}))
    assert "/marked-b-old" in listed
    assert ">/old<" not in listed


def test_door_10_sites_and_settings_are_the_platforms(cast: Cast, planted: Planted) -> None:
    site = planted.redirect.site_id
    for visitor in visitors_of_a(cast):
        for url in ("sites/", f"sites/edit/{site}/", f"sites/delete/{site}/", f"sites/history/{site}/", "settings/"):
            visitor.is_a_stranger_at(f"/admin/{url}")
            visitor.is_a_stranger_at(f"/admin/{url}", {"hostname": "x"}, post=True)
    assert Site.objects.get(pk=site).hostname == B_HOST


@pytest.mark.parametrize("model", [Redirect, Collection, Site, Locale, Task, Workflow])
def test_what_is_the_platforms_is_for_operators(cast: Cast, model: type) -> None:
    policy = policy_registry.get_by_type(model)
    for user in people_of_a(cast).values():
        assert not policy.user_has_any_permission(user, ["add", "change", "delete", "view"])
        assert not policy.instances_user_has_permission_for(user, "change").exists()
    named = person("operator-2", Role.PLATFORM_OPERATOR)
    for operator in (cast.operator, named):
        assert policy.user_has_permission(operator, "add")
    assert {user.pk for user in policy.users_with_permission("change")} == {cast.operator.pk, named.pk}


def test_rows_of_a_tenant_are_its_managers(cast: Cast) -> None:
    policy = policy_registry.get_by_type(MediaShelf)
    with every_tenant("a test asks for everybody"):
        for tenant in (cast.county_a, cast.county_b):
            MediaShelf.objects.create(
                tenant=tenant, collection=Collection.get_first_root_node().add_child(name=tenant.code)
            )
        rows = policy.instances_user_has_permission_for(cast.manager_a, "change")
        assert {row.tenant_id for row in rows} == {cast.county_a.pk}
        assert not policy.instances_user_has_permission_for(cast.contributor_a, "change").exists()
        told = policy.users_with_permission_for_instance("change", rows[0])
        assert {user.pk for user in told} == {cast.manager_a.pk, cast.operator.pk}


def test_door_15_the_indexes_answer_within_reach_and_rows_not_without_scope(cast: Cast, planted: Planted) -> None:
    assert ReferenceIndex.objects.filter(to_object_id=str(planted.image.pk)).exists()
    backend = get_search_backend()
    for role, user in people_of_a(cast).items():
        user = User.objects.get(pk=user.pk)
        pages = policy_registry.get_by_type(SitePage).explorable_instances(user)
        assert list(backend.autocomplete(MARK, pages)) == [], role
        assert list(pages.filter(reach_of(user).pages("write")).filter(title__contains=MARK)) == [], role
    assert list(backend.autocomplete(MARK, SitePage.objects.all())), "The index does know it."
    with pytest.raises(NoScope):
        MediaShelf.objects.count()


def test_the_front_page_counts_nothing_of_the_whole_install(cast: Cast) -> None:
    text = text_of(signed_in(cast.operator).get("/admin/", follow=True))
    assert "w-summary" not in text


def test_a_right_that_has_ended_opens_nothing(cast: Cast) -> None:
    client = signed_in(cast.manager_a)
    url = f"/admin/pages/{home_of(cast.county_a).pk}/"
    assert client.get(url).status_code == 200
    Membership.objects.filter(user=cast.manager_a).update(revoked_at=timezone.now())
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
