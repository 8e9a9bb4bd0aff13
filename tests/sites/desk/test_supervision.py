"""A supervisor's sites below: by state, searched, sorted; and what can be read of one of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from sites.desk.fleet import kept
from sites.models import Column, SitePage
from sites.review import actions
from tenants.models import Role, TenantKind
from tenants.scope import every_tenant
from tests.cast import Cast, column_of, new_tenant, open_sites, person, publish_article, signed_in
from tests.sites.desk.build import published
from tests.sites.review.build import draft

pytestmark = pytest.mark.django_db
SITES = "/admin/desk/sites/"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    kept.clear()


def lines(client: Any, **query: str) -> list[Any]:
    return list(client.get(SITES, query).context["page"])


def names(client: Any, **query: str) -> list[str]:
    return [line.name for line in lines(client, **query)]


def test_a_supervisor_sees_the_own_region_and_nothing_beside_it(cast: Cast) -> None:
    client = signed_in(cast.supervisor)
    assert set(names(client)) == {"芙蓉区人民政府", "文艺路街道办事处", "芙蓉区教育局"}
    assert "天心区" not in client.get(SITES, {"q": "天心"}).content.decode().replace('value="天心"', "")


@pytest.mark.parametrize("who", ["contributor_a", "reviewer_a", "manager_a"])
def test_for_others_there_is_no_such_list(cast: Cast, who: str) -> None:
    assert signed_in(getattr(cast, who)).get(SITES).status_code == 404


def test_figures_waiting_reviews_and_the_last_publication_stand_in_the_line(cast: Cast) -> None:
    published(column_of(cast.town_a, "gzdt"), "旧动态", days_ago=20)
    with every_tenant("a test"):
        editor = person("town-editor", Role.CONTRIBUTOR, tenant=cast.town_a)
        actions.submit(draft(column_of(cast.town_a, "tzgg"), editor, "待审"), editor)
    line = next(each for each in lines(signed_in(cast.supervisor)) if each.tenant_id == cast.town_a.pk)
    assert (line.figures.overdue, line.waiting) == (1, 1)
    assert line.figures.last_published is not None
    assert line.figures.empty > 5


def test_the_list_is_sorted_by_what_one_clicks_and_by_faults_at_first(cast: Cast) -> None:
    published(column_of(cast.town_a, "gzdt"), "旧动态", days_ago=20)
    client = signed_in(cast.supervisor)
    assert names(client)[0] == "文艺路街道办事处"  # the only one with an overdue column
    assert names(client, sort="name") == ["芙蓉区人民政府", "芙蓉区教育局", "文艺路街道办事处"]
    assert names(client, sort="-name") == ["文艺路街道办事处", "芙蓉区教育局", "芙蓉区人民政府"]
    assert names(client, sort="-last")[0] == "文艺路街道办事处"
    empties = [line.figures.empty for line in lines(client, sort="empty")]
    assert empties == sorted(empties)
    assert len(names(client, sort="nonsense")) == 3


def test_the_list_is_searched_and_filtered(cast: Cast) -> None:
    published(column_of(cast.town_a, "gzdt"), "旧动态", days_ago=20)
    client = signed_in(cast.supervisor)
    assert names(client, q="街道") == ["文艺路街道办事处"]
    assert names(client, q="430102-JYJ") == ["芙蓉区教育局"]
    assert names(client, state="overdue") == ["文艺路街道办事处"]
    assert names(client, state="good") == []
    counts = {tab["label"]: tab["count"] for tab in client.get(SITES).context["tabs"]}
    assert list(counts.values()) == [3, 1, 3, 0, 0]


def test_the_drill_down_shows_columns_and_what_is_published(cast: Cast) -> None:
    article = publish_article(column_of(cast.town_a, "gzdt"), "街道动态一则")
    publish_article(column_of(cast.town_a, "tzgg"), "街道公告一则")
    client = signed_in(cast.supervisor)
    url = reverse("govsites_desk:site", args=[cast.town_a.pk])
    answer = client.get(url)
    assert {item.title for item in answer.context["page"]} == {"街道动态一则", "街道公告一则"}
    one = client.get(url, {"column": article.column_id})
    assert [item.title for item in one.context["page"]] == ["街道动态一则"]


def test_a_published_item_is_read_and_not_changed(cast: Cast) -> None:
    article = publish_article(
        column_of(cast.town_a, "gzdt"), "街道动态一则", source="党政办", body=[("paragraph", "<p>正文第一段</p>")]
    )
    client = signed_in(cast.supervisor)
    text = client.get(reverse("govsites_desk:item", args=[article.pk])).content.decode()
    assert "正文第一段" in text
    assert "党政办" in text
    assert "<form" not in text.partition('class="desk-item"')[2]
    assert client.get(f"/admin/pages/{article.pk}/edit/").status_code in {302, 403}


def test_a_waiting_item_is_read_as_it_was_handed_in_with_the_way_to_its_review(cast: Cast) -> None:
    editor = person("town-editor", Role.CONTRIBUTOR, tenant=cast.town_a)
    with every_tenant("a test"):
        page = draft(column_of(cast.town_a, "gzdt"), editor, "待审的动态", summary="这是提交的摘要")
        review = actions.submit(page, editor)
    client = signed_in(cast.supervisor)
    text = client.get(reverse("govsites_desk:item", args=[page.pk])).content.decode()
    assert "这是提交的摘要" in text
    detail = reverse("govsites_review:detail", args=[review.pk])
    assert detail in text
    assert client.get(detail).status_code == 200


def test_a_draft_is_its_authors_own(cast: Cast) -> None:
    page = draft(column_of(cast.town_a, "gzdt"), cast.manager_a, "还在写")
    assert signed_in(cast.supervisor).get(reverse("govsites_desk:item", args=[page.pk])).status_code == 404


def test_the_text_of_a_column_is_read_too(cast: Cast) -> None:
    column = column_of(cast.town_a, "zj-gk")
    column.body = [("paragraph", "<p>街道概况</p>")]
    column.save_revision().publish(skip_permission_checks=True)
    client = signed_in(cast.supervisor)
    assert "街道概况" in client.get(reverse("govsites_desk:item", args=[column.pk])).content.decode()
    section = Column.objects.get(tenant=cast.town_a, code="zwgk")
    assert client.get(reverse("govsites_desk:item", args=[section.pk])).status_code == 404


@pytest.mark.parametrize(
    ("who", "site", "status"),
    [("supervisor", "town_b", 404), ("manager_a", "county_a", 403), ("contributor_b", "county_a", 404)],
)
def test_other_peoples_sites_stay_closed(cast: Cast, who: str, site: str, status: int) -> None:
    tenant = getattr(cast, site)
    article = publish_article(column_of(tenant, "tzgg"), "不给看的文章")
    client = signed_in(getattr(cast, who))
    for answer in (
        client.get(reverse("govsites_desk:site", args=[tenant.pk])),
        client.get(reverse("govsites_desk:item", args=[article.pk])),
    ):
        assert answer.status_code == status
        assert "不给看的文章" not in answer.content.decode()


def test_many_sites_cost_the_same_queries_and_a_page_of_bytes(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in(cast.supervisor)
    client.get(SITES)
    with django_assert_max_num_queries(40) as few:
        client.get(SITES)
    asked = len(few)  # the next request empties the log
    region = cast.regions()["430102"]
    open_sites(
        [
            new_tenant(
                f"430102-d{n}",
                f"芙蓉区第{n}局",
                TenantKind.DEPARTMENT,
                region,
                mount=f"d{n}",
                mounted_under=cast.county_a,
            )
            for n in range(60)
        ]
    )
    client.get(SITES)
    with django_assert_max_num_queries(asked):
        answer = client.get(SITES)
    assert answer.context["total"] == 63
    assert len(answer.context["page"]) == 30
    assert len(answer.content) < 150_000
    assert SitePage.objects.filter(tenant__code="430102-d59").exists()
