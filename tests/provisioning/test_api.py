"""The scripts' door: tokens, idempotent writing by code, lists, steps; never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import APIToken

from provisioning import api as api_module, api_schemas
from provisioning.models import ProvisioningRun, RunStatus
from tenants.models import LifecycleEvent, Tenant, User
from tests.cast import ADMIN_HOST, Cast

BASE = "/api/v1"
IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
SITE = {"name": "芙蓉区民政局", "kind": "department", "region_code": "430102", "contact_phone": "0731-84330000"}
ROWS = [
    {"code": "430102-mzj", "name": "芙蓉区民政局", "kind": "department", "region_code": "430102"},
    {"编码": "430102-sjj", "主办单位": "芙蓉区审计局", "类型": "部门", "行政区划代码": "430102"},
    {"code": "430102-x", "name": "无区划", "kind": "department", "region_code": "999999"},
]


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}


class Script:
    """A script with somebody's token."""

    def __init__(self, user: User | None, host: str = ADMIN_HOST) -> None:
        headers = {"host": host}
        if user:
            headers["authorization"] = f"Bearer {APIToken.create_token(user=user, name='script')[1]}"
        self.client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{BASE}{path}", query)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.generic(method, f"{BASE}{path}", json.dumps(body or {}), content_type="application/json")

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, body)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, body)


@pytest.fixture
def script(cast: Cast) -> Script:
    return Script(cast.operator)


ENDPOINTS = (
    ("GET", "/tenants"),
    ("GET", "/tenants/430102"),
    ("PUT", "/tenants/430102"),
    ("POST", "/tenants/430102/suspend"),
    ("POST", "/provisioning/plan"),
    ("POST", "/provisioning/runs"),
    ("GET", "/provisioning/runs"),
    ("GET", "/provisioning/runs/1"),
    ("GET", "/provisioning/runs/1/rows"),
    ("POST", "/provisioning/runs/1/continue"),
)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_every_endpoint_wants_an_operators_token(cast: Cast, method: str, path: str) -> None:
    assert Script(None).send(method, path).status_code == 401
    for stranger in (cast.contributor_a, cast.manager_a, cast.supervisor):
        answer = Script(stranger).send(method, path)
        assert answer.status_code == 403
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Script(cast.operator, host="a.localhost").send(method, path).status_code == 404
    assert Tenant.objects.get(code="430102").status == "live"


def test_a_session_is_no_token_and_a_revoked_token_none_any_more(cast: Cast) -> None:
    browser = Client(headers={"host": ADMIN_HOST})
    browser.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"{BASE}/tenants").status_code == 401
    script = Script(cast.operator)
    APIToken.objects.get().revoke()
    assert script.get("/tenants").status_code == 401
    cast.operator.is_active = False
    cast.operator.save()
    assert Script(cast.operator).get("/tenants").status_code == 401


def test_every_endpoint_is_described_and_no_page_loads_foreign_scripts(script: Script) -> None:
    described = script.get("/openapi.json").json()
    assert len(described["paths"]) == 8
    assert "multipart/form-data" in json.dumps(described["paths"][f"{BASE}/provisioning/plan"])
    assert script.get("/docs/").status_code == 404


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"kind": ["town"]}, ["430102001", "430103001"]),
        ({"region": "430103"}, ["430103", "430103-jyj", "430103001"]),
        ({"q": "教育局", "region": "430102"}, ["430102-jyj"]),
        ({"status": ["draft", "trial"]}, []),
        ({"supervisor": "430000"}, ["430102", "430103"]),
        ({"template_version": 99}, []),
        ({"page": 2, "page_size": 3}, ["430102001", "430103", "430103-jyj"]),
        ({"page": 99}, []),
    ],
)
def test_sub_sites_are_listed_by_filter_and_page(script: Script, query: dict[str, Any], codes: list[str]) -> None:
    assert [site["code"] for site in script.get("/tenants", **query).json()["items"]] == codes


def test_a_sub_site_says_where_it_stands(script: Script) -> None:
    site = script.get("/tenants/430102001").json()
    assert (site["mounted_under_code"], site["mount"], site["status"]) == ("430102", "wyl", "live")
    assert site["url"].endswith("/wyl/")
    answer = script.get("/tenants/nobody")
    assert (answer.status_code, "nobody" in answer.json()["detail"]) == (404, True)


def test_putting_the_same_twice_opens_once(script: Script, cast: Cast) -> None:
    first = script.put("/tenants/430102-mzj", SITE)
    assert (first.status_code, first.json()["action"]) == (201, "created")
    assert first.json()["tenant"]["mounted_under_code"] == "430102"
    second = script.put("/tenants/430102-mzj", SITE)
    assert (second.status_code, second.json()["action"]) == (200, "unchanged")
    third = script.put("/tenants/430102-mzj", {**SITE, "contact_phone": "0731-84330001"})
    assert (third.status_code, third.json()["action"]) == (200, "changed")
    assert third.json()["changes"] == {"contact_phone": ["0731-84330000", "0731-84330001"]}
    assert Tenant.objects.filter(code="430102-mzj").count() == 1
    assert ProvisioningRun.objects.count() == 2  # nothing is recorded where nothing happens
    assert set(ProvisioningRun.objects.values_list("started_by", flat=True)) == {cast.operator.pk}


@pytest.mark.parametrize(
    ("code", "change", "field"),
    [
        ("430102-mzj", {"region_code": "999999"}, "region_code"),
        ("430102-mzj", {"kind": "castle"}, "kind"),
        ("430102-mzj", {"contact_phone": "nobody"}, "contact_phone"),
        ("430102-mzj", {"host": "https://x.gov.cn/"}, "host"),
        ("430102-mzj", {"mount": "wyl"}, "mount"),
        ("430102", {}, "kind"),
        ("-", {}, "code"),
    ],
)
def test_what_does_not_fit_is_told_field_by_field(
    script: Script, code: str, change: dict[str, str], field: str
) -> None:
    answer = script.put(f"/tenants/{code}", {**SITE, **change})
    assert answer.status_code == 422
    assert field in {each["field"] for each in answer.json()["errors"]}
    assert not ProvisioningRun.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "x"}, {**SITE, "hots": "x"}, {**SITE, "code": "other"}, {**SITE, "name": "长" * 101}, {**SITE, "opened_on": "x"}, []],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_refused(script: Script, body: Any) -> None:
    answer = script.put("/tenants/430102-mzj", body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_plan_changes_nothing(script: Script) -> None:
    found = script.post("/provisioning/plan", {"rows": ROWS}).json()
    assert found["counts"] == {"create": 2, "change": 0, "unchanged": 0, "refused": 1}
    assert found["sites"][0]["address"] == "430102/minzheng"
    assert found["refused"][0]["problems"][0]["field"] == "region_code"
    assert not ProvisioningRun.objects.exists()
    assert not Tenant.objects.filter(code="430102-mzj").exists()


def test_a_list_is_carried_out_in_the_background(script: Script) -> None:
    answer = script.post("/provisioning/runs", {"rows": ROWS, "status": "draft"})
    assert answer.status_code == 202
    run = script.get(f"/provisioning/runs/{answer.json()['id']}").json()
    assert (run["status"], run["counts"]["created"], run["counts"]["refused"]) == ("finished", 2, 1)
    assert Tenant.objects.get(code="430102-sjj").status == "draft"
    [refused] = script.get(f"/provisioning/runs/{run['id']}/rows", show="refused").json()["items"]
    assert "999999" in refused["problems"][0]
    again = script.post("/provisioning/runs", {"rows": ROWS}).json()
    assert script.get(f"/provisioning/runs/{again['id']}").json()["counts"]["unchanged"] == 2
    assert script.get("/provisioning/runs").json()["count"] == 2


def test_a_list_may_come_as_a_file(script: Script) -> None:
    file = SimpleUploadedFile(
        "名单.csv", "编码,主办单位,类型,行政区划代码\n430102-mzj,芙蓉区民政局,部门,430102\n".encode("gb18030")
    )
    answer = script.client.post(f"{BASE}/provisioning/runs", {"file": file, "with_optional": "true"})
    assert answer.status_code == 202
    run = ProvisioningRun.objects.get()
    assert (run.source_name, run.options["with_optional"], run.status) == ("名单.csv", True, RunStatus.FINISHED)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"rows": []}, 422),
        ({"rows": "x"}, 422),
        ({"rows": [1]}, 422),
        ({"rows": ROWS, "status": "closed"}, 422),
        ({"rows": ROWS, "host_pattern": "{slug:>999999999}.gov.cn"}, 422),
        ({"rows": [{"a": 1}]}, 422),
        ({"rows": [{"name": {"x": 1}, "kind": "town"}]}, 200),
        ({"rows": [{"name": "\ud800", "kind": "town"}]}, 422),
    ],
)
def test_a_bad_list_gets_a_sentence(script: Script, body: Any, status: int) -> None:
    answer = script.post("/provisioning/plan", body)
    assert answer.status_code == status
    assert answer.json()


def test_bodies_that_cannot_be_read_are_refused(script: Script, settings: Any) -> None:
    def posted(body: bytes, content_type: str = "application/json") -> int:
        return script.client.generic("POST", f"{BASE}/provisioning/plan", body, content_type=content_type).status_code

    assert posted(b"{") == 400
    assert posted(b"[" * 100_000) == 400
    assert posted(b"\xff\xfe") == 400
    assert posted(b"x", "multipart/form-data; boundary=b") in (400, 422)
    assert posted(b"x", "multipart/form-data") == 400
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert posted(b'{"rows": [' + b" " * 200 + b"]}") == 413


def test_a_step_is_taken_once(script: Script, cast: Cast) -> None:
    first = script.post("/tenants/430102-jyj/suspend", {"reason": "等保整改"}).json()
    assert (first["action"], first["tenant"]["status"], first["event"]["by"]) == ("done", "suspended", "operator")
    assert script.post("/tenants/430102-jyj/suspend", {"reason": "等保整改"}).json()["action"] == "unchanged"
    assert LifecycleEvent.objects.filter(tenant=cast.department_a).count() == 1
    assert script.post("/tenants/430102-jyj/resume").json()["tenant"]["status"] == "live"
    moved = script.post("/tenants/430102-jyj/move", {"supervisor_code": "430103"}).json()
    assert moved["tenant"]["supervisor_code"] == "430103"
    assert script.post("/tenants/430102-jyj/move", {"supervisor_code": ""}).json()["tenant"]["supervisor_code"] == ""
    assert (
        script.post("/tenants/430102/change-host", {"host": "www.furong.gov.cn"}).json()["tenant"]["host"]
        == "www.furong.gov.cn"
    )


@pytest.mark.parametrize(
    ("step", "body", "status"),
    [
        ("suspend", {}, 409),
        ("reopen", {}, 409),
        ("explode", {}, 404),
        ("change_host", {}, 422),
        ("change_host", {"host": "b.localhost"}, 409),
        ("suspend", {"reason": "x", "host": "y.gov.cn"}, 422),
        ("move", {"region_code": "999999"}, 422),
        ("close", {"notice_days": 0}, 422),
        ("suspend", {"reason": "长" * 201}, 422),
    ],
)
def test_a_step_that_is_refused_says_why(script: Script, step: str, body: dict[str, Any], status: int) -> None:
    answer = script.post(f"/tenants/430102/{step}", body)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert Tenant.objects.get(code="430102").status == "live"


def test_a_broken_platform_tells_no_traceback(script: Script, monkeypatch: Any) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api_schemas, "tenant_out", fail)
    answer = script.get("/tenants/430102")
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()


def test_a_script_that_runs_wild_is_slowed_down(script: Script, monkeypatch: Any) -> None:
    monkeypatch.setattr(api_module.THROTTLE, "num_requests", 3)
    answers = [script.get("/tenants/430102") for _call in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["Retry-After"]) > 0
