"""A small county for the tests of the public side: a portal, a town mounted below it, a department with a host."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image

from sites import addresses
from sites.building import SiteSpec, build_sites
from sites.models import (
    Article,
    Attachment,
    Column,
    HomePage,
    Leader,
    OfficialDocument,
    PolicyLink,
    ServiceGuide,
    SiteFile,
    SiteImage,
    SitePage,
)
from sites.templates_library import library
from tenants.models import Region, Tenant, User

BEIJING = ZoneInfo("Asia/Shanghai")
COUNTY = "yunxi.localhost"
DEPARTMENT = "mz.yunxi.localhost"


def region(code: str, name: str, level: str, parent: Region | None = None) -> Region:
    lineage = f"{parent.lineage if parent else ''}{code}/"
    return Region.objects.create(code=code, name=name, level=level, parent=parent, lineage=lineage)


def operator() -> User:
    return User.objects.get_or_create(username="operator")[0]


def site(code: str, name: str, short_name: str, kind: str, place: Region, **facts: object) -> Tenant:
    """Build a sub-site with every column of its kind's newest template."""
    facts = {"status": "live", "opened_on": date(2026, 1, 5), **facts}
    tenant = Tenant.objects.create(
        code=code, name=name, short_name=short_name, kind=kind, region=place, template_version=1, **facts
    )
    with transaction.atomic():
        build_sites([SiteSpec(tenant, library().latest(kind))], by=operator(), with_optional=True)
    addresses.refresh()
    return tenant


def province() -> dict[str, Tenant]:
    """Build province, county, town and department, and return them by kind."""
    qinghe = region("430000", "清河省", "province")
    linchuan = region("430100", "临川市", "city", qinghe)
    yunxi = region("430102", "云溪县", "county", linchuan)
    shiqiao = region("430102001", "石桥镇", "town", yunxi)
    portal = site(
        "430000", "清河省人民政府", "清河省", "province", qinghe, host="www.qinghe.localhost", site_code="4300000001"
    )
    county = site(
        "430102",
        "云溪县人民政府",
        "云溪县",
        "county",
        yunxi,
        host=COUNTY,
        site_code="4301020001",
        supervisor=portal,
        undertaker="云溪县政务信息中心",
        icp_filing="清ICP备00000123号",
        police_filing="清公网安备43010200000001号",
        contact_phone="0900-6123001",
        address="云溪县城关街道政通路1号",
        office_hours="周一至周五 8:30—12:00，14:00—17:30",
        theme="blue",
    )
    town = site(
        "430102001",
        "石桥镇人民政府",
        "石桥镇",
        "town",
        shiqiao,
        mount="shiqiao",
        mounted_under=county,
        supervisor=county,
        contact_phone="0900-6123880",
        address="云溪县石桥镇河东路6号",
        office_hours="周一至周五 8:30—12:00，14:00—17:30",
    )
    department = site(
        "430102-mz",
        "云溪县民政局",
        "县民政局",
        "department",
        yunxi,
        host=DEPARTMENT,
        site_code="4301020002",
        supervisor=county,
        contact_phone="0900-6123456",
    )
    return {"province": portal, "county": county, "town": town, "department": department}


def home(tenant: Tenant) -> HomePage:
    return HomePage.objects.get(tenant=tenant)


def column(tenant: Tenant, code: str) -> Column:
    return Column.objects.get(tenant=tenant, code=code)


def put(parent: SitePage, page: SitePage, *, day: int | None = None) -> SitePage:
    """Publish `page` below `parent`; `day` counts days back from noon of 20 November 2026."""
    if day is not None:
        page.published_at = datetime(2026, 11, 20, 12, 0, tzinfo=BEIJING) - timedelta(days=day)
    parent.add_child(instance=page)
    addresses.refresh()
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


def file(title: str, name: str = "表.xlsx", content: bytes = b"x" * 49_152) -> SiteFile:
    made = SiteFile(title=title)
    made.file.save(name, ContentFile(content), save=False)
    made.file_size = len(content)
    made.save()
    return made


def image(title: str, size: tuple[int, int] = (1600, 900), colour: str = "#8fae9f") -> SiteImage:
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    buffer.seek(0)
    made = SiteImage(title=title, description=title, file=ImageFile(buffer, name="picture.jpg"))
    made.save()
    return made


def attach(page: SitePage, attached: SiteFile, title: str = "") -> None:
    Attachment.objects.create(page=page, file=attached, title=title, sort_order=0)


def explain(interpretation: SitePage, policy: SitePage, form: str = "qa") -> None:
    PolicyLink.objects.create(interpretation=interpretation, policy=policy, form=form, sort_order=0)
