"""How a person is called on the platform."""

from __future__ import annotations

from typing import Any


def shown_name(user: Any) -> str:
    """Return the full name, a Chinese one in Chinese order without a space; the user name where there is none.

    Nobody (None) is "".
    """
    if user is None:
        return ""
    chinese = f"{user.last_name}{user.first_name}".strip()
    return (user.get_full_name().strip() if chinese.isascii() else chinese) or user.get_username()


def same_name(one: str, other: str) -> bool:
    """Return whether two typed names are the same person's; spaces and letter case do not count."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
