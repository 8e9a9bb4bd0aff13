"""The scripts' door of the transitions: tokens within reach, records, steps, the same answer to the same key."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import APIToken

from legacy import blobs
from legacy.api import door
from legacy.ledger.canonical import canonical
from legacy.models import ApiAnswer, ItemState, LegacyItem, LegacyRaw, LegacyRun, OldAddress, Transition
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import ADMIN_HOST, Cast
from tests.legacy.transitions import HOST, begun

BASE = "/api/legacy/v1"
IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
NEW = {"tenant": "430102", "code": "fr-old", "name": "芙蓉区旧站", "hosts": ["http://www.fr.example.gov.cn/index.html"]}


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Any) -> None:
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}
    settings.DATA_DIR = tmp_path


class Script:
    """A script with somebody's token."""

    def __init__(self, user: User | None, host: str = ADMIN_HOST) -> None:
        headers = {"host": host}
        if user:
            headers["authorization"] = f"Bearer {APIToken.create_token(user=user, name='script')[1]}"
        self.client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{BASE}{path}", query)

    def post(self, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"idempotency-key": key} if key else {}
        return self.client.post(
            f"{BASE}{path}", json.dumps(body or {}), content_type="application/json", headers=headers
        )

    def stream(self, path: str, lines: list[Any], key: str = "") -> Any:
        data = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        headers = {"idempotency-key": key} if key else {}
        return self.client.generic(
            "POST", f"{BASE}{path}", data.encode(), content_type="application/x-ndjson", headers=headers
        )


@pytest.fixture
def script(cast: Cast) -> Script:
    begun(cast.county_a)
    return Script(cast.manager_a)


ENDPOINTS = (
    ("GET", "/transitions/old-a"),
    ("POST", "/transitions/old-a/raws"),
    ("POST", "/transitions/old-a/raws/file"),
    ("POST", "/transitions/old-a/records"),
    ("POST", "/transitions/old-a/records.ndjson"),
    ("POST", "/transitions/old-a/steps/extract"),
    ("GET", "/transitions/old-a/runs"),
    ("GET", "/transitions/old-a/runs/1"),
    ("GET", "/transitions/old-a/runs/1/lines"),
    ("POST", "/transitions/old-a/runs/1/stop"),
    ("POST", "/transitions/old-a/runs/1/continue"),
    ("GET", "/transitions/old-a/items"),
    ("GET", "/transitions/old-a/items/1"),
    ("GET", "/transitions/old-a/ledger"),
    ("GET", "/transitions/old-a/acceptance"),
)
BODIES: dict[str, Any] = {
    "/transitions/old-a/raws": {"records": [{"url": f"http://{HOST}/"}]},
    "/transitions/old-a/records": {"records": [{"key": "1", "title": "一"}]},
}


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_a_neighbours_token_finds_nothing_and_one_without_a_site_is_refused(cast: Cast, method: str, path: str) -> None:
    begun(cast.county_a)
    body: Any = json.dumps(BODIES.get(path, {}))
    kind = "application/json"
    if path.endswith("/file"):
        body = b'--x\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttp://a.example.gov.cn/\r\n--x\r\n'
        body += b'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\na\r\n--x--\r\n'
        kind = "multipart/form-data; boundary=x"
    asked = {"data": body, "content_type": kind}

    def status(user: User | None, host: str = ADMIN_HOST) -> int:
        return Script(user, host).client.generic(method, f"{BASE}{path}", **asked).status_code

    assert status(None) == 401
    assert status(cast.contributor_a) == 403
    assert status(cast.supervisor) == 403
    assert status(cast.manager_b) == 404
    assert status(cast.manager_a, host="a.localhost") == 404
    with tenant_scope(cast.county_a):
        assert not LegacyRaw.objects.exists()
        assert not LegacyRun.objects.exists()


def test_a_transition_is_begun_once_under_a_key(cast: Cast) -> None:
    script = Script(cast.manager_a)
    first = script.post("/transitions", NEW, key="nightly-1")
    assert first.status_code == 201
    assert first.json()["hosts"] == ["www.fr.example.gov.cn"]
    again = script.post("/transitions", NEW, key="nightly-1")
    assert (again.status_code, again.json()) == (201, first.json())
    other = script.post("/transitions", {**NEW, "code": "another"}, key="nightly-1")
    assert other.status_code == 422
    assert script.post("/transitions", NEW).status_code == 422
    with tenant_scope(cast.county_a):
        assert Transition.objects.count() == 1
        assert ApiAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status", "word"),
    [
        ({"tenant": "430103"}, 404, "430103"),
        ({"code": "Große Site"}, 422, "code"),
        ({"hosts": ["not a host"]}, 422, "not a host"),
        ({"hosts": ["b.localhost"]}, 422, "b.localhost"),
        ({"hosts": []}, 422, "hosts"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_transition_that_cannot_be_is_refused_with_a_sentence(
    cast: Cast, given: dict[str, Any], status: int, word: str
) -> None:
    answer = Script(cast.manager_a).post("/transitions", {**NEW, **given})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert word in answer.content.decode()


def test_an_old_host_of_the_neighbours_transition_is_refused_without_naming_it(cast: Cast, script: Script) -> None:
    answer = Script(cast.manager_b).post("/transitions", {**NEW, "tenant": "430103", "hosts": [HOST]})
    assert answer.status_code == 422
    assert 'old-a"' not in answer.content.decode()


def test_each_person_lists_the_own_transitions(cast: Cast, script: Script) -> None:
    begun(cast.county_b, code="old-b", host="www.old-b.example.gov.cn")
    assert [each["code"] for each in script.get("/transitions").json()["items"]] == ["old-a"]
    assert [each["code"] for each in Script(cast.operator).get("/transitions").json()["items"]] == ["old-b", "old-a"]
    told = script.get("/transitions/old-a").json()
    assert told["tenant"] == "430102"
    assert told["items"] == {}


def test_raw_records_keep_their_bytes_and_are_unchanged_the_second_time(cast: Cast, script: Script) -> None:
    page = "<html><title>通知</title></html>".encode("gb18030")
    record = {
        "url": f"http://{HOST}/a.html",
        "data": base64.b64encode(page).decode(),
        "content_type": "text/html",
        "fetched_at": "2026-01-05T08:00:00+08:00",
    }
    broken = {"url": f"http://{HOST}/b.html", "data": "***"}
    answer = script.post("/transitions/old-a/raws", {"records": [record, broken]}).json()
    assert answer["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "kept": 0, "refused": 1}
    assert [each["line"] for each in answer["refused"]] == [2]
    with tenant_scope(cast.county_a):
        raw = LegacyRaw.objects.get()
        assert blobs.get(raw.sha256) == page
        assert (raw.kind, raw.source, raw.key) == ("page", "api", canonical(record["url"]).key)
    again = script.post("/transitions/old-a/raws", {"records": [record]}).json()
    assert again["counts"]["unchanged"] == 1


def test_a_large_file_comes_as_multipart(cast: Cast, script: Script) -> None:
    file = SimpleUploadedFile("附件.pdf", b"%PDF-1.4\n" + b"x" * 5_000_000)
    answer = script.client.post(
        f"{BASE}/transitions/old-a/raws/file", {"url": f"http://{HOST}/f/附件.pdf", "file": file}
    )
    assert answer.json()["counts"]["created"] == 1
    with tenant_scope(cast.county_a):
        assert LegacyRaw.objects.get().size == 5_000_009


def test_a_stream_of_records_is_stored_line_by_line_and_says_which_were_refused(cast: Cast, script: Script) -> None:
    lines: list[Any] = [{"key": f"news:{n}", "title": f"第{n}条", "published_at": "2015-04-14"} for n in range(700)]
    lines[100:100] = ["", "{nonsense", {"key": "x", "title": "甲", "colour": "red"}, {"title": "没有来处"}]
    answer = script.stream("/transitions/old-a/records.ndjson", lines, key="night")
    told = answer.json()
    assert told["counts"]["created"] == 700
    assert [each["line"] for each in told["refused"]] == [102, 103, 104]
    assert "colour" in told["refused"][1]["text"]
    run = script.get(f"/transitions/old-a/runs/{told['run']}").json()
    assert (run["state"], run["done"]) == ("finished", 700)
    refused = script.get(f"/transitions/old-a/runs/{told['run']}/lines", level="refused", page_size=2).json()
    assert (refused["count"], len(refused["items"])) == (3, 2)
    assert script.stream("/transitions/old-a/records.ndjson", lines, key="night").json() == told
    assert script.stream("/transitions/old-a/records.ndjson", lines[:5], key="night").status_code == 422
    assert script.stream("/transitions/old-a/records.ndjson", lines).json()["counts"]["unchanged"] == 700
    with tenant_scope(cast.county_a):
        raw = LegacyRaw.objects.get(key="news:7")
        assert raw.fields["published_at"].startswith("2015-04-14")


def test_a_step_takes_its_own_options_alone(script: Script) -> None:
    assert script.post("/transitions/old-a/steps/dance").status_code == 404
    answer = script.post("/transitions/old-a/steps/extract", {"depth": 3})
    assert answer.status_code == 422
    assert "depth" in answer.json()["detail"]
    # A script cannot name a file of the server, nor an inner host.
    assert script.post("/transitions/old-a/steps/collect", {"path": "/etc/passwd"}).status_code == 422
    assert script.post("/transitions/old-a/steps/collect", {"at_command_line": True}).status_code == 422


def test_a_second_run_of_one_site_is_refused(cast: Cast, script: Script) -> None:
    with tenant_scope(cast.county_a):
        transition = Transition.objects.get()
        LegacyRun.objects.create(tenant=cast.county_a, transition=transition, step="load", state="running")
    answer = script.post("/transitions/old-a/steps/extract")
    assert answer.status_code == 409
    assert script.post("/transitions/old-a/runs/999/stop").status_code == 404


def test_items_and_addresses_come_in_pages(cast: Cast, script: Script) -> None:
    with tenant_scope(cast.county_a):
        transition = Transition.objects.get()
        own = {"tenant": cast.county_a, "transition": transition}
        for number in range(5):
            state = ItemState.REVIEW if number == 3 else ItemState.LOADED
            questions = [{"msgid": "Two dates.", "params": {}}] if number == 3 else []
            LegacyItem.objects.create(**own, key=str(number), title=f"第{number}条", state=state, questions=questions)
        for number in range(3):
            address = canonical(f"http://{HOST}/{number}")
            OldAddress.objects.create(
                **own, digest=address.digest, host=address.host, path=address.path, hits=number, result="unresolved"
            )
    review = script.get("/transitions/old-a/items", state="review").json()
    assert [(each["title"], each["why"]) for each in review["items"]] == [("第3条", ["Two dates."])]
    assert script.get(f"/transitions/old-a/items/{review['items'][0]['id']}").json()["body"]["blocks"] == []
    ledger = script.get("/transitions/old-a/ledger", page=2, page_size=2).json()
    assert (ledger["count"], [each["path"] for each in ledger["items"]]) == (3, ["/0"])
    assert script.get("/transitions/old-a/acceptance").status_code == 404


def test_every_endpoint_is_described_and_no_page_loads_foreign_scripts(script: Script) -> None:
    described = script.get("/openapi.json").json()
    assert len(described["paths"]) == 16
    assert "application/x-ndjson" in json.dumps(described["paths"][f"{BASE}/transitions/{{code}}/records.ndjson"])
    assert script.get("/docs/").status_code == 404


def test_a_script_that_runs_wild_is_slowed_down(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.THROTTLE, "num_requests", 2)
    statuses = [script.get("/transitions").status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
