"""The key of an old column (原栏目): from a page's breadcrumb and address to one name for its column. Pure.

/gzdt/ldhd                     by directory, and by a breadcrumb that leads there
/news?classid=3                by a parameter that names a column
//sub.example.gov.cn/xw        on another host than the main one
=工作动态/领导活动              by titles, where the breadcrumb has no addresses and the directory says nothing
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from legacy.ledger.address_rule import DEFAULT, Rule
from legacy.ledger.canonical import canonical, canonical_host

MOST = 300
# Parameters that name a column, in the programmes that are met.
COLUMN_PARAMETERS = frozenset((
    "classid", "class_id", "cid", "catid", "cat_id", "categoryid", "typeid", "type_id", "tid", "columnid", "column_id",
    "channelid", "channel_id", "nodeid", "node_id", "sortid", "bigclassid", "smallclassid", "lmid", "lanmuid", "lmdm",
    "menuid", "sectionid", "topicid", "boardid", "catalogid", "folderid", "pid_lm", "chnlid",
))  # fmt: skip
PAGING_PARAMETERS = frozenset(
    ("p", "page", "pageno", "pagenum", "pageindex", "curpage", "currentpage", "pn", "pagecode", "nowpage")
)
_HOME = frozenset((
    "首页", "网站首页", "主页", "返回首页", "本站首页", "门户首页", "网站主页", "home", "index",
))  # fmt: skip
_TAIL = frozenset((
    "正文", "详情", "内容", "文章正文", "查看内容", "信息详情", "详细内容", "浏览文章", "文章内容", "列表", "信息浏览",
    "新闻详情", "信息内容",
))  # fmt: skip
_DATED = re.compile(r"^(?:(?:19|20)\d\d(?:[-_]?(?:0?[1-9]|1[0-2])(?:[-_]?(?:0?[1-9]|[12]\d|3[01]))?)?)$")
_SHORT_NUMBER = re.compile(r"^\d{1,2}$")
_COMMON_FOLDERS = frozenset(
    [
        "art",
        "content",
        "contents",
        "detail",
        "details",
        "show",
        "article",
        "articles",
        "html",
        "htm",
        "news_show",
        "info",
        "view",
    ]
)
_HANWEB = re.compile(r"/art_(\d+)_\d+", re.IGNORECASE)
_LIST_FILE = re.compile(r"^(?:index|list|default|node|channel)[_-]?\d*\.[a-z]+$", re.IGNORECASE)


class ColumnKey(NamedTuple):
    """`key` is "" where nothing says which column a page belongs to; `title` is "" where no text names it."""

    key: str
    title: str = ""
    parent_key: str = ""


def key_of(
    url: str, breadcrumb: Sequence[tuple[str, str]] = (), hosts: Sequence[str] = (), rule: Rule = DEFAULT
) -> ColumnKey:
    """Return the column of a page: the last step of its breadcrumb (title, whole address), else its place.

    `hosts`: of the old site, the main one first. The breadcrumb may begin with the home page and end with the page itself.
    """
    steps = column_steps(url, breadcrumb, rule)
    by_place = key_of_place(url, hosts, rule)
    if not steps:
        return ColumnKey(by_place, "", parent_of(by_place))
    keys = [key_of_list(address, hosts, rule) if address else "" for _title, address in steps]
    titles = [title for title, _address in steps]
    named = [key or "=" + "/".join(titles[: at + 1])[: MOST - 1] for at, key in enumerate(keys)]
    if not keys[-1] and by_place and by_place not in keys and by_place.count("/") >= len(steps):
        named[-1] = by_place  # no address in the breadcrumb, and a directory of its own
    return ColumnKey(named[-1], titles[-1][:200], named[-2] if len(named) > 1 else "")


def column_steps(url: str, breadcrumb: Sequence[tuple[str, str]], rule: Rule = DEFAULT) -> list[tuple[str, str]]:
    """Return the steps of a breadcrumb that are columns: neither the home page, nor the page itself."""
    own = canonical(url, rule).key if url else ""
    linked = any(address for _title, address in breadcrumb[1:])
    found: list[tuple[str, str]] = []
    for at, (title, address) in enumerate(breadcrumb):
        title = title.strip(" \t\u3000>»›/·-—:：")
        last = at == len(breadcrumb) - 1
        if (
            not title
            or title.lower() in _HOME
            or title.endswith("首页")
            or (not found and address and canonical(address, rule).path == "/")
        ):
            continue
        if title in _TAIL or (last and not address and found and linked):
            continue
        if address and canonical(address, rule).key == own and last and not is_list_address(url):
            continue
        found.append((title, address))
    return found


def key_of_place(url: str, hosts: Sequence[str] = (), rule: Rule = DEFAULT) -> str:
    """Return the key that an address alone gives: a parameter, a number in the file's name, its directory."""
    if not url:
        return ""
    parts = urlsplit(url)
    found = _HANWEB.search(parts.path)
    if found:
        return _prefix(url, hosts, rule) + f"/col/col{found[1]}"
    path = canonical(f"http://{parts.netloc or 'x'}{parts.path}", rule).path
    segments = [segment for segment in path.split("/") if segment]
    name = parts.path.rpartition("/")[2]
    if segments and "." in name and name.lower() not in rule.index_names:
        segments.pop()
    parameter = _parameter(parts.query)
    segments = _without_dates(segments)
    if parameter:
        return (_prefix(url, hosts, rule) + "/" + "/".join(segments) + f"?{parameter}")[:MOST]
    return (_prefix(url, hosts, rule) + "/" + "/".join(segments))[:MOST] if segments else ""


def key_of_list(url: str, hosts: Sequence[str] = (), rule: Rule = DEFAULT) -> str:
    """Return the key of a column by the address of its list page, of whichever of its pages."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in PAGING_PARAMETERS]
    if _HANWEB.search(parts.path) or _parameter(parts.query) or (is_list_address(url) and not kept):
        found = key_of_place(url, hosts, rule)
        if found:
            return found
    path = canonical(parts._replace(query=urlencode(kept)).geturl(), rule).path
    return (_prefix(url, hosts, rule) + path)[:MOST] if path != "/" else ""


def parent_of(key: str) -> str:
    """Return the key of the directory above, "" at the top."""
    if key.startswith("="):
        return key.rpartition("/")[0]
    if "?" in key:
        return ""
    head, _slash, tail = key.rpartition("/")
    return head if tail and head.strip("/") and not (key.startswith("//") and head.count("/") < 3) else ""


def is_list_address(url: str) -> bool:
    """Return whether the address is a directory's, or of a page that lists one (index_2.html, list.html)."""
    path = urlsplit(url).path
    return _is_folder(path)


def _is_folder(path: str) -> bool:
    tail = path.rpartition("/")[2]
    return not tail or bool(_LIST_FILE.match(tail)) or "." not in tail


def _without_dates(segments: list[str]) -> list[str]:
    kept = list(segments)
    while kept and (_DATED.match(kept[-1]) or _is_month(kept)):
        kept.pop()
    while kept and kept[-1].lower() in _COMMON_FOLDERS and len(kept) > 1:
        kept.pop()
    while kept and (_DATED.match(kept[-1]) or _is_month(kept)):
        kept.pop()
    return kept


def _is_month(segments: list[str]) -> bool:
    """Return whether the last segment is the month or the day of a path such as 2015/4/14."""
    if not _SHORT_NUMBER.match(segments[-1]):
        return False
    above = segments[-2:-1]
    return bool(above) and bool(
        _DATED.match(above[0]) or (_SHORT_NUMBER.match(above[0]) and _DATED.match("".join(segments[-3:-2])))
    )


def _parameter(query: str) -> str:
    for name, value in parse_qsl(query):
        if name.lower() in COLUMN_PARAMETERS and value:
            return f"{name.lower()}={value[:60]}"
    return ""


def _prefix(url: str, hosts: Sequence[str], rule: Rule) -> str:
    host = canonical(url, rule).host
    main = canonical_host(hosts[0], rule) if hosts else host
    return "" if not host or host == main else f"//{host}"
