"""The captcha: asked after three failures, good for one try, and not for the eye alone."""

import io
import re
import wave
from datetime import timedelta
from random import Random

import pytest
from captcha.models import CaptchaStore
from django import forms
from django.test import Client
from PIL import Image

from tenants.accounts.captcha import CaptchaField
from tenants.accounts.captcha_sound import _recording, spoken
from tests.tenants.accounts.door import LOGIN, RIGHT, WRONG, account, attempt, browser, is_in

pytestmark = pytest.mark.django_db


def after_three_failures() -> Client:
    account()
    client = browser()
    for _number in range(3):
        attempt(client, "zhang", WRONG)
    return client


def shown() -> dict[str, str]:
    """Return the solved fields of a new captcha."""
    found = CaptchaStore.objects.get(hashkey=CaptchaStore.generate_key())
    return {"captcha_0": found.hashkey, "captcha_1": found.response}


def test_the_first_attempts_need_no_captcha_the_fourth_does() -> None:
    account()
    client = browser()
    assert "captcha" not in client.get(LOGIN).context["form"].fields
    for number in range(1, 4):
        page = attempt(client, "zhang", WRONG)
        assert ("captcha" in page.context["form"].fields) == (number == 3)


def test_the_right_digits_let_the_password_be_tried() -> None:
    client = after_three_failures()
    assert attempt(client, **shown()).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("answer", ["", "12", "abcde", "999999"])
def test_without_the_right_digits_no_password_is_tried(answer: str) -> None:
    client = after_three_failures()
    page = attempt(client, **(shown() | {"captcha_1": answer}))
    assert page.status_code == 200
    assert page.context["form"].errors["captcha"]
    assert not is_in(client)


@pytest.mark.parametrize("key", ["", "\0", "no-such-key", "x" * 3000])
def test_a_captcha_that_was_never_given_is_wrong(key: str) -> None:
    client = after_three_failures()
    assert attempt(client, captcha_0=key, captcha_1="12345").context["form"].errors["captcha"]


def test_a_fresh_browser_is_asked_too() -> None:
    after_three_failures()
    page = attempt(browser())
    assert page.context["form"].errors["captcha"]


def test_a_captcha_is_good_once() -> None:
    client = after_three_failures()
    fields = shown()
    attempt(client, "zhang", WRONG, **fields)
    page = attempt(client, "zhang", RIGHT, **fields)
    assert page.context["form"].errors["captcha"]


def test_a_wrong_try_uses_a_captcha_up() -> None:
    client = after_three_failures()
    fields = shown()
    attempt(client, **(fields | {"captcha_1": "x"}))
    assert attempt(client, **fields).context["form"].errors["captcha"]


def test_a_captcha_grows_too_old() -> None:
    client = after_three_failures()
    fields = shown()
    found = CaptchaStore.objects.get(hashkey=fields["captcha_0"])
    found.expiration -= timedelta(minutes=11)
    found.save()
    for path in ("image/{}/", "image/{}/large/", "audio/{}.wav"):
        assert client.get(f"/captcha/{path.format(found.hashkey)}").status_code == 410
    assert attempt(client, **fields).context["form"].errors["captcha"]


def test_digits_typed_full_width_or_with_spaces_are_taken_as_meant() -> None:
    client = after_three_failures()
    fields = shown()
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in fields["captcha_1"])
    assert attempt(client, **(fields | {"captcha_1": typed})).status_code == 302


def test_the_picture_has_a_form_of_twice_the_size() -> None:
    key = CaptchaStore.generate_key()
    small, large = (
        Image.open(io.BytesIO(browser().get(f"/captcha/image/{key}/{path}").content)) for path in ("", "large/")
    )
    assert large.size == (2 * small.width, 2 * small.height)


def test_the_recording_speaks_the_digits_differently_each_time() -> None:
    key = CaptchaStore.generate_key()
    answer = browser().get(f"/captcha/audio/{key}.wav")
    assert answer["Content-Type"] == "audio/wav"
    assert "no-store" in answer["Cache-Control"]
    heard = b"".join(answer.streaming_content)
    with wave.open(io.BytesIO(heard)) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (1, 8000)
        assert 3 < recording.getnframes() / 8000 < 9
    answers = set()
    for number in range(3):
        answers.add(spoken("12345", Random(number)))
    assert len(answers) == 3


def test_players_may_fetch_the_recording_in_pieces() -> None:
    key = CaptchaStore.generate_key()
    answer = browser(range="bytes=0-99").get(f"/captcha/audio/{key}.wav")
    assert answer.status_code == 206
    assert len(b"".join(answer.streaming_content)) == 100


def test_every_digit_has_a_recording_of_its_own() -> None:

    sounds = {digit: _recording(digit).tobytes() for digit in "0123456789"}
    assert len(set(sounds.values())) == 10
    assert all(0.3 < len(sound) / 2 / 8000 < 0.7 for sound in sounds.values())


def test_the_widget_can_be_used_by_keyboard_and_by_ear_and_fetches_nothing_from_elsewhere() -> None:
    class PublicForm(forms.Form):
        captcha = CaptchaField()

    page = str(PublicForm())
    assert re.search(r'<label for="id_captcha_1">', page)
    assert re.search(r'<img[^>]+alt="[^"]{10,}"', page)
    assert re.search(r"<audio controls", page)
    assert page.count("<details>") == 2
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_captcha_answers_on_public_hosts_too(cast: object) -> None:
    key = CaptchaStore.generate_key()
    assert Client(headers={"host": "a.localhost"}).get(f"/captcha/image/{key}/").status_code == 200


def test_the_pages_script_gets_new_digits() -> None:
    fresh = browser(**{"x-requested-with": "XMLHttpRequest"}).get("/captcha/refresh/").json()
    assert browser().get(fresh["image"]).status_code == 200
    assert browser().get("/captcha/refresh/").status_code == 404
