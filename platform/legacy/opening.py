"""Begin a transition (新建迁移): one function for the admin, the commands and the scripts' door."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from legacy.ledger.canonical import canonical_host
from legacy.models import Transition
from sites import addresses
from sites.messages import SaidError, _, sentence
from tenants.models import Tenant
from tenants.scope import every_tenant

MOST_HOSTS = 20
_CODE = re.compile(r"^[a-z0-9][a-z0-9-]{1,49}$")
_HOST = re.compile(r"^(?!-)[a-z0-9._-]+\.[a-z][a-z0-9-]*(:[0-9]+)?$|^[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]+)?$")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class OpeningRefused(SaidError):
    """The transition cannot be begun; the message is a sentence. `field`: "code", "name" or "hosts"."""

    def __init__(self, field: str, said: Any) -> None:
        self.field = field
        super().__init__(said)


def open_transition(
    tenant: Tenant, *, code: str, name: str, hosts: Iterable[str], by: Any, notes: str = ""
) -> Transition:
    """Begin moving an old site into the tenant and return its transition.

    `hosts`: the names under which the old site answers, the main one first; a whole address is taken for its host.
    Runs inside the tenant's scope. Raises OpeningRefused.
    """
    code, name = code.strip().lower(), name.strip()
    if not _CODE.match(code):
        said = _("The code “%(code)s” cannot be used. Write 2 to 50 small letters, digits and hyphens.")
        raise OpeningRefused("code", sentence(said, code=code))
    if not name:
        raise OpeningRefused("name", sentence(_("Give the old site a name.")))
    cleaned = clean_hosts(hosts)
    _refuse_taken(tenant, cleaned)
    try:
        with transaction.atomic():
            made = Transition.objects.create(
                tenant=tenant, code=code, name=name[:100], hosts=cleaned, notes=notes, created_by=by
            )
    except IntegrityError:
        said = _("The code “%(code)s” is taken. Choose another one.")
        raise OpeningRefused("code", sentence(said, code=code)) from None
    return made


def clean_hosts(hosts: Iterable[str]) -> list[str]:
    """Return the hosts in ASCII and lower case, each once, in their order. Raises OpeningRefused."""
    found: list[str] = []
    for text in hosts:
        host = clean_host(text)
        if host and host not in found:
            found.append(host)
    if not found:
        said = _("Name at least one host under which the old site answers, such as www.example.gov.cn.")
        raise OpeningRefused("hosts", sentence(said))
    if len(found) > MOST_HOSTS:
        said = _("%(number)s hosts are too many for one old site; %(most)s are allowed.")
        raise OpeningRefused("hosts", sentence(said, number=len(found), most=MOST_HOSTS))
    return found


def clean_host(text: str) -> str:
    """Return the host in the text (a host, or a whole address), "" where there is none. Raises OpeningRefused."""
    text = text.strip()
    if not text:
        return ""
    bare = re.split(r"[/\\?#]", _ADDRESS.sub("", text), maxsplit=1)[0]
    www = "www." if bare.lower().startswith("www.") else ""
    host = canonical_host(bare)
    host = www + host if not host.startswith("www.") else host
    if not _HOST.match(host) or len(host) > 253:
        said = _("“%(host)s” is no host. Write one such as www.example.gov.cn.")
        raise OpeningRefused("hosts", sentence(said, host=text[:100]))
    return host


def _refuse_taken(tenant: Tenant, hosts: list[str]) -> None:
    wanted = {canonical_host(host): host for host in hosts}
    with every_tenant("one old host belongs to one transition"):
        for other in Transition.objects.all().only("code", "hosts", "tenant_id"):
            for host in other.hosts:
                if canonical_host(str(host)) in wanted:
                    said = _("The host “%(host)s” belongs to a transition already. Ask the platform's operator.")
                    raise OpeningRefused("hosts", sentence(said, host=wanted[canonical_host(str(host))]))
    addresses.refresh()
    for public in addresses.all_public():
        if public.host and public.tenant_id != tenant.pk and canonical_host(public.host) in wanted:
            said = _("The host “%(host)s” is in use by another sub-site of the platform.")
            raise OpeningRefused("hosts", sentence(said, host=public.host))
