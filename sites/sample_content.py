"""Sample content for the demo: a few articles, documents, leaders and guides, every one marked as a sample."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Collection

from sites.dates import dated_elsewhere
from sites.models import (
    Article,
    Attachment,
    Column,
    Leader,
    OfficialDocument,
    PolicyLink,
    ServiceGuide,
    SiteFile,
    SiteImage,
)
from tenants.models import Tenant

FOLDER = Path(__file__).with_name("sample_files")
NOTE = "（本文为演示用的示例内容，不是真实信息。）"


def fill(tenant: Tenant, *, by: Any) -> int:
    """Fill a site's columns with samples and return how many items were made; 0 where the site has items already."""
    if Article.objects.filter(tenant=tenant).exists():
        return 0
    return _Filler(tenant, by).run()


class _Filler:
    def __init__(self, tenant: Tenant, by: Any) -> None:
        self.tenant, self.by = tenant, by
        self.data = tomllib.loads((FOLDER / "items.toml").read_text(encoding="utf-8"))
        self.columns = {column.code: column for column in Column.objects.filter(tenant=tenant).exclude(code="")}
        self.made: dict[str, Any] = {}
        self.count = 0

    def run(self) -> int:
        for number, record in enumerate(self.data["document"]):
            self.document(record, number)
        for record in reversed(self.data["article"]):
            self.article(record)
        for position, record in enumerate(self.data["leader"], start=1):
            self.publish("ldxx", Leader(**record, position=position * 10), days=0)
        for record in self.data["guide"]:
            self.guide(record)
        for record in self.data["page"]:
            self.page(record)
        self.units()
        return self.count

    def text(self, text: str) -> str:
        return text.replace("{place}", self.tenant.short_name).replace("{code}", self.tenant.code)

    def body(self, paragraphs: list[str]) -> list[tuple[str, Any]]:
        html = "".join(f"<p>{self.text(paragraph)}</p>" for paragraph in [*paragraphs, NOTE])
        return [("paragraph", _rich(html))]

    def first_column(self, codes: list[str]) -> str:
        return next((code for code in codes if code in self.columns), "")

    def publish(self, code: str, item: Any, *, days: int, minutes: int = 0) -> Any:
        column = self.columns.get(code)
        if column is None:
            return None
        item.owner = self.by
        item.published_at = timezone.now() - timedelta(days=days, minutes=minutes)
        column.refresh_from_db()
        with dated_elsewhere("sample content of the demo"):
            column.add_child(instance=item)
        item.save_revision(user=self.by).publish(user=self.by, skip_permission_checks=True)
        self.made[item.title] = item
        self.count += 1
        return item

    def article(self, record: dict[str, Any]) -> None:
        code = self.first_column(record["column"])
        if not code:
            return
        article = Article(
            title=self.text(record["title"]),
            body=self.body(record["paragraphs"]),
            summary=self.text(record.get("summary", "")),
            source=record.get("source", self.tenant.name),
            keywords="示例",
            lead_image=picture(record["picture"], self.data) if "picture" in record else None,
        )
        if "attachment" in record:
            article.attachments = [Attachment(file=sheet(record["attachment"]))]
        policy = self.made.get(record.get("explains", ""))
        if policy is not None:
            article.policy_links = [PolicyLink(policy_id=policy.pk, form="picture")]
        self.publish(code, article, days=record["days"], minutes=self.count)

    def document(self, record: dict[str, Any], number: int) -> None:
        code = self.first_column(record["column"])
        written = timezone.localdate() - timedelta(days=record["days"] + 3)
        self.publish(
            code,
            OfficialDocument(
                title=record["title"],
                body=self.body(record["paragraphs"]),
                document_number=record["number"],
                index_number=self.text(record["index"]),
                issuing_authority=self.tenant.name,
                theme=record["theme"],
                written_on=written,
                validity=record.get("validity", "valid"),
                repealed_on=timezone.localdate() if record.get("validity") == "repealed" else None,
                source=self.tenant.name,
            ),
            days=record["days"],
            minutes=number,
        )

    def guide(self, record: dict[str, Any]) -> None:
        code = self.first_column(record["column"])
        values = {name: value for name, value in record.items() if name not in {"column", "materials"}}
        names = ("name", "form", "copies", "source")
        materials = [
            ("material", {**dict(zip(names, line.split("|"), strict=True)), "copies": int(line.split("|")[2])})
            for line in record["materials"]
        ]
        self.publish(code, ServiceGuide(**values, materials=materials), days=0)

    def page(self, record: dict[str, Any]) -> None:
        column = self.columns.get(record["column"])
        if column is None or column.body:
            return
        body = self.body(record["paragraphs"])
        if "picture" in record:
            image = picture(record["picture"], self.data)
            body.insert(0, ("image", {"image": image, "caption": "示例图片"}))
        self._publish_column(column, body)

    def units(self) -> None:
        for code in {record["column"] for record in self.data["unit"]} & self.columns.keys():
            names = ("name", "duties", "phone")
            units = [
                ("unit", {name: record[name] for name in names})
                for record in self.data["unit"]
                if record["column"] == code
            ]
            if not self.columns[code].body:
                self._publish_column(self.columns[code], units)

    def _publish_column(self, column: Column, body: list[tuple[str, Any]]) -> None:
        column.refresh_from_db()
        column.body = body
        column.save_revision(user=self.by).publish(user=self.by, skip_permission_checks=True)


def _rich(html: str) -> Any:
    from wagtail.rich_text import RichText

    return RichText(html)


def picture(name: str, data: dict[str, Any]) -> SiteImage:
    """Return the sample picture, stored once for all sites."""
    record = next(record for record in data["picture"] if record["file"] == name)
    image = SiteImage.objects.filter(title=record["title"]).first()
    if image is None:
        content = ContentFile((FOLDER / name).read_bytes(), name=f"sample-{name}")
        image = SiteImage(title=record["title"], file=content, collection=Collection.get_first_root_node())
        image.description = record["title"].removeprefix("示例图片：")
        image.save()
    return image


def sheet(name: str) -> SiteFile:
    """Return a small sample table as a file to attach, stored once for all sites."""
    found = SiteFile.objects.filter(title=name).first()
    if found is None:
        content = ContentFile("\ufeff序号,事项,说明\n1,示例,演示用的附件\n".encode(), name=name)
        found = SiteFile(title=name, file=content, collection=Collection.get_first_root_node())
        found.save()
    return found
