"""Who stands at the other end of a request: the network address, the browser, and both in words."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

AGENT_LENGTH = 200
# The first that fits names the browser: the others call themselves Chrome and Safari, too.
_BROWSERS = (
    (r"MicroMessenger/([\d.]+)", "微信"),
    (r"DingTalk/([\d.]+)", "钉钉"),
    (r"(?:QIHU|360[SE]E)()", "360浏览器"),
    (r"(?:M?QQBrowser)/([\d.]+)", "QQ浏览器"),
    (r"MetaSr ([\d.]+)", "搜狗浏览器"),
    (r"(?:Edg|EdgA|EdgiOS)/([\d.]+)", "Edge"),
    (r"(?:OPR|Opera)/([\d.]+)", "Opera"),
    (r"(?:Firefox|FxiOS)/([\d.]+)", "Firefox"),
    (r"(?:Chrome|CriOS)/([\d.]+)", "Chrome"),
    (r"Version/([\d.]+).*Safari", "Safari"),
    (r"(?:MSIE |Trident.*rv:)([\d.]+)", "Internet Explorer"),
)
_SYSTEMS = (
    (r"HarmonyOS", "鸿蒙"),
    (r"Android", "Android"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Windows", "Windows"),
    (r"Mac OS X", "macOS"),
    (r"UOS|UnionTech", "统信 UOS"),
    (r"Kylin", "麒麟"),
    (r"Linux", "Linux"),
)


def address_of(request: Any) -> str | None:
    """Return the client's network address, None where there is none (a local socket without a proxy's word).

    The connection's own address counts, unless it is one of TRUSTED_PROXIES: then the last address in X-Forwarded-For
    that is no trusted proxy. What stands further left was written by the client and may be anything.
    """
    found = _parsed(request.META.get("REMOTE_ADDR", ""))
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while told and _trusted(found):
        further = _parsed(told.pop())
        if further is None:
            break
        found = further
    return str(found) if found is not None else None


def agent_of(request: Any) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))[:AGENT_LENGTH].replace("\0", "")


def browser_in_words(agent: str) -> str:
    """Return a browser and its system, such as "Chrome 120 · Windows"."""
    words = []
    for pattern, name in _BROWSERS:
        found = re.search(pattern, agent)
        if found:
            words.append(f"{name} {found[1].split('.')[0]}".strip())
            break
    words += [name for pattern, name in _SYSTEMS if re.search(pattern, agent)][:1]
    return " · ".join(words) or (_("Unknown browser") if agent else "")


def address_in_words(address: str | None) -> str:
    """Return an address with the kind of network it belongs to, such as "10.3.1.7 (internal network)"."""
    found = _parsed(address or "")
    if found is None:
        return address or _("This server")
    if found.is_loopback:
        kind = _("this machine")
    elif found.is_private or found.is_link_local:
        kind = _("internal network")
    else:
        kind = _("public network")
    return _("%(address)s (%(kind)s)") % {"address": found, "kind": kind}


def _parsed(text: str) -> Any:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _trusted(address: Any) -> bool:
    """`unix` in the setting means: who comes through a local socket, and so has no address."""
    if address is None:
        return "unix" in settings.TRUSTED_PROXIES
    return any(address in network for network in settings.TRUSTED_PROXIES if network != "unix")
