"""An old site to measure with: a transition into a county's site, and as many made-up articles as asked for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

HOST = "www.old.example"
SLICE = 5000
WORDS = [
    "乡村振兴",
    "防汛抗旱",
    "安全生产",
    "营商环境",
    "放管服改革",
    "重点项目",
    "民生实事",
    "生态环境",
    "耕地保护",
    "森林防火",
    "教育均衡",
    "医疗保障",
    "就业创业",
    "养老服务",
    "基层治理",
    "信访维稳",
    "招商引资",
    "工业园区",
    "文化旅游",
    "交通运输",
    "水利建设",
    "城市管理",
    "老旧小区",
    "农村道路",
    "粮食生产",
    "疫情防控",
    "统计调查",
    "财政预算",
    "公开招聘",
    "食品安全",
    "市场监管",
    "知识产权",
    "依法行政",
    "政务公开",
    "数据共享",
    "智慧城市",
    "会议精神",
    "贯彻落实",
    "扎实推进",
    "取得实效",
    "有关部门",
    "乡镇街道",
    "责任分工",
    "督促检查",
    "工作方案",
    "实施意见",
    "专项行动",
    "联席会议",
    "调研指导",
    "座谈交流",
    "情况汇报",
]


def site() -> tuple[Any, Any]:
    """Return a transition of a county's site, with one old column that goes to its news, and the person who loads."""
    from django.db import transaction

    from legacy.models import LegacyColumn, Transition
    from sites.building import SiteSpec, build_sites
    from sites.models import Column
    from sites.templates_library import library
    from tenants.models import Region, Tenant, User
    from tenants.scope import tenant_scope

    by = User.objects.create(username="bench", is_superuser=True)
    region = Region.objects.create(code="430000", name="湖南省", level="province", lineage="430000/")
    template = library().latest("county")
    with transaction.atomic():
        tenant = Tenant.objects.create(
            code="430102", name="芙蓉区人民政府", short_name="芙蓉区", kind="county", region=region, status="live",
            host="a.localhost", template_version=template.version,
        )  # fmt: skip
        build_sites([SiteSpec(tenant, template)], by=by)
    with tenant_scope(tenant):
        transition = Transition.objects.create(tenant=tenant, code="bench", name="旧站", hosts=[HOST], created_by=by)
        column = Column.objects.filter(tenant=tenant, kind="list").order_by("path").first()
        LegacyColumn.objects.create(
            tenant=tenant, transition=transition, key="/news", title="新闻", decision="move", target_id=column.pk
        )
    return transition, by


def generate(transition: Any, count: int) -> None:
    from legacy import blobs
    from legacy.models import LegacyItem, LegacyRaw

    data = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"
    LegacyRaw.objects.create(
        tenant_id=transition.tenant_id, transition=transition, source="bench", key="old.example/a.pdf",
        url=f"http://{HOST}/a.pdf", kind="file", status=200, sha256=blobs.put(data), size=len(data),
    )  # fmt: skip
    for begin in range(0, count, SLICE):
        rows = [item(transition, number) for number in range(begin, min(begin + SLICE, count))]
        LegacyItem.objects.bulk_create(rows, batch_size=1000)


def item(transition: Any, number: int) -> Any:
    from legacy import blobs, bodies
    from legacy.models import LegacyItem

    chance = random.Random(number)
    body = bodies.empty()
    several = made_paragraphs()
    paragraphs = [chance.choice(several) + chance.choice(several) for _unused in range(2)]
    if number % 5 == 4:
        other = chance.randrange(number)
        paragraphs[1] += f'<p>相关：<a href="http://{HOST}/news/{other}.html">{text(chance, 3)}</a></p>'
    body["blocks"] = [{"type": "text", "html": paragraphs[0]}, {"type": "text", "html": paragraphs[1]}]
    if number % 10 == 9:
        value = {"data": [[text(chance, 1) for _column in range(4)] for _row in range(5)], "cell": [], "mergeCells": []}
        body["blocks"].insert(1, {"type": "table", "value": value})
    if number % 20 == 19:
        body["attachments"] = [{"url": f"http://{HOST}/a.pdf", "name": "附件.pdf"}]
    published = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=7 * (number % 1_000_000))
    plain = {"title": f"{text(chance, 3)}的通知（{number}）", "source": "本站", "published_at": published.isoformat()}
    sha256 = blobs.put(bodies.dump(body))
    return LegacyItem(
        tenant_id=transition.tenant_id,
        transition=transition,
        key=f"old.example/news/{number}.html",
        url=f"http://{HOST}/news/{number}.html",
        column_key="/news",
        title=plain["title"],
        published_at=published,
        values={
            name: {"value": value, "method": "", "evidence": "", "confidence": 1.0} for name, value in plain.items()
        },
        body_sha256=sha256,
        content_hash=bodies.digest(plain, sha256),
        state="extracted",
    )


@cache
def made_paragraphs() -> list[str]:
    """Return paragraphs to choose from: making them is most of the work of making a record."""
    chance = random.Random(0)
    return [f"<p>　　{text(chance, 60)}</p>" for _unused in range(2000)]


def text(chance: random.Random, words: int) -> str:
    return "".join(chance.choice(WORDS) + chance.choice(("", "", "，", "、", "。")) for _word in range(words))
