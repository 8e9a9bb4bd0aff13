"""The client for scripts, and the guide's worked examples: as they stand, against the platform."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client as Browser
from wagtail.models import APIToken

from legacy.models import LegacyItem, LegacyRaw
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import ADMIN_HOST, Cast
from tests.legacy.transitions import begun

ROOT = Path(__file__).resolve().parents[3]
IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "migration-guide.md").read_text(encoding="utf-8"), re.S)


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Path) -> None:
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}
    settings.DATA_DIR = tmp_path


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the client's module, as a script that lies beside it imports it."""
    spec = importlib.util.spec_from_file_location("legacy_client", ROOT / "deploy" / "clients" / "legacy_client.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "legacy_client", found)
    spec.loader.exec_module(found)
    return found


class Wire:
    """The way from the client to the platform, without a network; notes the statuses and fails as often as told."""

    def __init__(self, fails: int = 0) -> None:
        self.browser = Browser(headers={"host": ADMIN_HOST}, raise_request_exception=False)
        self.fails, self.sent = fails, list[tuple[str, str, int]]()

    def __call__(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        path = url.removeprefix("https://admin.example.gov.cn")
        kind = headers.get("Content-Type", "application/json")
        rest = {name: text for name, text in headers.items() if name != "Content-Type"}
        answer = self.browser.generic(method, path, body, content_type=kind, headers=rest)
        self.sent.append((method, path, answer.status_code))
        if self.fails:
            self.fails -= 1
            raise ConnectionResetError
        return answer.status_code, {name.lower(): text for name, text in answer.headers.items()}, answer.content


def token_of(user: User) -> str:
    return str(APIToken.create_token(user=user, name="script")[1])


@pytest.fixture
def client(cast: Cast, module: ModuleType) -> Any:
    begun(cast.county_a)
    return module.Client(
        "https://admin.example.gov.cn", token_of(cast.manager_a), transport=Wire(), sleep=lambda seconds: None
    )


def test_records_go_in_batches_and_refusals_keep_their_line(cast: Cast, client: Any) -> None:
    records = [{"key": str(number), "title": f"第{number}条" if number != 6 else ""} for number in range(8)]
    told = client.push_records("old-a", records, lines=3)
    assert (told["counts"]["created"], len(told["runs"])) == (7, 3)
    assert [each["line"] for each in told["refused"]] == [7]
    assert client.push_records("old-a", records)["counts"]["unchanged"] == 7


def test_a_broken_connection_is_tried_again_and_nothing_is_done_twice(cast: Cast, module: ModuleType) -> None:
    wire = Wire(fails=1)
    client = module.Client(
        "https://admin.example.gov.cn", token_of(cast.manager_a), transport=wire, sleep=lambda s: None
    )
    made = client.create_transition(tenant="430102", code="fr", name="旧站", hosts=["www.fr.example.gov.cn"])
    assert [status for _method, _path, status in wire.sent] == [201, 201]
    assert [each["code"] for each in client.transitions()] == [made["code"]]


def test_a_file_is_handed_in_whole(cast: Cast, client: Any, tmp_path: Path) -> None:
    file = tmp_path / "附件.pdf"
    file.write_bytes(b"%PDF-1.4\r\n--\r\n" + bytes(range(256)) * 100)
    client.push_file("old-a", "http://www.old-a.example.gov.cn/f/1.pdf", file)
    with tenant_scope(cast.county_a):
        assert LegacyRaw.objects.get().size == file.stat().st_size


def test_a_refusal_is_an_error_with_its_sentence(client: Any, module: ModuleType) -> None:
    with pytest.raises(module.ApiError) as caught:
        client.transition("nobodys")
    assert caught.value.status == 404
    assert "nobodys" in caught.value.detail


def test_pages_are_read_to_the_end(cast: Cast, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.push_records("old-a", [{"key": str(number), "title": ""} for number in range(450)])
    assert len(list(client.lines("old-a", 0 or _only_run(cast), "refused"))) == 450


def _only_run(cast: Cast) -> int:
    from legacy.models import LegacyRun

    with tenant_scope(cast.county_a):
        return LegacyRun.objects.get().pk


def test_the_guides_examples_run_as_they_stand(
    cast: Cast, module: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(EXAMPLES) == 2
    monkeypatch.setattr(module.Client.__init__, "__kwdefaults__", {"transport": Wire(), "sleep": lambda seconds: None})
    token = token_of(cast.manager_a)
    for example in EXAMPLES:
        assert "wagtail_令牌" in example
        exec(compile(example.replace("wagtail_令牌", token), "migration-guide.md", "exec"), {})
    said = capsys.readouterr().out
    assert "关于做好春耕生产的通知 extracted []" in said
    assert "还没有验收报告。" in said or "There is no acceptance report yet." in said
    with tenant_scope(cast.county_a):
        titles = {item.title for item in LegacyItem.objects.all()}
    assert {"关于做好春耕生产的通知", "秋粮收购公告"} <= titles
