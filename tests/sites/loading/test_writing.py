"""Items written in bulk are, row by row and field by field, those that Wagtail makes one by one."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import ReferenceIndex, Revision

from sites.dates import dated_elsewhere
from sites.loading import holding, writing
from sites.loading.items import Attached, Item, block_id
from sites.loading.rows import MODELS, TEXTS
from sites.media.shelves import shelf_for
from sites.models import Article, Attachment, Column, OfficialDocument, SiteFile, SiteImage, SitePage
from tenants.models import User
from tests.cast import Cast, column_of, first_column, own_column
from tests.sites.media.test_kinds import png
from tests.sites.test_building import HOSTILE, IndexEntry, taken_back

pytestmark = pytest.mark.django_db

DAY = datetime(2015, 4, 14, 1, 30, 15, 250000, tzinfo=UTC)
MAY_DIFFER = {
    "translation_key", "first_published_at", "last_published_at", "latest_revision_created_at", "created_at",
    "timestamp", "loaded_at", "issued_at",
}  # fmt: skip
POINT_TO_PAGES = {"sitepage_ptr", "page"}
POINT_TO_REVISIONS = {"latest_revision", "live_revision", "revision"}
VERSIONED = {("tenants.tenant", "version"), ("tenants.versioncounter", "value")}


def everything() -> dict[str, Counter[str]]:
    """Return every row of every table as text; numbers of pages, revisions and attachments as what they stand for."""
    pages = dict(SitePage.objects.values_list("pk", "url_path"))
    revisions: dict[int, str] = {}
    for pk, object_id in Revision.objects.order_by("pk").values_list("pk", "object_id"):
        revisions[pk] = f"{sum(1 for name in revisions.values() if name.startswith(pages[int(object_id)] + ' '))}"
        revisions[pk] = f"{pages[int(object_id)]} {revisions[pk]}"
    attachments = {
        row.pk: f"{pages[row.page_id]} {row.sort_order} {row.file_id}" for row in Attachment.objects.order_by("pk")
    }
    found = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            rows = (plain(row, model, pages, revisions, attachments) for row in model._base_manager.all())
            found[model._meta.label_lower] = Counter(rows)
    return found


def plain(row: Any, model: type, pages: dict[int, str], revisions: dict[int, str], attachments: dict[int, str]) -> str:
    values: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        name, value = field.name, getattr(row, field.attname)
        if name in MAY_DIFFER or (model._meta.label_lower, name) in VERSIONED:
            value = value is not None
        elif (name in POINT_TO_PAGES or (name == "id" and model is SitePage)) and value is not None:
            value = pages[value]
        elif name in POINT_TO_REVISIONS and value is not None:
            value = revisions[value]
        elif name == "id" and model is Attachment:
            value = attachments[value]
        elif name == "object_id" and getattr(row, "base_content_type", row.content_type).model_class() in (
            SitePage,
            Article,
            OfficialDocument,
        ):
            value = pages[int(value)]
        elif name == "content_path" and value.startswith("attachments."):
            _name, pk, end = value.split(".")
            value = f"attachments {attachments[int(pk)]} {end}"
        elif field.primary_key or name in {"uuid", "content_path_hash"}:
            continue
        elif name == "content" and model is Revision:
            value = plain_content(value, pages, revisions)
        elif name == "body" and hasattr(value, "raw_data"):
            value = json.dumps([block.get_prep_value() for block in value], sort_keys=True)
        values[name] = value
    return repr(values)


def plain_content(content: dict[str, Any], pages: dict[int, str], revisions: dict[int, str]) -> str:
    content = dict(content, pk=pages[content["pk"]])
    for name in MAY_DIFFER & content.keys():
        content[name] = content[name] is not None
    for name in ("latest_revision", "live_revision"):
        content[name] = revisions.get(content.get(name))
    if "body" in content:
        content["body"] = json.loads(content["body"])
    for attachment in content.get("attachments", ()):
        attachment.update(pk=None, page=pages[attachment["page"]])
    return json.dumps(content, sort_keys=True)


def stored_file(cast: Cast, name: str) -> SiteFile:
    made = SiteFile(title=name, file=ContentFile(b"%PDF-1.4 x", name=name), collection=shelf_for(cast.county_a))
    made.save()
    return made


def stored_image(cast: Cast) -> SiteImage:
    made = SiteImage(title="图", file=ContentFile(png(), name="a.png"), collection=shelf_for(cast.county_a))
    made.save()
    return made


def items(cast: Cast, *, edition: str = "") -> list[Item]:
    """Return items that hold everything that can be written, with texts that are made to break COPY, JSON and SQL."""
    news, documents = first_column(cast.county_a), column_of(cast.county_a, "zcwj")
    file = SiteFile.objects.filter(title="附件1 申报表.pdf").first() or stored_file(cast, "附件1 申报表.pdf")
    image = SiteImage.objects.filter(title="图").first() or stored_image(cast)
    html = (
        f"<p>第{edition}一段 <b>粗</b>&amp;&lt;x&gt; &nbsp;尾</p><h2>标题</h2><ul><li>甲</li><li>乙</li></ul><br/>x<hr/>"
        f'<p>{HOSTILE.replace("<", "")}</p><p><a href="http://old.example/a?b=1&amp;c=2">旧</a>'
        f'<a linktype="page" id="{news.pk}">页</a><a linktype="document" id="{file.pk}">件</a></p>'
    )
    table = {"data": [["表", None, ""], ["1", HOSTILE, "2"]], "cell": [], "table_caption": "说明"}
    picture = {"image": {"image": image.pk, "decorative": False, "alt_text": "合影"}, "caption": "说明"}

    def blocks(seed: str, *parts: tuple[str, Any]) -> list[dict[str, Any]]:
        return [{"type": kind, "value": value, "id": block_id(seed, n)} for n, (kind, value) in enumerate(parts)]

    texts = dict.fromkeys(TEXTS["document"], f"{edition}{HOSTILE}"[:60])
    return [
        Item(
            kind="article",
            column_id=news.pk,
            title=f"{edition}{HOSTILE}"[:255],
            published_at=DAY,
            slug="20150414-abcdef",
            body=blocks("a", ("paragraph", html), ("table", table), ("image", picture), ("image", picture)),
            fields={name: texts[name] for name in TEXTS["article"]},
            written_on=date(2015, 4, 13),
            attachments=(Attached(file.pk, "附件1\t申报表.pdf"), Attached(file.pk, "")),
        ),
        Item(
            kind="article", column_id=news.pk, title="空", published_at=DAY, slug="20150414-ghijkm", body=[]
        ),
        Item(
            kind="document",
            column_id=documents.pk,
            title=f"关于{edition}印发的通知",
            published_at=DAY,
            slug="20150414-npqrst",
            body=blocks("b", ("paragraph", f"<p>{edition}正文</p>")),
            fields=texts | {"document_number": "芙政发〔2015〕1号", "index_number": f"430102/{timezone.localdate().year}-00001"},
            attachments=(Attached(file.pk, "x"),),
        ),
        Item(
            kind="document",
            column_id=documents.pk,
            title="同一文号",
            published_at=DAY,
            slug="20150414-uvwxyz",
            body=[],
            fields={"document_number": "芙政发〔2015〕1号"},
        ),
    ]  # fmt: skip


def one_by_one(made: list[Item], by: User | None) -> None:
    """Add and publish the items with Wagtail's own means."""
    for item in made:
        page = MODELS[item.kind](title=item.title, slug=item.slug, owner=by)
        page.published_at, page.loaded_at = item.published_at, DAY
        fill(page, item)
        with dated_elsewhere("an item of an old site"):
            SitePage.objects.get(pk=item.column_id).add_child(instance=page)
            page.save_revision(user=by, clean=False).publish(user=by, skip_permission_checks=True)


def fill(page: Any, item: Item) -> None:
    page.body, page.written_on = item.body, item.written_on
    for name, text in item.fields.items():
        setattr(page, name, text)
    page.attachments = [
        Attachment(file_id=file.file_id, title=file.title, sort_order=number)
        for number, file in enumerate(item.attachments)
    ]


def assert_equal(bulk: dict[str, Counter[str]], stock: dict[str, Counter[str]]) -> None:
    for name, rows in bulk.items():
        assert sorted((rows - stock[name]).elements()) == sorted((stock[name] - rows).elements()), name


@pytest.mark.parametrize("signed", [True, False], ids=["by somebody", "by nobody"])
def test_items_written_in_bulk_equal_those_added_and_published_one_by_one(cast: Cast, signed: bool) -> None:
    by = cast.operator if signed else None
    made = items(cast)
    nothing = everything()
    with taken_back():
        one_by_one(made, by)
        stock = everything()
    with transaction.atomic():
        writing.create(cast.county_a.pk, made, by=by)
        writing.published(cast.county_a.pk)
    bulk = everything()
    assert {name for name, rows in bulk.items() if rows != nothing[name]} >= {
        "govsites.sitepage", "govsites.article", "govsites.officialdocument", "govsites.attachment",
        "govsites.issuednumber", "wagtailcore.revision", "wagtailcore.pagelogentry", "wagtailcore.referenceindex",
        IndexEntry._meta.label_lower,
    }  # fmt: skip
    assert_equal(bulk, stock)


def test_items_updated_in_bulk_equal_those_published_anew_one_by_one(cast: Cast) -> None:
    with transaction.atomic():
        written = writing.create(cast.county_a.pk, items(cast), by=cast.operator)
    new = items(cast, edition="新")
    pages = [(pk, item) for (pk, _revision), item in zip(written, new, strict=True)]
    with taken_back():
        for pk, item in pages:
            page = SitePage.objects.get(pk=pk).specific
            page.title = item.title
            fill(page, item)
            with dated_elsewhere("an item of an old site"):
                page.save_revision(user=cast.operator, clean=False).publish(
                    user=cast.operator, skip_permission_checks=True
                )
        stock = everything()
    with transaction.atomic():
        writing.update(cast.county_a.pk, pages, by=cast.operator)
        writing.published(cast.county_a.pk)
    bulk = everything()
    for one in (bulk, stock):  # what an update says in the log beside the rename
        one["wagtailcore.pagelogentry"] = Counter(
            {row: count for row, count in one["wagtailcore.pagelogentry"].items() if "publish" not in row}
        )
    assert_equal(bulk, stock)


def test_the_tree_and_the_indexes_need_no_repair_afterwards(cast: Cast) -> None:
    made = items(cast)
    with transaction.atomic():
        writing.create(cast.county_a.pk, made[:2], by=cast.operator)
    with transaction.atomic():
        writing.create(cast.county_a.pk, made[2:], by=cast.operator)
    assert SitePage.find_problems() == ([], [], [], [], [])
    names = [field.attname for field in IndexEntry._meta.concrete_fields if field.name not in {"id", "title_norm"}]

    def indexes() -> tuple[Counter[Any], Counter[Any]]:
        root = SitePage.get_first_root_node()
        found = Counter(IndexEntry.objects.exclude(object_id=str(root.pk)).values_list(*names))
        return found, Counter(
            ReferenceIndex.objects.values_list("object_id", "to_object_id", "content_path", "model_path")
        )

    before = indexes()
    call_command("update_index", stdout=StringIO())
    call_command("rebuild_references_index", stdout=StringIO())
    for was, now in zip(before, indexes(), strict=True):
        assert sorted((was - now).elements()) == sorted((now - was).elements())


def test_a_page_written_in_bulk_can_be_edited_and_published_by_hand(cast: Cast) -> None:
    with transaction.atomic():
        [(pk, _revision), *_rest] = writing.create(cast.county_a.pk, items(cast), by=cast.operator)
    page = Article.objects.get(pk=pk)
    assert page.published_at == DAY
    page.title = "改过"
    page.save_revision(user=cast.operator, clean=False).publish(user=cast.operator, skip_permission_checks=True)
    page = Article.objects.get(pk=pk)
    assert (page.title, page.published_at, page.attachments.count()) == ("改过", DAY, 2)
    assert page.loaded_at is not None


def test_a_taken_slug_gets_a_number_behind_it(cast: Cast) -> None:
    item = items(cast)[1]
    with transaction.atomic():
        written = writing.create(cast.county_a.pk, [item, item])
    with transaction.atomic():
        written += writing.create(cast.county_a.pk, [item])
    slugs = [SitePage.objects.get(pk=pk).slug for pk, _revision in written]
    assert slugs == ["20150414-ghijkm", "20150414-ghijkm-2", "20150414-ghijkm-3"]


def test_a_column_of_another_site_is_refused(cast: Cast) -> None:
    with pytest.raises(holding.ColumnGone), transaction.atomic():
        writing.create(cast.county_b.pk, items(cast))


def test_a_child_added_by_an_editor_afterwards_stands_behind_the_loaded_ones(cast: Cast) -> None:
    item = items(cast)[1]
    with transaction.atomic():
        [(pk, _revision)] = writing.create(cast.county_a.pk, [item])
    column = Column.objects.get(pk=item.column_id)
    own = own_column(column, "danach") if column.kind == "section" else Article(title="新", slug="xin")
    if own.pk is None:
        column.add_child(instance=own)
    assert own.path > SitePage.objects.get(pk=pk).path
