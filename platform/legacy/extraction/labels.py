"""Labelled text (标签文字): "发布时间：2015-04-14 来源：县政府办 作者：王某" split into fields. Also the names that meta tags
and script variables give to fields. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Longer labels come before those that they hold.
LABELS: dict[str, tuple[str, ...]] = {
    "published_at": (
        "信息发布时间", "信息发布日期", "文章发布时间", "发布时间", "发布日期", "发表时间", "发表日期",
        "公开时间", "公开日期", "公布时间", "公布日期", "更新时间",
        "更新日期", "上传时间", "上网时间", "上网日期", "添加时间", "录入时间", "加入时间", "发稿时间",
        "刊发时间", "发布于", "发表于", "发布", "发表",
        "日期", "时间", "更新",
    ),
    "written_on": (
        "成文日期", "成文时间", "发文日期", "发文时间", "印发日期", "签发日期", "制发日期", "生成日期",
        "颁布日期", "形成日期",
    ),
    "source": (
        "文章来源", "信息来源", "新闻来源", "稿件来源", "内容来源", "资料来源", "来源单位", "来源", "稿源",
        "出处", "转载自", "来自", "供稿单位", "供稿",
        "信息提供", "提供单位", "发布单位", "发布者单位",
    ),
    "author": ("文章作者", "作者", "撰稿人", "撰稿", "撰文", "通讯员", "记者", "编写"),
    "document_number": ("发文字号", "发文文号", "文件编号", "文件号", "文件字号", "发文号", "文号", "公文文号"),
    "index_number": ("公开索引号", "信息索引号", "索引号", "索取号", "索引码", "信息索取号"),
    "issuing_authority": (
        "发文机关", "发文单位", "制发机关", "发布机构", "发布机关", "公开机构", "公开责任部门", "责任部门",
        "印发机关", "颁布单位", "颁布机关",
    ),
    "keywords": ("主题词", "关键词", "关键字", "公文主题词", "标签"),
    "named": ("信息名称", "文件名称", "公开名称", "公文名称", "文章标题", "标题", "名称", "主题"),
    "summary": ("内容概述", "内容摘要", "摘要", "内容概要", "导语"),
}  # fmt: skip
# Labels of what is no field of ours: they end the value before them.
_OTHERS = (
    "浏览次数", "浏览量", "浏览", "点击次数", "点击量", "点击率", "点击数", "点击", "阅读次数", "阅读量",
    "阅读", "访问次数", "访问量", "人气", "查看次数",
    "查看", "责任编辑", "网站编辑", "编辑", "审核人", "审核", "校对", "初审", "复审", "终审", "录入", "录入人",
    "录入者", "管理员", "发布人", "发布者", "签发", "字体大小", "字体",
    "字号", "视力保护色", "保护视力色", "背景颜色", "分享到", "分享", "打印本页", "打印", "关闭窗口",
    "关闭本页", "关闭", "收藏", "评论", "我要评论",
    "主题分类", "体裁分类", "服务对象", "公开方式", "公开范围", "公开形式", "公开程序", "公开时限", "公开类别",
    "组配分类", "信息分类", "文件类型",
    "有效性", "时效性", "文件状态", "是否有效", "实施日期", "施行日期", "失效日期", "废止日期", "有效期",
    "分类", "类别", "体裁", "栏目", "所属栏目", "电话", "地址", "电头",
    "摄影", "图片", "备注", "上一篇", "下一篇", "返回", "大 中 小", "下载", "扫一扫",
)  # fmt: skip


def _spaced(label: str) -> str:
    return r"[\s\u3000]*".join(re.escape(mark) for mark in label if not mark.isspace())


_FIELD_OF = {label: name for name, labels in LABELS.items() for label in labels}
_ALL = sorted({*_FIELD_OF, *_OTHERS}, key=len, reverse=True)
_ALL_SET = frozenset(_ALL)
_SHORT_CELLS = frozenset(("文号", "来源", "作者", "名称", "标题"))
_COLON = r"[\s\u3000]*[\]】）)]?[\s\u3000]*[:：﹕]"
# A label stands at the beginning, or after a blank, a bracket or a mark: never in the middle of a word.
_LABEL = re.compile(
    r"(?:(?<=[\s\u3000\[【（(|│｜/·•;；,，。：:>〉\]】）)0-9])|^|(?<=[a-zA-Z]))(?P<label>"
    + "|".join(map(_spaced, _ALL))
    + ")"
    + _COLON
)
_GLUED = re.compile(
    r"(?P<label>"
    + "|".join(map(_spaced, ("来源", "文章来源", "信息来源", "作者", "发布时间", "发布日期", "浏览次数", "点击数")))
    + ")[:：]"
)
# What ends a value although it is no label with a colon.
_STOP = re.compile(
    r"[\s\u3000\[【（(|]*(?:打印|关闭|字体|字号|大\s*中\s*小|点击|浏览|阅读|人气|分享|收藏|我要|评论|加入收藏|返回|责任编辑|编辑[:：]|【|\||│|｜|→|>>|》》|<<"
    r"|\d+\s*次|扫一扫|手机|纠错|复制|下载|推荐|视力|背景|繁体|简体|评论|查看|T\||大小)"
)
_WORD_END = re.compile(r"[\s\u3000]{2,}|\t|\n")

META: dict[str, tuple[str, ...]] = {
    "title": ("articletitle", "og:title", "citation_title", "dc.title", "twitter:title"),
    "published_at": (
        "pubdate", "publishdate", "article:published_time", "og:release_date", "og:published_time",
        "datepublished", "publish_time", "pubtime",
        "publish-date", "releasedate", "weibo: article:create_at", "bytedance:published_time", "_pubtime",
        "sailthru.date", "firstpublishedtime",
    ),
    "source": ("contentsource", "source", "article:source", "mediaid", "og:source"),
    "author": ("author", "article:author", "og:author", "citation_authors", "dc.creator"),
    "keywords": ("keywords",),
    "summary": ("description", "og:description"),
    "column": ("columnname",),
}  # fmt: skip
VARIABLES: dict[str, tuple[str, ...]] = {
    "title": ("title", "bt", "biaoti", "doctitle", "articletitle", "newstitle"),
    "subtitle": ("fbt", "subtitle", "fubiaoti", "docsubtitle"),
    "published_at": (
        "pubdata", "pubdate", "pubtime", "docpubtime", "fbsj", "fbrq", "publishtime", "publishdate",
        "docreltime", "fwrqpub", "fabushijian",
    ),
    "written_on": ("cwrq", "fwrq", "chengwenriqi", "yfrq"),
    "source": ("wzly", "ly", "docsource", "docsourcename", "laiyuan", "xxly", "contentsource"),
    "author": ("zz", "docauthor", "zuozhe", "author"),
    "document_number": ("wh", "fwzh", "wenhao", "filenum", "docno"),
    "index_number": ("syh", "suoyinhao", "idxid", "indexno"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """A field's text as it stood behind its label."""

    name: str
    label: str
    text: str
    start: int


def split(line: str) -> list[Labelled]:
    """Return what stands behind each label of the line; labels of no field of ours only end the value before them."""
    found = _cells(line) if "\t" in line else []
    if ":" not in line and "：" not in line and "﹕" not in line:
        return found
    marks = {match.start("label"): match for match in _LABEL.finditer(line)}
    for match in _GLUED.finditer(line):
        if not any(begin <= match.start() < other.end() for begin, other in marks.items()):
            marks[match.start("label")] = match
    ordered = sorted(marks.items())
    for at, (begin, match) in enumerate(ordered):
        end = ordered[at + 1][0] if at + 1 < len(ordered) else len(line)
        label = re.sub(r"[\s\u3000]", "", match["label"])
        name = _FIELD_OF.get(label)
        if name:
            found.append(Labelled(name, label, _value(line[match.end() : end], name), begin))
    return found


def _cells(line: str) -> list[Labelled]:
    """Return what stands in the cell behind one that holds a label alone, without a colon."""
    cells = line.split("\t")
    names = [re.sub(r"[\s\u3000【】\[\]]", "", cell) for cell in cells]
    found: list[Labelled] = []
    for at, label in enumerate(names[:-1]):
        name = _FIELD_OF.get(label)
        if name and len(label) > 2 - (label in _SHORT_CELLS) and names[at + 1].rstrip(":：") not in _ALL_SET:
            value = _value(cells[at + 1], name)
            found.append(Labelled(name, label, value, line.find(cells[at])))
    return found


def _value(text: str, name: str) -> str:
    text = text.strip(" \t\u3000\xa0[【（(|│｜")
    if name in {"published_at", "written_on"}:
        return text[:60].strip()
    stop = _STOP.search(text)
    if stop and stop.start() > 0:
        text = text[: stop.start()]
    elif stop:
        return ""
    text = text.strip()
    if name in {"source", "author", "issuing_authority", "document_number", "index_number"}:
        text = _WORD_END.split(text)[0]
    return text.strip(" \t\u3000\xa0]】）)|│｜;；,，")
