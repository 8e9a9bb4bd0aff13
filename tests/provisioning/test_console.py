"""The operator's console, as a browser sees it: who may enter, what it shows, what its buttons do."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from provisioning import runs
from provisioning.console import queries
from provisioning.exclusive import exclusive
from provisioning.models import ProvisioningRun, RollOut, RunStatus
from provisioning.tables import write_csv
from sites import addresses
from tenants.models import LifecycleEvent, Role, Tenant
from tests.cast import ADMIN_HOST, Cast, new_tenant, person, signed_in

BASE = "/admin/platform"
IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
LIST = (
    "编码,主办单位,类型,行政区划代码,域名\n430102-mzj,芙蓉区民政局,部门,430102,\n430102-sjj,芙蓉区审计局,部门,430102,\n"
)


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    """Let background work run before the answer, so that a test sees its outcome."""
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


def upload(client: Client, data: bytes | str, name: str = "list.csv", **options: Any) -> Any:
    content = data.encode() if isinstance(data, str) else data
    return client.post(f"{BASE}/open/", {"file": SimpleUploadedFile(name, content), "status": "trial", **options})


def uploaded(client: Client, data: bytes | str, name: str = "list.csv", **options: Any) -> ProvisioningRun:
    answer = upload(client, data, name, **options)
    assert answer.status_code == 302, answer.context["form"].errors
    return ProvisioningRun.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2]))


def text(answer: Any) -> str:
    return answer.content.decode()


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
    assert "platform-sites" in text(client.get("/admin/"))


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


def make_departments(cast: Cast, number: int, name: str = "芙蓉区第{}处") -> None:
    region = cast.county_a.region
    tenants = [
        new_tenant(
            f"430102-d{index}", name.format(index), "department", region, mount=f"d{index}", mounted_under=cast.county_a,
            supervisor=cast.county_a, template_version=1,
        )
        for index in range(number)
    ]  # fmt: skip
    Tenant.objects.bulk_create(tenants)


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(found)


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


# Opening -------------------------------------------------------------------------------------------------------------


def test_a_list_is_handed_in_looked_at_and_carried_out(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST + "430102-x,无区划,部门,999999,\n")
    page = text(operator.get(f"{BASE}/runs/{run.pk}/"))
    assert run.status == RunStatus.PLANNED
    assert "999999" in page
    assert not Tenant.objects.filter(code="430102-mzj").exists()
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert (run.status, run.counts) == (
        RunStatus.FINISHED,
        {"created": 2, "changed": 0, "unchanged": 0, "failed": 0, "refused": 1},
    )
    assert run.started_by == cast.operator
    addresses.refresh()
    for show in ("", "created", "refused", "unchanged", "open", "nonsense"):
        assert operator.get(f"{BASE}/runs/{run.pk}/?show={show}").status_code == 200
    state = operator.get(f"{BASE}/runs/{run.pk}/state.json").json()
    assert (state["over"], state["percent"], state["done"]) == (True, 100, 3)


def test_pasted_rows_are_a_list_too(operator: Client) -> None:
    answer = operator.post(f"{BASE}/open/", {"pasted": LIST.replace(",", "\t"), "status": "draft"})
    run = ProvisioningRun.objects.get()
    assert answer.status_code == 302
    assert run.counts["create"] == 2


BAD_FILES = {
    "empty": (b"", "x.csv"),
    "blank": (b" \n \n", "x.csv"),
    "no header": ("你好,世界\n1,2\n".encode(), "x.csv"),
    "headers alone": ("编码,主办单位,类型,行政区划代码\n".encode(), "x.csv"),
    "broken bytes": (b"\xff\xfe\x00", "x.csv"),
    "half a workbook": (b"PK\x03\x04rubbish", "x.xlsx"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "x.csv"),
    "a PDF": (b"%PDF-1.7 ...", "x.pdf"),
    "a web page": (b"<html><table></table></html>", "x.xls"),
    "bad JSON": (b'[{"code": ', "x.json"),
    "a quotation mark": ('编码,主办单位,类型\n1,"没有结束,部门\n'.encode(), "x.csv"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_read_gets_a_sentence(operator: Client, kind: str) -> None:
    answer = upload(operator, *BAD_FILES[kind])
    assert answer.status_code == 200
    [sentence] = answer.context["form"].errors["file"]
    assert len(sentence) > 5
    assert not ProvisioningRun.objects.exists()


def test_nothing_handed_in_is_told(operator: Client) -> None:
    answer = operator.post(f"{BASE}/open/", {"status": "trial"})
    assert "file" in answer.context["form"].errors


@pytest.mark.parametrize(
    "pattern",
    [
        "example",
        "{slug",
        "{slug:>999999999}.gov.cn",
        "{slug.__class__}.gov.cn",
        "http://{slug}.gov.cn",
        "no-braces.gov.cn",
        "{0}.gov.cn",
    ],
)
def test_a_host_pattern_that_makes_no_host_is_told(operator: Client, pattern: str) -> None:
    answer = upload(operator, LIST, host_pattern=pattern)
    assert answer.status_code == 200
    assert "host_pattern" in answer.context["form"].errors


def test_a_second_click_on_the_button_opens_nothing_twice(operator: Client, cast: Cast, monkeypatch: Any) -> None:
    run = uploaded(operator, LIST)
    begun: list[int] = []
    monkeypatch.setattr("provisioning.tasks.runs.apply_run", lambda run, by: begun.append(run.pk) or run)
    for _click in range(3):
        assert operator.post(f"{BASE}/runs/{run.pk}/start/").status_code == 302
    assert begun == [run.pk]


def test_an_interrupted_run_is_taken_up_again(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST)
    half = LIST.splitlines()
    runs.apply_run(
        runs.create_run("\n".join(half[:2]).encode(), "half.csv", by=None, options=runs.Options())[0], by=None
    )
    # What kill -9 leaves behind: a run that says it is running, and a pulse that stopped.
    ProvisioningRun.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, started_at=timezone.now(), heartbeat_at=timezone.now(), done=1
    )
    page = text(operator.get(f"{BASE}/runs/{run.pk}/"))
    assert f"/runs/{run.pk}/start/" not in page
    assert operator.get(f"{BASE}/runs/{run.pk}/state.json").json()["over"] is False
    ProvisioningRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    assert f"/runs/{run.pk}/start/" in text(operator.get(f"{BASE}/runs/{run.pk}/"))
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert (run.status, run.counts["created"], run.counts["unchanged"]) == (RunStatus.FINISHED, 1, 1)


def test_a_run_that_could_not_begin_says_why_and_can_go_on(operator: Client, cast: Cast) -> None:
    run = uploaded(operator, LIST)
    with exclusive(runs.LOCK) if connection.vendor == "sqlite" else held_elsewhere():
        operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.error
    assert run.error in text(operator.get(f"{BASE}/runs/{run.pk}/"))
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED


def held_elsewhere() -> Any:
    """Hold the lock from a second connection: PostgreSQL's belongs to the session that took it."""
    from contextlib import contextmanager
    from zlib import crc32

    @contextmanager
    def hold() -> Any:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [crc32(runs.LOCK.encode())])
            yield
        finally:
            other.close()

    return hold()


def test_a_list_that_was_not_begun_can_be_thrown_away_and_no_other(operator: Client) -> None:
    run = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{run.pk}/discard/")
    assert not ProvisioningRun.objects.exists()
    run = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{run.pk}/start/")
    operator.post(f"{BASE}/runs/{run.pk}/discard/")
    assert ProvisioningRun.objects.get().status == RunStatus.FINISHED


def test_a_list_that_was_handed_in_before_is_recognised(operator: Client) -> None:
    first = uploaded(operator, LIST)
    operator.post(f"{BASE}/runs/{first.pk}/start/")
    second = uploaded(operator, LIST)
    page = operator.get(f"{BASE}/runs/{second.pk}/")
    assert page.context["twin"] == first
    assert second.counts["unchanged"] == 2
    assert f"/runs/{second.pk}/start/" not in text(page)


def test_refused_rows_come_back_as_a_list_with_their_problems(operator: Client) -> None:
    run = uploaded(operator, LIST + "430102-x,=cmd,部门,999999,\n")
    answer = operator.get(f"{BASE}/runs/{run.pk}/rows/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("单位编码", "主办单位", "类型")
    assert len(rows) == 2
    assert "999999" in rows[1][-1]
    assert sheet["B2"].data_type == "s"  # a text, not a formula
    assert len(operator.get(f"{BASE}/runs/{run.pk}/rows/?all=1&form=csv").content.decode().splitlines()) == 4
    assert operator.get(f"{BASE}/runs/{run.pk}/rows/?form=exe").status_code == 404


def test_the_pages_of_a_run_ask_as_many_questions_with_two_rows_as_with_twenty(operator: Client) -> None:
    def asked(number: int) -> tuple[int, int]:
        body = "".join(f"430102-n{number}x{index},芙蓉区第{number}{index}科,部门,430102,\n" for index in range(number))
        run = uploaded(operator, LIST.splitlines()[0] + "\n" + body)
        url = f"{BASE}/runs/{run.pk}/"
        operator.get(url)
        planned = queries_of(operator, url)
        operator.post(f"{url}start/")
        return planned, queries_of(operator, url)

    assert asked(2) == asked(20)


def test_the_empty_list_can_be_filled_in_and_handed_in(operator: Client) -> None:
    answer = operator.get(f"{BASE}/open/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert upload(operator, answer.content, "empty.xlsx").context["form"].errors["file"]  # the example is not a row
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    values = {"单位编码": "430102-mzj", "主办单位": "芙蓉区民政局", "类型": "部门", "行政区划代码": "430102"}
    sheet.append([values.get(header) for header in headers])
    out = io.BytesIO()
    book.save(out)
    assert uploaded(operator, out.getvalue(), "filled.xlsx").counts["create"] == 1


SINGLE = {"name": "芙蓉区民政局", "kind": "department", "region": "430102 芙蓉区", "status": "trial"}


def test_one_sub_site_is_opened_by_the_form(operator: Client, cast: Cast) -> None:
    answer = operator.post(f"{BASE}/open/one/", {**SINGLE, "code": "430102-mzj", "supervisor": "芙蓉区人民政府"})
    assert answer.status_code == 302
    assert answer.url == f"{BASE}/site/430102-mzj/"
    tenant = Tenant.objects.get(code="430102-mzj")
    assert (tenant.status, tenant.mounted_under, tenant.supervisor) == ("trial", cast.county_a, cast.county_a)
    run = ProvisioningRun.objects.get()
    assert (run.started_by, run.status) == (cast.operator, RunStatus.FINISHED)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": ""}, "kind"),
        ({"region": "火星"}, "region"),
        ({"region": "430102001"}, "region"),  # a department cannot stand in a town
        ({"kind": "county", "region": "430100"}, "region"),
        ({"code": "430102"}, "code"),  # taken by the county portal
        ({"code": "-x"}, "code"),
        ({"host": "http://x.gov.cn"}, "host"),
        ({"host": "a.localhost"}, "host"),
        ({"host": "x.gov.cn", "mount": "x"}, "mount"),
        ({"mount": "wyl"}, "mount"),
        ({"site_code": "1"}, "site_code"),
        ({"site_code": "4301020001", "host": "m.example.gov.cn"}, "site_code"),
        ({"contact_phone": "没有"}, "contact_phone"),
        ({"supervisor": "999"}, "supervisor"),
    ],
)
def test_the_form_tells_each_fault_at_its_field(operator: Client, values: dict[str, str], field: str) -> None:
    before = Tenant.objects.count()
    answer = operator.post(f"{BASE}/open/one/", {**SINGLE, **values})
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert field in errors or (field == "code" and "kind" in errors), errors
    assert Tenant.objects.count() == before
    assert not ProvisioningRun.objects.exists()


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
