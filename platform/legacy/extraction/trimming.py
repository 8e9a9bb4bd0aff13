"""What stands in a body's container without belonging to it: share bars, neighbours, lists of links, the line of dates. Pure."""

from __future__ import annotations

import re

from lxml import etree

from legacy.extraction.text import BLOCKS, squeezed, whole

_GONE = (
    "script", "style", "noscript", "iframe", "object", "embed", "applet", "form", "input", "button", "select",
    "textarea", "link", "meta",
    "nav", "footer", "aside", "svg", "canvas", "video", "audio", "template", "title", "map",
)  # fmt: skip
# An .aspx page wraps everything in a form: its tags go, what is in it stays.
_UNWRAPPED = ("form",)
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:bd)?share|jiathis|addthis|bshare|fenxiang|comment|pinglun|related|xiangguan|xgxx|xgwz|xgnews|relevant|recommend|tuijian|copyright|banquan|"
    r"foot(?:er)?(?:$|[\s_-])|breadcrumb|crumb|daohang|position|dqwz|weizhi|(?:^|[\s_-])nav(?:$|[\s_-])|print|dayin|toolbar|(?:^|[\s_-])tools?(?:$|[\s_-])|qrcode|erweima|ewm|sidebar|side-bar|"
    r"(?:^|[\s_-])(?:ad|ads|advert|guanggao|gg)(?:$|[\s_-]|\d)|prevnext|prev_next|pre_next|shangxia|page-?turn|hot-?news|ranking|navbox|catlinks|mw-editsection|"
    r"toc(?:$|[\s_-])|noprint|mw-jump|disclaimer|shengming|vote|(?:^|[\s_-])tags?(?:$|[\s_-])|printfooter|(?:^|[\s_-])login|(?:^|[\s_-])search",
    re.IGNORECASE,
)
_END = re.compile(
    r"^[\s\u3000【\[（(>》·•*-]*(?:相关链接|相关新闻|相关阅读|相关文章|相关信息|相关报道|相关稿件|相关专题|相关解读|延伸阅读|推荐阅读|热点推荐|更多精彩|精彩推荐|"
    r"上一篇|下一篇|上一条|下一条|上篇|下篇|网友评论|发表评论|我要评论|最新评论|查看评论|文章评论|我来说两句|分享到|扫一扫|【?打印|打印本[页文稿]|打印此|关闭窗口|返回顶部|返回首页|"
    r"免责声明|版权声明|版权所有|主办单位|本文关键[词字]|您可能感兴趣|猜你喜欢|大家都在看|今日热点|声明：本|声明:本)"
)
_END_NOT = re.compile(r"[。；]$")
_SINGLE = re.compile(
    r"^[\s\u3000【\[（(|]*(?:【?字体|【?字号|分享到|分享至|责任编辑|责编|编辑[:：]|\(?（?编辑|【?打印|打印本|【?关闭|关闭窗口|返回顶部|扫一扫在手机|扫描二维码|我要推荐|网站纠错|推荐本页|点击数|浏览次数|"
    r"阅读次数|加入收藏|我要纠错|复制链接|分享：|收藏本|推荐给|【?大\s*中\s*小|字体大小|微信扫|用微信)"
)
# A line at either edge that says nothing but the page's own source, author or date.
_LABEL_ALONE = re.compile(
    r"^[\s\u3000【\[（(]*(?:(?:文章|信息|新闻|稿件|内容)?来源|稿源|作者|发表时间|发布时间|发布日期|更新时间|发表日期|浏览次数|点击数)\s*[:：][^。，；]{0,40}$"
    r"|^[\s\u3000]*(?:发表评论|我要评论|发送给(?:朋友|好友)|推荐给朋友|订阅|转发|收藏|评论)[\s\u3000]*$"
)
_FILE = re.compile(
    r"\.(?:docx?|xlsx?|pptx?|wps|et|dps|pdf|zip|rar|7z|txt|rtf|csv|tiff?|ceb|ofd|odt|ods)(?:$|[?#&])", re.IGNORECASE
)
_BREAKS = BLOCKS | {"br", "td", "th"}
_Place = tuple[etree._Element, bool]  # its text, or (True) its tail
_INFO = re.compile(
    r"^.{0,12}(?:发布(?:时间|日期)|发表(?:时间|日期)|来源|日期|时间)[:：].{0,40}(?:来源|作者|浏览|点击|字体|阅读|编辑|访问)[^。]{0,40}$"
)


def is_file(address: str) -> bool:
    """Return whether an address names a file that people keep, not a page."""
    return bool(_FILE.search(address))


def trimmed(element: etree._Element, *, info: str = "", own: bool = False) -> etree._Element:
    """Return the element itself without what does not belong to a body. The element is changed: pass a copy.

    `info` is the line of dates that was read: where the container holds it, the body begins behind it.
    `own`: the container holds what the editor wrote and nothing else; only what nobody sees is taken out.
    """
    before = len(squeezed(whole(element))) or 1
    etree.strip_tags(element, *_UNWRAPPED)
    etree.strip_elements(element, *(tag for tag in _GONE if tag not in _UNWRAPPED), with_tail=False)
    for inner in list(element.iterdescendants()):
        if inner.getparent() is None or not isinstance(inner.tag, str):
            continue
        if _hidden(inner) or (not own and (_by_name(inner, before) or _links_only(inner, before))):
            drop(inner)
    if not own:
        _edges(element, info)
    return element


def drop(element: etree._Element) -> None:
    """Take an element out of its tree; the text behind it stays."""
    above = element.getparent()
    if above is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            above.text = (above.text or "") + element.tail
    above.remove(element)


def _hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return bool(style) and "display" in style and re.search(r"display\s*:\s*none", style) is not None


def _by_name(element: etree._Element, total: int) -> bool:
    said = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if not said or not _NAMES.search(said) or element.tag in {"span", "font", "b", "strong", "p"}:
        return False
    return len(squeezed(whole(element))) < total * 0.4


def _links_only(element: etree._Element, total: int) -> bool:
    """Return whether the block is a list of links to elsewhere: a menu, neighbours, recommendations."""
    if element.tag not in {"div", "ul", "ol", "dl", "table", "section", "td"}:
        return False
    links = [link for link in element.iter("a") if (link.get("href") or "").strip()]
    if len(links) < 3 or any(is_file(link.get("href") or "") for link in links):
        return False
    size = len(squeezed(whole(element)))
    linked = sum(len(squeezed(whole(link))) for link in links)
    return 0 < size < total * 0.45 and linked > size * 0.7


def _edges(element: etree._Element, info: str) -> None:
    """Cut what stands before the text (title, dates) and after it (neighbours, comments)."""
    pieces = list(_pieces(element))
    texts = [squeezed(text) for _node, text in pieces]
    total = sum(map(len, texts)) or 1
    wanted_info = squeezed(info)
    begin, seen = 0, 0
    for at, text in enumerate(texts[:25]):
        if seen > max(400, total * 0.25):
            break
        found = (
            len(text) >= 8 and bool(wanted_info) and (text in wanted_info or wanted_info in text) and len(text) < 300
        )
        if found or (len(text) < 120 and _INFO.match(text)):
            begin = at + 1
        seen += len(text)
    end, seen = len(pieces), 0
    for at, text in enumerate(texts):
        seen += len(text)
        if (
            at >= begin
            and seen - len(text) >= total * 0.3
            and len(text) < 120
            and _END.match(text)
            and not _END_NOT.search(text)
        ):
            end = at
            break
    for at, (node, text) in enumerate(pieces):
        at_edge = at - begin < 5 or end - at <= 3
        gone = at < begin or at >= end or (at_edge and len(text) < 50 and _LABEL_ALONE.match(text) is not None)
        single = len(squeezed(text)) < 80 and _SINGLE.match(text) is not None and not text.endswith(("。", "；"))
        if gone or single:
            _clear(node)


def _pieces(root: etree._Element) -> list[tuple[list[_Place], str]]:
    """Return the visible pieces of the body in order: runs of text between blocks and line breaks, with their places."""
    out: list[tuple[list[_Place], str]] = []
    places: list[_Place] = []
    texts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BREAKS and texts:
            out.append((places, "".join(texts).strip()))
            places, texts = [], []
        if event == "start":
            if element.text and element.text.strip():
                places.append((element, False))
                texts.append(element.text)
        elif element is not root and element.tail and element.tail.strip():
            places.append((element, True))
            texts.append(element.tail)
    if texts:
        out.append((places, "".join(texts).strip()))
    return out


def _clear(places: list[_Place]) -> None:
    for element, tail in places:
        if tail:
            element.tail = ""
        else:
            element.text = ""
