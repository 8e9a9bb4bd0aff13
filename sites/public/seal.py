"""The seal: one or two characters of a site's short name stand where other sites need a drawn emblem."""

import re

_ETHNIC = re.compile(r"(?:\w{1,3}族)*自治[州县旗]$")
_SUFFIXES = (
    "人民政府",
    "办事处",
    "街道",
    "委员会",
    "管理局",
    "地区",
    "新区",
    "省",
    "市",
    "州",
    "县",
    "区",
    "镇",
    "乡",
    "局",
    "厅",
    "办",
)
_LEVELS = "省市州县区镇乡"


def seal_of(short_name: str) -> str:
    """Return the one or two characters of the seal, or "" for an empty name.

    The level words go ("云溪县" gives "云溪", "攸县" gives "攸"). What is then longer than two characters gives its
    first two for a department ("县民政局" gives "民政") and its first one for a place ("张家界市" gives "张"): half
    a place name would be another place.
    """
    name = "".join(ch for ch in short_name if ch.isalnum())
    department = name.endswith(("局", "厅", "委", "办", "委员会", "院", "中心"))
    core = _ETHNIC.sub("", name) or name
    for suffix in _SUFFIXES:
        if core.endswith(suffix) and len(core) > len(suffix):
            core = core[: -len(suffix)]
    if department and len(core) > 2 and core[0] in _LEVELS:
        core = core[1:]
    if len(core) <= 2:
        return core
    return core[:2] if department else core[:1]
