"""The old site of the demo: pages in GB18030 as such sites have them, made from texts.toml. Pure.

What is wrong with it is wrong on purpose: some pages declare utf-8; dates and sources stand in scripts alone; an
article is told twice, one in three parts; names of attachments are percent-encoded GBK; a picture, an attachment and a
link lead nowhere; guides are query-string pages in tables; one page has no date and one nothing but a picture.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from legacy.demo.files import document, picture, workbook

HTML = "text/html"
PER_PAGE = 6
DEAD_PICTURE, DEAD_PAGE = "/images/banner_old.gif", "/old/bszn.asp?id=7"
# Lists whose pages createPageHTML makes, and lists by query string.
STATIC, QUERIED = ("gzdt", "tzgg", "zcwj"), ("3",)


@dataclass(frozen=True, slots=True)
class Resource:
    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What an article says of itself: for the tests, and for whoever wants to see how well it was read."""

    path: str
    title: str
    published: str  # "YYYY-MM-DD", "" where the page has no date
    source: str
    document_number: str
    column: str
    attachments: tuple[str, ...]


def texts() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def resources() -> dict[str, Resource]:
    """Return the whole site by address from the root (with its query), decoded: "/upload/files/申报表.docx"."""
    told = texts()
    name, columns = told["name"], {column["key"]: column["title"] for column in told["columns"]}
    found: dict[str, Resource] = {"/robots.txt": Resource(b"User-agent: *\nAllow: /\n", "text/plain")}
    found["/"] = found["/index.html"] = _page(name, name, _front(told, columns))
    found["/jgzn/index.html"] = _page("机构职能", name, _about(name))
    found["/images/logo.gif"] = Resource(picture(9, "GIF"), "image/gif")
    for key in columns:
        found |= _lists(name, columns[key], key, [each for each in told["articles"] if each["column"] == key])
    for article in told["articles"]:
        found |= dict(_article(name, columns[article["column"]], article))
        for file in article.get("attachments", ()):
            words = [line for line in article["text"].split("\n") if line][:3]
            made = workbook(words) if file.endswith("xlsx") else document([file, *words])
            found[f"/upload/files/{file}"] = Resource(made, "application/octet-stream")
        if article.get("picture_only"):
            found[f"/upload/images/{article['number']}-油菜花.jpg"] = Resource(picture(5, "JPEG"), "image/jpeg")
    return found


def expected() -> list[Expected]:
    """Return what each article of the site should be read as."""
    columns = {column["key"]: column["title"] for column in texts()["columns"]}
    return [
        Expected(
            address(article),
            article["title"],
            article["published"][:10],
            "" if article["column"] == "zcwj" else article["source"],
            article.get("document_number", ""),
            columns[article["column"]],
            tuple(article.get("attachments", ())),
        )
        for article in texts()["articles"]
    ]


def address(article: dict[str, Any], part: int = 1) -> str:
    column, number = article["column"], article["number"]
    if column in QUERIED:
        return f"/show.asp?classid={column}&id={number}"
    filed = article.get("filed") or article["published"][:10] or "2016-03-05"
    ending = f"_{part}" if part > 1 else ""
    return f"/{column}/{filed[:7]}/{filed[8:10]}/content_{number}{ending}.htm"


def _page(title: str, site: str, body: str, *, declared: str = "gb2312", head: str = "") -> Resource:
    html = (
        f'<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset={declared}">\n'
        f"<title>{escape(title)}</title>\n{head}</head>\n<body>\n"
        f'<div id="top"><img src="/images/logo.gif" alt="{site}"><img src="{DEAD_PICTURE}"></div>\n'
        '<div class="nav"><a href="/index.html">首页</a> | <a href="/jgzn/index.html">机构职能</a> | '
        '<a href="/gzdt/index.html">工作动态</a> | <a href="/tzgg/index.html">通知公告</a> | '
        '<a href="/zcwj/index.html">政策文件</a> | <a href="/list.asp?classid=3">办事指南</a></div>\n'
        f'{body}\n<div class="footer">主办：{site}　地址：清河县城关镇人民路18号　技术支持：县信息中心</div>\n</body>\n</html>\n'
    )
    return Resource(html.encode("gb18030"), HTML)


def _crumbs(column: str, key: str) -> str:
    url = f"/list.asp?classid={key}" if key in QUERIED else f"/{key}/index.html"
    return (
        '<div class="position">您现在的位置：<a href="/index.html">首页</a> &gt; '
        f'<a href="{url}">{column}</a> &gt; 正文</div>'
    )


def _front(told: dict[str, Any], columns: dict[str, str]) -> str:
    blocks = []
    for key, title in columns.items():
        newest = [article for article in told["articles"] if article["column"] == key][-5:]
        rows = "".join(f'<li><a href="{escape(address(each))}">{each["title"]}</a></li>' for each in reversed(newest))
        blocks.append(f'<div class="box"><h2>{title}</h2><ul>{rows}</ul></div>')
    return "\n".join(blocks)


def _about(name: str) -> str:
    return (
        f'<div class="content"><h2>{name}主要职责</h2>'
        "<p>（一）贯彻执行农业和农村工作的方针政策，拟订全县农业发展规划并组织实施。</p>"
        "<p>（二）负责种植业、畜牧业、渔业、农业机械化等各产业的监督管理。</p>"
        "<p>（三）负责农产品质量安全监督管理，组织开展农产品质量安全监测。</p></div>"
    )


def _lists(site: str, title: str, key: str, articles: list[dict[str, Any]]) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    newest = sorted(articles, key=lambda each: each["number"], reverse=True)
    pages = [newest[at : at + PER_PAGE] for at in range(0, len(newest), PER_PAGE)]
    for number, page in enumerate(pages):
        rows = "".join(
            f'<li><a href="{escape(address(each))}" target="_blank">{each["title"]}</a>'
            f"<span>{each['published'][:10]}</span></li>\n"
            for each in page
        )
        place = f'<div class="position">您现在的位置：<a href="/index.html">首页</a> &gt; {title}</div>'
        body = f'{place}\n<ul class="list">\n{rows}</ul>\n'
        if key in STATIC:
            body += f'<div class="page"><script>createPageHTML({len(pages)}, {number}, "index", "html");</script></div>'
            path = f"/{key}/index{f'_{number}' if number else ''}.html"
        else:
            path = f"/list.asp?classid={key}" + (f"&page={number + 1}" if number else "")
        found[path] = _page(title, site, body)
    return found


def _article(site: str, column: str, article: dict[str, Any]) -> Iterator[tuple[str, Resource]]:
    make = {"gzdt": _news, "tzgg": _notice, "zcwj": _policy, "3": _guide}[article["column"]]
    parts = article["text"].split("===") if article.get("parts") else [article["text"]]
    for number, text in enumerate(parts, 1):
        body, head = make(article, _text(article, text), column)
        if len(parts) > 1:
            links = " ".join(
                f"[{each}]" if each == number else f'<a href="{address(article, each)}">[{each}]</a>'
                for each in range(1, len(parts) + 1)
            )
            body += f'\n<div class="paging">{links}</div>'
        title = column if article["column"] in QUERIED else f"{article['title']}_{site}"
        page = _page(title, site, body, declared=article.get("declared", "gb2312"), head=head)
        yield address(article, number), page


def _text(article: dict[str, Any], text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    if article.get("pasted"):
        paragraphs = [
            '<p class="MsoNormal" style="text-indent:32pt;mso-char-indent-count:2.0;line-height:150%"><span '
            f"style=\"font-size:16.0pt;font-family:仿宋_GB2312;mso-bidi-font-family:'Times New Roman'\">{line}"
            '<span lang="EN-US"><o:p></o:p></span></span></p>'
            for line in lines
        ]
    else:
        paragraphs = [f"<p>\ue5e5\ue5e5{line}</p>" for line in lines]  # what GB sites have for the wide blank
    if number := article.get("document_number") if article["column"] == "tzgg" else "":
        paragraphs.insert(0, f'<p align="center">{_split(number) if article.get("split_number") else number}</p>')
    if rows := article.get("table"):
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        paragraphs.insert(1, f'<table border="1" width="90%" align="center">{cells}</table>')
    if article.get("picture_only"):
        src = quote(f"/upload/images/{article['number']}-油菜花.jpg".encode("gb18030"))
        paragraphs.append(f'<p align="center"><img src="{src}" border="0"></p>')
    if article.get("dead_link"):
        paragraphs.append(f'<p><a href="{DEAD_PAGE}">旧版办事页面</a></p>')
    if signed := article.get("signed"):
        paragraphs += [f'<p align="right">{signed}</p>', f'<p align="right">{article["signed_on"]}</p>']
    for file in (*article.get("attachments", ()), *filter(None, [article.get("dead_attachment")])):
        paragraphs.append(f'<p>附件：<a href="{quote(f"/upload/files/{file}".encode("gb18030"))}">{file}</a></p>')
    return "\n".join(paragraphs)


def _split(number: str) -> str:
    """Return a document number the way an office programme leaves it: in five pieces of markup."""
    word, rest = number.split("〔")
    year, serial = rest.split("〕")
    serial = serial.removesuffix("号")
    return (
        f"<span>{word}</span><span>〔</span><span lang=EN-US>{year}</span>"
        f"<span>〕</span><span lang=EN-US>{serial}</span><span>号</span>"
    )


def _news(article: dict[str, Any], text: str, column: str) -> tuple[str, str]:
    body = f'<div id="zoom" class="content">\n{text}\n</div>'
    if article.get("mobile"):
        body = f'<div class="pc-show">{body}</div>\n<div class="mobile-show"><div class="mcontent">{text}</div></div>'
    head = (
        f'<script>var pubdate="{article["published"]}"; var wzly="{article["source"]}"; '
        f'var zz="{article["author"]}";</script>\n'
    )
    info = "来源：<script>document.write(wzly)</script> 作者：<script>document.write(zz)</script>"
    shown = (
        f"{_crumbs(column, article['column'])}\n<h1>{article['title']}</h1>\n"
        f'<div class="info">发布时间：<script>document.write(pubdate)</script> {info}</div>\n{body}'
    )
    return shown, head


def _notice(article: dict[str, Any], text: str, column: str) -> tuple[str, str]:
    body = (
        f'{_crumbs(column, article["column"])}\n<div class="bt">{article["title"]}</div>\n'
        f'<div class="xx">发布日期：{article["published"]}　信息来源：{article["source"]}　'
        '浏览次数：<span id="hits">0</span> 次</div>\n'
        f'<div class="nr">\n{text}\n</div>\n<div class="xg"><a href="javascript:window.print()">打印本页</a></div>'
    )
    return body, ""


def _policy(article: dict[str, Any], text: str, column: str) -> tuple[str, str]:
    rows = (
        ("索引号", article["index_number"], "发文字号", article["document_number"]),
        ("发布机构", article["issuing_authority"], "成文日期", article["written"]),
        ("名称", article["title"], "发布日期", article["published"][:10]),
    )
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    body = (
        f'{_crumbs(column, article["column"])}\n<table class="xxgk" width="100%">{table}</table>\n'
        f'<div class="wz-title">{article["title"]}</div>\n<div class="wz-nr">\n{text}\n</div>'
    )
    return body, ""


def _guide(article: dict[str, Any], text: str, column: str) -> tuple[str, str]:
    year, month, day = article["published"].split("-")
    info = (
        f"作者：{article['author']}　来源：{article['source']}　点击数：{article['number'] * 7}　"
        f"更新时间：{year}-{int(month)}-{int(day)}"
    )
    body = (
        f'{_crumbs(column, article["column"])}\n<table width="760" align="center"><tr><td align="center">'
        f'<font size="4"><b>{article["title"]}</b></font></td></tr><tr><td align="center"><font size="2">{info}</font>'
        f'</td></tr><tr><td class="artcontent"><font size="3">\n{text}\n</font></td></tr></table>'
    )
    return body, ""
