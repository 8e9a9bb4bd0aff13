"""Small old pages, written by us, with what old pages do wrong."""

from __future__ import annotations

PROSE = (
    "近日，示例县示例局召开全县农田建设工作会议，传达学习上级会议精神，总结上半年工作，部署下半年重点任务。"
    "会议要求，各乡镇要提高认识，压实责任，抓住秋冬施工的有利时机，确保工程质量和进度，按期完成全年目标任务。"
)
MORE = "会前，与会人员实地察看了三个乡镇的项目现场，听取了施工单位和监理单位的汇报，并就资金拨付、质量监管等问题进行了交流。"
MENU = "".join(f"<li><a href='/{name}/index.html'>{title}</a></li>" for name, title in (
    ("gzdt", "工作动态"), ("tzgg", "通知公告"), ("zwgk", "政务公开"), ("bsfw", "办事服务"), ("hdjl", "互动交流"),
))  # fmt: skip
FOOT = "<div class='footer'><p>版权所有：示例县示例局 主办单位：示例县示例局办公室</p><p>电话：0000-1234567 备案号：示ICP备00000000号</p></div>"


def article(
    title: str = "全县农田建设工作会议召开",
    body: str = f"<p>{PROSE}</p><p>{MORE}</p>",
    *,
    day: str = "2019年08月22日",
    source: str = "",
    author: str = "",
    column: str = "工作动态",
    head: str = "",
    below: str = "",
) -> str:
    """A page whose date, source and author stand in script variables alone, as one publishing system makes them."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
<div class="top"><ul>{MENU}</ul><span>今天是：<script>document.write(new Date())</script></span></div>
<div class="path">您当前所在位置：<a href="/index.html">首页</a> &raquo; <a href="/gzdt/index.html">{column}</a></div>
<div class="main"><div class="title"><h1>{title}</h1><script>var fbt=''; if(fbt!=''){{document.write('<h2>'+fbt+'</h2>');}}</script>
<div class="toolbar">发布时间：<script>var  pubdata='{day}'; if(pubdata!=''){{ document.write(pubdata); }}</script>
字体：<span>小</span> <span>中</span> <span>大</span>
<script>var wzly='{source}'; if(wzly!=''){{document.write('文章来源：'+wzly+'&emsp;');}}</script>
<script>var zz='{author}'; if(zz!=''){{document.write('作者：'+zz+'&emsp;');}}</script>
点击量：次 <a href="javascript:window.print();">打印本页</a></div></div>
<div class="content"><font id="Zoom">{body}</font></div>{below}
<div class="share">分享到：<a href="javascript:;">微博</a></div>
<div class="near"><span>上一篇：</span><a href="t1.html">关于召开另外一个会议的通知</a></div></div>{FOOT}</body></html>"""


def listing(title: str = "工作动态", rows: int = 12, script: str = "") -> str:
    """A list page of a column."""
    lines = "".join(
        f"<li><a href='./201908/t20190822_{number}.html'>关于做好第{number}项工作的通知</a><span>2019-08-{number + 10}</span></li>"
        for number in range(1, rows + 1)
    )
    return f"""<html><head><meta charset="utf-8"><title>{title}-示例局</title></head><body><ul>{MENU}</ul>
<div class="path">当前位置：<a href="/index.html">首页</a> &gt; <a href="/gzdt/">{title}</a></div>
<h2>{title}</h2><ul class="list">{lines}</ul><div>{script}</div>{FOOT}</body></html>"""
