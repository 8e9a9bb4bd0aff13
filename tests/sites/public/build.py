"""Content for the tests of the public side, put into the sub-sites of the cast."""

from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image
from wagtail.rich_text import RichText

from sites import addresses
from sites.dates import dated_elsewhere
from sites.models import (
    Article,
    Attachment,
    Leader,
    OfficialDocument,
    PolicyLink,
    ServiceGuide,
    SiteFile,
    SiteImage,
    SitePage,
)
from tenants.models import Tenant

BEIJING = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING)


def visit(tenant: Tenant, path: str = "", /, **query: str):
    """Ask for a path of a sub-site, below its mount, the way a citizen's browser does."""
    addresses.refresh()
    address = addresses.get(tenant.pk)
    host = addresses.registered(address).host
    return Client(headers={"host": host}).get(f"{address.prefix}{path}", query)


def read(page: SitePage, /, **query: str):
    """Ask for a page at its own address."""
    addresses.refresh()
    address = addresses.get(page.tenant_id)
    host = addresses.registered(address).host
    return Client(headers={"host": host}).get(addresses.path_of(address, page.url_path), query)


def put(parent: SitePage, page: SitePage, *, day: int | None = None) -> SitePage:
    """Publish `page` below `parent`; `day` counts back from noon of 20 November 2026 in Beijing."""
    if day is not None:
        page.published_at = NOON - timedelta(days=day)
    with dated_elsewhere("a list needs pages of several days"):
        parent.add_child(instance=page)
    return page


def article(parent: SitePage, title: str, *, day: int | None = None, **fields: object) -> Article:
    return put(parent, Article(title=title, **fields), day=day)


def document(parent: SitePage, title: str, *, day: int | None = None, **fields: object) -> OfficialDocument:
    return put(parent, OfficialDocument(title=title, **fields), day=day)


def guide(parent: SitePage, title: str, **fields: object) -> ServiceGuide:
    facts = {
        "legal_basis": "《老年人权益保障实施办法》第二十一条",
        "conditions": "具有本县户籍；\n年满八十周岁；",
        "materials": [("material", {"name": "居民身份证", "form": "原件核验", "copies": 1, "source": "公安机关核发"})],
        "place": "县政务服务中心二楼23号窗口",
        "office_hours": "周一至周五 8:30—12:00",
        "phone": "0900-6123456",
        "complaint_phone": "0900-6123457",
        "procedure": "申请：在线填写，或者到窗口递交材料。\n受理：材料齐全的当场受理。\n决定：次月起发放。",
        "promised_days": 7,
        "statutory_days": 20,
        "fee": "不收费",
        **fields,
    }
    return put(parent, ServiceGuide(title=title, **facts))


def leader(parent: SitePage, name: str, position: int, **fields: object) -> Leader:
    return put(parent, Leader(title=name, position=position, **fields))


def text(*paragraphs: str) -> list[tuple[str, RichText]]:
    return [("paragraph", RichText("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)))]


def file(title: str, name: str = "list.xlsx", size: int = 49_152) -> SiteFile:
    made = SiteFile(title=title)
    made.file.save(name, ContentFile(b"x" * size), save=False)
    made.file_size = size
    made.save()
    return made


def image(title: str) -> SiteImage:
    buffer = BytesIO()
    Image.new("RGB", (1600, 900), "#8fae9f").save(buffer, "JPEG")
    buffer.seek(0)
    made = SiteImage(title=title, description=title, file=ImageFile(buffer, name="picture.jpg"))
    made.save()
    return made


def attach(page: SitePage, attached: SiteFile, title: str = "") -> None:
    Attachment.objects.create(page=page, file=attached, title=title, sort_order=0)


def explain(interpretation: SitePage, policy: SitePage, form: str = "qa") -> None:
    PolicyLink.objects.create(interpretation=interpretation, policy=policy, form=form, sort_order=0)
