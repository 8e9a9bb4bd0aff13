"""The address that the editor's script sends the clipboard to."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sites.media import space
from sites.models import SiteImage
from sites.writing import paste
from tests.cast import ADMIN_HOST, Cast, first_column, publish_article, signed_in
from tests.sites.writing.pictures import png
from tests.sites.writing.test_other_files import RTF

HTML = "<p align=center>标题</p><table><tr><td>名</td><td>数</td></tr><tr><td>甲</td><td>1</td></tr></table>"


def send(client: Client, page_id: int, html: str = HTML, **files: bytes | list):
    """Send a clipboard the way the script does: every part of it is a file."""
    data = {
        name: [SimpleUploadedFile(f"{name}", one) for one in (given if isinstance(given, list) else [given])]
        for name, given in files.items()
    }
    if html:
        data["html"] = SimpleUploadedFile("paste.html", html.encode())
    return client.post(reverse("govsites_writing:paste", args=[page_id]), data)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("contributor_a", 200),
        ("reviewer_a", 200),
        ("manager_a", 200),
        ("operator", 200),
        ("supervisor", 403),
        ("contributor_b", 404),
        ("reviewer_b", 404),
    ],
)
def test_who_may_paste_into_county_as_column(cast: Cast, who: str, status: int) -> None:
    assert send(signed_in(getattr(cast, who)), first_column(cast.county_a).pk).status_code == status


def test_somebody_who_is_not_signed_in_is_sent_to_the_door(cast: Cast) -> None:
    answer = send(Client(headers={"host": ADMIN_HOST}), first_column(cast.county_a).pk)
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_only_posts_with_a_token_are_taken(cast: Cast) -> None:
    address = reverse("govsites_writing:paste", args=[first_column(cast.county_a).pk])
    assert signed_in(cast.contributor_a).get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True, headers={"host": ADMIN_HOST})
    strict.force_login(cast.contributor_a, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(address, {}).status_code == 403


def test_blocks_come_back_with_a_sentence(cast: Cast) -> None:
    page = publish_article(first_column(cast.county_a), "文章")
    answer = send(signed_in(cast.contributor_a), page.pk, HTML + "<img src='file:///a.png'>").json()
    assert [block["type"] for block in answer["blocks"]] == ["paragraph", "table", "paragraph"]
    assert json.loads(answer["blocks"][0]["value"])["blocks"][0]["type"] == "text-center"
    assert answer["said"]
    assert len(answer["lost"]) == 1


def test_pictures_of_the_clipboard_come_alone_and_beside_the_text(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    alone = send(client, column.pk, "", picture=[png("red"), b"no picture"]).json()
    assert [block["type"] for block in alone["blocks"]] == ["image"]
    beside = send(client, column.pk, "<p>甲</p><img src='file:///a.png'>", picture=[png("blue")]).json()
    assert [block["type"] for block in beside["blocks"]] == ["paragraph", "image"]
    assert beside["lost"] == []


def test_words_pictures_are_taken_from_the_rtf_beside_the_html(cast: Cast) -> None:
    rtf = RTF.replace(b"PICTURE", png("green").hex().encode())
    answer = send(
        signed_in(cast.contributor_a), first_column(cast.county_a).pk, "<p>甲</p><img src='file:///a.png'>", rtf=rtf
    ).json()
    assert [block["type"] for block in answer["blocks"]] == ["paragraph", "image"]
    assert SiteImage.objects.get().file_size == len(png("green"))


def test_what_cannot_be_read_comes_back_as_a_sentence(cast: Cast) -> None:
    client, column = signed_in(cast.contributor_a), first_column(cast.county_a)
    refused = send(client, column.pk, "<div>" * 200)
    assert refused.status_code == 400
    assert refused.json()["error"]
    space.set_limit(cast.county_a, 10)
    full = send(client, column.pk, "", picture=[png()])
    assert full.status_code == 400
    assert full.json()["error"]
    assert send(client, column.pk, "", rtf=b"no rtf").json()["blocks"] == []


def test_too_much_is_refused_before_it_is_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paste, "REQUEST_MOST", 100)
    assert send(signed_in(cast.contributor_a), first_column(cast.county_a).pk).status_code == 413


def test_a_page_without_a_tenant_takes_nothing(cast: Cast) -> None:
    region = first_column(cast.county_a).get_ancestors()[1]
    assert send(signed_in(cast.operator), region.pk).status_code == 400
