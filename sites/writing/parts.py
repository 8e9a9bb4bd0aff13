"""What a reader of foreign text hands on: blocks, and sentences about what was lost. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from sites.messages import SaidError, Sentence

# Stands in the text where a picture could not be taken along; in the language of the pages, for it is content.
MISSING_PICTURE = "【此处图片请另行上传】"


@dataclass(frozen=True, slots=True)
class Text:
    """Rich text as the editor stores it: p, h2, h3, ul, ol, li, hr with b, i, sup, sub, a and br, nothing else."""

    html: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A cell that reaches over others, from (row, column) on."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a full grid: cells that a merged one covers are "" in `rows`.

    `header` is "row", "column", "both" or "neither"; `aligned` gives "center" or "right" by (row, column).
    """

    rows: tuple[tuple[str, ...], ...]
    merges: tuple[Merge, ...] = ()
    header: str = "neither"
    caption: str = ""
    aligned: dict[tuple[int, int], str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes (not yet looked at) and the alternative text that came along, "" mostly."""

    data: bytes
    alt: str = ""


Block = Text | Table | Picture


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood: the blocks in their order, and a sentence for each kind of loss."""

    blocks: tuple[Block, ...]
    lost: tuple[Sentence, ...] = ()

    def is_empty(self) -> bool:
        return not self.blocks


class Unreadable(SaidError):
    """The text or file cannot be read; the message is a sentence that says what to do instead."""
