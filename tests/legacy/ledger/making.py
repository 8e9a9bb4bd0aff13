"""An old site with a few lines in its ledger, for the tests here."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from django.test import Client

from legacy import blobs
from legacy.ledger import registering
from legacy.models import LegacyRaw, OldAddress, Transition
from tenants.models import Tenant
from tenants.scope import tenant_scope

OLD_HOST = "www.old-county.example"
PREVIEW = "preview.example"


def old_site(tenant: Tenant, *hosts: str, code: str = "old-county", **values: Any) -> Transition:
    with tenant_scope(tenant):
        return Transition.objects.create(
            tenant=tenant, code=code, name="旧站", hosts=list(hosts or (OLD_HOST,)), **values
        )


def raw_page(transition: Transition, path: str, html: str | bytes, **values: Any) -> LegacyRaw:
    """Keep what the old site sent for a path."""
    data = html.encode("gb18030") if isinstance(html, str) else html
    url = f"http://{transition.hosts[0]}{path}"
    facts = {
        "key": url[7:],
        "source": "mirror",
        "kind": "page",
        "status": 200,
        "content_type": "text/html",
        "size": len(data),
        **values,
    }
    with tenant_scope(transition.tenant_id):
        row = LegacyRaw.objects.create(
            tenant_id=transition.tenant_id, transition=transition, url=url, sha256=blobs.put(data), **facts
        )
        registering.known(transition, [(url, row.kind, row.pk)], "collect")
    return row


def line(transition: Transition, path: str) -> OldAddress:
    """Return the ledger's line of a path on the main old host."""
    with tenant_scope(transition.tenant_id):
        return OldAddress.objects.get(transition=transition, path=path)


def ask(url: str, **headers: str) -> Any:
    """Ask the platform for a whole address as a browser would, without following."""
    host, slash, path = url.removeprefix("http://").partition("/")
    path, _mark, query = (slash + path).partition("?")
    as_sent = unquote_to_bytes(path).decode("latin-1")  # as a server hands it on
    return Client(headers={"host": host, **headers}).get("/", PATH_INFO=as_sent, QUERY_STRING=query)
