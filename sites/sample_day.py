"""A working day for the demo: a draft, an article waiting for review, and one that was sent back, in one sub-site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sites.models import Article, Column
from sites.review import actions
from sites.sample_content import NOTE
from tenants.models import Tenant
from tenants.scope import tenant_scope


@dataclass(frozen=True)
class Sample:
    title: str
    text: str
    state: str  # draft, waiting or sent_back


SAMPLES = (
    Sample("（草稿）关于开展秋冬季森林防火宣传的情况", "近日，各村（社区）陆续开展森林防火宣传。", "draft"),
    Sample(
        "我单位组织开展冬季安全生产检查", "检查组先后到辖区内企业、学校和集贸市场，查看消防通道和用电安全。", "waiting"
    ),
    Sample("便民服务大厅延长周末办事时间", "自下月起，便民服务大厅周六上午照常办理业务。", "sent_back"),
)
REMARK = "请补充具体的起始日期和咨询电话，再提交。"


def fill_day(tenant: Tenant, *, author: Any, reviewer: Any) -> int:
    """Make the day's articles and return how many; 0 where the author has written here before."""
    if Article.objects.filter(tenant=tenant, owner=author).exists():
        return 0
    column = Column.objects.filter(tenant=tenant, kind="list", mandatory=True, retired_on=None).order_by("path").first()
    if column is None:
        return 0
    with tenant_scope(tenant):
        for sample in SAMPLES:
            _write(column, sample, author, reviewer)
    return len(SAMPLES)


def _write(column: Column, sample: Sample, author: Any, reviewer: Any) -> None:
    body = Article._meta.get_field("body").to_python(
        [{"type": "paragraph", "value": f"<p>{sample.text}</p><p>{NOTE}</p>"}]
    )
    article = Article(title=sample.title, body=body, live=False, owner=author, source=column.tenant.name)
    column.refresh_from_db()
    column.add_child(instance=article)
    article.save_revision(user=author)
    if sample.state == "draft":
        return
    review = actions.submit(article, author)
    if sample.state == "sent_back":
        actions.send_back(review, reviewer, REMARK)
