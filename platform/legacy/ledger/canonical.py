"""The canonical form of an old address (规范地址): all spellings of one address are one line in the ledger. Pure.

Host and path of the canonical form are ASCII: lower-case host (IDNA, without "www." and default port), path in
percent-encoded UTF-8 with the parameters that matter, sorted by name. `canonical` takes any text and never raises; the
canonical form of a canonical form is itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from sites.messages import SaidError, _, sentence

INDEX_NAMES = (
    "index.html", "index.htm", "index.shtml", "index.jsp", "index.jspx", "index.php", "index.asp", "index.aspx",
    "index.do", "index.action", "default.html", "default.htm", "default.asp", "default.aspx", "default.jsp",
)  # fmt: skip
# Parameters that change nothing on the page: sessions, counting, cache busting. A name may end in "*".
IGNORED = (
    "utm_*", "spm", "jsessionid", "phpsessid", "aspsessionid*", "asp.net_sessionid", "sessionid", "sid", "_", "rnd",
    "rand", "random", "timestamp", "nsukey", "isappinstalled", "ivk_sa", "scene", "clicktime", "enterid", "gclid", "fbclid",
)  # fmt: skip
MOST_KEY = 500  # of LegacyRaw.key, characters

_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:(?=//)")
_PORT = re.compile(r"^(.*):([0-9]*)$", re.DOTALL)
_SESSION = re.compile(r";(?:jsessionid|sessionid)=[^/?#;]*", re.IGNORECASE)
_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
_NO_TEXT = re.compile("[\ud800-\udfff]")  # bytes that no encoding explains
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_PLAIN = re.compile(r"^[a-z0-9._-]+$")


class RuleRefused(SaidError):
    """The rule cannot be read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How addresses of one old site are compared.

    `significant`: the only parameters that matter; None: all but `ignored`. `aliases`: pairs (host, the host it is the
    same as), written without "www.".
    """

    significant: tuple[str, ...] | None = None
    ignored: tuple[str, ...] = IGNORED
    index_names: tuple[str, ...] = INDEX_NAMES
    fold_case: bool = True
    keep_slash: bool = False  # /a/ and /a are two addresses
    keep_www: bool = False
    aliases: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what differs from the default rule."""
        found: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                found[field.name] = dict(value) if field.name == "aliases" else _plain(value)
        return found

    @classmethod
    def from_json(cls, data: Any) -> Rule:
        """Read the JSON form; {} is the default rule. Raises RuleRefused, naming the key."""
        if not isinstance(data, dict):
            raise RuleRefused(sentence(_("The rule for old addresses must be an object with keys and values.")))
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name not in known:
                raise RuleRefused(
                    sentence(
                        _('The rule for old addresses knows no "%(key)s". It knows: %(known)s.'),
                        key=name,
                        known=", ".join(sorted(known)),
                    )
                )
            values[name] = _value(name, value)
        rule = cls(**values)
        if {same for _host, same in rule.aliases} & {host for host, _same in rule.aliases}:
            raise RuleRefused(
                sentence(
                    _("In the rule for old addresses a host is the same as one that is itself the same as another.")
                )
            )
        return rule

    def matters(self, name: str) -> bool:
        if self.significant is not None:
            return _named(name, self.significant)
        return not _named(name, self.ignored)


DEFAULT = Rule()


@dataclass(frozen=True, slots=True)
class Canonical:
    """An address in canonical form. `host` is "" where the text names none; `path` begins with "/"."""

    host: str
    path: str

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"

    @property
    def digest(self) -> str:
        return digest(self.host, self.path)

    @property
    def key(self) -> str:
        """Return host and path as LegacyRaw.key: what is longer than a key holds ends in its hash."""
        text = self.host + self.path
        return text if len(text) <= MOST_KEY else f"{text[: MOST_KEY - 33]}~{self.digest}"


def digest(host: str, path: str) -> str:
    """Return the 32 hex digits by which the ledger knows a canonical address."""
    return hashlib.sha256(f"{host} {path}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def canonical(url: str, rule: Rule = DEFAULT) -> Canonical:
    """Return the canonical form of an address, whole ("http://…", "//…", "host/…") or from the root ("/…")."""
    host, rest = _split(url)
    return Canonical(canonical_host(host, rule), canonical_path(rest, rule))


def canonical_path(full_path: str, rule: Rule = DEFAULT) -> str:
    """Return the canonical path, with the parameters that matter, of what a request asks for ("/a/b?c=d")."""
    path, _mark, query = full_path.partition("#")[0].partition("?")
    found = _path(path, rule)
    kept = _query(query, rule)
    return f"{found}?{kept}" if kept else found


def canonical_host(host: str, rule: Rule = DEFAULT) -> str:
    """Return the host (or host:port) in canonical form; "" for "". A port other than 80 and 443 stays."""
    host = host.rpartition("@")[2]
    port = ""
    found = None if host.endswith("]") else _PORT.match(host)
    if found:
        host, port = found[1], found[2].lstrip("0")
    host = _ascii_host(host)
    if not rule.keep_www:
        host = _without_www(host)
    if rule.aliases:
        host = dict(rule.aliases).get(host, host)
    return f"{host}:{port}" if host and port and port not in {"80", "443"} else host


def spellings(url: str) -> Iterator[str]:
    """Yield other spellings of a whole address that must be answered alike: to try out a host."""
    found = canonical(url)
    path, mark, query = found.path.partition("?")
    yield f"http://{found.host}{found.path}"
    yield f"https://www.{found.host}{found.path}"
    yield f"http://{found.host.upper()}:80{found.path}#top"
    yield f"http://{found.host}{path.upper()}{mark}{query}"
    yield f"http://{found.host}//.{path}{mark}{query}"
    yield f"http://{found.host}{path}{mark}{'&'.join(reversed(query.split('&')))}"


def _split(url: str) -> tuple[str, str]:
    text = url.strip().replace("\t", "").replace("\r", "").replace("\n", "")
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
    if text.startswith("//"):
        text = text.lstrip("/")
    elif text.startswith(("/", "?", "#")) or not text:
        return "", text
    end = min((at for at in (text.find(mark) for mark in "/?#\\") if at >= 0), default=len(text))
    return text[:end], text[end:]


def _ascii_host(host: str) -> str:
    host = unquote(host, errors="replace").translate(_LOWER).strip(". ")
    if _PLAIN.match(host) or not host:
        return host
    found = ""
    if len(host) < 1000:
        with contextlib.suppress(UnicodeError):
            found = host.encode("idna").decode("ascii").lower().strip(". ")
    if _PLAIN.match(found):
        return found
    return quote(host.encode("utf-8", "replace"), safe="[]:" if host[0] == "[" and host[-1] == "]" else "").lower()


def _without_www(host: str) -> str:
    while host.startswith("www.") and "." in host[4:].strip("."):
        host = host[4:].strip(".")
    return host


def _path(path: str, rule: Rule) -> str:
    segments: list[str] = []
    closed = True  # ends in "/"
    for raw in path.replace("\\", "/").split("/"):
        for text in _texts(raw):
            closed = text in {"", ".", ".."}
            if text == "..":
                del segments[-1:]
            elif not closed:
                segments.append(_segment(text, rule))
    while segments and segments[-1] in rule.index_names and not (closed and rule.keep_slash):
        segments.pop()
        closed = True
    found = "/" + "/".join(segments)
    return found + "/" if segments and closed and rule.keep_slash else found


def _texts(raw: str) -> list[str]:
    """Return what stands between two slashes; several texts where a backslash was percent-encoded in it."""
    if raw.isascii() and "%" not in raw and ";" not in raw:
        return [raw]
    # The backslash is told from the second byte of a Han character only after decoding.
    found = _SESSION.sub("", _decoded(raw)).split("\\")
    # Bytes that explain nothing keep their neighbours from being read: look again at what is left.
    return [text if text.isascii() else _read(text.encode("utf-8", "surrogateescape")) for text in found]


def _segment(text: str, rule: Rule) -> str:
    if rule.fold_case and (text.isascii() or not _NO_TEXT.search(text)):
        text = text.translate(_LOWER)
    return _encoded(text, "~!$'()*+,;=:@")


def _query(query: str, rule: Rule) -> str:
    if not query:
        return ""
    kept: list[tuple[str, str]] = []
    for part in query.split("&"):
        raw_name, equals, raw_value = part.partition("=")
        name = _decoded(raw_name.replace("+", " "))
        while name.startswith("amp;"):  # "&amp;" that was escaped once too often
            name = name[4:]
        if rule.fold_case:
            name = name.translate(_LOWER)
        if (not name and not raw_value) or not rule.matters(name):
            continue
        value = _decoded(raw_value.replace("+", " "))
        kept.append((_encoded(name, _SAFE), f"={_encoded(value, _SAFE)}" if equals else ""))
    kept.sort(key=lambda pair: pair[0])  # stable: several values of one name keep their order
    return "&".join(name + value for name, value in kept)


_SAFE = "/:,@!$'()*;~?"


def _decoded(text: str) -> str:
    """Return the text behind percent-encoding, in whichever encoding."""
    if "%" not in text and text.isascii():
        return text
    if "%u" in text:  # JavaScript's escape()
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    try:
        data = unquote_to_bytes(text.encode("utf-8", "surrogateescape"))  # file names hold their bytes so
    except UnicodeEncodeError:
        data = unquote_to_bytes(text.encode("utf-8", "replace"))
    return _read(data)


def _read(data: bytes) -> str:
    """Return the text in UTF-8 or GB18030; bytes that are neither stay as surrogates."""
    try:
        found = data.decode("utf-8")
    except UnicodeDecodeError:
        found = ""
    else:
        foreign = [char for char in found if char >= "\x80"]
        if not foreign or any(char > "\u07ff" for char in foreign):
            return found
    try:
        chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        return found or data.decode("utf-8", "surrogateescape")
    # Two bytes may be a Latin or Cyrillic letter in UTF-8 and a Han character in GBK. In China it is the Han character.
    if found and not all("\u4e00" <= char <= "\u9fff" for char in chinese if char >= "\x80"):
        return found
    return chinese


def _encoded(text: str, safe: str) -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe=safe)


def _named(name: str, patterns: tuple[str, ...]) -> bool:
    name = name.translate(_LOWER)
    for pattern in patterns:
        pattern = pattern.translate(_LOWER)
        if name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])):
            return True
    return False


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(name: str, value: Any) -> Any:
    if name in {"fold_case", "keep_slash", "keep_www"}:
        if isinstance(value, bool):
            return value
        raise RuleRefused(sentence(_('"%(key)s" in the rule for old addresses must be true or false.'), key=name))
    if name == "aliases":
        if isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair):
            return tuple(
                (_without_www(_ascii_host(host)), _without_www(_ascii_host(same))) for host, same in value.items()
            )
        raise RuleRefused(
            sentence(_('"%(key)s" in the rule for old addresses must name hosts and what they equal.'), key=name)
        )
    if name == "significant" and value is None:
        return None
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(text.translate(_LOWER) for text in value)
    raise RuleRefused(sentence(_('"%(key)s" in the rule for old addresses must be a list of texts.'), key=name))
