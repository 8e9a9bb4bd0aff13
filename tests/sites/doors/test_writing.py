"""Whatever somebody of county A sends, nothing in county B changes."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.models import Comment, PageLogEntry, Revision

from sites.models import Article, SiteFile, SiteImage, SitePage
from tests.cast import Cast, first_column, home_of
from tests.sites.doors.neighbour import Planted, visitors_of_a

pytestmark = pytest.mark.django_db


def state_of_b(cast: Cast, planted: Planted) -> Any:
    """Return everything that stands in county B, as values to compare."""
    pages = SitePage.objects.filter(tenant=cast.county_b).order_by("pk")
    keys = [str(key) for key in pages.values_list("pk", flat=True)]
    return (
        list(
            pages.values(
                "pk", "path", "title", "draft_title", "slug", "live", "locked", "latest_revision_id", "numchild"
            )
        ),
        list(Revision.objects.filter(object_id__in=keys).order_by("pk").values("pk", "content")),
        list(Comment.objects.filter(page__tenant=cast.county_b).values("pk", "text", "resolved_at")),
        list(PageLogEntry.objects.filter(page__in=pages).order_by("pk").values("pk", "action")),
        list(SiteImage.objects.filter(tenant=cast.county_b).values("pk", "title", "collection_id")),
        list(SiteFile.objects.filter(tenant=cast.county_b).values("pk", "title", "collection_id")),
    )


def test_nobody_of_county_a_changes_anything_in_county_b(cast: Cast, planted: Planted) -> None:
    draft, live, column, home = planted.draft.pk, planted.live.pk, planted.column.pk, home_of(cast.county_b).pk
    image, file, revision = planted.image.pk, planted.file.pk, planted.revision.pk
    verbs = (
        "edit",
        "delete",
        "unpublish",
        "copy",
        "move",
        "lock",
        "unlock",
        "convert_alias",
        "privacy",
        "edit/preview",
    )
    urls = [f"pages/{page}/{verb}/" for page in (draft, live, column, home) for verb in verbs]
    urls += [
        f"pages/add/govsites/article/{column}/",
        f"pages/add/govsites/article/{column}/preview/",
        f"pages/{draft}/revisions/{revision}/revert/",
        f"pages/{draft}/revisions/{revision}/unschedule/",
        f"pages/{draft}/set_position/?position=0",
        f"pages/{draft}/move/{home}/confirm/",
        f"workflows/remove/{draft}/",
        f"images/{image}/",
        f"images/{image}/delete/",
        f"documents/edit/{file}/",
        f"documents/delete/{file}/",
        f"redirects/{planted.redirect.pk}/delete/",
        f"collections/{planted.shelf.pk}/",
        f"api/main/pages/{draft}/action/publish/",
        f"api/main/pages/{draft}/action/delete/",
    ]
    sent = {
        "title": "改", "new_title": "改", "slug": "x", "new_slug": "x", "new_parent_page": str(column), "action-publish": "1",
        "comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1", "comments-0-id": str(planted.comment.pk),
        "comments-0-text": "改", "comments-0-DELETE": "on", "tags": "改", "collection": "1",
    }  # fmt: skip
    before = state_of_b(cast, planted)
    for visitor in visitors_of_a(cast):
        for url in urls:
            for send in (visitor.client.post, visitor.client.put, visitor.client.patch, visitor.client.delete):
                body = (
                    {"data": sent}
                    if send == visitor.client.post
                    else {"data": "{}", "content_type": "application/json"}
                )
                answer = send(f"/admin/{url}", **body)
                assert answer.status_code == 404, (visitor.role, send.__name__, url)
        assert state_of_b(cast, planted) == before, visitor.role


def test_a_comment_of_the_neighbour_is_not_reached_through_ones_own_page(cast: Cast, planted: Planted) -> None:
    own = Article(title="本县的文章", slug="own", live=False)
    first_column(cast.county_a).add_child(instance=own)
    own.save_revision(user=cast.contributor_a)
    before = state_of_b(cast, planted)
    sent = {
        "title": "本县的文章", "slug": "own", "body-count": "0",
        **{f"{name}-{part}_FORMS": "0" for name in ("attachments", "policy_links") for part in ("TOTAL", "INITIAL")},
        "comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1", "comments-0-id": str(planted.comment.pk),
        "comments-0-text": "改", "comments-0-contentpath": "title", "comments-0-resolved": "on",
        "comments-0-replies-TOTAL_FORMS": "0", "comments-0-replies-INITIAL_FORMS": "0",
    }  # fmt: skip
    for visitor in visitors_of_a(cast):
        visitor.finds_nothing_at(f"/admin/pages/{own.pk}/edit/", sent, post=True)
    assert state_of_b(cast, planted) == before
