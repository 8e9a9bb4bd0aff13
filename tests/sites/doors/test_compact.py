"""The admin's HTML gets shorter and says the same."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from sites.doors.compact import CompactMiddleware, compact
from tests.cast import A_HOST, Cast, first_column, publish_article, signed_in


def tree(html: str) -> list[Any]:
    """Return elements, attributes and texts as a browser shows them: runs of spaces are one."""
    return [
        (node.tag, dict(node.attrib), " ".join((node.text or "").split()), " ".join((node.tail or "").split()))
        for node in lxml.html.fromstring(html).iter()
        if isinstance(node.tag, str)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>\n      one  two\n   </p>", "<p>\none  two\n   </p>"),
        ("<a>x</a>\n    <b>y</b>", "<a>x</a>\n<b>y</b>"),
        ("<pre>\n   kept\n</pre>", "<pre>\n   kept\n</pre>"),
        ("<textarea name=a>\n  kept\n\n  too</textarea>", "<textarea name=a>\n  kept\n\n  too</textarea>"),
        ("<script>`\n  kept`</script>\n   <i></i>", "<script>`\n  kept`</script>\n   <i></i>"),
        ('<i data-x="{&quot;a&quot;: 1}">', """<i data-x='{"a": 1}'>"""),
        # What holds the other quotes, or could end the tag, stays as it is.
        ("""<i data-x="it's &quot;so&quot;">""", """<i data-x="it's &quot;so&quot;">"""),
        ('<i data-x="a>b &quot;so&quot;">', '<i data-x="a>b &quot;so&quot;">'),
        ('<i data-x="&quot;" title="&amp;quot;">', """<i data-x='"' title="&amp;quot;">"""),
    ],
)
def test_only_what_nobody_reads_is_left_out(before: str, after: str) -> None:
    assert compact(before) == after
    assert tree(f"<div>{before}</div>") == tree(f"<div>{after}</div>")


@pytest.mark.django_db
def test_a_page_of_the_admin_is_the_same_page_in_fewer_bytes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    article = publish_article(first_column(cast.county_a), "带“引号”和 'quotes' 的 <文章>", summary="一\n\n   二")
    seen: list[str] = []
    monkeypatch.setattr("sites.doors.compact.compact", lambda html: (seen.append(html), compact(html))[1])
    sent = signed_in(cast.contributor_a).get(f"/admin/pages/{article.pk}/edit/").content.decode()
    assert tree(sent) == tree(seen[0])
    assert len(sent) < 0.85 * len(seen[0])
    assert "一\n\n   二" in sent


@pytest.mark.django_db
def test_public_pages_are_left_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sites.doors.compact.compact", lambda html: "")
    assert Client(headers={"host": A_HOST}).get("/").content


def test_the_length_that_a_view_announced_is_the_one_that_is_sent() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        body = "<p>\n        一</p>"
        return HttpResponse(body, headers={"Content-Length": str(len(body.encode()))})

    answer = CompactMiddleware(view)(RequestFactory().get("/admin/preview/"))
    assert answer.content.decode() == "<p>\n一</p>"
    assert answer.headers["Content-Length"] == str(len(answer.content))
