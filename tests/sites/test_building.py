"""A sub-site built in bulk is, row by row and field by field, the one that Wagtail makes page by page."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from modelsearch.conf import get_app_config
from wagtail.models import PageLogEntry, ReferenceIndex, Revision, Site

from sites import addresses
from sites.building import ColumnToAdd, SiteSpec, add_columns, build_sites, lock_tree
from sites.column_templates import ColumnSpec, ColumnTemplate
from sites.models import Column, HomePage, RegionPage, SitePage
from sites.templates_library import library
from tenants.models import Region, Tenant, User
from tests.cast import ADMIN_HOST, Cast, first_column, home_of, make_regions, new_tenant, open_sites, signed_in

pytestmark = pytest.mark.django_db

# Fields that may differ between the two ways. Everything else is equal, in every table of the database.
MAY_DIFFER = {
    "translation_key",  # a fresh uuid
    "first_published_at",
    "last_published_at",
    "latest_revision_created_at",
    "published_at",
    "created_at",
    "timestamp",
}
# The numbers of pages and revisions differ, too; they are replaced by what they point to.
POINT_TO_PAGES = {"sitepage_ptr", "page", "root_page"}
POINT_TO_REVISIONS = {"latest_revision", "live_revision", "revision"}
# One raise a batch instead of one a page: the versions differ, the fact that they grow does not.
VERSIONED = {("tenants.tenant", "version"), ("tenants.versioncounter", "value")}
IndexEntry = get_app_config().get_model("IndexEntry")
HOSTILE = '\t制表\n换行\r%(pk)s 100% \\N \\t \\\\. "双\'单" 𠮷🏛 {}\u2028尾'


def hostile_template() -> ColumnTemplate:
    """Return a small template whose texts are made to break COPY, JSON, SQL and %-formats."""

    def column(code: str, title: str, kind: str = "list", parent: str = "", **values: Any) -> ColumnSpec:
        depth = 2 if parent else 1
        return ColumnSpec(code=code, slug=code, title=title, kind=kind, parent=parent, depth=depth, **values)

    return ColumnTemplate(
        kind="county",
        version=1,
        title="x",
        columns=(
            column(
                "a", HOSTILE, "section", mandatory=True, menu=True, intro=HOSTILE, keywords=HOSTILE, responsible="\\"
            ),
            column("b", "%s%(title)s", parent="a", mandatory=True, update_within_days=14, disclosure=("20.1", "26")),
            column("c", "\\.", "people", parent="a", keeper="shared", column_type="负责人信息", position=20),
            column("d", "'; DROP TABLE govsites_sitepage; --", "catalogue", mandatory=False, position=20),
        ),
    )


def page_by_page(tenant: Tenant, template: ColumnTemplate, *, by: User | None, with_optional: bool) -> None:
    """Make the same sub-site with Wagtail's own add_child, save_revision and publish."""
    region = tenant.region
    region_page = RegionPage(title=region.name, slug=region.code, owner=by)
    SitePage.get_first_root_node().add_child(instance=region_page)
    home = HomePage(title=tenant.name, slug=tenant.code.lower(), tenant=tenant, owner=by)
    region_page.add_child(instance=home)
    home.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    Site.objects.create(hostname=tenant.host, port=settings.PUBLIC_PORT, site_name=tenant.name, root_page=home)
    pages: dict[str, SitePage] = {"": home}
    for spec in template.columns:
        if not (spec.mandatory or with_optional):
            continue
        column = Column(
            title=spec.title,
            slug=spec.slug,
            owner=by,
            code=spec.code,
            kind=spec.kind,
            mandatory=spec.mandatory,
            update_within_days=spec.update_within_days,
            disclosure=",".join(spec.disclosure),
            column_type=spec.column_type,
            keeper=spec.keeper,
            responsible=spec.responsible,
            position=spec.position,
            template_version=template.version,
            show_in_menus=spec.menu,
            intro=spec.intro,
            keywords=spec.keywords,
        )
        SitePage.objects.get(pk=pages[spec.parent].pk).add_child(instance=column)
        column.save_revision(user=by).publish(user=by, skip_permission_checks=True)
        pages[spec.code] = column


def everything() -> dict[str, Counter[str]]:
    """Return every row of every table, as text: table -> rows. Numbers are replaced by what they point to."""
    pages = dict(SitePage.objects.values_list("pk", "url_path"))
    revisions = {
        pk: f"revision of {pages[int(object_id)]}" for pk, object_id in Revision.objects.values_list("pk", "object_id")
    }
    found = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            rows = (plain(row, model, pages, revisions) for row in model._base_manager.all())
            found[model._meta.label_lower] = Counter(rows)
    return found


def plain(row: Any, model: type, pages: dict[int, str], revisions: dict[int, str]) -> str:
    values: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        name, value = field.name, getattr(row, field.attname)
        if name in MAY_DIFFER or (model._meta.label_lower, name) in VERSIONED:
            value = value is not None
        elif (name in POINT_TO_PAGES or (name == "id" and model is SitePage)) and value is not None:
            value = pages[value]
        elif name in POINT_TO_REVISIONS and value is not None:
            value = revisions[value]
        elif name == "object_id" and row_is_of_a_page(row):
            value = pages[int(value)]
        elif name == "to_object_id":
            value = pages.get(int(value), value)
        elif field.primary_key or name == "uuid":
            continue
        elif name == "content" and model is Revision:
            value = plain_content(value, pages)
        values[name] = value
    return repr(values)


def row_is_of_a_page(row: Any) -> bool:
    content_type = getattr(row, "base_content_type", None) or row.content_type
    return issubclass(content_type.model_class(), SitePage)


def plain_content(content: dict[str, Any], pages: dict[int, str]) -> str:
    content = dict(content, pk=pages[content["pk"]])
    for name in MAY_DIFFER & content.keys():
        content[name] = content[name] is not None
    return json.dumps(content, sort_keys=True)


class Undo(Exception):
    """Raised to take everything back."""


@contextmanager
def taken_back():
    with pytest.raises(Undo), transaction.atomic():
        yield
        raise Undo


@pytest.fixture
def region() -> Region:
    return make_regions((("430000", HOSTILE[:100], "province", ""),))["430000"]


def compare(tenant: Tenant, template: ColumnTemplate, *, by: User | None, with_optional: bool) -> None:
    nothing = everything()
    with taken_back():
        page_by_page(tenant, template, by=by, with_optional=with_optional)
        stock = everything()
    build_sites([SiteSpec(tenant, template)], by=by, with_optional=with_optional)
    bulk = everything()
    assert {name for name, rows in bulk.items() if rows != nothing[name]} >= {
        "govsites.sitepage",
        "govsites.regionpage",
        "govsites.homepage",
        "govsites.column",
        "wagtailcore.revision",
        "wagtailcore.pagelogentry",
        "wagtailcore.site",
        IndexEntry._meta.label_lower,
    }
    for name, rows in bulk.items():
        assert sorted((rows - stock[name]).elements()) == sorted((stock[name] - rows).elements()), name


@pytest.mark.parametrize("signed", [True, False], ids=["by somebody", "by nobody"])
@pytest.mark.parametrize("with_optional", [False, True], ids=["mandatory columns", "all columns"])
def test_a_bulk_made_site_equals_one_made_page_by_page(region: Region, signed: bool, with_optional: bool) -> None:
    by = User.objects.create_user("operator") if signed else None
    tenant = new_tenant("430000", HOSTILE[:100], "county", region, host="a.localhost")
    tenant.save()
    compare(tenant, hostile_template(), by=by, with_optional=with_optional)


def test_a_shipped_template_makes_the_same_pages_both_ways(region: Region) -> None:
    tenant = new_tenant("430000", "湖南省人民政府", "town", region, host="a.localhost")
    tenant.save()
    compare(tenant, library().latest("town"), by=User.objects.create_user("operator"), with_optional=True)


def test_hostile_texts_are_stored_as_they_are(region: Region) -> None:
    tenant = new_tenant("430000", HOSTILE[:100], "county", region, host="a.localhost")
    tenant.save()
    build_sites([SiteSpec(tenant, hostile_template())], with_optional=True)
    home = HomePage.objects.get(tenant=tenant)
    assert home.title == HOSTILE[:100]
    assert home.latest_revision.content["title"] == HOSTILE[:100]
    column = Column.objects.get(tenant=tenant, code="a")
    assert (column.title, column.intro, column.keywords, column.responsible) == (HOSTILE, HOSTILE, HOSTILE, "\\")
    assert column.latest_revision.content["intro"] == HOSTILE
    assert Column.objects.get(tenant=tenant, code="b").title == "%s%(title)s"
    assert Column.objects.get(tenant=tenant, code="c").title == "\\."


def test_one_batch_makes_the_same_as_one_site_at_a_time() -> None:
    def both() -> list[Tenant]:
        return [
            new_tenant("430102", "芙蓉区人民政府", "county", places["430102"], host="a.localhost"),
            new_tenant("430103", "天心区人民政府", "county", places["430103"], host="b.localhost"),
            new_tenant("430102001", "文艺路街道", "town", places["430102001"], host="c.localhost"),
        ]

    places = make_regions()
    with taken_back():
        for tenant in both():
            open_sites([tenant])
        single = everything()
    open_sites(both())
    together = everything()
    for name, rows in together.items():
        # Tenants get other numbers the second time.
        if name != "tenants.tenant":
            assert sum(rows.values()) == sum(single[name].values()), name
    placed = Column.objects.order_by("path").values_list("path", "url_path", "numchild")
    assert len(placed) == len(set(placed)) == 90 + 90 + 30
    assert SitePage.find_problems() == ([], [], [], [], [])


def test_the_tree_is_sound(cast: Cast) -> None:
    assert SitePage.find_problems() == ([], [], [], [], [])
    out = StringIO()
    call_command("fixtree", interactive=False, stdout=out)
    assert "No problems found" in out.getvalue()
    for page in SitePage.objects.filter(depth__gte=2):
        parent = page.get_parent()
        assert page.url_path == f"{parent.url_path}{page.slug}/"


def test_children_are_counted_and_numbered_without_gaps(cast: Cast) -> None:
    for page in SitePage.objects.all():
        paths = list(page.get_children().order_by("path").values_list("path", flat=True))
        assert page.numchild == len(paths)
        assert paths == [SitePage._get_path(page.path, page.depth + 1, number) for number in range(1, len(paths) + 1)]


def test_homes_stand_at_depth_three_with_their_county(cast: Cast) -> None:
    places = {
        code: (home.depth, home.get_parent().slug)
        for code, home in ((home.tenant.code, home) for home in HomePage.objects.all())
    }
    assert places == {
        "430000": (3, "430000"),
        "430102": (3, "430102"),
        "430103": (3, "430103"),
        "430102001": (3, "430102"),  # a town stands with its county
        "430103001": (3, "430103"),
        "430102-jyj": (3, "430102"),
        "430103-jyj": (3, "430103"),
    }


def test_rebuilding_the_indexes_changes_no_row(cast: Cast) -> None:
    # Ranking by title length is brought up to date for all rows by the nightly command, never by a page.
    names = [field.attname for field in IndexEntry._meta.concrete_fields if field.name not in {"id", "title_norm"}]

    def indexed() -> Counter[Any]:
        # The tree's root has no row until the index is rebuilt for the first time: no site, no page.
        root = SitePage.get_first_root_node()
        return Counter(IndexEntry.objects.exclude(object_id=str(root.pk)).values_list(*names))

    def referred() -> Counter[Any]:
        return Counter(ReferenceIndex.objects.values_list("object_id", "to_object_id", "content_path", "model_path"))

    before = indexed(), referred()
    assert sum(before[0].values()) >= SitePage.objects.filter(depth__gte=2).count()
    call_command("update_index", stdout=StringIO())
    call_command("rebuild_references_index", stdout=StringIO())
    after = indexed(), referred()
    for was, now in zip(before, after, strict=True):
        assert sorted((was - now).elements()) == sorted((now - was).elements())


@pytest.mark.parametrize("words", ["政策文件", "领导信息"])
def test_the_page_search_finds_the_columns(cast: Cast, words: str) -> None:
    expected = set(Column.objects.filter(title=words).values_list("pk", flat=True))
    assert expected
    assert expected <= {page.pk for page in SitePage.objects.search(words)}


def test_the_admin_search_finds_a_column_for_its_own_editor(cast: Cast) -> None:
    column = first_column(cast.county_a)
    answer = signed_in(cast.manager_a).get("/admin/pages/search/", {"q": column.title})
    assert answer.status_code == 200
    assert f"/admin/pages/{column.pk}/edit/" in answer.content.decode()


@pytest.mark.parametrize("view", ["history/", "revisions/compare/earliest...latest/", "edit/", "usage/", ""])
@pytest.mark.parametrize("which", ["home", "column"])
def test_the_admin_shows_a_bulk_made_page(cast: Cast, view: str, which: str) -> None:
    page = home_of(cast.county_a) if which == "home" else first_column(cast.county_a)
    assert signed_in(cast.operator).get(f"/admin/pages/{page.pk}/{view}").status_code == 200


def test_the_history_names_who_made_the_page_and_that_it_was_published(cast: Cast) -> None:
    column = first_column(cast.county_a)
    entries = PageLogEntry.objects.filter(page=column).order_by("pk")
    assert [(entry.action, entry.user_id, entry.label) for entry in entries] == [
        ("wagtail.create", cast.operator.pk, column.title),
        ("wagtail.publish", cast.operator.pk, column.title),
    ]


def test_a_new_revision_of_a_bulk_made_column_can_be_compared_with_the_first(cast: Cast) -> None:
    column = first_column(cast.county_a)
    first = column.latest_revision_id
    column.intro = "改过的说明"
    second = column.save_revision(user=cast.operator)
    answer = signed_in(cast.operator).get(f"/admin/pages/{column.pk}/revisions/compare/{first}...{second.pk}/")
    assert answer.status_code == 200
    assert "改过的说明" in answer.content.decode()


def test_translation_keys_are_unique(cast: Cast) -> None:
    keys = list(SitePage.objects.values_list("translation_key", flat=True))
    assert len(set(keys)) == len(keys)
    assert all(isinstance(key, uuid.UUID) for key in keys)


def test_the_root_paths_that_wagtail_keeps_are_fresh_once_a_site_is_committed(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    assert len(Site.get_site_root_paths()) == 3 + Site.objects.filter(root_page__depth__lt=3).count()
    place = Region.objects.get(code="430100")
    tenant = new_tenant("430100", "长沙市人民政府", "city", place, host="cs.localhost")
    tenant.save()
    with django_capture_on_commit_callbacks(execute=True):
        build_sites([SiteSpec(tenant, library().latest("city"))])
    assert home_of(tenant).url_path in {path.root_path for path in Site.get_site_root_paths()}


def test_a_site_that_cannot_be_built_whole_is_not_built_at_all(cast: Cast) -> None:
    before = everything()
    place = Region.objects.get(code="430100")
    with pytest.raises(IntegrityError), transaction.atomic():
        tenant = new_tenant("430100", "长沙市人民政府", "city", place, host="cs.localhost")
        tenant.save()
        Site.objects.create(hostname="cs.localhost", port=settings.PUBLIC_PORT, root_page=home_of(cast.portal))
        build_sites([SiteSpec(tenant, library().latest("city"))])
    assert everything() == before


def test_a_new_site_is_in_the_address_book_of_a_running_process(cast: Cast) -> None:
    addresses.refresh()
    assert addresses.by_host("cs.localhost") is None
    tenant = new_tenant("430100", "长沙市人民政府", "city", Region.objects.get(code="430100"), host="cs.localhost")
    with transaction.atomic():
        tenant.template_version = 1
        tenant.save()
        build_sites([SiteSpec(tenant, library().latest("city"))])
    addresses.refresh()
    assert addresses.by_host("cs.localhost").tenant_id == tenant.pk


def test_pages_added_by_hand_after_a_bulk_insert_get_numbers_of_their_own(cast: Cast) -> None:
    highest = SitePage.objects.order_by("-pk").values_list("pk", flat=True).first()
    page = Column(title="后加的", slug="houjia")
    home_of(cast.county_a).add_child(instance=page)
    assert page.pk > highest
    revision = page.save_revision()
    assert Revision.objects.filter(pk=revision.pk).count() == 1


def test_the_number_of_statements_does_not_grow_with_the_number_of_sites(django_assert_max_num_queries: Any) -> None:
    provinces = make_regions(tuple((f"{43 + n}0000", f"省{n}", "province", "") for n in range(20)))
    tenants = [
        new_tenant(code, f"单位{code}", "province", place, host=f"h{code}.localhost", template_version=1)
        for code, place in provinces.items()
    ]
    Tenant.objects.bulk_create(tenants)
    specs = [SiteSpec(tenant, library().latest("province")) for tenant in tenants]
    build_sites(specs[:1])
    # Twenty sites of 58 pages each; one numchild update a region is the only thing that is done site by site.
    with django_assert_max_num_queries(35 + 19), transaction.atomic():
        build_sites(specs[1:])


@pytest.mark.parametrize("parent", ["", "zwgk"])
def test_a_column_added_later_equals_one_that_was_there_from_the_start(cast: Cast, parent: str) -> None:
    template = library().latest("county")
    spec = ColumnSpec(code="new", slug="new", title=HOSTILE, kind="list", parent=parent, intro=HOSTILE, mandatory=True)
    home = home_of(cast.county_a)
    above: SitePage = Column.objects.get(tenant=cast.county_a, code=parent) if parent else home
    count = above.numchild
    places = {"": (home.path, home.url_path), parent: (above.path, above.url_path)}
    last = {above.path: above.get_last_child().path}
    with transaction.atomic():
        lock_tree()
        [(page_id, revision_id)] = add_columns(
            template, [ColumnToAdd(cast.county_a.pk, spec, "new", places)], last, by=cast.operator
        )
    made = Column.objects.get(pk=page_id)
    assert (made.title, made.intro, made.latest_revision_id) == (HOSTILE, HOSTILE, revision_id)
    assert made.get_parent().pk == above.pk
    assert SitePage.objects.get(pk=above.pk).numchild == count + 1
    assert SitePage.find_problems() == ([], [], [], [], [])
    content = made.latest_revision.content
    assert (content["pk"], content["path"], content["url_path"]) == (made.pk, made.path, made.url_path)
    assert signed_in(cast.operator).get(f"/admin/pages/{made.pk}/edit/").status_code == 200


def test_the_search_row_of_a_bulk_made_page_is_found_by_the_databases_own_index(cast: Cast) -> None:
    column = first_column(cast.county_a)
    table = IndexEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE object_id = %s AND title <> ''::tsvector", [str(column.pk)]
            )
        else:
            cursor.execute(
                f"SELECT count(*) FROM {table} e JOIN {table}_fts f ON f.rowid = e.id WHERE e.object_id = %s AND f.title <> ''",
                [str(column.pk)],
            )
        assert cursor.fetchone() == (1,)


def test_the_admin_host_of_the_suite_is_the_one_the_cast_uses() -> None:
    assert ADMIN_HOST in settings.ADMIN_HOSTS
