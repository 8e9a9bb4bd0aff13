"""Column templates (栏目模板): what columns a kind of site must and may have, read from versioned TOML. No Django here.

One file is one template: `<kind>-<version>.toml`, a head and flat `[[column]]` tables with the keys of `_HEAD_KEYS` and
`_COLUMN_KEYS` below. A column's `code` is its name for ever: it survives a new title, a new parent, a new version.

Notation of `disclosure` (公开事项), one entry per rule that the column serves:
  "12" "26" "33" "49"    an article of 政府信息公开条例 (guide and catalogue, time limit, applications, yearly report)
  "20.1" … "20.15"       an item of article 20
  "21.county.1" … ".7"   what article 21 adds for cities with districts and for counties, in the article's order
  "21.town.1" … ".8"     what article 21 adds for towns, in the article's order
  "54.1" … "54.26"       one of the 26 fields (重点领域) of 国办发〔2019〕54号, in the order of the county file
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from sites.messages import SaidError, Sentence, _, sentence

SHIPPED_FOLDER = Path(__file__).with_name("column_template_files")

TENANT_KINDS = ("province", "city", "county", "department", "town")
COLUMN_KINDS = (
    "section", "list", "single", "people", "organisation", "catalogue", "guide", "topic",
    "letters", "survey", "interview", "request", "data", "external",
)  # fmt: skip
# Only these show their child columns to the reader; below any other kind a child could not be found.
PARENT_KINDS = frozenset({"section", "catalogue", "guide", "topic"})
KEEPERS = ("one", "shared")
HOME_BLOCKS = ("", "lead", "notices", "tiles", "policy", "services", "letters")
# The values of 国办发〔2017〕47号, annex on page tags. Its list is open: a value in use elsewhere is added here first.
COLUMN_TYPES = frozenset({
    "", "首页", "概况信息", "机构职能", "负责人信息", "工作动态", "政策文件", "信息公开指南", "信息公开目录",
    "信息公开年报", "依申请公开", "数据发布", "数据开放", "政策解读", "回应关切", "办事服务", "咨询投诉",
    "征集调查", "在线访谈",
})  # fmt: skip
DISCLOSURE_NODES = frozenset(
    ["12", "26", "33", "49"]
    + [f"20.{n}" for n in range(1, 16)]
    + [f"21.county.{n}" for n in range(1, 8)]
    + [f"21.town.{n}" for n in range(1, 9)]
    + [f"54.{n}" for n in range(1, 27)]
)
MAX_DEPTH = 3
MAX_TITLE_LENGTH = 255
MAX_CODE_LENGTH = 64

_HEAD_KEYS: Mapping[str, type] = {
    "kind": str, "version": int, "title": str, "issued_on": date, "note": str, "column": list,
}  # fmt: skip
_COLUMN_KEYS: Mapping[str, type] = {
    "code": str, "slug": str, "title": str, "kind": str, "parent": str, "mandatory": bool, "update_within_days": int,
    "disclosure": list, "column_type": str, "keeper": str, "responsible": str, "menu": bool, "intro": str,
    "keywords": str, "source": str, "home": str,
}  # fmt: skip
# intro and keywords become the page tags ColumnDescription and ColumnKeywords, which no column may lack.
_REQUIRED_COLUMN_KEYS = ("code", "title", "kind", "mandatory", "responsible", "intro", "keywords")
_TYPE_NAMES = {
    str: _("a text"), int: _("a whole number"), bool: _("true or false"), list: _("a list"), date: _("a date"),
}  # fmt: skip
_CHOICES: Mapping[str, Sequence[str]] = {
    "kind": COLUMN_KINDS, "keeper": KEEPERS, "home": HOME_BLOCKS, "column_type": tuple(sorted(COLUMN_TYPES)),
}  # fmt: skip
# Stands for a column_type the file leaves out, until _walk knows the parent; an empty text is a said "none".
_UNSAID = "\0"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILE_NAME = re.compile(r"([a-z]+)-([1-9][0-9]*)\.toml")
_HEADER = re.compile(r"\s*\[\[\s*[\"']?column[\"']?\s*\]\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")


class TemplateError(SaidError):
    """A template that can't be used; the text is a sentence with file, line and key. `line` is None without a place."""

    def __init__(self, text: Sentence, *, file: str = "", line: int | None = None, key: str = "") -> None:
        self.file, self.line, self.key = file, line, key
        super().__init__(_placed(text, file, line, key) if file else text)


def _placed(text: Sentence, file: str, line: int | None, key: str) -> Sentence:
    if line and key:
        return sentence(_("%(file)s, line %(line)d, key '%(key)s': %(text)s"), file=file, line=line, key=key, text=text)
    if line:
        return sentence(_("%(file)s, line %(line)d: %(text)s"), file=file, line=line, text=text)
    if key:
        return sentence(_("%(file)s, key '%(key)s': %(text)s"), file=file, key=key, text=text)
    return sentence(_("%(file)s: %(text)s"), file=file, text=text)


@dataclass(frozen=True, kw_only=True)
class ColumnSpec:
    """One column (栏目) as its template wants it.

    `parent` is a code, '' at the top. `update_within_days` counts calendar days, None means no clock. `column_type` is
    the ColumnType page tag, already inherited from the parent where the file leaves it out. `position` is 10, 20, 30 …
    among its siblings; `depth` is 1 at the top.
    """

    code: str
    slug: str
    title: str
    kind: str
    parent: str = ""
    mandatory: bool = False
    update_within_days: int | None = None
    disclosure: tuple[str, ...] = ()
    column_type: str = ""
    keeper: str = "one"
    responsible: str = ""
    menu: bool = False
    intro: str = ""
    keywords: str = ""
    source: str = ""
    home: str = ""
    position: int = 10
    depth: int = 1


@dataclass(frozen=True, kw_only=True)
class ColumnTemplate:
    """One version of the columns of one kind of site.

    `columns` is the tree walked depth first: a parent stands before its children, siblings in the file's order.
    """

    kind: str
    version: int
    title: str
    columns: tuple[ColumnSpec, ...]
    issued_on: date | None = None
    note: str = ""

    @cached_property
    def by_code(self) -> Mapping[str, ColumnSpec]:
        return {spec.code: spec for spec in self.columns}

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what the template says: comments, line ends and the order of keys don't count."""
        said = [self.kind, self.version, self.title, str(self.issued_on), self.note, [asdict(c) for c in self.columns]]
        return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def children(self, code: str = "") -> tuple[ColumnSpec, ...]:
        """The columns directly below a code, or at the top, in order."""
        return tuple(spec for spec in self.columns if spec.parent == code)


class _Source:
    """A file's text with the line of every key, which tomllib does not tell."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.head: dict[str, int] = {}
        self.columns: list[dict[str, int]] = []  # '' holds the line of the [[column]] header itself
        quote = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if not quote:
                if _HEADER.match(line):
                    self.columns.append({"": number})
                elif found := _KEY.match(line):
                    (self.columns[-1] if self.columns else self.head).setdefault(found[1], number)
            # Inside a text of many lines a line may look like a header: pass over all of them.
            for mark in re.findall(r'"""|\'\'\'', line):
                quote = "" if quote == mark else quote or mark

    def error(self, text: Sentence, *, key: str = "", column: int | None = None) -> TemplateError:
        lines = self.head if column is None else self.columns[column] if column < len(self.columns) else {}
        line = lines.get(key) or lines.get("") or self.head.get("column" if column is not None else key) or 1
        return TemplateError(text, file=self.name, line=line, key=key)


def load_template(path: Path) -> ColumnTemplate:
    """Read one template file. Raises TemplateError at the first thing that is wrong, with its file, line and key."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        told = sentence(_("the file can't be read (%(reason)s)."), reason=error.strerror)
        raise TemplateError(told, file=path.name) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        told = sentence(_("the file is not UTF-8. Save it as UTF-8."))
        raise TemplateError(told, file=path.name, line=line) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        told = sentence(_("this is not valid TOML: %(reason)s."), reason=str(error))
        raise TemplateError(told, file=path.name, line=line) from error
    source = _Source(path.name, text)
    _check_head(source, data)
    rows: list[dict[str, Any]] = data["column"]
    for index, row in enumerate(rows):
        _check_column(source, index, row)
    _check_names(source, rows)
    _check_tree(source, rows)
    return ColumnTemplate(
        kind=data["kind"],
        version=data["version"],
        title=data["title"],
        issued_on=data["issued_on"],
        note=data["note"],
        columns=tuple(_walk([_spec(row) for row in rows])),
    )


def _check_keys(
    source: _Source, row: Mapping[str, Any], keys: Mapping[str, type], required: Sequence[str], column: int | None
) -> None:
    for key, value in row.items():
        if key not in keys:
            told = sentence(_("the key '%(key)s' is unknown. The keys are %(keys)s."), key=key, keys=", ".join(keys))
            raise source.error(told, key=key, column=column)
        # Not isinstance: true is an int to Python, and a time of day a date.
        if type(value) is not keys[key]:
            wanted = sentence(_TYPE_NAMES[keys[key]])
            told = sentence(_("the value must be %(wanted)s, not %(value)s."), wanted=wanted, value=repr(value))
            raise source.error(told, key=key, column=column)
    for key in required:
        if row.get(key) in (None, ""):
            told = sentence(_("'%(key)s' is missing or empty. Give it a value."), key=key)
            raise source.error(told, key=key, column=column)


def _check_head(source: _Source, data: dict[str, Any]) -> None:
    named = _FILE_NAME.fullmatch(source.name)
    _check_keys(source, data, _HEAD_KEYS, [key for key in _HEAD_KEYS if key != "note"], None)
    data.setdefault("note", "")
    if data["kind"] not in TENANT_KINDS:
        told = sentence(
            _("the kind '%(kind)s' is unknown. Use one of %(known)s."), kind=data["kind"], known=", ".join(TENANT_KINDS)
        )
        raise source.error(told, key="kind")
    if data["version"] < 1:
        raise source.error(sentence(_("the version must be 1 or more.")), key="version")
    if not named:
        told = sentence(_("the file name must be <kind>-<version>.toml, as in county-2.toml."))
        raise source.error(told, key="kind")
    for key, value in zip(("kind", "version"), named.groups(), strict=True):
        if str(data[key]) != value:
            told = sentence(
                _("'%(value)s' does not match the file name, which says '%(named)s'. Correct one of them."),
                value=data[key],
                named=value,
            )
            raise source.error(told, key=key)


def _check_column(source: _Source, index: int, row: dict[str, Any]) -> None:
    if not isinstance(row, dict):
        raise source.error(sentence(_("columns are written as [[column]] tables.")), key="column")
    _check_keys(source, row, _COLUMN_KEYS, _REQUIRED_COLUMN_KEYS, index)
    row.setdefault("slug", row["code"].rpartition("-")[2])
    row.setdefault("parent", "")
    for key, limit in (("code", MAX_CODE_LENGTH), ("slug", MAX_TITLE_LENGTH)):
        if not _NAME.fullmatch(row[key]) or len(row[key]) > limit:
            told = sentence(
                _("'%(value)s' must be lower-case letters a-z, digits and single hyphens, at most %(limit)d long."),
                value=row[key],
                limit=limit,
            )
            raise source.error(told, key=key, column=index)
    if len(row["title"]) > MAX_TITLE_LENGTH:
        told = sentence(
            _("the title has %(length)d characters. Use at most %(limit)d."),
            length=len(row["title"]),
            limit=MAX_TITLE_LENGTH,
        )
        raise source.error(told, key="title", column=index)
    for key, choices in _CHOICES.items():
        if key in row and row[key] not in choices:
            known = ", ".join(choice for choice in choices if choice)
            told = sentence(_("'%(value)s' is unknown. Use one of %(known)s."), value=row[key], known=known)
            raise source.error(told, key=key, column=index)
    if row.get("update_within_days", 1) < 1:
        told = sentence(
            _("%(days)d is below 1 day. Leave the key out if the column has no clock."), days=row["update_within_days"]
        )
        raise source.error(told, key="update_within_days", column=index)
    for node in row.get("disclosure", []):
        if not isinstance(node, str) or node not in DISCLOSURE_NODES:
            told = sentence(
                _("%(rule)s is not a known rule. Write rules as '20.2', '21.town.3' or '54.10'."), rule=repr(node)
            )
            raise source.error(told, key="disclosure", column=index)


def _check_names(source: _Source, rows: Sequence[Mapping[str, Any]]) -> None:
    codes: set[str] = set()
    slugs: dict[tuple[str, str], str] = {}
    for index, row in enumerate(rows):
        code, slug, parent = row["code"], row["slug"], row["parent"]
        if code in codes:
            told = sentence(_("the code '%(code)s' stands here a second time. Rename one."), code=code)
            raise source.error(told, key="code", column=index)
        codes.add(code)
        if (parent, slug) in slugs:
            told = sentence(
                _(
                    "column '%(code)s' has the slug '%(slug)s' of its sibling '%(other)s'. Give one of them another"
                    " slug."
                ),
                code=code,
                slug=slug,
                other=slugs[parent, slug],
            )
            raise source.error(told, key="slug", column=index)
        slugs[parent, slug] = code


def _check_tree(source: _Source, rows: Sequence[Mapping[str, Any]]) -> None:
    parents: dict[str, str] = {row["code"]: row["parent"] for row in rows}
    by_code = {row["code"]: row for row in rows}
    for index, row in enumerate(rows):
        if row["parent"] and row["parent"] not in by_code:
            told = sentence(
                _(
                    "column '%(code)s' has the parent '%(parent)s', which is not in this file. Add that column, or"
                    " correct the parent."
                ),
                code=row["code"],
                parent=row["parent"],
            )
            raise source.error(told, key="parent", column=index)
    for index, row in enumerate(rows):
        line = [row["code"]]
        while (above := parents[line[-1]]) and above not in line:
            line.append(above)
        if above == row["code"]:
            told = sentence(
                _("the parents of column '%(code)s' go in a circle: %(circle)s."),
                code=above,
                circle=" > ".join([*line, above]),
            )
            raise source.error(told, key="parent", column=index)
        if not above and len(line) > MAX_DEPTH:
            told = sentence(
                _("column '%(code)s' is %(depth)d levels deep. At most %(limit)d levels are allowed."),
                code=row["code"],
                depth=len(line),
                limit=MAX_DEPTH,
            )
            raise source.error(told, key="parent", column=index)
    for index, row in enumerate(rows):
        parent = by_code.get(row["parent"])
        if parent and parent["kind"] not in PARENT_KINDS:
            told = sentence(
                _("column '%(code)s' of kind '%(kind)s' can't have columns below it. Only %(kinds)s can."),
                code=parent["code"],
                kind=parent["kind"],
                kinds=", ".join(sorted(PARENT_KINDS)),
            )
            raise source.error(told, key="parent", column=index)
        if parent and row["mandatory"] and not parent["mandatory"]:
            told = sentence(
                _("column '%(code)s' is mandatory but its parent '%(parent)s' is optional. Change one of them."),
                code=row["code"],
                parent=parent["code"],
            )
            raise source.error(told, key="mandatory", column=index)


def _spec(row: Mapping[str, Any]) -> ColumnSpec:
    column_type = row.get("column_type", _UNSAID)
    return ColumnSpec(**{**row, "disclosure": tuple(row.get("disclosure", ())), "column_type": column_type})


def _walk(specs: Sequence[ColumnSpec]) -> Iterator[ColumnSpec]:
    below: dict[str, list[ColumnSpec]] = {}
    for spec in specs:
        below.setdefault(spec.parent, []).append(spec)

    def descend(parent: str, depth: int, inherited: str) -> Iterator[ColumnSpec]:
        for number, spec in enumerate(below.get(parent, ()), start=1):
            column_type = inherited if spec.column_type == _UNSAID else spec.column_type
            yield replace(spec, position=number * 10, depth=depth, column_type=column_type)
            yield from descend(spec.code, depth + 1, column_type)

    return descend("", 1, "")


class TemplateLibrary:
    """All templates of some folders. A later folder may add versions; it may not say something else of one there is."""

    def __init__(self, folders: Sequence[Path] = (SHIPPED_FOLDER,)) -> None:
        """Read every *.toml in the folders. Raises TemplateError for a bad file, a missing folder or a clash."""
        self._templates: dict[tuple[str, int], ColumnTemplate] = {}
        for folder in folders:
            if not folder.is_dir():
                message = _("The template folder '%(folder)s' is not there. Create it, or correct the setting.")
                raise TemplateError(sentence(message, folder=str(folder)))
            for path in sorted(folder.glob("*.toml")):
                template = load_template(path)
                known = self._templates.setdefault((template.kind, template.version), template)
                if known.digest != template.digest:
                    told = sentence(
                        _(
                            "'%(kind)s' has a version %(version)d already, which says something else. Issue a new"
                            " version instead."
                        ),
                        kind=template.kind,
                        version=template.version,
                    )
                    raise TemplateError(told, file=path.name, key="version")

    def kinds(self) -> tuple[str, ...]:
        """The kinds of site that have a template, from province to town."""
        return tuple(kind for kind in TENANT_KINDS if self.versions(kind))

    def versions(self, kind: str) -> tuple[int, ...]:
        """The versions of a kind, oldest first; empty for a kind without a template."""
        return tuple(sorted(version for known, version in self._templates if known == kind))

    def get(self, kind: str, version: int) -> ColumnTemplate:
        """Return one version. Raises TemplateError, naming the versions there are."""
        if (kind, version) in self._templates:
            return self._templates[kind, version]
        if versions := self.versions(kind):
            message = _("Template '%(kind)s' has no version %(version)d. There is %(there)s: choose one of these.")
            there = ", ".join(str(number) for number in versions)
            raise TemplateError(sentence(message, kind=kind, version=version, there=there))
        message = _("There is no template for kind '%(kind)s'. Kinds with a template: %(known)s.")
        raise TemplateError(sentence(message, kind=kind, known=", ".join(self.kinds()) or sentence(_("none"))))

    def latest(self, kind: str) -> ColumnTemplate:
        """Return the highest version. Raises TemplateError for a kind without a template."""
        return self.get(kind, max(self.versions(kind), default=0))
