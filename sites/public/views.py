"""What the templates of the page kinds receive, one class for each shape."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from sites.public.paging import Pager
from sites.public.parts import (
    Attached,
    Block,
    Chip,
    Empty,
    Fact,
    Group,
    Link,
    Picture,
    PictureNews,
    Record,
    Related,
    Row,
    Side,
)


@dataclass(frozen=True, slots=True)
class Contact:
    title: str
    facts: tuple[Fact, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaderCard:
    name: str
    href: str
    post: str
    duties: str
    biography: str
    contact: str
    photo: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """A column page. What a kind does not use stays empty, and an empty part is not printed."""

    title: str
    note: str = ""
    chip: Chip | None = None
    body: SafeString | str = ""
    side: Side | None = None
    rows: tuple[Row, ...] = ()
    records: tuple[Record, ...] = ()
    pager: Pager | None = None
    tiles: tuple[Link, ...] = ()
    blocks: tuple[Block, ...] = ()
    groups: tuple[Group, ...] = ()
    first: tuple[LeaderCard, ...] = ()
    others: tuple[LeaderCard, ...] = ()
    empty: Empty | None = None
    contact: Contact | None = None
    outside: Link | None = None


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    title: str
    links: tuple[Related, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An article or an official document."""

    title: str
    subtitle: str = ""
    facts: tuple[Fact, ...] = ()
    picture: Picture | None = None
    body: SafeString | str = ""
    files: tuple[Attached, ...] = ()
    related: tuple[RelatedGroup, ...] = ()
    newer: Link | None = None
    older: Link | None = None
    catalogue: tuple[Fact, ...] = ()
    document_number: str = ""
    chip: Chip | None = None
    void: Chip | None = None
    void_text: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    name: str
    form: str
    copies: str
    source: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One of the eight elements of a service guide, in the one shape that fits it."""

    title: str
    text: str = ""
    lines: tuple[str, ...] = ()
    steps: tuple[Fact, ...] = ()
    phones: tuple[Fact, ...] = ()
    materials: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideView:
    title: str
    summary: str
    tags: tuple[str, ...]
    facts: tuple[Fact, ...]
    online: Link | None
    elements: tuple[Element, ...]
    files: tuple[Attached, ...]
    related: tuple[RelatedGroup, ...] = ()
    newer: Link | None = None
    older: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """A home page: `shape` is "portal", "department" or "town". Blocks without content are None or empty.

    A town's page begins with `opening` or, where there is nothing to begin with, with `empty`.
    """

    shape: str
    pictures: tuple[PictureNews, ...] = ()
    news: tuple[Block, ...] = ()
    empty: Empty | None = None
    services: Block | None = None
    audiences: tuple[Group, ...] = ()
    disclosure: Block | None = None
    policies: tuple[Block, ...] = ()
    dialogue: Block | None = None
    topics: Block | None = None
    relatives: tuple[Group, ...] = ()
    contact: Contact | None = None
    opening: Block | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """A notice instead of a page: not found, suspended, closing, closed."""

    number: str
    title: str
    lines: tuple[str, ...]
    links: tuple[Link, ...] = ()
    contact: Contact | None = None
