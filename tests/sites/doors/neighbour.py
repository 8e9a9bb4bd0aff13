"""What stands in county B and must show to nobody of county A: one of each kind, every text of it marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, Comment, Revision, Site

from sites.media.shelves import shelf_for
from sites.models import Article, Column, ColumnGrant, SiteFile, SiteImage
from tenants.models import Membership, Role, Tenant, User
from tests.cast import Cast, first_column, person, publish_article, signed_in

MARK = "暗记乙县"  # in every text of county B
MARKS = (MARK, "marked-b")  # also in names that must be ASCII


@dataclass(frozen=True)
class Planted:
    column: Column
    live: Article
    draft: Article
    revision: Revision
    comment: Comment
    image: SiteImage
    file: SiteFile
    shelf: Collection
    redirect: Redirect
    author: User


def picture_file(name: str = "picture.png", size: tuple[int, int] = (40, 30)) -> ImageFile:
    content = ContentFile(b"", name=name)
    Picture.new("RGB", size, "red").save(content, "PNG")
    content.seek(0)
    return ImageFile(content, name=name)


def give_image(tenant: Tenant, title: str, tag: str = "", *, column: Column | None = None) -> SiteImage:
    image = SiteImage(title=title, file=picture_file(), collection=shelf_for(tenant, column))
    image.save()
    if tag:
        image.tags.add(tag)
    return image


def give_file(
    tenant: Tenant, title: str, tag: str = "", *, column: Column | None = None, name: str = "file.pdf"
) -> SiteFile:
    file = SiteFile(title=title, file=ContentFile(b"%PDF-1.4", name=name), collection=shelf_for(tenant, column))
    file.save()
    if tag:
        file.tags.add(tag)
    return file


def keeper_of(column: Column, username: str = "keeper-a") -> User:
    """Make an account whose only right is to keep one column of a site."""
    user = person(username)
    held = Membership.objects.create(
        user=user, role=Role.CONTRIBUTOR, tenant_id=column.tenant_id, limited_to_columns=True
    )
    ColumnGrant.objects.create(membership=held, column=column)
    return user


def people_of_a(cast: Cast) -> dict[str, User]:
    """Return everybody of county A: each role, a keeper of one column, the supervisor of its region, its town."""
    return {
        "contributor": cast.contributor_a,
        "reviewer": cast.reviewer_a,
        "manager": cast.manager_a,
        "keeper": keeper_of(first_column(cast.county_a)),
        "supervisor": cast.supervisor,
        "town": person("town-a", Role.CONTRIBUTOR, tenant=cast.town_a),
    }


@dataclass(frozen=True)
class Visitor:
    """A person of county A in a browser, who must find nothing of county B."""

    role: str
    client: Client
    neighbours: tuple[str, ...]

    def finds_nothing_at(self, url: str, data: Any = None, *, post: bool = False) -> None:
        """Ask; whatever the answer is, it names nothing of the neighbour, and no error is a crash."""
        answer = self.client.post(url, data or {}) if post else self.client.get(url, data or {})
        text = text_of(answer)
        told = [mark for mark in (*MARKS, *self.neighbours) if mark in text]
        assert not told, f"{self.role} reads {told} at {url} ({answer.status_code})"
        flashed = [str(message) for message in get_messages(answer.wsgi_request)]
        assert not [line for line in flashed if MARK in line], f"{self.role} is told {flashed} after {url}"

    def is_a_stranger_at(self, url: str, data: Any = None, *, post: bool = False) -> None:
        """Ask; the answer is 404, with nothing of the neighbour in it."""
        answer = self.client.post(url, data or {}) if post else self.client.get(url, data or {})
        assert answer.status_code == 404, f"{self.role} gets {answer.status_code} at {url}"
        assert not [mark for mark in MARKS if mark in text_of(answer)], f"{self.role} reads a mark at {url}"


def text_of(answer: Any) -> str:
    """Return the body of an answer; JSON without its escapes."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace")
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def visitors_of_a(cast: Cast) -> list[Visitor]:
    names = (cast.county_b.name, cast.town_b.name)
    return [Visitor(role, signed_in(user), names) for role, user in people_of_a(cast).items()]


@pytest.fixture
def planted(cast: Cast) -> Planted:
    author = cast.contributor_b
    User.objects.filter(pk=author.pk).update(last_name=MARK, email="marked-b@example.com", username="marked-b")
    author.refresh_from_db()
    column = first_column(cast.county_b)
    image = give_image(cast.county_b, f"{MARK}图", tag=f"{MARK}标签")
    file = give_file(cast.county_b, f"{MARK}件", tag=f"{MARK}标签", name="marked-b.pdf")
    live = publish_article(column, f"{MARK}已发", by=author, slug="marked-b-live", lead_image=image)
    draft = Article(title=f"{MARK}草稿", slug="marked-b-draft", live=False, owner=author)
    column.add_child(instance=draft)
    revision = draft.save_revision(user=author, log_action=True)
    comment = Comment.objects.create(page=draft, user=author, text=f"{MARK}批注", contentpath="title")
    site = Site.objects.get(root_page__path=column.path[:12])
    redirect = Redirect.objects.create(old_path="/marked-b-old", site=site, redirect_link="https://x.cn/marked-b/")
    shelf = shelf_for(cast.county_b)
    Collection.objects.filter(pk=shelf.pk).update(name=f"{MARK}库")
    return Planted(column, live, draft, revision, comment, image, file, shelf, redirect, author)
