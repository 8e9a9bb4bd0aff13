"""Doors that lead to a neighbour's pictures, files and tags; and who keeps which media."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import get_resolver, reverse
from wagtail.models import Collection, UploadedFile
from wagtail.permissions import policy_registry

from sites.doors.forms import SitePageForm
from sites.models import Article, SiteFile, SiteImage, SitePage
from tenants.models import User
from tenants.scope import every_tenant
from tests.cast import Cast, first_column, own_column, publish_article, signed_in
from tests.sites.doors.neighbour import (
    MARK,
    Planted,
    give_file,
    give_image,
    keeper_of,
    people_of_a,
    picture_file,
    text_of,
    visitors_of_a,
)

pytestmark = pytest.mark.django_db
LISTS = (
    "images/",
    "images/results/",
    "documents/",
    "documents/results/",
    "images/multiple/add/",
    "documents/multiple/add/",
)
CHOOSERS = ("images/chooser/", "images/chooser/results/", "documents/chooser/", "documents/chooser/results/")


def page_models() -> list[type[SitePage]]:
    return [model for model in apps.get_models() if issubclass(model, SitePage)]


def newest(article: Article) -> Article:
    return Article.objects.get(pk=article.pk).get_latest_revision_as_object()


def rows_of(user: User, model: type, action: str) -> set[str]:
    policy = policy_registry.get_by_type(model)
    return set(
        policy.instances_user_has_permission_for(User.objects.get(pk=user.pk), action).values_list("title", flat=True)
    )


def test_who_keeps_which_pictures(cast: Cast) -> None:
    kept = own_column(first_column(cast.county_a).get_parent().specific, "kept", "自管栏目")
    give_image(cast.county_a, "县图")
    give_image(cast.county_a, "栏图", column=kept)
    give_image(cast.town_a, "镇图")
    give_image(cast.county_b, "邻图")
    SiteImage(title="平台图", file=picture_file(), collection=Collection.get_first_root_node()).save()
    people = people_of_a(cast) | {"keeper of 栏": keeper_of(kept, "keeper-2"), "operator": cast.operator}
    expected = {
        "contributor": {"县图", "栏图"},
        "reviewer": {"县图", "栏图"},
        "manager": {"县图", "栏图"},
        "keeper": set(),
        "keeper of 栏": {"栏图"},
        "supervisor": set(),
        "town": {"镇图"},
        # What belongs to the platform is the operator's alone, choosing included.
        "operator": {"县图", "栏图", "镇图", "邻图", "平台图"},
    }
    with every_tenant("a test asks for everybody"):
        for action in ("change", "delete", "choose"):
            assert {who: rows_of(user, SiteImage, action) for who, user in people.items()} == expected, action


def test_an_upload_goes_to_one_of_ones_own_shelves_alone(cast: Cast, planted: Planted) -> None:
    client = signed_in(cast.contributor_a)
    policy = policy_registry.get_by_type(SiteImage)
    sent = {"title": "图", "file": picture_file(), "collection": planted.shelf.pk}
    client.post("/admin/images/add/", sent)
    client.post(
        "/admin/images/chooser/create/", {f"image-chooser-upload-{name}": value for name, value in sent.items()}
    )
    assert set(SiteImage.objects.exclude(pk=planted.image.pk).values_list("tenant_id", flat=True)) <= {cast.county_a.pk}
    assert SiteImage.objects.filter(collection=planted.shelf).count() == 1
    operator = User.objects.get(pk=cast.operator.pk)
    assert policy.collections_user_has_permission_for(operator, "add").count() == 1


@pytest.mark.parametrize("tag", [MARK, f"{MARK}标签"])
def test_door_8_tags_are_those_of_ones_own_media(cast: Cast, planted: Planted, tag: str) -> None:
    own = give_image(cast.county_a, "本县图", tag="甲县标签")
    for visitor in visitors_of_a(cast):
        answer = visitor.client.get("/admin/tag-autocomplete/", {"term": tag})
        assert answer.json() == [], visitor.role
        visitor.is_a_stranger_at("/admin/tag-autocomplete/taggit/tag/", {"term": tag})
        for url in (*LISTS, *CHOOSERS):
            visitor.finds_nothing_at(f"/admin/{url}")
    client = signed_in(cast.contributor_a)
    assert client.get("/admin/tag-autocomplete/", {"term": "甲"}).json() == ["甲县标签"]
    for url in ("images/", "images/chooser/"):
        assert "甲县标签" in text_of(client.get(f"/admin/{url}")), url
    assert own.title in text_of(client.get("/admin/images/", {"tag": "甲县标签"}))


def test_door_9_no_picture_and_no_file_of_the_neighbour(cast: Cast, planted: Planted) -> None:
    image, file = planted.image.pk, planted.file.pk
    for visitor in visitors_of_a(cast):
        for url in (*LISTS, *CHOOSERS):
            visitor.finds_nothing_at(f"/admin/{url}")
            visitor.finds_nothing_at(f"/admin/{url}", {"collection_id": planted.shelf.pk})
        for url in CHOOSERS:
            for query in ({"q": MARK}, {"tag": f"{MARK}标签"}):
                text = text_of(visitor.client.get(f"/admin/{url}", query))
                assert f"{MARK}图" not in text
                assert f"{MARK}件" not in text
        for url in (
            f"images/{image}/",
            f"images/{image}/delete/",
            f"images/{image}/preview/original/",
            f"images/{image}/generate_url/",
            f"images/usage/{image}/",
            f"images/chooser/chosen/{image}/",
            f"images/chooser/{image}/select_format/",
            f"images/chooser/chosen-multiple/?id={image}",
            f"images/multiple/{image}/",
            f"images/multiple/{image}/delete/",
            f"documents/edit/{file}/",
            f"documents/delete/{file}/",
            f"documents/usage/{file}/",
            f"documents/chooser/chosen/{file}/",
            f"documents/chooser/chosen-multiple/?id={file}",
            f"documents/multiple/{file}/",
            f"documents/multiple/{file}/delete/",
        ):
            visitor.is_a_stranger_at(f"/admin/{url}")
            visitor.is_a_stranger_at(f"/admin/{url}", {"title": "改", "DELETE": "1"}, post=True)
        for model, key in (("siteimage", image), ("sitefile", file)):
            for action in ("delete", "add_tags", "add_to_collection"):
                url = f"/admin/bulk/govsites/{model}/{action}/"
                visitor.is_a_stranger_at(f"{url}?id={key}")
                visitor.is_a_stranger_at(f"{url}?id={key}", {"tags": "改"}, post=True)
                visitor.finds_nothing_at(f"{url}?id=all")
    for row, title in ((planted.image, f"{MARK}图"), (planted.file, f"{MARK}件")):
        row.refresh_from_db()
        assert row.title == title
        assert list(row.tags.names()) == [f"{MARK}标签"]


def test_what_lies_in_the_root_collection_is_for_operators(cast: Cast) -> None:
    root = Collection.get_first_root_node()
    common = SiteImage(title="平台共用图", file=picture_file(), collection=root)
    common.save()
    assert common.tenant_id is None
    for visitor in visitors_of_a(cast):
        for url in ("images/", "images/chooser/"):
            assert "平台共用图" not in text_of(visitor.client.get(f"/admin/{url}"))
        visitor.is_a_stranger_at(f"/admin/images/chooser/chosen/{common.pk}/")
    assert "平台共用图" in text_of(signed_in(cast.operator).get("/admin/images/"))


def test_an_upload_that_waits_for_its_form_is_its_uploaders(cast: Cast) -> None:
    waiting = UploadedFile.objects.create(
        for_content_type=None, file=picture_file("waiting.png"), uploaded_by_user=cast.contributor_b
    )
    for visitor in visitors_of_a(cast):
        for kind, name in (("images", "create_from_uploaded_image"), ("documents", "create_from_uploaded_document")):
            visitor.is_a_stranger_at(f"/admin/{kind}/multiple/{name}/{waiting.pk}/", post=True)
            visitor.is_a_stranger_at(f"/admin/{kind}/multiple/delete_upload/{waiting.pk}/", post=True)
    assert UploadedFile.objects.filter(pk=waiting.pk).exists()


def test_every_page_form_asks_what_it_refers_to() -> None:
    assert get_resolver().url_patterns  # as a process does before its first answer
    for model in page_models():
        assert issubclass(model.get_edit_handler().get_form_class(), SitePageForm), model


def test_an_article_takes_no_picture_and_no_page_of_the_neighbour(cast: Cast, planted: Planted) -> None:
    column = first_column(cast.county_a)
    own = publish_article(column, "本县的文章", by=cast.contributor_a)
    mine, theirs = give_image(cast.county_a, "本县图"), planted.image
    client = signed_in(cast.contributor_a)
    url = reverse("wagtailadmin_pages:edit", args=[own.pk])
    empty = {
        f"{name}-{part}": "0"
        for name in ("attachments", "policy_links", "comments")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")
    }
    base = empty | {"title": own.title, "slug": own.slug, "body-count": "0"}
    linked = {"policy_links-TOTAL_FORMS": "1", "policy_links-0-policy": str(planted.draft.pk), "policy_links-0-form": "text",
              "policy_links-0-ORDER": "1", "policy_links-0-id": "", "policy_links-0-DELETE": ""}  # fmt: skip
    text = {
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "image", "body-0-id": "",
        "body-0-value-caption": "", "body-0-value-image-image": str(theirs.pk), "body-0-value-image-decorative": "on",
    }  # fmt: skip
    for strange in ({"lead_image": str(theirs.pk)}, linked, text):
        assert client.post(url, base | strange).status_code == 404, strange
    assert newest(own).lead_image_id is None
    assert client.post(url, base | {"lead_image": str(mine.pk)}).status_code == 302
    assert newest(own).lead_image_id == mine.pk
    # What the page shows already may stay, whoever put it there.
    given = newest(own)
    given.lead_image = theirs
    given.save_revision(user=cast.operator)
    assert client.post(url, base | {"lead_image": str(theirs.pk)}).status_code == 302


def test_a_file_of_ones_own_is_chosen_and_used(cast: Cast) -> None:
    file = give_file(cast.county_a, "本县件")
    client = signed_in(cast.contributor_a)
    assert "本县件" in text_of(client.get(f"/admin/documents/chooser/chosen/{file.pk}/"))
    assert "本县件" in text_of(client.get("/admin/documents/chooser/results/", {"q": "本县"}))
    assert client.get(f"/admin/documents/usage/{file.pk}/").status_code == 200
    assert SiteFile.objects.get(pk=file.pk).tenant_id == cast.county_a.pk
