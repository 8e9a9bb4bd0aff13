"""A name server on this machine that says what a test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@contextmanager
def answering(records: dict[str, list[str]], ttl: int = 600) -> Iterator[dns.resolver.Resolver]:
    """Give a resolver that asks a server knowing these addresses; "CNAME name" leads on, "SERVFAIL" is no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, records, ttl, over), daemon=True)
        thread.start()
        found = dns.resolver.Resolver(configure=False)
        found.nameservers, found.port, found.lifetime = ["127.0.0.1"], server.getsockname()[1], 3.0
        try:
            yield found
        finally:
            over.set()
            thread.join()


def _serve(server: socket.socket, records: dict[str, list[str]], ttl: int, over: threading.Event) -> None:
    while not over.is_set():
        try:
            data, client = server.recvfrom(4096)
        except TimeoutError:
            continue
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name
        kind = query.question[0].rdtype
        known = records.get(name.to_text(omit_final_dot=True))
        if known is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif known == ["SERVFAIL"]:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif known and known[0].startswith("CNAME "):
            target = dns.name.from_text(known[0][6:])
            answer.answer.append(dns.rrset.from_text(name, ttl, "IN", "CNAME", target.to_text()))
            name, known = target, records.get(known[0][6:], [])
        texts = [
            text
            for text in known or ()
            if (":" in text) == (kind == dns.rdatatype.AAAA) and not text.startswith(("SERVFAIL", "CNAME"))
        ]
        if texts:
            answer.answer.append(dns.rrset.from_text(name, ttl, "IN", dns.rdatatype.to_text(kind), *texts))
        server.sendto(answer.to_wire(), client)
