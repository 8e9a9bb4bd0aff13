"""What stands beside the pages of a grown platform: people, memberships, shelves, pictures, articles, reviews, notices."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from bench import fill
from sites.models import (
    Article,
    Column,
    MediaShelf,
    Notice,
    NoticeKind,
    Review,
    ReviewState,
    SiteFile,
    SiteImage,
)
from tenants.models import Membership, Outcome, Role, SignIn, Tenant, User
from tenants.scope import every_tenant

ROLES = (Role.CONTRIBUTOR, Role.CONTRIBUTOR, Role.REVIEWER, Role.REVIEWER, Role.SITE_MANAGER)
ARTICLES, PICTURES, FILES, REVIEWS = 5, 4, 4, 2  # a tenant


@transaction.atomic
def settle(by: Any) -> None:
    """Give every tenant that has nobody yet its people and what they have made."""
    new = list(Tenant.objects.filter(memberships=None).order_by("code"))
    with every_tenant("bench"):
        people = _people(new, by)
        shelves = _shelves(new)
        _media(new, shelves, people)
        _texts(new, people)


def _people(tenants: list[Tenant], by: Any) -> dict[int, list[User]]:
    users = User.objects.bulk_create(
        User(username=f"{tenant.code}-{number}", first_name=f"{tenant.short_name}{number}号", post="科员")
        for tenant in tenants
        for number in range(len(ROLES))
    )
    people = {tenant.pk: users[at * len(ROLES) : (at + 1) * len(ROLES)] for at, tenant in enumerate(tenants)}
    Membership.objects.bulk_create(
        Membership(user=user, role=role, tenant=tenant, granted_by=by)
        for tenant in tenants
        for user, role in zip(people[tenant.pk], ROLES, strict=True)
    )
    SignIn.objects.bulk_create(SignIn(user=user, username=user.username, outcome=Outcome.SIGNED_IN) for user in users)
    return people


def _shelves(tenants: list[Tenant]) -> dict[int, Collection]:
    root = Collection.get_first_root_node()
    present = root.numchild
    made = Collection.objects.bulk_create(
        Collection(
            path=f"{root.path}{Collection._int2str(present + at).zfill(4)}",
            depth=2,
            name=f"{tenant.pk:08d} {tenant.name}",
        )
        for at, tenant in enumerate(tenants, 1)
    )
    Collection.objects.filter(pk=root.pk).update(numchild=present + len(made))
    shelves = {tenant.pk: collection for tenant, collection in zip(tenants, made, strict=True)}
    MediaShelf.objects.bulk_create(MediaShelf(tenant=tenant, collection=shelves[tenant.pk]) for tenant in tenants)
    return shelves


def _media(tenants: list[Tenant], shelves: dict[int, Collection], people: dict[int, list[User]]) -> None:
    def of(tenant: Tenant, title: str) -> dict[str, Any]:
        owned = {"tenant": tenant, "collection": shelves[tenant.pk], "uploaded_by_user": people[tenant.pk][0]}
        return {**owned, "title": f"{tenant.short_name}{title}", "file_size": 1000}

    picture = io.BytesIO()
    Image.new("RGB", (8, 6)).save(picture, "PNG")
    name = default_storage.save("original_images/bench.png", ContentFile(picture.getvalue()))
    SiteImage.objects.bulk_create(
        SiteImage(**of(tenant, f"照片{number}"), file=name, width=8, height=6)
        for tenant in tenants
        for number in range(PICTURES)
    )
    SiteFile.objects.bulk_create(
        SiteFile(**of(tenant, f"附件{number}"), file=f"none-{number}.pdf")
        for tenant in tenants
        for number in range(FILES)
    )


def _texts(tenants: list[Tenant], people: dict[int, list[User]]) -> None:
    columns = Column.objects.filter(tenant__in=[tenant.pk for tenant in tenants], kind="list", numchild=0)
    first: dict[int, Any] = {}
    for column in columns.order_by("path"):
        first.setdefault(column.tenant_id, column)
    for column in first.values():
        fill.add(column, ARTICLES)
    fill.index()
    fill.analyze()
    items: dict[int, list[int]] = {}
    for pk, tenant_id in Article.objects.filter(tenant__in=list(first)).order_by("pk").values_list("pk", "tenant_id"):
        items.setdefault(tenant_id, []).append(pk)
    now = timezone.now()
    Review.objects.bulk_create(
        Review(
            tenant_id=tenant_id, page_id=page, title="关于做好项目申报工作的通知", state=ReviewState.WAITING,
            submitted_by=people[tenant_id][0], submitted_at=now, waiting_since=now,
        )
        for tenant_id, pages in items.items()
        for page in pages[:REVIEWS]
    )  # fmt: skip
    Notice.objects.bulk_create(
        Notice(tenant_id=tenant_id, user=user, kind=NoticeKind.SUBMITTED, text="有一篇稿件等待审核", page_id=pages[0])
        for tenant_id, pages in items.items()
        for user in people[tenant_id]
    )
