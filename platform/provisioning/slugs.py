"""Names to addresses: the pinyin of a name's own part, and the paths below a portal that a sub-site may take."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

MOUNT_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

# Addresses below a portal that are not a sub-site's to take: the platform answers there itself.
_PLATFORM_PATHS = """
    about accounts admin api archive assets autocomplete captcha cms django-admin documents download en errors favicon feed
    files healthz help i18n images index interaction jsi18n letters login logout media metrics mobile oauth openapi
    password preview print redirect robots rss search site sitemap sitemaps static sw upload uploads user users
    wagtail well-known www favicon.ico robots.txt sitemap.xml
"""
RESERVED: frozenset[str] = frozenset(_PLATFORM_PATHS.split())

_MAX_SLUG = 30
_OFFICE = re.compile(r"(?:人民政府)?(?:街道)?(?:办事处|人民政府)$|(?:管委会|管理委员会)$")
_LONG_NATIONS = (
    "土家|维吾尔|哈萨克|达斡尔|鄂温克|鄂伦春|柯尔克孜|蒙古|朝鲜|锡伯|仡佬|仫佬|毛南|布依|傈僳|拉祜|纳西|景颇"
)
_NATIONS = rf"(?:(?:{_LONG_NATIONS}|东乡|撒拉|保安|裕固|.)族)+"
_PLACE = re.compile(r"[\u3400-\u9fff]{2,16}?(?:省|市|县|区|州|旗)")
# Words that end like a place and are none: 社区, 园区, 地区 …
_NO_PLACE = re.compile(r"(?:社|(?<!产业)园|地|景|校|小|库|矿|林|牧|灾|山|辖|保护|名胜)区$")
_TAILS: dict[str, re.Pattern[str]] = {
    "province": re.compile(rf"{_NATIONS}自治区$|自治区$|[省市]$"),
    "city": re.compile(rf"{_NATIONS}自治州$|自治州$|地区$|[市州盟]$"),
    "county": re.compile(rf"{_NATIONS}自治[县旗]$|自治[县旗]$|[区市旗]$"),
    "department": re.compile(r"委员会$|局$"),
    "town": re.compile(rf"街道$|{_NATIONS}[乡镇]$|民族乡$|[镇乡]$|苏木$"),
}


@lru_cache(maxsize=8192)
def slug_for(name: str, kind: str) -> str:
    """Return the pinyin of a name's own part, at most 30 characters: 芙蓉区文艺路街道办事处 is wenyilu.

    A county keeps 县 (长沙县 is changshaxian), because it often shares the rest with its city. '' if nothing is left.
    """
    stem = _own_part(re.sub(r"[(（].*?[)）]|\s", "", name), kind)
    if kind != "department":
        stem = stem.replace("长", "常")  # in names of places 长 is nearly always chang; the dictionary says zhang
    syllables = [re.sub(r"[^0-9a-z]", "", chunk.lower()) for chunk in lazy_pinyin(stem)]
    while sum(map(len, syllables)) > _MAX_SLUG:
        # The end tells departments of one zone apart, the beginning places.
        del syllables[0 if kind == "department" else -1]
    return "".join(syllables)


def _own_part(name: str, kind: str) -> str:
    """Return the name without office, places before it and the word for its kind, as long as something is left."""
    name = _OFFICE.sub("", name) or name
    if kind in ("department", "town"):
        while (match := _PLACE.match(name)) and not _NO_PLACE.search(match[0]):
            rest = name[match.end() :]
            if not _TAILS[kind].sub("", rest) or rest.startswith(("管委会", "管理", "街道", "人民政府")):
                break
            name = rest
    return _TAILS[kind].sub("", name) or name
