"""Site requests (开站申请): one row of a list, a form or an API call becomes a SiteRequest or a Refusal.

A request holds what the row says and no more: what it leaves empty is '' (or None), and the plan fills it, with a
default for a new site and with the present value for one that exists. So an empty cell never erases anything.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

from pypinyin import lazy_pinyin

from provisioning.hosts import HostError, clean_host
from provisioning.tables import HeaderNames, Problem, RawRow, row_from_mapping


def _(message: str) -> str:
    """Mark a message for the catalogue; it is translated where it is shown, because this module knows no Django."""
    return message


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """What one row asks for; '' and None mean that the row does not say."""

    row: int
    code: str
    name: str
    kind: str  # province | city | county | department | town
    region_code: str
    short_name: str = ""
    supervisor_code: str = ""
    host: str = ""
    mount: str = ""
    site_code: str = ""
    status: str = ""
    undertaker: str = ""
    address: str = ""
    office_hours: str = ""
    icp_filing: str = ""
    police_filing: str = ""
    contact_name: str = ""
    contact_post: str = ""
    contact_phone: str = ""
    leader_name: str = ""
    leader_post: str = ""
    leader_phone: str = ""
    opened_on: date | None = None
    theme: str = ""  # red | blue as asked; the plan turns red into '', as it is stored
    template_version: int | None = None  # None: the latest
    mounted_under_code: str = ""  # the plan finds it
    slug: str = ""  # pinyin of the name, from which a mount or a host is made if the row gives none
    code_is_derived: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't be planned, with every problem of it; what it names lets the plan refuse its subordinates."""

    row: int
    code: str
    name: str
    problems: tuple[Problem, ...]
    kind: str = ""
    region_code: str = ""

    @property
    def field(self) -> str:
        """The field of the first problem."""
        return self.problems[0].field

    @property
    def sentence(self) -> str:
        """All problems in English."""
        return " ".join(problem.sentence for problem in self.problems)


# field -> headers, as a person reads the field first; where a sheet has several, the earlier one wins
_HEADERS: dict[str, str] = {
    "code": "单位编码|主办单位编码|站点编码|编码|code|tenant code|site key",
    "name": "主办单位|主办单位名称|单位名称|机构名称|网站名称|站点名称|名称|name|organiser",
    "short_name": "简称|单位简称|网站简称|short name|shortname",
    "kind": "类型|站点类型|网站类型|单位类型|类别|kind|type",
    "region_code": "行政区划代码|行政区划编码|区划代码|区划编码|行政区划|地区代码|区划|region code|region",
    "supervisor_code": (
        "主管单位编码|上级单位编码|主管单位代码|上级主管单位编码|主管单位|上级单位|上级编码|"
        "supervisor code|supervisor|parent code|parent"
    ),
    "host": "域名|网站域名|主域名|主机|主机名|host|hostname|domain",
    "mount": "路径|挂载路径|目录|访问路径|网站目录|mount|path|slug",
    "site_code": "网站标识码|政府网站标识码|标识码|site code|site id code",
    "status": "状态|网站状态|站点状态|运行状态|status",
    "undertaker": "承办单位|承办单位名称|undertaker",
    "address": "地址|单位地址|办公地址|联系地址|address",
    "office_hours": "办公时间|工作时间|office hours",
    "icp_filing": "ICP备案号|ICP备案编号|ICP备案|ICP|icp filing",
    "police_filing": "公安备案号|公安机关备案号|公网安备号|公安备案编号|公安备案|police filing",
    "contact_name": "联系人|联系人姓名|联络员|联络员姓名|联系人/姓名|联络员/姓名|contact name|contact",
    "contact_post": "联系人职务|联络员职务|联系人/职务|联络员/职务|contact post",
    "contact_phone": (
        "联系人电话|联系电话|联络员电话|联系人手机|联系人/电话|联系人/联系电话|联系人/手机|联络员/电话|"
        "联络员/联系电话|联络员/手机|电话|contact phone|phone"
    ),
    "leader_name": (
        "负责人|负责人姓名|分管负责人|分管负责人姓名|分管领导|主要负责人|负责人/姓名|分管负责人/姓名|"
        "分管领导/姓名|主要负责人/姓名|leader name|leader"
    ),
    "leader_post": (
        "负责人职务|分管负责人职务|分管领导职务|负责人/职务|分管负责人/职务|分管领导/职务|"
        "主要负责人/职务|职务|leader post"
    ),
    "leader_phone": (
        "负责人电话|分管负责人电话|分管领导电话|负责人联系电话|负责人/电话|负责人/联系电话|负责人/手机|"
        "分管负责人/电话|分管负责人/联系电话|分管负责人/手机|分管领导/电话|分管领导/联系电话|"
        "主要负责人/电话|主要负责人/联系电话|leader phone"
    ),
    "opened_on": "开通日期|开通时间|上线日期|上线时间|开办时间|opened on|opening date",
    "theme": "主题色|主题颜色|配色|主题|theme",
    "template_version": "模板版本|栏目模板版本|模板版本号|template version",
}
HEADERS: dict[str, str] = {header: field for field, headers in _HEADERS.items() for header in headers.split("|")}

MAX_LENGTHS: dict[str, int] = {
    "name": 100, "short_name": 50, "undertaker": 100, "address": 200, "office_hours": 200, "icp_filing": 50,
    "police_filing": 50, "contact_name": 50, "contact_post": 100, "contact_phone": 50, "leader_name": 50,
    "leader_post": 100, "leader_phone": 50,
}  # fmt: skip

KINDS = ("province", "city", "county", "department", "town")
PORTAL_KINDS = ("province", "city", "county")
ASKABLE_STATUSES = ("draft", "trial", "live")
STATUSES = (*ASKABLE_STATUSES, "suspended", "closing", "closed")

_KINDS: dict[str, str] = {
    "province": ("province 省级门户 省门户 省级 省 省级政府门户 省级政府门户网站 省政府门户 省政府门户网站 省人民政府"),
    "city": (
        "city 市级门户 市州门户 市门户 州门户 市级 市 市州 市政府门户 市政府门户网站 市级政府门户 "
        "市州政府门户 地级市门户 市人民政府"
    ),
    "county": (
        "county 县级门户 区县门户 县区门户 县门户 区门户 县市区门户 县级 县 区 区县 县区 县市区 "
        "县政府门户 区政府门户 县级政府门户 县区政府门户 区县政府门户 县政府门户网站 县人民政府 district"
    ),
    "department": (
        "department 部门 部门网站 部门子站 政府部门 省级部门 市级部门 县级部门 省直部门 市直部门 "
        "县直部门 区直部门 省直单位 市直单位 县直单位 区县部门 委办局 局委办 dept bureau"
    ),
    "town": (
        "town 乡镇 街道 乡镇街道 镇街 乡镇办 乡 镇 街道办 街道办事处 乡镇子站 街道子站 township street subdistrict"
    ),
}
_KIND_WORDS: dict[str, str] = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_STATUSES: dict[str, str] = {
    "draft": "draft 草稿 筹建 建设中 未开通",
    "trial": "trial 试运行 测试 试用",
    "live": "live 正式 在线 正式运行 正式上线 上线 运行 运行中 正常 开通 已开通",
    "suspended": "suspended 暂停 临时下线 停用",
    "closing": "closing 关停中 关闭中",
    "closed": "closed 关停 关闭 已关停 已关闭",
}
_STATUS_WORDS: dict[str, str] = {word: status for status, words in _STATUSES.items() for word in words.split()}
_THEMES: dict[str, str] = {"red": "red default 红 红色 深红 深红色 默认", "blue": "blue 蓝 蓝色"}
_THEME_WORDS: dict[str, str] = {word: theme for theme, words in _THEMES.items() for word in words.split()}

# Addresses below a portal that are not a sub-site's to take: the platform answers there itself.
_PLATFORM_PATHS = """
    about accounts admin api archive assets autocomplete cms django-admin documents download en errors favicon feed
    files healthz help i18n images index interaction jsi18n letters login logout media metrics mobile oauth openapi
    password preview print redirect robots rss search site sitemap sitemaps static sw upload uploads user users
    wagtail well-known www favicon.ico robots.txt sitemap.xml
"""
RESERVED: frozenset[str] = frozenset(_PLATFORM_PATHS.split())

CODE_PATTERN = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{1,39}")
MOUNT_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
SITE_CODE_PATTERN = re.compile(r"bm[0-9]{8}|[0-9]{10}")
_REGION_LENGTHS = (2, 4, 6, 9, 12)
_MAX_SLUG = 30
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})",
    re.ASCII,
)
_PHONE = re.compile(r"[\d+()\-—–, ;/、转*#extEXT.分机]{3,}")
_NAMES = HeaderNames(HEADERS)
# The names of the fields as the sentences show them, marked for the catalogue one by one.
_FIELDS = frozenset(
    (
        _("code"),
        _("name"),
        _("short_name"),
        _("kind"),
        _("region_code"),
        _("supervisor_code"),
        _("host"),
        _("mount"),
        _("site_code"),
        _("status"),
        _("undertaker"),
        _("address"),
        _("office_hours"),
        _("icp_filing"),
        _("police_filing"),
        _("contact_name"),
        _("contact_post"),
        _("contact_phone"),
        _("leader_name"),
        _("leader_post"),
        _("leader_phone"),
        _("opened_on"),
        _("theme"),
        _("template_version"),
    )
)


def request_from_mapping(values: Mapping[str, object], number: int = 1) -> SiteRequest | Refusal:
    """Return the request in a form or an API object; the same rules as for a row of a file."""
    return parse_request(row_from_mapping(values, number, _NAMES))


def parse_request(raw: RawRow, *, allow_local_hosts: bool = False) -> SiteRequest | Refusal:
    """Return what the row asks for, or a Refusal with all its problems; cells may be keyed by field or by header."""
    return _Row(raw, allow_local_hosts=allow_local_hosts).parse()


def canonical_region_code(text: str) -> str:
    """Return a region code (行政区划代码) as the platform stores it: 6 digits down to the county, 9 for a town.

    "43" and "4301" are filled up, the statistics bureau's 12 digits lose their empty tail. Other text comes back as is.
    """
    if not (text.isascii() and text.isdigit()):
        return text
    if len(text) in (2, 4):
        return text.ljust(6, "0")
    while len(text) in (9, 12) and text.endswith("000"):
        text = text[:-3]
    return text


class _Row:
    """One row on its way to a request; collects the problems."""

    def __init__(self, raw: RawRow, *, allow_local_hosts: bool) -> None:
        self.number = raw.number
        self.allow_local_hosts = allow_local_hosts
        self.problems = list(raw.problems)
        self.faulty = {problem.field for problem in raw.problems}
        if raw.cells.keys() <= _FIELDS:
            self.cells = raw.cells
        else:
            again = row_from_mapping(raw.cells, raw.number, _NAMES)
            self.cells = again.cells
            self.problems += again.problems

    def refuse(self, field: str, msgid: str, **params: str | int) -> str:
        """Note a problem; returns '' as the value of the field."""
        if field not in self.faulty:  # a cell that could not be read is one problem, not two
            self.problems.append(Problem(self.number, field, msgid, params))
        return ""

    def parse(self) -> SiteRequest | Refusal:
        texts = {field: self.text(field) for field in MAX_LENGTHS}
        name = texts.pop("name")
        if not self.cells.get("name"):
            self.refuse("name", _("the name of the organiser is missing."))
        kind = self.kind()
        region_code = self.region_code(kind)
        mount, host = self.mount(kind), self.host()
        if mount and host:
            self.refuse("mount", _("a site has its own host or a path below its county, not both. Empty one of them."))
        slug = slug_for(name, kind) if name and kind else ""
        code = self.code(kind, region_code, mount or slug)
        for field in ("contact_phone", "leader_phone"):
            self.check_phone(field, texts[field])
        request = SiteRequest(
            row=self.number,
            code=code,
            name=name,
            kind=kind,
            region_code=region_code,
            supervisor_code=self.supervisor_code(),
            host=host,
            mount=mount,
            site_code=self.site_code(),
            status=self.word("status", _STATUS_WORDS, ASKABLE_STATUSES),
            theme=self.word("theme", _THEME_WORDS, ("red", "blue")),
            opened_on=self.opened_on(),
            template_version=self.template_version(),
            slug=slug,
            code_is_derived=not self.cells.get("code"),
            **texts,
        )
        if self.problems:
            return Refusal(self.number, code, name, tuple(self.problems), kind, region_code)
        return request

    def text(self, field: str) -> str:
        text = self.cells.get(field, "")
        limit = MAX_LENGTHS[field]
        if len(text) > limit:
            return self.refuse(
                field, _("%(length)d characters are too many; %(limit)d fit."), length=len(text), limit=limit
            )
        return text

    def plain(self, field: str) -> str:
        """Return a cell that holds a code: full-width forms made narrow, spaces taken out."""
        text = self.cells.get(field, "")
        return text if text.isalnum() and text.isascii() else re.sub(r"\s", "", unicodedata.normalize("NFKC", text))

    def word(self, field: str, words: Mapping[str, str], offered: tuple[str, ...]) -> str:
        text = self.cells.get(field, "")
        if not text:
            return ""
        key = re.sub(r"[\s()（）/、·]|网站$", "", unicodedata.normalize("NFKC", text)).casefold()
        found = words.get(key) or words.get(key + "网站")
        return found or self.refuse(
            field,
            _("'%(value)s' is not known. Write one of: %(offered)s."),
            value=text[:50],
            offered=", ".join(offered),
        )

    def kind(self) -> str:
        if not self.cells.get("kind"):
            return self.refuse("kind", _("the kind is missing. Write one of: %(offered)s."), offered=", ".join(KINDS))
        return self.word("kind", _KIND_WORDS, KINDS)

    def region_code(self, kind: str) -> str:
        text = self.plain("region_code")
        if not text:
            # A code that is a region's code, or begins with one, says the region as well.
            text = self.plain("code").partition("-")[0]
            if not (text.isascii() and text.isdigit() and len(text) in _REGION_LENGTHS):
                return self.refuse("region_code", _("the region code is missing."))
        if not (text.isascii() and text.isdigit() and len(text) in _REGION_LENGTHS):
            return self.refuse(
                "region_code", _("'%(value)s' is no region code: it has 2, 4, 6, 9 or 12 digits."), value=text[:50]
            )
        return canonical_region_code(text)

    def code(self, kind: str, region_code: str, slug: str) -> str:
        code = self.plain("code")
        if not code:
            if "code" in self.faulty or not (kind and region_code):
                return ""
            if kind != "department":
                return region_code
            code = f"{region_code}-{slug}" if slug else ""
            if not CODE_PATTERN.fullmatch(code):
                return self.refuse("code", _("no code can be made from the name. Write one in the column 'code'."))
        if not CODE_PATTERN.fullmatch(code):
            return self.refuse(
                "code",
                _("'%(value)s' is no code: 2 to 40 letters, digits and hyphens, the first no hyphen."),
                value=code[:50],
            )
        return canonical_region_code(code) if kind and kind != "department" else code

    def supervisor_code(self) -> str:
        code = self.plain("supervisor_code")
        if code and not CODE_PATTERN.fullmatch(code):
            return self.refuse(
                "supervisor_code",
                _("'%(value)s' is no code. Write the supervising organiser's code, not its name."),
                value=code[:50],
            )
        return code

    def mount(self, kind: str) -> str:
        text = self.plain("mount").strip("/")
        if not text:
            return ""
        if kind in PORTAL_KINDS:
            return self.refuse("mount", _("a portal has a host of its own and no path. Empty the cell."))
        if not MOUNT_PATTERN.fullmatch(text):
            return self.refuse(
                "mount",
                _("'%(value)s' is no path: lower-case letters, digits and hyphens, 40 at most."),
                value=text[:50],
            )
        if text in RESERVED:
            return self.refuse("mount", _("'%(value)s' is kept for the platform itself. Choose another."), value=text)
        return text

    def host(self) -> str:
        text = self.cells.get("host", "")
        if not text:
            return ""
        try:
            return clean_host(text, allow_local=self.allow_local_hosts)
        except HostError as error:
            return self.refuse("host", error.msgid, **error.params)

    def site_code(self) -> str:
        text = self.plain("site_code").lower()
        if text and not SITE_CODE_PATTERN.fullmatch(text):
            return self.refuse(
                "site_code", _("'%(value)s' is no site code: 10 digits, or bm and 8 digits."), value=text[:50]
            )
        return text

    def opened_on(self) -> date | None:
        text = self.cells.get("opened_on", "")
        if not text:
            return None
        try:
            match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
            found = date(*map(int, filter(None, match.groups()))) if match else None
        except ValueError:
            found = None
        if found is None or not 1990 <= found.year <= 2100:
            self.refuse("opened_on", _("'%(value)s' is no date. Write it as 2024-05-01."), value=text[:50])
            return None
        return found

    def template_version(self) -> int | None:
        text = self.plain("template_version")
        if not text:
            return None
        if not re.fullmatch(r"[1-9][0-9]{0,5}", digits := text.lower().removeprefix("v")):
            self.refuse(
                "template_version", _("'%(value)s' is no template version: a whole number from 1."), value=text[:50]
            )
            return None
        return int(digits)

    def check_phone(self, field: str, text: str) -> None:
        narrow = unicodedata.normalize("NFKC", text)
        if text and (not _PHONE.fullmatch(narrow) or sum(map(str.isdigit, narrow)) < 3):
            self.refuse(field, _("'%(value)s' is no telephone number."), value=text[:50])


# Names to addresses --------------------------------------------------------------------------------------------------

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


def default_short_name(name: str) -> str:
    """Return the name without 人民政府 and 办事处, cut to what fits: 长沙市人民政府 is 长沙市."""
    return (re.sub(r"(?:人民政府|办事处)$", "", name) or name)[: MAX_LENGTHS["short_name"]]


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


# The fields in which a request and a present tenant can differ.
COMPARED: tuple[str, ...] = tuple(
    field.name for field in fields(SiteRequest) if field.name not in {"row", "code", "slug", "code_is_derived"}
)
