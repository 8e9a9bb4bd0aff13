"""The sweep of one visitor: every address with every verb, then what the open pages lead to."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.test import Client

from tests.cast import B_HOST, signed_in
from tests.isolation import bodies
from tests.isolation.asking import Asker, Finding, Request
from tests.isolation.marks import WORD
from tests.isolation.urls import Address, Pattern, addresses, patterns
from tests.isolation.world import Visitor, World

WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Sweep:
    """What one visitor's sweep did and found."""

    visitor: Visitor
    views: int = 0
    addresses: int = 0
    objects: int = 0  # addresses that name an object of the neighbour
    requests: int = 0
    opened: int = 0  # addresses that answered 200
    cpu_seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.visitor.name:<26} {self.views:4} views {self.addresses:5} addresses {self.objects:5} name B "
            f"{self.requests:6} requests {self.opened:5} answers 200 {len(self.findings):4} findings "
            f"{self.cpu_seconds:4.0f} s CPU"
        )


def sweep(asker: Asker, visitor: Visitor, of: list[Pattern] | None = None) -> Sweep:
    """Ask every address as the visitor: reading first, then writing."""
    world, done = asker.world, Sweep(visitor)
    found = of if of is not None else patterns()
    done.views = len(found)
    before, started = asker.requests, time.process_time()
    every = [(pattern, address) for pattern in found for address in addresses(pattern, world)]
    done.addresses, done.objects = len(every), sum(address.names_b for _pattern, address in every)
    pages: dict[str, str] = {}
    warm(world)
    for _pattern, address in every:
        pages |= _read(asker, done, visitor, address)
    for _pattern, address in every:
        _write(asker, done, visitor, address, pages.get(address.path, ""))
    done.requests, done.opened = asker.requests - before, len(pages)
    done.cpu_seconds = time.process_time() - started
    return done


def warm(world: World) -> None:
    """Let the neighbour's people and citizens fill every cache of the process with their pages."""
    with transaction.atomic():  # rows are taken back, what stands in the caches stays
        citizen, member = Client(), signed_in(world.cast.manager_b)
        for page in world.b.pages.values():
            citizen.get(page.get_url_parts()[2], headers={"host": B_HOST})
        for path in ("/admin/desk/", "/admin/pages/", "/admin/images/", "/admin/documents/", "/admin/review/"):
            member.get(path)
        transaction.set_rollback(True)


def _read(asker: Asker, done: Sweep, visitor: Visitor, address: Address) -> dict[str, str]:
    name, b = address.pattern.name, asker.world.b
    answer = asker.ask(visitor, Request(name, "GET", address.path, absent=address.absent))
    done.findings += answer.findings
    if answer.status != 200:
        return {}
    queries = [{"q": WORD, "search": WORD}, bodies.filters(b)]
    queries += [bodies.filters(b, bodies.names_in(answer.text))] if "<form" in answer.text else []
    if "/api/" in address.path:
        queries += [bodies.filters(b, (each,)) for each in bodies.API_FILTERS] + [{"fields": "*", "search": WORD}]
    if "export=" in answer.text:
        queries += [{"export": "xlsx"}, {"export": "csv"}]
    for query in queries:
        if query:
            done.findings += asker.ask(visitor, Request(name, "GET", address.path, query)).findings
    return {address.path: answer.text}


def _write(asker: Asker, done: Sweep, visitor: Visitor, address: Address, page: str) -> None:
    name, b = address.pattern.name, asker.world.b
    anything, as_json = bodies.anything(b), "/api/" in address.path
    for verb in WRITING if address.every_verb else WRITING[:1]:
        asked = Request(name, verb, address.path, anything, as_json=as_json, absent=address.absent)
        done.findings += asker.ask(visitor, asked).findings
    for target, body in bodies.forms_in(page, b):
        path = urlsplit(urljoin(f"http://x{address.path}", target or address.path)).path
        done.findings += asker.ask(visitor, Request(name, "POST", path, body)).findings
