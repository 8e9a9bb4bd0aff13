"""Site requests (开站申请): one row of a list, a form or an API call becomes a SiteRequest or a Refusal.

A request holds what the row says and no more: what it leaves empty is '' (or None), and the plan fills it, with a
default for a new site and with the present value for one that exists. So an empty cell never erases anything.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from provisioning.hosts import HostError, clean_host
from provisioning.request_words import FIELDS, HEADERS, KIND_WORDS, STATUS_WORDS, THEME_WORDS
from provisioning.slugs import MOUNT_PATTERN, RESERVED, slug_for
from tenants.messages import _
from tenants.tables import Problem, RawRow
from tenants.tables.headers import HeaderNames, row_from_mapping

KINDS = ("province", "city", "county", "department", "town")
PORTAL_KINDS = ("province", "city", "county")
ASKABLE_STATUSES = ("draft", "trial", "live")

MAX_LENGTHS: dict[str, int] = {
    "name": 100, "short_name": 50, "undertaker": 100, "address": 200, "office_hours": 200, "icp_filing": 50,
    "police_filing": 50, "contact_name": 50, "contact_post": 100, "contact_phone": 50, "leader_name": 50,
    "leader_post": 100, "leader_phone": 50,
}  # fmt: skip

CODE_PATTERN = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{1,39}")
SITE_CODE_PATTERN = re.compile(r"bm[0-9]{8}|[0-9]{10}")
_REGION_LENGTHS = (2, 4, 6, 9, 12)
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00(?::00)?)?|(\d{4})(\d{2})(\d{2})",
    re.ASCII,
)
_PHONE = re.compile(r"[\d+()\-—–, ;/、转*#extEXT.分机]{3,}")
_NAMES = HeaderNames(HEADERS)


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


# The fields in which a request and a present tenant can differ.
COMPARED: tuple[str, ...] = tuple(
    field.name for field in fields(SiteRequest) if field.name not in {"row", "code", "slug", "code_is_derived"}
)


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


def default_short_name(name: str) -> str:
    """Return the name without 人民政府 and 办事处, cut to what fits: 长沙市人民政府 is 长沙市."""
    return (re.sub(r"(?:人民政府|办事处)$", "", name) or name)[: MAX_LENGTHS["short_name"]]


class _Row:
    """One row on its way to a request; collects the problems."""

    def __init__(self, raw: RawRow, *, allow_local_hosts: bool) -> None:
        self.number = raw.number
        self.allow_local_hosts = allow_local_hosts
        self.problems = list(raw.problems)
        self.faulty = {problem.field for problem in raw.problems}
        if raw.cells.keys() <= FIELDS:
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
            status=self.word("status", STATUS_WORDS, ASKABLE_STATUSES),
            theme=self.word("theme", THEME_WORDS, ("red", "blue")),
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
        return self.word("kind", KIND_WORDS, KINDS)

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
