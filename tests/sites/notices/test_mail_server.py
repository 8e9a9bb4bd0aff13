"""EMAIL_URL: what it may name, and that a bad one stops the start without showing its password."""

from __future__ import annotations

import pytest

from config import mail
from config.mail import CONSOLE, SMTP, MailServer


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.cn", MailServer(SMTP, "mail.example.cn", 25)),
        ("smtp://mail.example.cn:2525", MailServer(SMTP, "mail.example.cn", 2525)),
        (
            "starttls+smtp://notice%40example.cn:p%3Aw%2F@mail.example.cn",
            MailServer(SMTP, "mail.example.cn", 587, "notice@example.cn", "p:w/", starttls=True),
        ),
        ("smtps://u:p@mail.example.cn", MailServer(SMTP, "mail.example.cn", 465, "u", "p", tls=True)),
        ("console:", MailServer(CONSOLE)),
        ("", None),
    ],
)
def test_what_a_mail_address_means(url: str, server: MailServer | None) -> None:
    assert mail.from_url(url) == server


@pytest.mark.parametrize("url", ["ftp://u:geheim@host", "smtp://", "smtp://u:geheim@host:port", "mail.example.cn"])
def test_a_bad_one_stops_the_start_and_keeps_its_password(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        mail.from_url(url)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("EMAIL_URL cannot be read")
    assert "geheim" not in said
