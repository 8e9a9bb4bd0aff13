"""The connections of a crawl, guarded: names are resolved and judged, and what is connected to is judged again. Pure.

Runs in the crawl's own process alone. Between the name server's answer and the connection nothing is resolved a second
time, so a name that changes its address in between leads nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer, provider

from legacy.sources.guard import AddressGuard, Forbidden
from sites.messages import Sentence


class Watch:
    """What the guard refused, by host: the error that comes out of the depth says nothing of it."""

    def __init__(self, guard: AddressGuard) -> None:
        self.guard = guard
        self.refused: dict[str, Sentence] = {}
        self.permitted: set[str] = set()
        self.elsewhere: dict[str, str] = {}

    def permits(self, host: str, address: str) -> bool:
        try:
            self.guard.check(host, address)
        except Forbidden as error:
            self.refused[host.lower()] = error.sentence
            return False
        self.refused.pop(host.lower(), None)
        self.permitted.add(address.partition("%")[0])
        return True


# One process is one crawl; Scrapy makes the resolver from a class name, so its watch is kept here.
watch = Watch(AddressGuard())


def install(reactor: Any, guard: AddressGuard, elsewhere: Mapping[str, str] | None = None) -> Watch:
    """Guard the reactor: every address that its connections go to was permitted for the host that was asked for.

    `elsewhere`: hosts and the "address:port" to connect to instead of what the name server says.
    """
    watch.guard = guard
    watch.elsewhere = {host.lower(): address for host, address in (elsewhere or {}).items()}
    connect = reactor.connectTCP

    def guarded(host: Any, port: int, factory: Any, *args: Any, **kwargs: Any) -> Any:
        address = host.decode("ascii") if isinstance(host, bytes) else str(host)
        if address.partition("%")[0] not in watch.permitted:
            watch.guard.check(address, address)
        return connect(host, port, factory, *args, **kwargs)

    reactor.connectTCP = guarded
    reactor.installNameResolver(GuardedResolver(reactor.nameResolver))
    return watch


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's own resolver without the addresses that may not be connected to."""

    def __init__(self, original: Any) -> None:
        self._original = original

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> GuardedResolver:
        resolver: GuardedResolver = reactor.nameResolver
        return resolver

    def install_on_reactor(self) -> None:
        """The crawl's process has done so already."""

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        @provider(IResolutionReceiver)
        class Judging:
            resolutionBegan = resolutionReceiver.resolutionBegan  # noqa: N815
            resolutionComplete = resolutionReceiver.resolutionComplete  # noqa: N815

            @staticmethod
            def addressResolved(address: Any) -> None:  # noqa: N802
                if watch.permits(hostName, str(address.host)):
                    resolutionReceiver.addressResolved(address)

        host, port = hostName, portNumber
        if found := watch.elsewhere.get(hostName.lower()):
            host, _colon, text = found.rpartition(":")
            port = int(text)
        return self._original.resolveHostName(Judging, host, port, addressTypes, transportSemantics)
