"""The operator's lists: pages, import in two steps, export that comes back unchanged, and the shipped words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.checks import importing
from sites.models import LeaderName, ListUpload, WordRule
from tenants.tables.export import write_csv
from tests.cast import Cast, make_regions, signed_in

WORDS, LEADERS = "/admin/checks/words/", "/admin/checks/leaders/"
SHEET = "错误写法,正确写法,级别,说明\n布署,部署,禁止,从严\n新错词,新对词,提示,\n坏词,,严重,\n".encode("gb18030")


def hand_in(client: Any, kind: str, content: bytes, name: str = "list.csv") -> Any:
    return client.post(f"/admin/checks/{kind}/import/", {"file": SimpleUploadedFile(name, content)})


def test_words_that_are_commonly_mistyped_are_there_from_the_start(db: None) -> None:
    assert WordRule.objects.count() > 100
    assert WordRule.objects.get(word="布署").replacement == "部署"
    assert not WordRule.objects.filter(word__in=["己经", "以经", "防犯"]).exists()  # they stand inside right words


def test_a_trial_writes_nothing_and_the_word_for_it_does(cast: Cast) -> None:
    client = signed_in(cast.operator)
    before = WordRule.objects.count()
    shown = hand_in(client, "words", SHEET)
    outcome = shown.context["outcome"]
    assert (outcome.added, outcome.changed, outcome.faulty) == (1, 1, 1)
    assert "4" in shown.context["said"][0]
    assert WordRule.objects.count() == before
    client.post("/admin/checks/words/import/", {"upload": shown.context["upload"].pk})
    assert WordRule.objects.get(word="新错词").severity == "hint"
    assert WordRule.objects.get(word="布署").severity == "refuse"
    assert not WordRule.objects.filter(word="坏词").exists()
    assert not ListUpload.objects.exists()
    assert hand_in(client, "words", SHEET).context["outcome"].unchanged == 2


def test_a_list_that_somebody_else_handed_in_is_not_carried_out(cast: Cast) -> None:
    upload = importing.keep_for_later("words", SHEET, "list.csv", cast.manager_a)
    for chosen in (upload.pk, "x", "", 999):
        answer = signed_in(cast.operator).post("/admin/checks/words/import/", {"upload": chosen})
        assert answer.status_code == 404
    assert not WordRule.objects.filter(word="新错词").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", "别的,表头\n1,2".encode()),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_a_sentence(cast: Cast, name: str, content: bytes) -> None:
    answer = hand_in(signed_in(cast.operator), "words", content, name)
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]


def test_fifty_thousand_words_are_imported(db: None) -> None:
    WordRule.objects.all().delete()
    rows = [[f"错词{number}号", f"对词{number}号", "提示", ""] for number in range(50_000)]
    data = write_csv(["错误写法", "正确写法", "级别", "说明"], rows)
    assert importing.import_list("words", data, "a.csv", dry_run=False).added == 50_000
    assert importing.import_list("words", data, "a.csv", dry_run=True).unchanged == 50_000


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["words", "leaders"])
def test_what_is_exported_comes_back_unchanged(cast: Cast, kind: str, form: str) -> None:
    region = cast.regions()["430102"]
    LeaderName.objects.create(name="李小明", post="区委书记", region=region, rank=1)
    LeaderName.objects.create(name="=王芳", post="区长", rank=2)
    answer = signed_in(cast.operator).get(f"/admin/checks/{kind}/export.{form}")
    outcome = importing.import_list(kind, answer.content, f"a.{form}", dry_run=True)
    assert (outcome.added, outcome.changed, outcome.faulty) == (0, 0, 0)
    assert outcome.unchanged == (LeaderName if kind == "leaders" else WordRule).objects.count()


def test_leaders_are_imported_with_their_region(db: None) -> None:
    make_regions()
    data = "姓名,职务,行政区划,排序\n李小明,区委书记,430102 芙蓉区,1\n".encode()
    importing.import_list("leaders", data, "a.csv", dry_run=False)
    leader = LeaderName.objects.get()
    assert leader.region is not None
    assert (leader.region.name, leader.rank) == ("芙蓉区", 1)


def test_entries_are_added_changed_and_deleted_one_by_one(cast: Cast) -> None:
    client = signed_in(cast.operator)
    client.post(f"{LEADERS}new/", {"name": "李小明", "post": "区委书记", "region": "芙蓉区", "rank": 1})
    leader = LeaderName.objects.get()
    assert "430102 芙蓉区" in client.get(f"{LEADERS}edit/{leader.pk}/").content.decode()
    client.post(f"{LEADERS}edit/{leader.pk}/", {"name": "李小明", "post": "区长", "region": "", "rank": 2})
    leader.refresh_from_db()
    assert (leader.post, leader.region) == ("区长", None)
    client.post(f"{LEADERS}delete/{leader.pk}/")
    assert not LeaderName.objects.exists()
    same = client.post(f"{WORDS}new/", {"word": "甲", "replacement": "甲", "severity": "hint"})
    assert same.context["form"].errors["replacement"]


def test_the_list_is_paged_and_searched(cast: Cast) -> None:
    client = signed_in(cast.operator)
    page = client.get(WORDS).content.decode()
    assert len(re.findall(r"/admin/checks/words/edit/(\d+)/", page)) <= 2 * 50
    found = client.get(WORDS, {"q": "布署"}).content.decode()
    assert "布署" in found
    assert "一如既往" not in found
    with CaptureQueriesContext(connection) as asked:
        client.get(WORDS)
    assert len(asked) <= 20


@pytest.mark.parametrize(
    "address",
    [WORDS, f"{WORDS}new/", LEADERS, "/admin/checks/words/import/", "/admin/checks/words/export.csv"],
)
@pytest.mark.parametrize("name", ["manager_a", "contributor_a", "supervisor"])
def test_the_lists_do_not_exist_for_others(cast: Cast, address: str, name: str) -> None:
    assert signed_in(getattr(cast, name)).get(address).status_code == 404


@pytest.mark.parametrize("address", ["/admin/checks/people/import/", "/admin/checks/words/export.exe"])
def test_there_are_two_lists_and_two_forms(cast: Cast, address: str) -> None:
    assert signed_in(cast.operator).get(address).status_code == 404
