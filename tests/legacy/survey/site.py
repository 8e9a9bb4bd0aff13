"""A small old site of our own: two columns of articles, list pages, a search form, a dead link. In GB18030."""

from __future__ import annotations

from legacy import blobs
from legacy.ledger.canonical import canonical
from legacy.models import LegacyRaw, Transition
from tenants.models import Tenant

HOST = "www.old-a.example"
PAGE = """<html><head><meta charset="gb2312"><title>{title}</title></head><body>
<div class="top"><a href="/index.html">首页</a><a href="/tzgg/index.html">公告</a><a href="http://www.other.example/bszn">网上办事</a>
<form action="/search.asp" method="get"><input name="q"></form></div>
<div class="here">您现在的位置：<a href="/index.html">首页</a> &gt; <a href="/{folder}/index.html">{column}</a></div>
<div class="main"><div class="article"><h1>{title}</h1><p class="info">发布时间：{day} 来源：县教育局</p>
<div id="zoom"><p>{text}</p>{more}</div></div></div><div class="foot">县教育局主办</div></body></html>"""
LIST = """<html><head><meta charset="gb2312"><title>县教育局-{column}</title></head><body>
<div class="top"><a href="/index.html">首页</a><a href="/tzgg/index.html">公告</a></div>
<div class="here">您现在的位置：<a href="/index.html">首页</a> &gt; <a href="/{folder}/index.html">{column}</a></div>
<div class="left"><ul class="list">{lines}</ul></div><div class="foot">县教育局主办</div></body></html>"""
TEXT = (
    "各中小学校：现将{number}号文件有关事项通知如下，请结合本校实际认真贯彻执行，执行中的问题请及时报告，逾期不再受理。"
)


def article(
    number: int, folder: str = "tzgg", column: str = "公示公告", *, day: str = "2015-04-14", more: str = ""
) -> str:
    return PAGE.format(
        title=f"关于第{number}号事项的通知",
        folder=folder,
        column=column,
        day=day,
        text=TEXT.format(number=number),
        more=more,
    )


def lines(folder: str, numbers: list[int], day: str = "2015-04-14") -> str:
    return "".join(
        f'<li><a href="/{folder}/201504/t{number}.html">关于第{number}号事项的通知</a><span>{day}</span></li>'
        for number in numbers
    )


def pages() -> dict[str, str]:
    """Return the pages of the site by path."""
    found = {f"/tzgg/201504/t{number}.html": article(number) for number in range(1, 6)}
    found |= {f"/gzdt/201504/t{number}.html": article(number, "gzdt", "工作动态") for number in range(6, 9)}
    found["/gzdt/201504/t9.html"] = article(8, "gzdt", "工作动态")  # the same text once more
    found["/gzdt/201504/t10.html"] = article(10, "gzdt", "工作动态", day="", more="<p>联系人手机：13812345678</p>")
    found["/tzgg/201504/t1.html"] = article(1, more='<a href="/down/gone.doc">附件：已经不在的文件</a>')
    found["/tzgg/index.html"] = LIST.format(folder="tzgg", column="公示公告", lines=lines("tzgg", [1, 2, 3, 4, 5]))
    found["/gzdt/index.html"] = LIST.format(folder="gzdt", column="工作动态", lines=lines("gzdt", [6, 7, 8, 9, 10]))
    found["/zjgk/index.html"] = LIST.format(folder="zjgk", column="机构概况", lines="")
    return found


def transition_of(tenant: Tenant, code: str = "old-a") -> Transition:
    return Transition.objects.create(tenant=tenant, code=code, name="县教育局旧网站", hosts=[HOST])


def add(transition: Transition, path: str, data: bytes, *, kind: str = "page", status: int = 200) -> LegacyRaw:
    url = f"http://{HOST}{path}"
    return LegacyRaw.objects.create(
        tenant_id=transition.tenant_id,
        transition=transition,
        source="mirror",
        key=canonical(url).key,
        url=url,
        kind=kind,
        status=status,
        content_type="text/html",
        sha256=blobs.put(data) if data else "",
        size=len(data),
    )


def fill(transition: Transition) -> None:
    for path, text in pages().items():
        add(transition, path, text.encode("gb18030"))
    add(transition, "/down/gone.doc", b"", kind="other", status=404)
    add(transition, "/images/logo.gif", b"GIF89a-logo", kind="picture")
