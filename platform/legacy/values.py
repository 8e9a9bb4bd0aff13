"""What was read, with its evidence. "Unknown" is a value: a field that nobody could read is there, with value None. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# The fields of an item, in the order in which people see them. Dates are ISO text: a day, or a moment with its offset.
FIELDS = (
    "title",
    "subtitle",
    "published_at",
    "written_on",
    "source",
    "author",
    "document_number",
    "index_number",
    "issuing_authority",
    "keywords",
    "summary",
    "column",
)
# Below this a value goes to a person before it is loaded.
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value, how it was found, the text it was found in, and how sure that is (0 to 1)."""

    value: str | None
    method: str = ""  # "recipe:css", "meta:PubDate", "script:pubdata", "label:发布日期", "agreement", "person" ...
    evidence: str = ""  # the text as it stood there, at most 200 characters
    confidence: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Value:
        return cls(**data)


UNKNOWN = Value(None)
