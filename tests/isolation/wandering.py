"""The random sweep: requests drawn from everything the sweep knows, each from its own seed, so that one can be repeated."""

from __future__ import annotations

import random
from typing import Any

from sites.models import SitePage
from tests.isolation import bodies
from tests.isolation.asking import Request
from tests.isolation.marks import WORD
from tests.isolation.parameters import objects_of, words_of
from tests.isolation.urls import Pattern, absent_value, patterns
from tests.isolation.world import Side, Visitor, World

ODD = (0, -1, 2**31, "", "'", "../", "%00", "null", "１", "‮", "[]", "1,2")
TRICKS: tuple[dict[str, str], ...] = (
    {"x-forwarded-host": "b.localhost"},
    {"x-forwarded-for": "127.0.0.1"},
    {"forwarded": "host=b.localhost"},
    {"x-original-url": "/admin/users/"},
    {"x-rewrite-url": "/admin/pages/"},
    {"x-http-method-override": "DELETE"},
    {"x-requested-with": "XMLHttpRequest"},
    {"accept": "application/json"},
    {"accept-language": "en"},
    {"range": "bytes=0-50"},
    {"if-none-match": "*"},
    {"authorization": "Bearer not-a-token"},
    {"referer": "http://admin.localhost/admin/"},
    {"x-wagtail-user-bar": "1"},
)


class Wanderer:
    """Draws requests. The same world, seed and number always give the same visitor and request."""

    def __init__(self, world: World, seed: int, of: list[Pattern] | None = None) -> None:
        self.world, self.seed = world, seed
        self.patterns = of if of is not None else patterns()
        self.b = [world.sides[name] for name in ("county_b", "town_b", "department_b")]

    def draw(self, number: int) -> tuple[Visitor, Request]:
        """Return who asks what in turn `number`."""
        dice = random.Random(f"{self.seed}-{number}")
        visitor = dice.choice(self.world.visitors)
        pattern = dice.choice(self.patterns)
        path, absent = self._path(dice, pattern)
        method = dice.choices(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"), (50, 30, 4, 4, 6, 3, 3))[0]
        headers: dict[str, str] = {}
        for _turn in range(dice.choice((0, 0, 1, 2))):
            headers |= dice.choice(TRICKS)
        data = self._data(dice, method)
        # HEAD and OPTIONS show no body and may answer for the view alone.
        shut = absent if method not in ("HEAD", "OPTIONS") else ""
        return visitor, Request(pattern.name, method, path, data, headers, dice.random() < 0.2, shut)

    def _path(self, dice: random.Random, pattern: Pattern) -> tuple[str, str]:
        values: dict[str, Any] = {}
        without: dict[str, Any] = {}
        objects = {name: found for name in pattern.parameters if (found := objects_of(pattern.name, name)) is not None}
        for name, found in objects.items():
            side = dice.choice([self.world.a, *self.b, self.b[0]])
            values[name] = dice.choice(self._all(side, name) or found(side))
            without[name] = values[name] if side is self.world.a else absent_value(values[name])
        words = words_of(pattern.name, tuple(name for name in pattern.parameters if name not in objects))
        choice = dice.choice(words) if words else {}
        absent = pattern.filled(without | choice) if without != values else ""
        return pattern.filled(values | choice), absent

    def _all(self, side: Side, name: str) -> list[Any]:
        """Return every page of the side for a parameter that names one: the sweep takes only some of each kind."""
        return sorted(side.keys[SitePage]) if name in ("page_id", "parent_page_id", "page_to_move_id") else []

    def _data(self, dice: random.Random, method: str) -> dict[str, Any]:
        names = sorted(
            {*bodies.FIELDS, *bodies.API_FILTERS, *bodies.BUTTONS, "q", "search", "p", "export", "fields", "next"}
        )
        data: dict[str, Any] = dict(bodies.EMPTY_PARTS) if method == "POST" else {}
        for name in dice.sample(names, dice.randint(0, 6 if method == "GET" else 14)):
            side = dice.choice(self.b)
            value = bodies.value_for(name, side)
            data[name] = dice.choice(ODD) if value is None or dice.random() < 0.15 else value
        if dice.random() < 0.3:
            data |= dice.choice(({"q": WORD}, {"search": WORD}, {"export": "csv"}, {"export": "xlsx"}, {"fields": "*"}))
        if method == "POST" and dice.random() < 0.4:
            data |= bodies.anything(dice.choice(self.b)) | {"_method": "DELETE"}
        return data
