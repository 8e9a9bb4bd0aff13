"""The rule by which the addresses of one old site are compared (地址规则), and its JSON form. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from legacy.ledger.spelling import ascii_host, lower, without_www
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


def _named(name: str, patterns: tuple[str, ...]) -> bool:
    whole, beginnings = _folded(patterns)
    name = lower(name)
    return name in whole or name.startswith(beginnings)


@lru_cache(maxsize=256)
def _folded(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names in small letters, and what names that end in "*" begin with."""
    small = [lower(pattern) for pattern in patterns]
    return frozenset(small), tuple(pattern[:-1] for pattern in small if pattern.endswith("*"))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(name: str, value: Any) -> Any:
    if name in {"fold_case", "keep_slash", "keep_www"}:
        if isinstance(value, bool):
            return value
        raise RuleRefused(sentence(_('"%(key)s" in the rule for old addresses must be true or false.'), key=name))
    if name == "aliases":
        if isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair):
            return tuple((without_www(ascii_host(host)), without_www(ascii_host(same))) for host, same in value.items())
        raise RuleRefused(
            sentence(_('"%(key)s" in the rule for old addresses must name hosts and what they equal.'), key=name)
        )
    if name == "significant" and value is None:
        return None
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(lower(text) for text in value)
    raise RuleRefused(sentence(_('"%(key)s" in the rule for old addresses must be a list of texts.'), key=name))
