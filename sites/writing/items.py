"""What stands in foreign text, one item after the other, before it becomes blocks. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from sites.writing.parts import Table
from sites.writing.runs import Run


@dataclass(slots=True)
class Paragraph:
    """A paragraph, heading or list item.

    `heading` is its level as written (1-6), 0 for none. `listed` is "ul" or "ol" with `depth` (0 outermost) and, for
    "ol", its number; `marker` is the number or bullet that the program wrote, such as "（一）".
    """

    runs: list[Run] = field(default_factory=list)
    align: str = ""
    heading: int = 0
    listed: str = ""
    depth: int = 0
    number: int = 0
    marker: str = ""
    decimal: bool = True  # an "ol" whose numbers are written 1, 2, 3
    same_item: bool = False  # goes on in the list item before it


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, by the address it was written with."""

    source: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, and the pictures found in its cells, which a table cannot hold."""

    table: Table
    images: tuple[Image, ...] = ()


Item = Paragraph | Rule | Image | Grid
