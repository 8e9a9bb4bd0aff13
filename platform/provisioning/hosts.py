"""Host names (域名) as the platform stores them: lower-case ASCII, without scheme, port or path."""

import re
import unicodedata

import idna

from tenants.messages import _

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_PORT = re.compile(r":\d*$")
_NUMBER = re.compile(r"^(?:\d+|0x[0-9a-f]*)$")
_MAX_HOST, _MAX_LABEL = 253, 63


class HostError(ValueError):
    """A host that can't be used; str() is the English sentence, msgid and params let a caller translate it."""

    def __init__(self, msgid: str, **params: str) -> None:
        self.msgid = msgid
        self.params = params
        super().__init__(msgid % params)


def clean_host(text: str, *, allow_local: bool = False) -> str:
    """Return the host in lower-case ASCII; Chinese labels become punycode (UTS 46), a trailing dot goes.

    allow_local accepts localhost and *.localhost, which reach only the machine the reader sits at.
    Raises HostError with a sentence that, where it can, says what to write instead.
    """
    host = unicodedata.normalize("NFKC", text).strip()
    if not host:
        raise HostError(_("The host is empty. Write a host such as www.example.gov.cn."))
    if len(host) > _MAX_HOST * 4:  # keeps hostile input away from the IDNA tables; no spelling of a host is longer
        raise HostError(_("The host has %(length)s characters; 253 are allowed."), length=str(len(host)))
    _refuse_address_parts(host)
    host = host.replace("。", ".").removesuffix(".")
    _refuse_bad_characters(host)
    ascii_host = _to_ascii(host)
    labels = ascii_host.split(".")
    if _NUMBER.match(labels[-1]):
        # Browsers read a host that ends in a number as an IPv4 address, whatever stands before it.
        raise HostError(_("'%(host)s' is an IP address. Write a host name."), host=host)
    if labels[-1] == "localhost":
        if allow_local:
            return ascii_host
        raise HostError(_("'%(host)s' reaches only one's own machine. Write a public host name."), host=host)
    if len(labels) == 1:
        raise HostError(_("'%(host)s' is a single word. Write the whole host, such as www.example.gov.cn."), host=host)
    return ascii_host


def display_host(host: str) -> str:
    """Return the host as people read it, punycode turned back to Chinese; what can't be turned back stays."""
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def _refuse_address_parts(host: str) -> None:
    """Refuse whatever belongs to an address and not to a host: scheme, user, path, query, port, IP brackets."""
    bare = _bare(host)
    if _SCHEME.match(host):
        raise HostError(_("'%(host)s' is an address with a scheme. Write only '%(bare)s'."), host=host, bare=bare)
    if "@" in host:
        raise HostError(_("'%(host)s' names a user. Write only '%(bare)s'."), host=host, bare=bare)
    if re.search(r"[/\\?#]", host):
        raise HostError(_("'%(host)s' has a path. Write only '%(bare)s'."), host=host, bare=bare)
    if host.startswith("[") or host.count(":") > 1:
        raise HostError(_("'%(host)s' is an IP address. Write a host name."), host=host)
    if ":" in host:
        raise HostError(_("'%(host)s' has a port. Write only '%(bare)s'."), host=host, bare=bare)


def _bare(host: str) -> str:
    rest = re.split(r"[/\\?#]", _SCHEME.sub("", host), maxsplit=1)[0].rpartition("@")[2]
    return _PORT.sub("", rest).lower() if rest.count(":") == 1 else rest.lower()


def _refuse_bad_characters(host: str) -> None:
    if any(character.isspace() or not character.isprintable() for character in host):
        raise HostError(_("'%(host)s' holds a space or an invisible character. Remove it."), host=ascii(host)[1:-1])
    if "*" in host:
        raise HostError(_("'%(host)s' is a wildcard. A site has one host: write it out."), host=host)
    if "_" in host:
        raise HostError(_("'%(host)s' holds an underscore, which a host may not. Use a hyphen."), host=host)


def _to_ascii(host: str) -> str:
    labels = []
    for label in host.split("."):
        if not label:
            raise HostError(_("'%(host)s' has two dots in a row or begins with one."), host=host)
        try:
            labels.append(idna.encode(label, uts46=True, std3_rules=True, transitional=False).decode("ascii"))
        except (idna.IDNAError, UnicodeError) as error:
            if len(label) > _MAX_LABEL or "too long" in str(error):
                raise HostError(_("'%(label)s' in the host is over 63 characters long."), label=label) from error
            raise HostError(_("'%(label)s' can't stand in a host name."), label=label) from error
    ascii_host = ".".join(labels)
    if len(ascii_host) > _MAX_HOST:
        raise HostError(_("The host has %(length)s characters; 253 are allowed."), length=str(len(ascii_host)))
    return ascii_host
