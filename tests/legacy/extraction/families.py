"""Five families of old pages, in the manner of five publishing systems, written by us; with what each page says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

TITLES = (
    "全县秋冬农田水利建设现场会召开",
    "关于做好二〇一五年汛期安全工作的通知",
    "示例县图书馆新馆建成开放",
    "示例镇开展村庄清洁行动",
    "关于公布示例县行政许可事项目录的公告",
    "县长调研重点项目建设",
    "示例县2015年教师招聘成绩公示",
)
SENTENCES = (
    "会议强调，各乡镇各部门要统一思想、提高认识，切实增强做好工作的责任感和紧迫感。",
    "据了解，该项目总投资三千二百万元，建筑面积八千平方米，历时两年建成。",
    "活动现场，工作人员向群众发放宣传资料，耐心解答群众提出的各类问题。",
    "下一步，我县将继续加大投入，完善设施，不断提升公共服务水平。",
    "各单位要结合实际制定方案，明确责任分工，于本月底前将落实情况报县政府办公室。",
    "截至目前，全县累计完成投资一亿元，占年度计划的百分之八十五，进度好于去年同期。",
)


@dataclass(frozen=True, slots=True)
class Expected:
    title: str
    day: str
    source: str | None
    paragraphs: tuple[str, ...]
    number: str | None = None


def facts(number: int, *, source: str | None = "示例县人民政府办公室") -> Expected:
    chosen = tuple(f"{SENTENCES[(number + at) % 6]}这是第{number}篇第{at}段。" for at in range(2 + number % 3))
    return Expected(TITLES[number], f"2015-0{number + 1}-1{number}", source, chosen)


def _paragraphs(expected: Expected, tag: str = "p") -> str:
    return "".join(f"<{tag}>　　{text}</{tag}>" for text in expected.paragraphs)


def dede(number: int) -> tuple[str, str, Expected]:
    """DedeCMS: div.title h2, div.info with small labels, div.content table td."""
    one = facts(number)
    html = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312" /><title>{one.title}_示例县政府网</title>
<meta name="keywords" content="示例"></head><body class="articleview"><div class="header"><ul>
<li><a href="/a/zw/">政务</a></li><li><a href="/a/xw/">新闻</a></li><li><a href="/a/fw/">服务</a></li><li><a href="/a/hd/">互动</a></li></ul></div>
<div class="w960"><div class="pleft"><div class="place"><strong>当前位置:</strong> <a href="/">主页</a> > <a href="/a/xw/">新闻</a> > </div>
<div class="viewbox"><div class="title"><h2>{one.title}</h2></div>
<div class="info"><small>时间:</small>{one.day} 1{number}:0{number}<small>来源:</small>{one.source}<small>作者:</small>admin <small>点击:</small>12{number}次</div>
<div class="content"><table width="100%"><tr><td>{_paragraphs(one, "div")}</td></tr></table></div>
<div class="dede_pages"><ul class="pagelist"></ul></div>
<div class="context"><ul><li>上一篇：<a href="/a/xw/1.html">上一篇文章的标题在这里</a></li><li>下一篇：<a href="/a/xw/2.html">没有了</a></li></ul></div></div>
<div class="dede_comment"><dl><dt>发表评论</dt><dd>请自觉遵守互联网相关的政策法规。</dd></dl></div></div>
<div class="pright"><dl><dt>推荐内容</dt><dd><a href="3.html">推荐内容之一的标题</a></dd><dd><a href="4.html">推荐内容之二的标题</a></dd></dl></div></div>
<div class="footer">Copyright &copy; 示例县政府网 版权所有 2012-01-01</div></body></html>"""
    return f"http://dede.example/a/xw/2015/0{number + 1}1{number}/{number}33.html", html, one


def table_page(number: int) -> tuple[str, str, Expected]:
    """An ASP page of tables: everything in td without names, body with line breaks."""
    one = facts(number)
    body = "<br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{text}" for text in one.paragraphs)
    html = f"""<html><head><title>示例县示例局网站</title></head><body bgcolor=#ffffff><table width=778 align=center><tr>
<td><a href=index.asp>首页</a>|<a href=list.asp?id=1>新闻动态</a>|<a href=list.asp?id=2>政策法规</a>|<a href=list.asp?id=3>办事指南</a></td></tr></table>
<table width=778 align=center><tr><td width=180 valign=top><table><tr><td>热点文章</td></tr><tr><td><a href=show.asp?id=91>热点文章的标题甲乙丙</a></td></tr>
<tr><td><a href=show.asp?id=92>热点文章的标题丁戊己</a></td></tr></table></td><td valign=top><table width=100%><tr>
<td align=center><font size=4><b>{one.title}</b></font></td></tr><tr><td align=center>发布日期：{one.day.replace("-0", "-")}&nbsp;&nbsp;来源：{one.source}&nbsp;&nbsp;浏览次数：5{number}</td></tr>
<tr><td style="line-height:150%">{body}</td></tr><tr><td align=right>【<a href="javascript:window.print()">打印</a>】【<a href="javascript:window.close()">关闭</a>】</td></tr></table></td></tr></table>
<table width=778 align=center><tr><td align=center>主办：示例县示例局 地址：示例路1号</td></tr></table></body></html>"""
    return f"http://asp.example/show.asp?id={100 + number}", html, one


def disclosure(number: int) -> tuple[str, str, Expected]:
    """A page of the disclosure catalogue: a table of index number, authority, number and dates above the text."""
    one = facts(number, source=None)
    document = f"示政办发〔2015〕{number + 3}号"
    html = f"""<html><head><meta charset="utf-8"><title>{one.title}</title><meta name="ArticleTitle" content="{one.title}">
<meta name="PubDate" content="{one.day} 09:3{number}"><meta name="SiteName" content="示例县人民政府"><meta name="ColumnName" content="政府文件"></head>
<body><div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/hd/">互动</a></div>
<div class="crumb">当前位置：<a href="/">首页</a> > <a href="/zwgk/">政务公开</a> > <a href="/zwgk/wj/">政府文件</a></div>
<table class="xxgk"><tr><td>索 引 号：</td><td>SL001/2015-0000{number}</td><td>主题分类：</td><td>综合政务</td></tr>
<tr><td>发布机构：</td><td>示例县人民政府办公室</td><td>成文日期：</td><td>2015年0{number + 1}月0{number + 1}日</td></tr>
<tr><td>名　　称：</td><td colspan=3>{one.title}</td></tr><tr><td>文　　号：</td><td>{document}</td><td>发布日期：</td><td>{one.day}</td></tr></table>
<div class="wz"><h3>{one.title}</h3><div id="UCAP-CONTENT">{_paragraphs(one)}</div></div>
<div class="share">分享到：</div><div class="foot"><p>主办：示例县人民政府办公室　网站标识码：0000000001</p></div></body></html>"""
    return f"http://www.example/zwgk/wj/20150{number + 1}/t20150{number + 1}1{number}_8{number}.html", html, Expected(
        one.title, one.day, one.source, one.paragraphs, document
    )  # fmt: skip


def vsb(number: int) -> tuple[str, str, Expected]:
    """A site builder's page: form, div.xl_tit, #vsb_content inside, files in a list below."""
    one = facts(number)
    html = f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{one.title}-示例县教育局</title><META Name="keywords" Content="示例县教育局" /></head>
<body><div class="top"><a href="index.htm">首页</a> <a href="xwzx.htm">新闻中心</a> <a href="tzgg.htm">通知公告</a> <a href="jyfw.htm">教育服务</a></div>
<div class="weizhi">您的位置： <a href="../index.htm">首页</a> &gt;&gt; <a href="../xwzx.htm">新闻中心</a> &gt;&gt; 正文</div>
<form name="_newscontent_fromname"><div class="xl"><div class="xl_tit"><h1 align="center">{one.title}</h1>
<div class="xl_sm" align="center"><span>{one.day.replace("-", "年", 1).replace("-", "月")}日 10:2{number}</span><span>来源：{one.source}</span><span>点击：[<script>_showDynClicks("wbnews", 1, {number})</script>]</span></div></div>
<div id="vsb_content"><div class="v_news_content">{_paragraphs(one)}</div></div><div id="div_vote_id"></div>
<p align="right">【<a href="javascript:window.opener=null;window.close();">关闭</a>】</p></div></form>
<div class="pn"><a href="1.htm">上一条：上一条的标题写在这里面</a><a href="3.htm">下一条：下一条的标题写在这里面</a></div>
<div class="bottom">版权所有：示例县教育局 地址：示例路2号</div></body></html>"""
    return f"http://edu.example/info/1021/5{number}3.htm", html, one


def blog(number: int) -> tuple[str, str, Expected]:
    """WordPress: article.post, h1.entry-title, time.entry-date, div.entry-content."""
    one = facts(number, source=None)
    html = f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{one.title} | 示例志愿者协会</title><meta property="og:title" content="{one.title}"/>
<meta property="article:published_time" content="{one.day}T02:0{number}:00+00:00"/></head><body><header><h1 class="site-title"><a href="/">示例志愿者协会</a></h1>
<nav><a href="/a">关于</a><a href="/b">活动</a><a href="/c">联系</a></nav></header><main><article class="post"><header class="entry-header">
<h1 class="entry-title">{one.title}</h1><div class="entry-meta">发布于 <time class="entry-date" datetime="{one.day}">{one.day}</time> 由 <a href="/u">管理员</a></div></header>
<div class="entry-content">{_paragraphs(one)}<div class="sharedaddy"><h3>分享到：</h3><ul><li>微博</li></ul></div></div>
<footer>标签：<a href="/t">活动</a></footer></article><nav class="post-navigation"><a href="/1">上一篇</a><a href="/2">下一篇</a></nav>
<section id="comments"><h2>一条评论</h2><p>写得真好，学习了，感谢分享，希望以后多多组织这样的活动。</p></section></main>
<aside><h2>近期文章</h2><ul><li><a href="/x">近期文章的标题</a></li></ul></aside><footer>自豪地采用</footer></body></html>"""
    return f"http://vol.example/2015/0{number + 1}/{number}.html", html, one


FAMILIES: dict[str, Callable[[int], tuple[str, str, Expected]]] = {
    "dede": dede, "tables": table_page, "disclosure": disclosure, "vsb": vsb, "blog": blog,
}  # fmt: skip


def pages(name: str, count: int = len(TITLES)) -> Iterator[tuple[str, str, Expected]]:
    return (FAMILIES[name](number) for number in range(count))
