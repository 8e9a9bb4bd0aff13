"""Leaders' names and posts (领导人姓名职务): a name beside a wrong post, a name mistyped by one character, the order. Pure.

Only what stands directly beside each other is compared ("县委书记李四", "李四县长"): nothing is guessed from afar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from sites.checks.findings import Finding, Remedy, Severity
from sites.checks.passages import Passage
from sites.messages import _, sentence

# The body a post belongs to, where it is said; then the rank; then the post itself.
_ORGANS = (
    "省委|市委|州委|盟委|区委|县委|镇委|乡委|党委|党组|党工委|纪委|监委|政法委|人大常委会|人大|政协|政府|"
    "党支部|支部|党总支|总支|团委|妇联|工会|商会|协会|村委会|居委会"
)
_POSTS = (
    "书记|省长|市长|州长|盟长|区长|县长|旗长|镇长|乡长|主席|主任|秘书长|部长|厅长|局长|处长|科长|司长|署长|院长|检察长|行长|"
    "常委|委员|组长|巡视员|调研员|总经理|董事长|会长"
)
_POST = re.compile(rf"(?P<organ>{_ORGANS})?(?P<rank>常务副|第一副|副)?(?P<post>{_POSTS})")
_POST_BEFORE = re.compile(rf"(?P<organ>{_ORGANS})?(?P<rank>常务副|第一副|副)?(?P<post>{_POSTS})(?:同志)?$")
_REACH = 16  # characters before a name in which its post is looked for
_ENUMERATION = re.compile(r"[^。！？!?；;\n]+")
_FORMER = re.compile(r"(?:原|前|时任|曾任|历任)[^，。；、]{0,12}$")


@dataclass(frozen=True, slots=True)
class Leader:
    """A line of the list. `post` may name several posts ("县委副书记、县长"); `rank` is the order of precedence."""

    name: str
    post: str
    rank: int


@dataclass(frozen=True, slots=True)
class _Title:
    organ: str
    deputy: bool
    post: str

    def fits(self, listed: _Title) -> bool:
        """Return whether this title in a text can mean the listed one; an organ that is left out fits any."""
        same_organ = not self.organ or not listed.organ or self.organ == listed.organ
        return same_organ and self.deputy == listed.deputy and self.post == listed.post


class LeaderList:
    """The compiled list: leaders by name, and their names with one character left open, to find mistyped ones."""

    def __init__(self, leaders: Iterable[Leader]) -> None:
        self.posts: dict[str, list[str]] = {}
        self.titles: dict[str, list[_Title]] = {}
        self.rank: dict[str, int] = {}
        for leader in leaders:
            if len(leader.name) < 2:
                continue
            self.posts.setdefault(leader.name, []).append(leader.post)
            self.titles.setdefault(leader.name, []).extend(_titles(leader.post))
            self.rank[leader.name] = min(leader.rank, self.rank.get(leader.name, leader.rank))
        names = sorted(self.posts, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, names))) if names else None
        self.lengths = sorted({len(name) for name in names})
        self._open: dict[str, list[str]] = {}
        for name in names:
            for form in _with_one_open(name):
                self._open.setdefault(form, []).append(name)

    def said(self, name: str) -> str:
        return "；".join(self.posts[name])

    def meant_by(self, written: str, title: _Title) -> str:
        """Return the name that `written` misses by one Chinese character and whose leader holds `title`, or ""."""
        for form in _with_one_open(written):
            for name in self._open.get(form, ()):
                if name != written and any(title.fits(listed) for listed in self.titles[name]):
                    return name
        return ""


def find(passage: Passage, leaders: LeaderList) -> Iterator[Finding]:
    """Yield wrong posts, names that look mistyped, and names out of order."""
    if leaders.pattern is None:
        return
    text = passage.text
    named = [(match.start(), match[0]) for match in leaders.pattern.finditer(text)]
    for at, name in named:
        yield from _wrong_post(passage, leaders, at, name)
    yield from _mistyped(passage, leaders, {at + offset for at, name in named for offset in range(len(name))})
    yield from _out_of_order(passage, leaders, named)


def _wrong_post(passage: Passage, leaders: LeaderList, at: int, name: str) -> Iterator[Finding]:
    text, end = passage.text, at + len(name)
    before = _POST_BEFORE.search(text[max(0, at - _REACH) : at])
    offset = max(0, at - _REACH)
    after = _POST.match(text, end)
    # "原县长李四" and "时任县长李四" speak of the past, which the list does not know.
    if before is not None and _FORMER.search(text[: offset + before.start()]):
        before = None
    for match, start in ((before, offset), (after, 0)):
        if match is None or any(_title(match).fits(listed) for listed in leaders.titles[name]):
            continue
        message = sentence(
            _("“%(post)s” stands beside %(name)s, who in the list is: %(right)s."),
            post=match[0],
            name=name,
            right=leaders.said(name),
        )
        span = sorted((start + match.start(), start + match.end(), at, end))
        yield passage.found("post", Severity.CONFIRM, message, span[0], span[-1])
        return


def _mistyped(passage: Passage, leaders: LeaderList, named: set[int]) -> Iterator[Finding]:
    """Yield names that differ from a listed one by one character and stand beside that leader's own post."""
    text = passage.text
    for match in _POST.finditer(text):
        title = _title(match)
        comrade = 2 if text.startswith("同志", match.end()) else 0
        for length in leaders.lengths:
            for start in (match.end() + comrade, match.start() - length):
                written = text[max(0, start) : start + length]
                if start < 0 or len(written) < length or start in named or start + length - 1 in named:
                    continue
                right = leaders.meant_by(written, title)
                if right:
                    message = sentence(
                        _("Is “%(written)s” meant to be %(name)s (%(right)s)?"),
                        written=written,
                        name=right,
                        right=leaders.said(right),
                    )
                    yield passage.found(
                        "name",
                        Severity.CONFIRM,
                        message,
                        start,
                        start + length,
                        replacement=right,
                        remedy=Remedy.REPLACE,
                    )


def _out_of_order(passage: Passage, leaders: LeaderList, named: list[tuple[int, str]]) -> Iterator[Finding]:
    """Yield the first name of a sentence that stands behind somebody it should precede."""
    for part in _ENUMERATION.finditer(passage.text):
        listed = [(at, name) for at, name in named if part.start() <= at < part.end()]
        for (_at, first), (at, second) in pairwise(listed):
            if leaders.rank[second] < leaders.rank[first]:
                message = sentence(
                    _("In the order of precedence %(second)s comes before %(first)s."), first=first, second=second
                )
                yield passage.found("precedence", Severity.HINT, message, at, at + len(second))
                break


def _titles(post: str) -> list[_Title]:
    """Return the titles of a list's post; a later one without an organ does not inherit the first one's."""
    return [_title(match) for match in _POST.finditer(post)]


def _title(match: re.Match[str]) -> _Title:
    return _Title(match["organ"] or "", bool(match["rank"]), match["post"])


def _with_one_open(name: str) -> list[str]:
    """Return the forms of a name with one Chinese character open; of two-character names the family name stays."""
    places = range(len(name)) if len(name) > 2 else range(1, len(name))
    return [f"{name[:at]}?{name[at + 1 :]}" for at in places if "\u4e00" <= name[at] <= "\u9fff"]
