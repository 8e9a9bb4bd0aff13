"""The cast of the suite: a province portal and two neighbouring counties with a town, a department and people in each.

Everything here is fast: sub-sites are built in bulk from the shipped templates. A test that asks for `cast` starts
with this and adds what it is about.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from wagtail.models import Site

from sites import addresses
from sites.building import SiteSpec, build_sites
from sites.models import Article, Column, HomePage, SitePage
from sites.templates_library import library
from tenants import versions
from tenants.models import Membership, Region, Role, Tenant, User

PORTAL_HOST, A_HOST, B_HOST = "www.localhost", "a.localhost", "b.localhost"
ADMIN_HOST = "admin.localhost"
REGIONS = (
    ("430000", "湖南省", "province", ""),
    ("430100", "长沙市", "city", "430000"),
    ("430102", "芙蓉区", "county", "430100"),
    ("430103", "天心区", "county", "430100"),
    ("430102001", "文艺路街道", "town", "430102"),
    ("430103001", "坡子街街道", "town", "430103"),
)


@dataclass(frozen=True)
class Cast:
    """Who and what a test finds. County A is 芙蓉区 (a.localhost), county B is 天心区 (b.localhost)."""

    portal: Tenant
    county_a: Tenant
    county_b: Tenant
    town_a: Tenant  # a.localhost/wyl/
    town_b: Tenant  # b.localhost/pzj/
    department_a: Tenant  # a.localhost/jyj/
    department_b: Tenant  # b.localhost/jyj/
    operator: User  # a superuser
    contributor_a: User
    reviewer_a: User
    manager_a: User
    contributor_b: User
    reviewer_b: User
    manager_b: User
    supervisor: User  # of county A's region

    def regions(self) -> dict[str, Region]:
        return {region.code: region for region in Region.objects.all()}


def make_regions(rows: tuple[tuple[str, str, str, str], ...] = REGIONS) -> dict[str, Region]:
    """Make regions from (code, name, level, parent's code), parents first; return them by code."""
    made: dict[str, Region] = {}
    for code, name, level, parent in rows:
        above = made.get(parent)
        lineage = f"{above.lineage if above else ''}{code}/"
        made[code] = Region.objects.create(code=code, name=name, level=level, parent=above, lineage=lineage)
    return made


def open_sites(tenants: list[Tenant], *, by: Any = None, with_optional: bool = False) -> None:
    """Save the tenants that are new, and build their sub-sites from the newest templates, live."""
    with transaction.atomic():
        for tenant in tenants:
            if tenant.pk is None:
                tenant.template_version = library().latest(tenant.kind).version
                tenant.save()
        specs = [SiteSpec(tenant, library().get(tenant.kind, tenant.template_version)) for tenant in tenants]
        build_sites(specs, by=by, with_optional=with_optional)
    addresses.book.clear()
    Site.clear_site_root_paths_cache()


def new_tenant(code: str, name: str, kind: str, region: Region, **values: Any) -> Tenant:
    """Return a tenant that is not saved yet; live unless `values` say otherwise."""
    facts = {"status": "live", "opened_on": date(2026, 1, 5), "short_name": name[:50], **values}
    return Tenant(code=code, name=name, kind=kind, region=region, **facts)


def person(username: str, role: str = "", *, tenant: Tenant | None = None, region: Region | None = None) -> User:
    """Make an account; with `role` it holds a membership over `tenant`, `region` or (neither) the platform."""
    user = User.objects.create_user(username)
    if role:
        Membership.objects.create(user=user, role=role, tenant=tenant, region=region)
    return user


def build_cast() -> Cast:
    places = make_regions()
    operator = User.objects.create_superuser("operator")
    portal = new_tenant(
        "430000", "湖南省人民政府", "province", places["430000"], host=PORTAL_HOST, site_code="4300000001"
    )
    open_sites([portal], by=operator)
    counties = [
        new_tenant(
            "430102",
            "芙蓉区人民政府",
            "county",
            places["430102"],
            host=A_HOST,
            site_code="4301020001",
            supervisor=portal,
        ),
        new_tenant(
            "430103",
            "天心区人民政府",
            "county",
            places["430103"],
            host=B_HOST,
            site_code="4301030001",
            supervisor=portal,
        ),
    ]
    open_sites(counties, by=operator)
    a, b = counties
    below = [
        new_tenant(
            "430102001", "文艺路街道办事处", "town", places["430102001"], mount="wyl", mounted_under=a, supervisor=a
        ),
        new_tenant(
            "430103001", "坡子街街道办事处", "town", places["430103001"], mount="pzj", mounted_under=b, supervisor=b
        ),
        new_tenant(
            "430102-jyj", "芙蓉区教育局", "department", places["430102"], mount="jyj", mounted_under=a, supervisor=a
        ),
        new_tenant(
            "430103-jyj", "天心区教育局", "department", places["430103"], mount="jyj", mounted_under=b, supervisor=b
        ),
    ]
    open_sites(below, by=operator)
    return Cast(
        portal,
        a,
        b,
        *below,
        operator=operator,
        contributor_a=person("contributor-a", Role.CONTRIBUTOR, tenant=a),
        reviewer_a=person("reviewer-a", Role.REVIEWER, tenant=a),
        manager_a=person("manager-a", Role.SITE_MANAGER, tenant=a),
        contributor_b=person("contributor-b", Role.CONTRIBUTOR, tenant=b),
        reviewer_b=person("reviewer-b", Role.REVIEWER, tenant=b),
        manager_b=person("manager-b", Role.SITE_MANAGER, tenant=b),
        supervisor=person("supervisor", Role.SUPERVISOR, region=places["430102"]),
    )


class Shared:
    """The cast's rows, built once and kept in a transaction around the tests that begin with them.

    Each of these tests runs in a savepoint of its own. A test that begins with anything else ends the transaction
    (tests/conftest.py), and so does the end of the run.
    """

    def __init__(self) -> None:
        self.around: transaction.Atomic | None = None
        self.built: Cast | None = None

    def take(self, blocker: Any) -> Cast | None:
        """Return the cast, built where nobody has; None inside a transaction that is not ours."""
        with blocker.unblock():
            if self.around is not None and self.lost():
                self.forget()
            if self.around is None:
                if transaction.get_connection().in_atomic_block:
                    return None
                self.around = transaction.atomic()
                self.around.__enter__()
                self.built = build_cast()
        return self.built

    @staticmethod
    def lost() -> bool:
        """Return whether a test closed the connection or left the transaction unusable."""
        connection = transaction.get_connection()
        if connection.needs_rollback or connection.closed_in_transaction or connection.connection is None:
            return True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return True
        return False

    def forget(self) -> None:
        """Begin with a new connection: the transaction cannot be ended in order any more."""
        connection = transaction.get_connection()
        connection.in_atomic_block = connection.needs_rollback = connection.closed_in_transaction = False
        connection.savepoint_ids, connection.atomic_blocks = [], []
        connection.close()
        self.around = self.built = None

    def end(self, blocker: Any) -> None:
        if self.around is not None:
            with blocker.unblock():
                if self.lost():
                    self.forget()
                    return
            around, self.around, self.built = self.around, None, None
            with blocker.unblock():
                transaction.set_rollback(True)
                around.__exit__(None, None, None)


shared = Shared()


def begins_with_the_cast(item: pytest.Item) -> bool:
    """Return whether a test may run inside the shared transaction: it asks for the cast, and for no commits."""
    return "cast" in getattr(item, "fixturenames", ()) and not commits(item)


def commits(item: pytest.Item) -> bool:
    """Return whether a test asks for real commits, or for anything else than the usual rollback."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    special = {"transactional_db", "live_server", "django_db_serialized_rollback"} & names
    return bool(special) or (marker is not None and bool(marker.args or marker.kwargs))


@pytest.fixture(scope="session")
def end_of_sharing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    shared.end(django_db_blocker)


@pytest.fixture
def shared_cast(request: pytest.FixtureRequest, end_of_sharing: None, django_db_blocker: Any) -> Cast | None:
    return shared.take(django_db_blocker) if begins_with_the_cast(request.node) else None


@pytest.fixture
def cast(shared_cast: Cast | None, db: None) -> Cast:
    """Return people and sub-sites of a test's own; what it changes in them or in the database is gone afterwards."""
    return build_cast() if shared_cast is None else copy.deepcopy(shared_cast)


def home_of(tenant: Tenant) -> HomePage:
    return HomePage.objects.get(tenant=tenant)


def column_of(tenant: Tenant, code: str) -> Column:
    """Return the tenant's column with the template's code."""
    return Column.objects.get(tenant=tenant, code=code)


def first_column(tenant: Tenant, kind: str = "list", *, mandatory: bool = True) -> Column:
    """Return the first column of a kind, in the order of the tree."""
    found = Column.objects.filter(tenant=tenant, kind=kind, mandatory=mandatory).order_by("path").first()
    assert found is not None
    return found


def own_column(parent: SitePage, slug: str, title: str = "本地栏目", **values: Any) -> Column:
    """Make a live column that the site added by itself: no code, not mandatory."""
    made = Column(title=title, slug=slug, **values)
    parent.add_child(instance=made)
    return made


def publish_article(column: Column, title: str, *, by: User | None = None, slug: str = "", **values: Any) -> Article:
    """Make an article below the column and publish it the way the admin does: add, revision, publish."""
    article = Article(title=title, slug=slug, live=False, **values)
    column.add_child(instance=article)
    article.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return Article.objects.get(pk=article.pk)


def signed_in(user: User) -> Client:
    """Return a browser on the admin's host with the person signed in."""
    client = Client(headers={"host": ADMIN_HOST})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def change(tenant: Tenant, **values: Any) -> None:
    """Change a tenant's row the way another process would, seen at the next request."""
    Tenant.objects.filter(pk=tenant.pk).update(**values)
    versions.bump([tenant.pk])
