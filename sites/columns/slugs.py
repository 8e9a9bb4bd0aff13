"""A column's address (slug) proposed from its title: the first letters of the pinyin, as the templates do. No Django here."""

import re
from collections.abc import Collection

from pypinyin import Style, lazy_pinyin

MAX_SLUG = 40
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FALLBACK = "lanmu"


def is_slug(text: str) -> bool:
    """Return whether the text may stand in an address: lower-case letters, digits and single hyphens, up to MAX_SLUG."""
    return len(text) <= MAX_SLUG and SLUG.fullmatch(text) is not None


def proposed(title: str, taken: Collection[str] = ()) -> str:
    """Return a free slug for a title: 通知公告 is tzgg, or tzgg-2 where that is taken."""
    letters = "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).lower()
    return free(re.sub(r"[^a-z0-9]+", "", letters)[: MAX_SLUG - 4] or _FALLBACK, taken)


def free(stem: str, taken: Collection[str]) -> str:
    """Return the slug itself, or with the first number from 2 on that makes it free."""
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
