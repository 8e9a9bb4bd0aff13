"""What DedeCMS and PHPCMS mean by their rows: old addresses by their rules of naming, marks of paging in a body. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from legacy.sources.moments import BEIJING
from legacy.sources.queries import whole

_DEDE_PART = re.compile(r"#p#(.*?)#e#", re.DOTALL)
_PHPCMS_PART = re.compile(r"\[page\](?:(?P<title>[^\[\]]{0,80})\[/page\])?|\[/page\]")
_DEDE_OWN_TITLES = ("分页标题", "副标题")
_DEDE_RULE = "{typedir}/{Y}/{M}{D}/{aid}.html"


def dedecms(row: Mapping[str, Any], values: dict[str, Any], base: str) -> list[str]:
    """Settle the values of an article in place and return its old addresses, the main one first."""
    body = str(values.get("body") or "")
    values["body"] = _DEDE_PART.sub(lambda found: _heading(found[1], _DEDE_OWN_TITLES), body)
    jump = str(row.get("redirecturl") or "")
    if jump and not values["body"].strip():
        values["body"] = _jump(jump)
    dynamic = whole(f"/plus/view.php?aid={row.get('id')}", base)
    return [address for address in (_dede_address(row, base), dynamic) if address]


def _dede_address(row: Mapping[str, Any], base: str) -> str:
    """Return the address of the article's file, "" where it had none (made on request, or its rule needs pinyin)."""
    number = _number(row.get("ismake"))
    if number == -1 or _number(row.get("money")) > 0:
        return ""
    rule = str(row.get("namerule") or _DEDE_RULE)
    directory = str(row.get("typedir") or "").replace("{cmspath}", "")
    if filename := str(row.get("filename") or "").strip():
        rule = "/" + filename if "/" in filename else "{typedir}/" + filename
        rule += "" if rule.endswith((".html", ".htm")) else ".html"
    made = _number(row.get("senddate")) or _number(row.get("pubdate"))
    moment = datetime.fromtimestamp(made, UTC).astimezone(BEIJING) if 0 < made < 2**32 else None
    if moment is None and re.search(r"\{(?:Y|M|D|timestamp)\}", rule):
        return ""
    parts = {
        "typedir": directory,
        "aid": str(row.get("id")),
        "typeid": str(row.get("typeid") or ""),
        "Y": f"{moment:%Y}" if moment else "",
        "M": f"{moment:%m}" if moment else "",
        "D": f"{moment:%d}" if moment else "",
        "timestamp": str(made),
        "cmspath": "",
    }
    path = re.sub(r"\{(\w+)\}", lambda found: parts.get(found[1], found[0]), rule)
    return "" if "{" in path else whole(re.sub(r"/{2,}", "/", path), base)


def phpcms(row: Mapping[str, Any], values: dict[str, Any], base: str) -> list[str]:
    """As `dedecms`. The address is a column of the article's row; "source" is kept as "name|number"."""
    values["source"] = str(values.get("source") or "").partition("|")[0]
    body = str(values.get("body") or "")
    values["body"] = _PHPCMS_PART.sub(lambda found: _heading(found["title"] or "", ()), body)
    url = str(row.get("url") or "")
    if _number(row.get("islink")) and url:
        if not values["body"].strip():
            values["body"] = _jump(url)
        url = ""
    dynamic = whole(f"/index.php?m=content&c=index&a=show&catid={row.get('catid')}&id={row.get('id')}", base)
    return [address for address in (whole(url, base), dynamic) if address]


def _heading(title: str, own: tuple[str, ...]) -> str:
    title = title.strip()
    return f"<h3>{title}</h3>" if title and not title.startswith(own) else ""


def _jump(url: str) -> str:
    url = url.replace('"', "%22").replace("<", "%3C")
    return f'<p><a href="{url}">{url}</a></p>'


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


SETTLE: Mapping[str, Callable[[Mapping[str, Any], dict[str, Any], str], list[str]]] = {
    "dedecms": dedecms,
    "phpcms": phpcms,
}
