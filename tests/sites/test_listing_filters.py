"""The explorer's filters show nobody the neighbours, and are the same size however many sub-sites there are."""

from __future__ import annotations

import pytest

from tests.cast import Cast, first_column, home_of, publish_article, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
def test_the_explorer_of_a_site_names_no_other_site_and_nobody_who_works_there(cast: Cast, who: str) -> None:
    publish_article(first_column(cast.county_b), "邻县的通知", by=cast.reviewer_b)
    for path in ("", "results/"):
        answer = signed_in(getattr(cast, who)).get(f"/admin/pages/{home_of(cast.county_a).pk}/{path}")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert cast.county_b.name not in text
        assert cast.reviewer_b.username not in text


def test_the_explorer_still_filters_by_type_and_date(cast: Cast) -> None:
    column = first_column(cast.county_a)
    publish_article(column, "本县的通知", by=cast.reviewer_a)
    client = signed_in(cast.operator)
    everything = client.get(f"/admin/pages/{column.pk}/").content.decode()
    assert "本县的通知" in everything
    assert "latest_revision_created_at" in everything
    future = client.get(f"/admin/pages/{column.pk}/?latest_revision_created_at_from=2999-01-01").content.decode()
    assert "本县的通知" not in future
