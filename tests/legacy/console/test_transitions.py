"""The transitions' pages in the admin: who sees them, a new transition, the steps, runs, items and what is decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from legacy import blobs, bodies, starting
from legacy.models import ItemState, LegacyItem, LegacyRaw, LegacyRun, LineLevel, RunLine, RunState, Transition
from legacy.running import RunRefused, new_run
from legacy.values import Value
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.transitions import begun

IMMEDIATE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}


@pytest.fixture(autouse=True)
def at_once(settings: Any, tmp_path: Any) -> None:
    settings.TASKS = {"default": IMMEDIATE, "background": IMMEDIATE}
    settings.DATA_DIR = tmp_path


def an_item(transition: Transition, key: str = "1", **given: Any) -> LegacyItem:
    values = {
        "title": Value("关于春耕的通知", "meta:ArticleTitle", "关于春耕的通知", 0.98).as_json(),
        "published_at": Value(
            "2015-04-14T10:05:00+08:00", "label:发布时间", "发布时间：2015-04-14 10:05", 0.6
        ).as_json(),
    }
    body = bodies.empty() | {"blocks": [{"type": "text", "html": "<p>正文<script>alert(1)</script></p>"}]}
    facts = {
        "tenant_id": transition.tenant_id,
        "transition": transition,
        "key": key,
        "title": "关于春耕的通知",
        "published_at": "2015-04-14T10:05:00+08:00",
        "values": values,
        "questions": [{"msgid": "The date is not sure.", "params": {}}],
        "state": ItemState.REVIEW,
        "body_sha256": blobs.put(bodies.dump(body)),
        **given,
    }
    return LegacyItem.objects.create(**facts)


def pages(transition: Transition, run: LegacyRun, item: LegacyItem) -> list[str]:
    pk = transition.pk
    return [
        reverse("legacy:transition", args=[pk]),
        reverse("legacy:collect", args=[pk]),
        reverse("legacy:load", args=[pk]),
        reverse("legacy:runs", args=[pk]),
        reverse("legacy:run", args=[pk, run.pk]),
        reverse("legacy:run_state", args=[pk, run.pk]),
        reverse("legacy:items", args=[pk]),
        reverse("legacy:item", args=[pk, item.pk]),
    ]


def acts(transition: Transition, run: LegacyRun, item: LegacyItem) -> list[str]:
    pk = transition.pk
    return [
        reverse("legacy:collect", args=[pk]),
        reverse("legacy:start", args=[pk, "extract"]),
        reverse("legacy:load", args=[pk]),
        reverse("legacy:run_stop", args=[pk, run.pk]),
        reverse("legacy:run_go_on", args=[pk, run.pk]),
        reverse("legacy:item_decide", args=[pk, item.pk, "drop"]),
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager_a", 200), ("operator", 200), ("contributor_a", 403), ("supervisor", 403), ("manager_b", 404)],
)
def test_who_may_look_at_a_transition_and_act_on_it(cast: Cast, who: str, status: int) -> None:
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        run, item = new_run(transition, "extract", by=None), an_item(transition)
    client = signed_in(getattr(cast, who))
    assert {url: client.get(url).status_code for url in pages(transition, run, item)} == dict.fromkeys(
        pages(transition, run, item), status
    )
    if status != 200:
        answers = {url: client.post(url).status_code for url in acts(transition, run, item)}
        assert answers == dict.fromkeys(acts(transition, run, item), status)


def test_the_list_shows_the_own_transitions_and_asks_as_much_for_two_as_for_twelve(cast: Cast) -> None:
    begun(cast.county_b, code="old-b", host="www.old-b.example.gov.cn")
    client, url = signed_in(cast.manager_a), reverse("legacy:transitions")
    assert client.get("/admin/").status_code == 200  # the first request of a session asks more
    counts = []
    for number in range(12):
        begun(cast.county_a, code=f"a-{number}", host=f"www{number}.old-a.example.gov.cn")
        if number in (1, 11):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                text = client.get(url).content.decode()
            counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "a-11" in text
    assert "old-b" not in text
    assert signed_in(cast.contributor_a).get(url).status_code == 403


def test_the_menu_shows_the_entry_to_those_who_have_an_old_site(cast: Cast) -> None:
    def shown(who: str) -> bool:
        answer = signed_in(getattr(cast, who)).get(reverse("govsites_notices:list"), follow=True)
        return "/admin/legacy/" in answer.content.decode()

    assert not shown("manager_a")
    begun(cast.county_a)
    assert [shown(who) for who in ("manager_a", "operator", "contributor_a", "manager_b")] == [True, True, False, False]


def test_a_manager_begins_a_transition_of_the_own_site_alone(cast: Cast) -> None:
    client, url = signed_in(cast.manager_a), reverse("legacy:transition_new")
    form = {
        "tenant": "430102",
        "name": "旧站",
        "code": "fr-old",
        "hosts": "http://www.fr.example.gov.cn/\nfr.example.gov.cn",
    }
    foreign = client.post(url, {**form, "tenant": "430103"})
    assert foreign.status_code == 200
    made = client.post(url, form)
    with tenant_scope(cast.county_a):
        transition = Transition.objects.get()
    assert made.headers["Location"] == reverse("legacy:transition", args=[transition.pk])
    assert transition.hosts == ["www.fr.example.gov.cn", "fr.example.gov.cn"]
    assert transition.created_by == cast.manager_a
    again = client.post(url, {**form, "hosts": "www.other.example.gov.cn"})
    assert "fr-old" in again.content.decode()
    assert "已被" in again.content.decode() or "taken" in again.content.decode()


def test_an_operator_names_the_sub_site_by_code_or_by_its_whole_name(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legacy.console.forms.TransitionForm.MOST_CHOICES", 0)
    client, url = signed_in(cast.operator), reverse("legacy:transition_new")
    form = {"name": "旧站", "hosts": "www.fr.example.gov.cn"}
    for number, (given, status) in enumerate(((cast.county_a.name, 302), ("430102", 302), ("不存在的局", 200))):
        answer = client.post(
            url, {**form, "tenant": given, "code": f"fr-{number}", "hosts": f"www.fr{number}.example.gov.cn"}
        )
        assert answer.status_code == status, given
    with tenant_scope(cast.county_a):
        assert set(Transition.objects.values_list("code", flat=True)) == {"fr-0", "fr-1"}
    Tenant.objects.filter(pk=cast.county_b.pk).update(name=cast.county_a.name)
    twice = client.post(url, {**form, "tenant": cast.county_a.name, "code": "fr-3"})
    assert twice.context["form"].errors.keys() == {"tenant"}


def test_the_list_leads_to_the_board_and_says_what_is_not_found(cast: Cast) -> None:
    client, url = signed_in(cast.manager_a), reverse("legacy:transitions")
    board = reverse("legacy:board")
    assert f'href="{board}"' not in client.get(url).content.decode()
    begun(cast.county_a)
    assert f'href="{board}"' in client.get(url).content.decode()
    assert list(client.get(url, {"q": "nothing"}).context["lines"]) == []


def test_loading_says_first_what_it_would_do(cast: Cast) -> None:
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        an_item(transition)
        an_item(transition, "2", state=ItemState.EXTRACTED, questions=[], column_key="/gzdt")
        LegacyRaw.objects.create(
            tenant_id=transition.tenant_id, transition=transition, source="crawl", key="a", kind="page"
        )
    client, url = signed_in(cast.manager_a), reverse("legacy:load", args=[transition.pk])
    assert f'href="{url}"' in client.get(reverse("legacy:transition", args=[transition.pk])).content.decode()
    shown = client.get(url)
    assert (shown.context["undecided"], shown.context["in_review"], shown.context["published"]) == (1, 1, 0)
    assert client.post(reverse("legacy:start", args=[transition.pk, "load"])).status_code == 404
    with tenant_scope(cast.county_a):
        assert not LegacyRun.objects.exists()
    answer = client.post(url)
    with tenant_scope(cast.county_a):
        run = LegacyRun.objects.get()
    assert answer.headers["Location"] == reverse("legacy:run", args=[transition.pk, run.pk])
    assert (run.step, run.started_by) == ("load", cast.manager_a)


def test_an_uploaded_table_is_collected(cast: Cast) -> None:
    transition = begun(cast.county_a)
    client = signed_in(cast.manager_a)
    text = "编号,标题,发布日期,正文\n7,关于春耕的通知,2015-04-14,正文一段\n"
    file = SimpleUploadedFile("旧站.csv", text.encode("gb18030"))
    answer = client.post(
        reverse("legacy:collect", args=[transition.pk]), {"source": "file", "addresses": "", "file": file}
    )
    with tenant_scope(cast.county_a):
        run = LegacyRun.objects.get()
        assert answer.headers["Location"] == reverse("legacy:run", args=[transition.pk, run.pk])
        assert (run.state, run.error) == (RunState.FINISHED, "")
        assert LegacyRaw.objects.get().fields["title"] == "关于春耕的通知"
    nameless = client.post(
        reverse("legacy:collect", args=[transition.pk]),
        {"source": "file", "addresses": "", "file": SimpleUploadedFile("旧站.exe", b"MZ")},
    )
    assert nameless.status_code == 200


def test_a_run_shows_its_lines_by_level_and_its_state_as_json(cast: Cast) -> None:
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        run = new_run(transition, "collect", by=cast.manager_a, label="旧站.zip")
        LegacyRun.objects.filter(pk=run.pk).update(state="finished", total=4, done=4, counts={"created": 4})
        for level, words in ((LineLevel.REFUSED, "The file is empty."), (LineLevel.WARNING, "Two dates.")):
            RunLine.objects.create(tenant_id=run.tenant_id, run=run, level=level, place="a", sentence={"msgid": words})
    client = signed_in(cast.manager_a)
    url = reverse("legacy:run", args=[transition.pk, run.pk])
    assert "Two dates." in client.get(url).content.decode()
    refused = client.get(f"{url}?level=refused").content.decode()
    assert "Two dates." not in refused
    state = client.get(reverse("legacy:run_state", args=[transition.pk, run.pk])).json()
    assert (state["over"], state["percent"]) == (True, 100)


def test_a_stopped_run_goes_on_and_a_finished_one_does_not(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr("legacy.steps.carry_out", lambda row: done.append(row.pk))
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        run = starting.begin(transition, "extract", by=None)
        with pytest.raises(RunRefused):
            starting.begin(transition, "load", by=None)
        starting.ask_to_stop(run)
        run.refresh_from_db()
        assert run.state == RunState.STOPPED
        starting.go_on(run)
        assert done == [run.pk, run.pk]
        LegacyRun.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
        run.refresh_from_db()
        with pytest.raises(RunRefused):
            starting.go_on(run)


def test_items_are_found_by_state_and_column_and_show_values_with_evidence(cast: Cast) -> None:
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        item = an_item(transition, column_key="/tzgg")
        an_item(transition, "2", title="关于秋收的通知", state=ItemState.LOADED, column_key="/gzdt")
    client = signed_in(cast.manager_a)
    url = reverse("legacy:items", args=[transition.pk])
    review = client.get(url, {"state": "review"}).content.decode()
    assert "关于春耕的通知" in review
    assert "关于秋收的通知" not in review
    assert "关于春耕的通知" not in client.get(url, {"column": "/gzdt"}).content.decode()
    text = client.get(reverse("legacy:item", args=[transition.pk, item.pk])).content.decode()
    assert "label:发布时间" not in text
    assert "：发布时间：<bdi>发布时间：2015-04-14 10:05</bdi>" in text
    assert "<script>alert" not in text


def test_a_person_corrects_accepts_drops_and_takes_back(cast: Cast) -> None:
    transition = begun(cast.county_a)
    with tenant_scope(cast.county_a):
        item = an_item(transition)
    client = signed_in(cast.manager_a)

    def decide(decision: str, **form: str) -> LegacyItem:
        client.post(reverse("legacy:item_decide", args=[transition.pk, item.pk, decision]), form)
        with tenant_scope(cast.county_a):
            return LegacyItem.objects.get(pk=item.pk)

    assert decide("correct", published_at="2015-13-40").overrides == {}
    held = decide("correct", published_at="2015-04-15 09:00", title="关于春耕的通知", accept="1")
    assert held.state == ItemState.EXTRACTED
    assert held.published_at.isoformat() == "2015-04-15T01:00:00+00:00"
    assert set(held.overrides) == {"published_at", "accepted"}
    assert held.values["published_at"]["method"] == "person"
    assert decide("drop", reason=" ").state == ItemState.EXTRACTED
    dropped = decide("drop", reason="过期的值班安排")
    assert (dropped.state, dropped.decided_by) == (ItemState.DROPPED, cast.manager_a)
    assert decide("undo").state == ItemState.EXTRACTED
    assert decide("correct", document_number="芙政发〔2015〕1号").kind == "document"
    assert decide("correct", document_number="").kind == "article"


def test_the_shell_lists_transitions_and_begins_one(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    call_command("legacy", "new", "a-old", "--tenant", "430102", "--name", "旧站", "--host", "www.a.example.gov.cn")
    call_command("legacy", "list", "--format", "json")
    out = capsys.readouterr().out
    assert '"code": "a-old"' in out
    assert Tenant.objects.get(code="430102").name in out or "430102" in out
