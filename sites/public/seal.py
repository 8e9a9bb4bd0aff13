"""The seal: one or two characters of a site's short name stand where other sites need a drawn emblem."""

import re

# The peoples that autonomous prefectures and counties are named for. A pattern ("one to three characters and 族") would
# swallow the place's own name.
_PEOPLES = (
    "苗|侗|瑶|土家|回|藏|彝|壮|满|蒙古|维吾尔|哈萨克|朝鲜|傣|布依|白|哈尼|黎|畲|羌|水|仡佬|拉祜|佤|纳西|景颇|傈僳|独龙|怒|普米|布朗|"
    "撒拉|保安|东乡|土|裕固|达斡尔|鄂伦春|鄂温克|锡伯|塔吉克|柯尔克孜|毛南|仫佬|京|各"
)
_ETHNIC = re.compile(rf"(?:(?:{_PEOPLES})族|蒙古)*自治[州县旗]$")
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
