"""Every address of the project, taken from the resolver, with the neighbour's objects in its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

from tests.isolation.parameters import objects_of, words_of
from tests.isolation.world import World


class CannotFill(LookupError):
    """A parameter of which parameters.py says nothing. A view is never left out: say there what it names."""


@dataclass(frozen=True)
class Pattern:
    name: str  # "namespace:name"; the route itself where the view has no name
    template: str  # "/admin/pages/%(page_id)s/"
    parameters: tuple[str, ...]

    def filled(self, values: dict[str, Any]) -> str:
        return self.template % values


@dataclass(frozen=True)
class Address:
    pattern: Pattern
    path: str
    absent: str  # the same with objects that do not exist; "" where no object of the neighbour stands in the path
    every_verb: bool  # one address of each view is asked with every verb, the others by GET and POST

    @property
    def names_b(self) -> bool:
        return bool(self.absent)


def patterns() -> list[Pattern]:
    """Return every pattern of the resolver. One with optional parameters appears with all of them."""
    found = {(pattern.name, pattern.template): pattern for pattern in _walk(get_resolver(), "/", ())}
    return sorted(found.values(), key=lambda pattern: (pattern.name, pattern.template))


def _walk(resolver: Any, before: str, names: tuple[str, ...]) -> Iterator[Pattern]:
    for entry in resolver.url_patterns:
        template, _parameters = normalize(entry.pattern.regex.pattern)[-1]
        whole = before + template
        if isinstance(entry, URLResolver):
            yield from _walk(entry, whole, (*names, entry.namespace) if entry.namespace else names)
        elif isinstance(entry, URLPattern):
            name = ":".join((*names, entry.name)) if entry.name else str(entry.pattern)
            yield Pattern(name, whole, tuple(_in(whole)))


def _in(template: str) -> list[str]:
    return [part.split(")s")[0] for part in template.split("%(")[1:]]


def addresses(pattern: Pattern, world: World, *, own_alone: bool = False) -> list[Address]:
    """Return the pattern with A's objects, with B's, and with one of B's beside A's for each of several parameters.

    `own_alone` leaves out what names B.
    """
    objects = {name: values for name in pattern.parameters if (values := objects_of(pattern.name, name)) is not None}
    words = words_of(pattern.name, tuple(name for name in pattern.parameters if name not in objects))
    if words is None:
        raise CannotFill(
            f"{pattern.name} {pattern.template}: say in tests/isolation/parameters.py what its parameters name."
        )
    made: dict[str, Address] = {}
    for values, absent in _fillings(objects, world, own_alone):
        first = absent is not None and not any(address.names_b for address in made.values())
        for choice in words if absent is None or first else words[:1]:
            path = pattern.filled({**values, **choice})
            nowhere = pattern.filled({**absent, **choice}) if absent else ""
            made[path] = Address(pattern, path, nowhere, every_verb=first or not objects)
    return list(made.values())


def _fillings(
    objects: dict[str, Any], world: World, own_alone: bool
) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Yield values for the objects, and the same with none of B's (None where none is B's to begin with)."""
    own = {name: values(world.a)[0] for name, values in objects.items()}
    yield own, None
    if not objects or own_alone:
        return
    b = {name: values(world.b) for name, values in objects.items()}
    pages = max(map(len, b.values()))
    for turn in range(pages):
        theirs = {name: values[turn % len(values)] for name, values in b.items()}
        yield theirs, {name: absent_value(value) for name, value in theirs.items()}
    for side in ("town_b", "department_b")[: 2 if pages > 1 else 1]:
        theirs = {name: values(world.sides[side])[0] for name, values in objects.items()}
        yield theirs, {name: absent_value(value) for name, value in theirs.items()}
    for name in objects if len(objects) > 1 else ():
        yield {**own, name: b[name][0]}, {**own, name: absent_value(b[name][0])}


def absent_value(value: Any) -> Any:
    """Return a value of the same form that names nothing."""
    if isinstance(value, int):
        return 99_999_999
    return UUID(int=1) if isinstance(value, UUID) else "absent"
