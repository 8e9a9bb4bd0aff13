"""The admin's pages about recipes: proposed, compared, corrected, confirmed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from legacy import blobs
from legacy.ledger.canonical import canonical
from legacy.models import LegacyRaw, LegacyRecipe, RawKind
from tenants.scope import tenant_scope
from tests.cast import Cast, signed_in
from tests.legacy.extraction.pages import MORE, PROSE, article
from tests.legacy.transitions import HOST, begun


@pytest.fixture
def old(cast: Cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    transition = begun(cast.department_a)
    with tenant_scope(cast.department_a):
        for number in range(6):
            html = article(
                f"关于第{number}项工作的通知",
                f"<p onclick=x()>{number}{PROSE}</p><p>{MORE}</p><img src=/a.png><script>steal()</script>",
            )
            url = f"http://{HOST}/gzdt/201908/t20190822_{number}0.html"
            LegacyRaw.objects.create(
                tenant_id=transition.tenant_id, transition=transition, source="mirror", key=canonical(url).key, url=url,
                kind=RawKind.PAGE, status=200, sha256=blobs.put(html.encode()), size=len(html), family="article",
            )  # fmt: skip
        yield transition


@pytest.fixture
def operator(cast: Cast) -> Client:
    return signed_in(cast.operator)


def address(name: str, *args) -> str:
    return reverse(f"legacy:{name}", args=args)


def test_a_recipe_is_proposed_compared_corrected_and_confirmed(old, operator):
    page = operator.get(address("recipe_list", old.pk))
    assert "article" in page.content.decode()
    answer = operator.post(address("recipe_propose", old.pk), {"family": "article"})
    kept = LegacyRecipe.objects.get()
    assert answer.url == address("recipe", old.pk, kept.pk)
    shown = operator.get(answer.url).content.decode()
    assert "关于第0项工作的通知" in shown
    assert "2019-08-22" in shown
    assert 'sandbox title="' in shown

    wrong = operator.post(address("recipe_keep", old.pk, kept.pk), {"toml": "format = 1"})
    assert wrong.status_code == 200
    assert LegacyRecipe.objects.count() == 1
    operator.post(
        address("recipe_keep", old.pk, kept.pk), {"toml": kept.toml.replace("\n", "\r\n") + "\n# corrected\n"}
    )
    second = LegacyRecipe.objects.get(version=2)
    operator.post(address("recipe_confirm", old.pk, second.pk), {"sample": second.samples[:2]})
    second.refresh_from_db()
    assert second.confirmed_at is None
    operator.post(address("recipe_confirm", old.pk, second.pk), {"sample": second.samples[:3]})
    second.refresh_from_db()
    assert second.confirmed_at is not None
    assert second.samples == sorted(second.samples)[:3]


def test_the_old_page_is_shown_without_anything_active(old, operator):
    operator.post(address("recipe_propose", old.pk), {"family": "article"})
    kept = LegacyRecipe.objects.get()
    answer = operator.get(address("recipe_page", old.pk, kept.pk, kept.samples[0]))
    text = answer.content.decode()
    assert "script" not in text
    assert "onclick" not in text
    assert "/a.png" not in text
    assert "outline" in text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_neighbour_finds_nothing(old, operator, cast: Cast):
    operator.post(address("recipe_propose", old.pk), {"family": "article"})
    kept = LegacyRecipe.objects.get()
    stranger = signed_in(cast.manager_b)
    for name, args in (("recipe_list", ()), ("recipe", (kept.pk,)), ("recipe_page", (kept.pk, kept.samples[0]))):
        assert stranger.get(address(name, old.pk, *args)).status_code == 404
