"""The parts a public page is made of: frozen, filled in Python, placed by the templates.

Every text is plain text (the templates escape it) unless its type says SafeString; every href is ready to print.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str
    current: bool = False
    note: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as a word; `tone` ("", "wait", "busy", "void") only repeats it in colour."""

    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in the three ways a page writes it: for machines, in full, and short (MM-DD)."""

    iso: str
    full: str
    day: str
    short: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: title, address, day, document number and state."""

    id: int
    title: str
    href: str
    at: Moment | None = None
    note: str = ""
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the disclosure catalogue (信息公开目录)."""

    title: str
    href: str
    index_number: str
    document_number: str
    written_on: str
    published: Moment | None
    chip: Chip | None


@dataclass(frozen=True, slots=True)
class Group:
    """Links under one heading; an empty group is never built."""

    title: str
    links: tuple[Link, ...]
    icon: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A head with a way on, and rows or tiles below it."""

    anchor: str
    title: str
    href: str
    rows: tuple[Row, ...] = ()
    links: tuple[Link, ...] = ()
    shape: str = "rows"
    note: str = ""
    lead: Link | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """The tree at the side: the columns around the one being read."""

    title: str
    href: str
    links: tuple["SideLink", ...]


@dataclass(frozen=True, slots=True)
class SideLink:
    label: str
    href: str
    current: bool = False
    below: tuple["SideLink", ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value; `href` makes the value a link, `icon` stands before the label."""

    label: str
    value: str
    href: str = ""
    icon: str = ""
    big: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    label: str
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at one shape: `src` for every browser, `webp` (a srcset, phones first) for those that know WebP."""

    src: str
    alt: str
    width: int
    height: int
    webp: str = ""


@dataclass(frozen=True, slots=True)
class PictureNews:
    row: Row
    picture: Picture


@dataclass(frozen=True, slots=True)
class Related:
    """A policy or an interpretation at the other end of a policy link."""

    tag: str
    title: str
    href: str
    at: Moment | None = None
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """Said instead of an empty block: what there will be, and a way on."""

    title: str
    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """Name and seal in the head of the page. `lines` holds the seal's characters, one a line."""

    name: str
    address: str
    href: str
    lines: tuple[str, ...]
    outline: bool


@dataclass(frozen=True, slots=True)
class Chrome:
    """Everything around the content of one page."""

    title: str
    meta: tuple[tuple[str, str], ...]
    brand: Brand
    theme: str
    body_class: str
    is_home: bool
    noindex: bool
    menu: tuple[Link, ...]
    menu_few: bool
    crumbs: tuple[Link, ...]
    up: Link | None
    switch: SafeString
    footer: SafeString
    symbols: SafeString
    trial: bool = False


def moment(at: datetime | None) -> Moment | None:
    """Return a time as Beijing writes it (YYYY-MM-DD HH:MM), None for none. `at` carries a time zone."""
    if at is None:
        return None
    # One strftime instead of four: a list page makes twenty of these.
    full = at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    return Moment(f"{full[:10]}T{full[11:]}", full, full[:10], full[5:10])
