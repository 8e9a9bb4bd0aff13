"""A form of A that names things of B by number: refused, and neither stored nor shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from sites.models import SiteFile, SiteImage
from tenants.scope import tenant_scope
from tests.cast import first_column
from tests.isolation.asking import Asker, Request
from tests.isolation.world import Side, World

Fields = dict[str, Any]


def text(html: str) -> Fields:
    return {"body": streamfield([("paragraph", rich_text(f"<p>开头</p>{html}"))])}


def block(kind: str, value: Fields) -> Fields:
    return {"body": streamfield([(kind, value)])}


WAYS: dict[str, Callable[[Side], Fields]] = {
    "a link to a draft": lambda b: text(f'<p><a linktype="page" id="{b.pages["a draft"].pk}">链接</a></p>'),
    "a link to a file": lambda b: text(f'<p><a linktype="document" id="{b.first(SiteFile)}">链接</a></p>'),
    "a picture in the text": lambda b: text(
        f'<embed embedtype="image" id="{b.first(SiteImage)}" format="left" alt="图"/>'
    ),
    "a picture block": lambda b: block("image", {"image": {"image": str(b.first(SiteImage)), "alt_text": "图"}}),
    "an attachment block": lambda b: block("attachment", {"file": str(b.first(SiteFile)), "title": "附件"}),
    "a lead picture": lambda b: {"lead_image": str(b.first(SiteImage))},
    "an attachment": lambda b: {"attachments": inline_formset([{"file": str(b.first(SiteFile)), "title": "附件"}])},
    "a policy": lambda b: {"policy_links": inline_formset([{"policy": str(b.pages["a document"].pk), "form": "text"}])},
}


@pytest.fixture(scope="module")
def asker(world: World) -> Asker:
    return Asker(world)


def form(fields: Fields) -> Fields:
    plain = {"body": streamfield([]), "attachments": inline_formset([]), "policy_links": inline_formset([])}
    return nested_form_data({"title": "夹带", "slug": "", **plain, **fields})


@pytest.mark.parametrize("way", WAYS)
def test_an_article_cannot_carry(way: str, asker: Asker) -> None:
    world, contributor = asker.world, asker.world.visitors[0]
    column = first_column(world.cast.county_a)
    address = f"/admin/pages/add/govsites/article/{column.pk}/"
    with tenant_scope(world.cast.county_a):  # the editor of a person of A makes the form
        sent = form(WAYS[way](world.b))
    answer = asker.ask(contributor, Request("wagtailadmin_pages:add", "POST", address, sent))
    assert answer.status in (302, 404)  # saved without it, where the text takes no such thing; or nothing is there
    assert [str(finding) for finding in answer.findings] == []
