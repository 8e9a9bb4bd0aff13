"""The operator's console, as a browser sees it: who may enter, the list of sub-sites, the page of one, its steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from provisioning import runs
from provisioning.console import queries
from provisioning.models import ProvisioningRun, RollOut, RunStatus
from sites.review import policies
from tenants.models import LifecycleEvent, Role, Tenant
from tenants.scope import tenant_scope
from tenants.tables.export import write_csv
from tests.cast import ADMIN_HOST, Cast, person, signed_in
from tests.provisioning.console import (
    BASE,
    LIST,
    TASKS_AT_ONCE,
    make_departments,
    queries_of,
    text,
    uploaded,
)


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.TASKS = TASKS_AT_ONCE


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


# Who may enter -------------------------------------------------------------------------------------------------------

PAGES = (
    "sites/", "sites/results/", "sites/?export=csv", "site/430102/", "site/430102/edit/", "site/430102/step/suspend/",
    "open/", "open/one/", "open/template.xlsx", "runs/", "runs/results/", "templates/", "templates/preview/",
    "lookup/tenants/?q=4", "lookup/regions/?q=4",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_only_an_operator_sees_a_page(cast: Cast, page: str) -> None:
    assert signed_in(cast.operator).get(f"{BASE}/{page}").status_code == 200
    for stranger in (cast.contributor_a, cast.reviewer_a, cast.manager_a, cast.supervisor):
        assert signed_in(stranger).get(f"{BASE}/{page}").status_code == 404, stranger
    answer = Client(headers={"host": ADMIN_HOST}).get(f"{BASE}/{page}")
    assert answer.status_code == 302
    assert answer.url.startswith("/admin/login/")


def test_an_operator_by_membership_enters_like_the_first_account(cast: Cast) -> None:
    client = signed_in(person("second", Role.PLATFORM_OPERATOR))
    assert client.get(f"{BASE}/sites/").status_code == 200
    assert "platform-sites" in text(client.get("/admin/", follow=True))


def test_others_find_no_trace_of_the_console_in_the_menu(cast: Cast) -> None:
    assert "/admin/platform/" not in text(signed_in(cast.manager_a).get("/admin/"))


WRITES = ("open/", "open/one/", "site/430102/edit/", "site/430102/step/suspend/", "runs/{run}/start/", "runs/{run}/discard/",
          "templates/preview/", "templates/{rollout}/wave/", "templates/{rollout}/stop/", "templates/{rollout}/undo/",
          "templates/{rollout}/end/")  # fmt: skip


@pytest.mark.parametrize("address", WRITES)
def test_only_an_operator_writes_and_only_with_a_token_against_forgery(cast: Cast, address: str) -> None:
    run, _plan = runs.create_run(LIST.encode(), "list.csv", by=cast.operator, options=runs.Options())
    rollout = RollOut.objects.create(kind="county", to_version=1, digest="x")
    url = f"{BASE}/{address.format(run=run.pk, rollout=rollout.pk)}"
    for stranger in (cast.contributor_a, cast.manager_a, cast.supervisor):
        assert signed_in(stranger).post(url, {"reason": "x"}).status_code == 404
    strict = Client(enforce_csrf_checks=True, headers={"host": ADMIN_HOST})
    strict.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(url, {"reason": "x"}).status_code == 403
    assert Tenant.objects.get(code="430102").status == "live"
    assert ProvisioningRun.objects.get(pk=run.pk).status == RunStatus.PLANNED


@pytest.mark.parametrize("address", ["runs/{run}/start/", "runs/{run}/discard/", "templates/{rollout}/wave/"])
def test_nothing_is_begun_by_following_a_link(operator: Client, cast: Cast, address: str) -> None:
    run, _plan = runs.create_run(LIST.encode(), "list.csv", by=cast.operator, options=runs.Options())
    rollout = RollOut.objects.create(kind="county", to_version=1, digest="x")
    assert operator.get(f"{BASE}/{address.format(run=run.pk, rollout=rollout.pk)}").status_code in (404, 405)
    assert ProvisioningRun.objects.get(pk=run.pk).status == RunStatus.PLANNED


# The list ------------------------------------------------------------------------------------------------------------


def test_the_list_asks_as_many_questions_for_two_hundred_sites_as_for_a_few(operator: Client, cast: Cast) -> None:
    url = f"{BASE}/sites/"
    operator.get(url)
    few = queries_of(operator, url)
    make_departments(cast, 13)
    assert queries_of(operator, url) == few
    Tenant.objects.filter(code__startswith="430102-d").delete()
    make_departments(cast, 200)
    assert queries_of(operator, url) == few
    assert operator.get(url).context["paginator"].num_pages == 5
    assert few <= 12


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=天心", {"430103", "430103-jyj"}),
        ("q=430102", {"430102", "430102001", "430102-jyj"}),
        ("q=b.local", {"430103"}),
        ("q=教育局 芙蓉", {"430102-jyj"}),
        ("q=wyl", {"430102001"}),
        ("region=430103", {"430103", "430103001", "430103-jyj"}),
        ("region=430103 天心区", {"430103", "430103001", "430103-jyj"}),
        ("region=芙蓉区", {"430102", "430102001", "430102-jyj"}),
        ("region=43", {"430000", "430102", "430103", "430102001", "430103001", "430102-jyj", "430103-jyj"}),
        ("region=火星", set()),
        ("kind=town", {"430102001", "430103001"}),
        ("kind=town&kind=county", {"430102", "430103", "430102001", "430103001"}),
        ("status=suspended", {"430103"}),
        ("template_version=7", {"430102001"}),
        ("conformance_below=100", {"430103001"}),
        ("kind=town&region=430102", {"430102001"}),
    ],
)
def test_search_and_filters_find(operator: Client, cast: Cast, query: str, codes: set[str], monkeypatch: Any) -> None:
    monkeypatch.setattr("sites.column_templates.TemplateLibrary.versions", lambda _self, kind: (1, 7))
    Tenant.objects.update(conformance=1.0)
    Tenant.objects.filter(code="430103").update(status="suspended")
    Tenant.objects.filter(code="430102001").update(template_version=7)
    Tenant.objects.filter(code="430103001").update(conformance=0.98)
    answer = operator.get(f"{BASE}/sites/?{query}")
    assert {tenant.code for tenant in answer.context["object_list"]} == codes


@pytest.mark.parametrize(
    "ordering", ["code", "-code", "kind", "region__lineage", "-opened_on", "conformance", "-status"]
)
def test_every_order_of_the_list_works(operator: Client, ordering: str) -> None:
    assert len(operator.get(f"{BASE}/sites/?ordering={ordering}").context["object_list"]) == 7


def test_the_list_holds_no_list_box_of_sites_or_regions(operator: Client, cast: Cast) -> None:
    make_departments(cast, 120)
    page = text(operator.get(f"{BASE}/sites/"))
    assert "第99处" not in page
    assert "<option" not in page


def test_an_empty_platform_says_what_to_do(db: None) -> None:
    client = signed_in(person("op", Role.PLATFORM_OPERATOR))
    assert f"{BASE}/open/" in text(client.get(f"{BASE}/sites/"))
    assert client.get(f"{BASE}/templates/").status_code == 200
    assert client.get(f"{BASE}/runs/").status_code == 200
    assert client.get(f"{BASE}/templates/preview/").status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_exported_list_comes_back_unchanged(operator: Client, cast: Cast, form: str, settings: Any) -> None:
    settings.LOCAL_HOSTS = True
    Tenant.objects.filter(code="430102").update(
        undertaker='=HYPERLINK("http://evil")', address="芙蓉路 1 号，东门", contact_phone="0731-84330000", theme="blue"
    )
    Tenant.objects.filter(code="430103-jyj").update(status="suspended", suspended_reason="x")
    answer = operator.get(f"{BASE}/sites/?export={form}")
    assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
    run = uploaded(operator, answer.content, f"sites.{form}")
    assert run.counts == {"create": 0, "change": 0, "unchanged": 7, "refused": 0}
    assert not queries.rows_of(run, "warnings").exists()


def test_an_export_disarms_formulas_and_keeps_the_filter(operator: Client, cast: Cast) -> None:
    Tenant.objects.filter(code="430102").update(undertaker="=1+1")
    answer = operator.get(f"{BASE}/sites/?export=csv&kind=county")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert "'=1+1" in lines[1]


# One sub-site --------------------------------------------------------------------------------------------------------


def test_the_page_of_a_site_shows_its_columns_people_and_history(operator: Client, cast: Cast) -> None:
    operator.post(f"{BASE}/site/430102/edit/", amended(cast.county_a, contact_name="李四", reason="换人"))
    page = text(operator.get(f"{BASE}/site/430102/"))
    for found in ("芙蓉区人民政府", "a.localhost", "政府信息公开", "李四", "换人", "湖南省人民政府"):
        assert found in page


def test_the_history_of_a_site_tells_what_changed_of_its_rules_of_review(operator: Client, cast: Cast) -> None:
    with tenant_scope(cast.county_a):
        policies.set_rules([cast.county_a.pk], steps=3, by=cast.operator)
        policies.set_rules([cast.county_a.pk], steps=3, allow_urgent=False, by=cast.operator)
    page = text(operator.get(f"{BASE}/site/430102/"))
    assert "review_rules" not in page
    assert page.count("<del>两审</del> → 三审三校") == 1
    assert page.count("<del>是</del> → 否") == 1


def test_the_page_of_a_site_asks_as_many_questions_with_two_as_with_twenty_events(operator: Client, cast: Cast) -> None:
    url = f"{BASE}/site/430102/"
    LifecycleEvent.objects.create(tenant=cast.county_a, action="amend", by=cast.operator)
    operator.get(url)
    few = queries_of(operator, url)
    for index in range(20):
        LifecycleEvent.objects.create(
            tenant=cast.county_a, action="rename", by=cast.operator, after={"name": f"名{index}"}, reason="x"
        )
    make_departments(cast, 20)
    assert queries_of(operator, url) == few
    assert few <= 18


def amended(tenant: Tenant, **values: Any) -> dict[str, Any]:
    names = ("site_code", "undertaker", "address", "office_hours", "icp_filing", "police_filing", "contact_name",
             "contact_post", "contact_phone", "leader_name", "leader_post", "leader_phone", "theme")  # fmt: skip
    opened = tenant.opened_on.isoformat() if tenant.opened_on else ""
    return {**{name: getattr(tenant, name) for name in names}, "opened_on": opened, **values}


def test_details_are_changed_with_a_reason_and_logged(operator: Client, cast: Cast) -> None:
    answer = operator.post(
        f"{BASE}/site/430102/edit/", amended(cast.county_a, contact_phone="0731-84330000", reason="来函")
    )
    assert answer.status_code == 302
    assert Tenant.objects.get(code="430102").contact_phone == "0731-84330000"
    event = LifecycleEvent.objects.get(tenant=cast.county_a)
    assert (event.action, event.by, event.reason, list(event.after)) == (
        "amend",
        cast.operator,
        "来函",
        ["contact_phone"],
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("site_code", "123"),
        ("site_code", "4301030001"),
        ("contact_phone", "电话"),
        ("opened_on", "昨天"),
        ("address", "长" * 201),
    ],
)
def test_a_bad_detail_is_told_at_its_field(operator: Client, cast: Cast, field: str, value: str) -> None:
    answer = operator.post(f"{BASE}/site/430102/edit/", amended(cast.county_a, **{field: value}))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not LifecycleEvent.objects.exists()


STEPS = (
    ("430102", "suspend", {"reason": "等保整改"}, {"status": "suspended"}),
    ("430102", "rename", {"name": "芙蓉新区人民政府", "short_name": "芙蓉新区"}, {"name": "芙蓉新区人民政府"}),
    ("430102", "change_host", {"host": "www.furong.gov.cn"}, {"host": "www.furong.gov.cn"}),
    ("430102-jyj", "change_mount", {"mount": "jiaoyuju"}, {"mount": "jiaoyuju"}),
    ("430102-jyj", "move", {"supervisor": "430103 天心区人民政府"}, {"supervisor__code": "430103"}),
    (
        "430102-jyj",
        "move",
        {"region": "430103", "mounted_under": "天心区人民政府", "reason": "x"},
        {"region__code": "430103"},
    ),
    ("430102-jyj", "move", {"no_supervisor": "on"}, {"supervisor": None}),
    ("430102-jyj", "close", {"successor": "430102", "notice_days": "30"}, {"status": "closing"}),
)


@pytest.mark.parametrize(("code", "step", "data", "found"), STEPS)
def test_a_step_is_taken_from_its_page(
    operator: Client, cast: Cast, code: str, step: str, data: dict[str, str], found: dict[str, Any]
) -> None:
    if step == "move" and "region" in data:
        Tenant.objects.filter(code="430103-jyj").update(mount="other")
    url = f"{BASE}/site/{code}/step/{step}/"
    assert operator.get(url).status_code == 200
    answer = operator.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Tenant.objects.filter(code=code, **found).exists()
    event = LifecycleEvent.objects.get(tenant__code=code)
    assert (event.action, event.by) == (step, cast.operator)


def test_a_life_goes_round_by_its_buttons(operator: Client, cast: Cast) -> None:
    def step(name: str, **data: str) -> None:
        page = text(operator.get(f"{BASE}/site/430102-jyj/"))
        assert f"/step/{name}/" in page
        assert operator.post(f"{BASE}/site/430102-jyj/step/{name}/", data).status_code == 302

    def status() -> str:
        return Tenant.objects.get(code="430102-jyj").status

    step("suspend", reason="x")
    step("resume")
    step("close", notice_days="1", successor="")
    step("cancel_closing")
    assert status() == "live"
    step("close", notice_days="1", successor="")
    Tenant.objects.filter(code="430102-jyj").update(notice_until=timezone.localdate() - timedelta(days=1))
    step("finish_closing")
    assert status() == "closed"
    refused = operator.post(f"{BASE}/site/430102-jyj/step/reopen/", {})
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors()
    step("reopen", force="on", reason="恢复")
    assert status() == "trial"
    step("go_live")
    assert status() == "live"


@pytest.mark.parametrize(
    ("code", "step", "data"),
    [
        ("430102", "suspend", {"reason": " "}),
        ("430102", "change_host", {"host": "b.localhost"}),
        ("430102", "change_host", {"host": "http://x.gov.cn/"}),
        ("430102", "close", {"notice_days": "30"}),  # channel sites stand below it
        ("430102", "reopen", {}),
        ("430102", "move", {}),
        ("430102-jyj", "move", {"region": "999999"}),
        ("430102-jyj", "move", {"supervisor": "没有"}),
        ("430102-jyj", "change_mount", {"mount": "wyl"}),
        ("430102-jyj", "close", {"notice_days": "0"}),
    ],
)
def test_a_step_that_is_refused_says_why_and_changes_nothing(
    operator: Client, cast: Cast, code: str, step: str, data: dict[str, str]
) -> None:
    before = Tenant.objects.values().get(code=code)
    answer = operator.post(f"{BASE}/site/{code}/step/{step}/", data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Tenant.objects.values().get(code=code) == before


def test_unknown_sites_and_steps_are_not_found(operator: Client) -> None:
    for page in ("site/999999/", "site/430102/step/explode/", "runs/99/", "templates/99/", "runs/99/state.json"):
        assert operator.get(f"{BASE}/{page}").status_code == 404


def test_a_hostile_name_is_shown_and_not_run(operator: Client, cast: Cast) -> None:
    hostile = '"><script>alert(1)</script><img src=x>'
    Tenant.objects.filter(code="430102-jyj").update(name=hostile, short_name=hostile[:50], undertaker=hostile)
    LifecycleEvent.objects.create(tenant=cast.department_a, action="rename", after={"name": hostile}, reason=hostile)
    rows = write_csv(("编码", "主办单位", "类型", "行政区划代码"), [("430102-x", hostile, "部门", "999999")])
    run = uploaded(operator, rows, f"{hostile}.csv")
    for page in (
        "sites/",
        "site/430102-jyj/",
        "site/430102-jyj/step/rename/",
        "site/430102-jyj/edit/",
        "templates/preview/?for=department",
        f"runs/{run.pk}/",
        "runs/",
    ):
        found = text(operator.get(f"{BASE}/{page}"))
        assert "<script>alert" not in found
        assert "<img src=x>" not in found
    assert escape(hostile) in text(operator.get(f"{BASE}/site/430102-jyj/"))


def test_look_ups_give_twenty_hits_at_most(operator: Client, cast: Cast) -> None:
    make_departments(cast, 60)
    hits = operator.get(f"{BASE}/lookup/tenants/", {"q": "第"}).json()["results"]
    assert len(hits) == 20
    assert operator.get(f"{BASE}/lookup/regions/", {"q": "天心"}).json()["results"] == [
        {"value": "430103 天心区", "note": "长沙市"}
    ]
    assert operator.get(f"{BASE}/lookup/tenants/", {"q": ""}).json()["results"] == []


# Templates -----------------------------------------------------------------------------------------------------------


def test_the_fleet_is_shown_by_kind_and_version(operator: Client, cast: Cast) -> None:
    Tenant.objects.update(conformance=1.0)
    Tenant.objects.filter(code="430103001").update(conformance=0.9995)
    page = operator.get(f"{BASE}/templates/")
    lines = {line.kind: (line.sites, line.below) for line in page.context["kinds"]}
    assert lines == {"province": (1, 0), "city": (0, 0), "county": (2, 0), "department": (2, 0), "town": (2, 1)}
    assert "99.9%" in text(page)


def test_chosen_sites_of_two_kinds_are_asked_for_one(operator: Client) -> None:
    answer = operator.get(f"{BASE}/templates/preview/?code=430102&code=430102001")
    assert [kind for kind, _label, _count in answer.context["kinds"]] == ["county", "town"]
    assert "planned" not in answer.context
    answer = operator.get(f"{BASE}/templates/preview/?code=430102&code=430102001&for=town")
    assert [site.code for site in answer.context["planned"].sites] == ["430102001"]


def test_all_that_match_the_filter_are_chosen(operator: Client) -> None:
    answer = operator.get(f"{BASE}/templates/preview/?all=1&region=430103&kind=town&q=坡子")
    assert [site.code for site in answer.context["planned"].sites] == ["430103001"]
