"""People by spreadsheet: planned before it is done, each row for itself, links in the result, and a second run."""

from __future__ import annotations

import base64
import io
import re
from datetime import date
from smtplib import SMTPRecipientsRefused
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from sites.members.list_results import MAILED, NO_ADDRESS, NOT_MAILED
from tenants import people_lists
from tenants.models import Invitation, Membership, Role, User
from tenants.scope import every_tenant
from tests.cast import ADMIN_HOST, Cast, person, signed_in

pytestmark = pytest.mark.django_db
HEAD = "单位编码,姓名,用户名,角色,手机,邮箱,职务,到期\n"
LIST = (
    HEAD
    + "430102,李四,lisi,信息员,13900000001,lisi@example.gov.cn,科员,2099-12-31\n"
    + "430103001,王五,wangwu,站点管理员,,,主任,\n"
    + "430102,张三,zhangsan,审核员,,,,\n"
    + "999999,赵六,zhaoliu,信息员,,,,\n"
    + "430102,,sunqi,国王,,bad,,2020-01-01\n"
)


def lines(text: str, **options: Any) -> list[people_lists.Line]:
    return people_lists.plan(people_lists.read(text.encode(), "list.csv", date(2026, 3, 3)), **options)


def known(cast: Cast) -> User:
    return User.objects.create_user("zhangsan", first_name="张三")


def upload(client: Client, data: bytes, name: str = "people.csv") -> Any:
    return client.post(reverse("govsites_members:list"), {"file": SimpleUploadedFile(name, data)})


def carry_out(client: Client, text: str = LIST, **data: str) -> str:
    """Hand the list in and carry it out; return the page that answers."""
    upload(client, text.encode())
    answer = client.post(reverse("govsites_members:carry_out"), data)
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content.decode()


def result_in(page: str) -> list[dict[str, str]]:
    """Return the rows of the file that the page offers to save."""
    found = re.search(r'href="data:[^"]*;base64,([^"]+)" download="members-[\d-]+\.xlsx"', page)
    assert found
    header, *rows = openpyxl.load_workbook(io.BytesIO(base64.b64decode(found[1]))).active.iter_rows(values_only=True)
    return [dict(zip(header, (cell or "" for cell in row), strict=True)) for row in rows]


def test_the_plan_says_what_each_row_would_do_and_does_nothing(cast: Cast) -> None:
    known(cast)
    answer = upload(signed_in(cast.operator), LIST.encode())
    assert {action: count for _label, count, action in answer.context["counts"]} == {
        "invite": 2,
        "grant": 1,
        "refused": 2,
    }
    with every_tenant("counting"):
        assert not Invitation.objects.exists()
    assert not User.objects.get(username="zhangsan").memberships.exists()


def test_each_row_is_done_for_itself_and_the_links_open(cast: Cast) -> None:
    user, client = known(cast), signed_in(cast.operator)
    rows = result_in(carry_out(client))
    assert [bool(row["邀请链接"]) for row in rows] == [True, True, False, False, False]
    assert user.memberships.get().role == Role.REVIEWER
    link = rows[1]["邀请链接"]
    new = Client(headers={"host": ADMIN_HOST})
    answer = {"full_name": "王五", "password": "Po-zi-jie-26", "again": "Po-zi-jie-26"}
    assert new.post(link[link.index("/admin/") :], answer).status_code == 302
    held = Membership.objects.get(user__username="wangwu")
    assert (held.tenant, held.role, held.granted_by) == (cast.town_b, Role.SITE_MANAGER, cast.operator)


TWO = HEAD + "430102,李四,lisi,信息员,,lisi@example.gov.cn,,\n430102,钱七,qianqi,信息员,,qianqi@example.gov.cn,,\n"


def test_each_link_is_mailed_to_its_person_and_the_others_are_left_to_hand_over(cast: Cast, settings: Any) -> None:
    settings.MAIL_ON = True
    page = carry_out(signed_in(cast.operator))
    lisi, wangwu = result_in(page)[:2]
    [sent] = mail.outbox
    assert sent.to == ["lisi@example.gov.cn"]
    assert lisi["邀请链接"] in sent.body
    assert (lisi["邮件"], wangwu["邮件"]) == (MAILED, NO_ADDRESS)
    assert lisi["邀请链接"] not in page
    assert wangwu["邀请链接"] in page


def test_a_mail_server_that_is_down_stops_no_row_and_is_asked_once(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_ON = True
    asked = []

    def down(self: Any) -> None:
        asked.append(self)
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", down)
    page = carry_out(signed_in(cast.operator), TWO)
    rows = result_in(page)
    assert len(asked) == 1
    assert [row["邮件"] for row in rows] == [NOT_MAILED] * 2
    for row in rows:
        link = row["邀请链接"]
        assert link in page
        assert Client(headers={"host": ADMIN_HOST}).get(link[link.index("/admin/") :]).status_code == 200


def test_an_address_that_the_server_refuses_keeps_the_next_from_nothing(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_ON = True
    send = mail.EmailMessage.send

    def choosy(self: Any, *args: Any, **options: Any) -> int:
        if self.to == ["lisi@example.gov.cn"]:
            raise SMTPRecipientsRefused({self.to[0]: (550, b"unknown")})
        return send(self, *args, **options)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", choosy)
    rows = result_in(carry_out(signed_in(cast.operator), TWO))
    assert [row["邮件"] for row in rows] == [NOT_MAILED, MAILED]
    assert [sent.to for sent in mail.outbox] == [["qianqi@example.gov.cn"]]


def test_a_server_that_is_too_slow_is_left_and_the_rest_is_handed_over(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAIL_ON = True
    monkeypatch.setattr("sites.members.joining.MAIL_SECONDS", -1)
    rows = result_in(carry_out(signed_in(cast.operator), TWO))
    assert [row["邮件"] for row in rows] == [NOT_MAILED] * 2
    assert not mail.outbox


def test_a_new_link_goes_to_the_address_that_the_list_names_now(cast: Cast, settings: Any) -> None:
    settings.MAIL_ON = True
    client = signed_in(cast.operator)
    carry_out(client, TWO)
    corrected = TWO.replace("lisi@example.gov.cn", "li.si@example.gov.cn").replace("qianqi@example.gov.cn", "")
    carry_out(client, corrected, new_links="1")
    assert [sent.to[0] for sent in mail.outbox[2:]] == ["li.si@example.gov.cn", "qianqi@example.gov.cn"]


def test_a_refused_row_tells_each_field(cast: Cast) -> None:
    by_row = {line.row: line for line in lines(LIST)}
    assert "999999" in by_row[5].sentences[0]
    assert len(by_row[6].sentences) == 4
    for field in ("姓名：", "角色：", "邮箱：", "到期："):
        assert any(sentence.startswith(field) for sentence in by_row[6].sentences), field


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("430102,李四,li si,信息员,,,,", "li si"),
        ("430102,李四,lisi,信息员,,,,2099-13-01", "2099-13-01"),
        (f"430102,{'李' * 101},lisi,信息员,,,,", "100"),
        ("430102,别名,zhangsan,信息员,,,,", "zhangsan"),
        ("430102,关门,closed,信息员,,,,", "closed"),
    ],
)
def test_a_row_that_can_not_be_done_is_refused_alone(cast: Cast, row: str, sentence: str) -> None:
    known(cast)
    User.objects.create_user("closed", first_name="关门", is_active=False)
    first, second = lines(HEAD + row + "\n430102,好人,haoren,信息员,,,,\n")
    assert (first.action, second.action) == ("refused", "invite")
    assert sentence in first.sentences[0]


def test_what_an_earlier_row_says_already_is_refused(cast: Cast) -> None:
    text = HEAD + (
        "430102,李四,lisi,信息员,,,,\n"
        "430102,李四,LiSi,信息员,,,,\n"
        "430102,李四,lisi,审核员,,,,\n"
        "430103,王五,lisi,信息员,,,,\n"
    )
    assert [line.action for line in lines(text)] == ["invite", "refused", "invite", "refused"]


@pytest.mark.parametrize("day", ["2099-12-31", "2099/12/31", "2099.12.31", "2099年12月31日", "20991231"])
def test_a_day_may_be_written_as_people_write_it(cast: Cast, day: str) -> None:
    [line] = lines(HEAD + f"430102,李四,lisi,信息员,,,,{day}\n")
    assert line.person is not None
    assert line.person.until == date(2099, 12, 31)


def test_a_list_from_a_spreadsheet_in_gbk_or_xlsx_is_read_alike(cast: Cast) -> None:
    book = openpyxl.Workbook()
    for row in LIST.splitlines():
        book.active.append(row.split(","))
    out = io.BytesIO()
    book.save(out)
    client = signed_in(cast.operator)
    plans = [
        [(line.row, line.action) for line, _label in upload(client, data, name).context["lines"]]
        for data, name in (
            (LIST.encode(), "a.csv"),
            (LIST.encode("gb18030"), "a.csv"),
            (LIST.encode("utf-8-sig"), "a.csv"),
            (out.getvalue(), "a.xlsx"),
        )
    ]
    assert plans[1:] == [plans[0]] * 3


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", "张三\n李四\n".encode(), HEAD.encode()])
def test_what_is_no_list_is_told_at_the_file(cast: Cast, data: bytes) -> None:
    answer = upload(signed_in(cast.operator), data)
    assert answer.context["form"].errors["file"]


def test_a_second_run_finds_what_is_there(cast: Cast) -> None:
    known(cast)
    rows = people_lists.read(LIST.encode(), "list.csv", date(2026, 3, 3))
    first = people_lists.carry_out(rows, by=cast.operator)
    second = people_lists.carry_out(rows, by=cast.operator)
    assert [line.action for line in first] == ["invite", "invite", "grant", "refused", "refused"]
    assert [line.action for line in second] == ["waiting", "waiting", "unchanged", "refused", "refused"]
    third = people_lists.carry_out(rows, by=cast.operator, new_links=True)
    assert [bool(line.secret) for line in third] == [True, True, False, False, False]
    with every_tenant("counting"):
        assert Invitation.objects.count() == 2
    other_day = people_lists.read(LIST.replace("张三,zhangsan,审核员,,,,", "张三,zhangsan,审核员,,,,2099-06-30").encode(),
                                  "list.csv", date(2026, 3, 3))  # fmt: skip
    assert people_lists.carry_out(other_day, by=cast.operator)[2].action == "change_end"
    assert Membership.objects.get(user__username="zhangsan").expires_at is not None


def test_a_list_that_is_no_longer_at_hand_is_asked_for_again(cast: Cast) -> None:
    answer = signed_in(cast.operator).post(reverse("govsites_members:carry_out"))
    assert answer.headers["Location"] == reverse("govsites_members:list")


def test_ten_thousand_rows_need_a_fixed_number_of_queries_a_batch(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    text = HEAD + "".join(f"430102,人员{number},person-{number},信息员,,,,\n" for number in range(10_000))
    rows = people_lists.read(text.encode(), "list.csv", date(2026, 3, 3))
    with django_assert_max_num_queries(20 * 25):
        done = people_lists.carry_out(rows, by=cast.operator)
    assert people_lists.counts(done)["invite"] == 10_000
    assert len({line.secret for line in done}) == 10_000


# The command


def test_the_command_writes_the_links_into_the_result_alone(cast: Cast, tmp_path: Any, capsys: Any) -> None:
    known(cast)
    (tmp_path / "people.csv").write_text(LIST, encoding="gb18030")
    result = tmp_path / "links.csv"
    with pytest.raises(SystemExit) as ended:
        call_command("members", tmp_path / "people.csv", "--by", "operator", "--result", result)
    assert ended.value.code == 3
    assert result.read_text(encoding="utf-8-sig").count("/admin/invitation/") == 2
    assert result.stat().st_mode & 0o077 == 0
    said = capsys.readouterr()
    assert "/admin/invitation/" not in said.out + said.err
    assert "2 invite, 1 grant, 2 refused" in said.out


def test_the_command_mails_the_links_unless_it_is_told_not_to(cast: Cast, tmp_path: Any, settings: Any) -> None:
    settings.MAIL_ON = True
    (tmp_path / "people.csv").write_text(TWO, encoding="utf-8")
    result = tmp_path / "links.csv"
    call_command("members", tmp_path / "people.csv", "--by", "operator", "--result", result, "--no-mail")
    assert not mail.outbox
    call_command("members", tmp_path / "people.csv", "--by", "operator", "--result", result, "--new-links")
    assert [sent.to[0] for sent in mail.outbox] == ["lisi@example.gov.cn", "qianqi@example.gov.cn"]
    assert result.read_text(encoding="utf-8-sig").count(f"{MAILED},") == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--by", "operator"],
        ["--by", "nobody", "--result", "x.xlsx"],
        ["--by", "manager-a", "--result", "x.xlsx"],
        ["--by", "operator", "--result", "x.txt"],
        ["--by", "operator", "--result", "missing/x.xlsx"],
    ],
)
def test_a_misused_command_does_nothing(cast: Cast, tmp_path: Any, options: list[str]) -> None:
    (tmp_path / "people.csv").write_text(LIST, encoding="utf-8")
    options = [str(tmp_path / option) if "x." in option else option for option in options]
    with pytest.raises(CommandError) as refused:
        call_command("members", tmp_path / "people.csv", *options)
    assert refused.value.returncode == 2
    with every_tenant("counting"):
        assert not Invitation.objects.exists()


def test_a_dry_run_of_the_command_changes_nothing(cast: Cast, tmp_path: Any, capsys: Any) -> None:
    person("zhangsan")
    (tmp_path / "people.csv").write_text(HEAD + "430102,李四,lisi,信息员,,,,\n", encoding="utf-8")
    call_command("members", tmp_path / "people.csv", "--dry-run")
    assert capsys.readouterr().out.strip() == "1 invite"
    with every_tenant("counting"):
        assert not Invitation.objects.exists()
