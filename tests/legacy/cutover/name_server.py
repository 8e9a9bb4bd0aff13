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
    """Give a resolver that asks a server knowing these A records; "CNAME name" leads on."""
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
        key = name.to_text(omit_final_dot=True)
        if key not in records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        for text in records.get(key, []):
            if text.startswith("CNAME "):
                target = dns.name.from_text(text[6:])
                answer.answer.append(dns.rrset.from_text(name, ttl, "IN", "CNAME", target.to_text()))
                name, texts = target, records.get(text[6:], [])
            else:
                texts = [text]
            if kind == dns.rdatatype.A:
                answer.answer += [dns.rrset.from_text(name, ttl, "IN", "A", *texts)] if texts else []
        if kind == dns.rdatatype.A and len(answer.answer) > 1 and answer.answer[0].rdtype == dns.rdatatype.A:
            merged = dns.rrset.from_text(name, ttl, "IN", "A", *records[key])
            answer.answer = [merged]
        server.sendto(answer.to_wire(), client)
