"""What a template roll-out (栏目模板下发) would change on one site: a plan, worked out from data alone. No Django here.

A plan adds, changes, retires and revives columns. It never deletes one, and it never touches a column that is not from
a template. It is carried out in the order additions, moves, other changes, revivals, retirements: then every parent is
there before its children, and no move can put a column below itself.

Who has the last word on a field of a column that the site already has:

  the template   kind, parent, mandatory, update_within_days, disclosure, column_type, keeper, and `live` if mandatory
  the template   title, position, show_in_menus of a mandatory column; the site's own value is set back and reported
  the site       title, position, show_in_menus of an optional column; intro, keywords, responsible of every column:
                 a value that differs from the old template's is kept and reported
  the site       slug: a roll-out changes no address, unless a move finds the slug taken in the new place
  the site       a stricter update_within_days than the old template's, as long as it is stricter than the new one's
  the site       an optional column that it closed stays closed, and is reported
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sites.column_templates import ColumnSpec, ColumnTemplate
from sites.messages import SaidError, Sentence, _, sentence

LOCAL_PARENT = "*"

_LAYOUT_FIELDS = ("title", "position", "show_in_menus")
_WORDING_FIELDS = ("intro", "keywords", "responsible")
_RULE_FIELDS = (
    "kind", "parent_code", "mandatory", "update_within_days", "disclosure", "column_type", "keeper",
)  # fmt: skip
_FIELDS = (*_LAYOUT_FIELDS, *_WORDING_FIELDS, *_RULE_FIELDS)
_NAMES_IN_TEMPLATE = {"show_in_menus": "menu", "parent_code": "parent"}

Value = str | int | bool | tuple[str, ...] | None

# What a kind is called in a sentence: English has the template's own word, a translation its own.
KIND_NAMES = {
    "section": _("section"), "list": _("list"), "single": _("single"), "people": _("people"),
    "organisation": _("organisation"), "catalogue": _("catalogue"), "guide": _("guide"), "topic": _("topic"),
    "letters": _("letters"), "survey": _("survey"), "interview": _("interview"), "request": _("request"),
    "data": _("data"), "external": _("external"),
}  # fmt: skip


class AmbiguousColumns(SaidError):
    """A site whose columns can't be told apart: no plan can be made for it."""


@dataclass(frozen=True, kw_only=True)
class PresentColumn:
    """One column as a site has it now.

    `code` is '' for a column that the site made itself. `parent_code` is '' directly below the home page and
    LOCAL_PARENT below a column without a code. `items` counts the pages below it that are not columns.
    """

    code: str
    title: str
    kind: str
    slug: str
    parent_code: str = ""
    position: int = 10
    mandatory: bool = False
    update_within_days: int | None = None
    disclosure: tuple[str, ...] = ()
    column_type: str = ""
    keeper: str = "one"
    responsible: str = ""
    intro: str = ""
    keywords: str = ""
    show_in_menus: bool = False
    retired: bool = False
    template_version: int = 0
    items: int = 0
    live: bool = True


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A column to create under `slug`, which differs from the template's where `conflict` says why."""

    spec: ColumnSpec
    slug: str
    conflict: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field of PresentColumn that gets a new value. `warning` tells the operator what to look at first."""

    code: str
    field: str
    old: Value
    new: Value
    warning: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Move(Change):
    """A new parent (field `parent_code`), and the slug the column has there: its own unless `conflict` says why not."""

    slug: str
    conflict: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Retirement:
    """A column that left the template: kept with its items, marked as retired and taken out of the menu."""

    code: str
    title: str
    items: int
    in_menu: bool


@dataclass(frozen=True, kw_only=True)
class LocalDifference:
    """Where the site left its old template. `kept` False: the roll-out sets it back to `template`.

    A column the site removed has the field 'column'; its values are titles, `local` is None.
    """

    code: str
    field: str
    base: Value
    local: Value
    template: Value
    kept: bool


@dataclass(frozen=True, kw_only=True)
class RolloutPlan:
    """What to do to a site, parents before children in every group. False when there is nothing to do.

    `stamps` are the codes whose recorded template version becomes `version`, whether or not anything else changes.
    `local_differences` alone are nothing to do: what must change because of one stands in the other groups too.
    """

    kind: str
    version: int
    additions: tuple[Addition, ...] = ()
    retitles: tuple[Change, ...] = ()
    moves: tuple[Move, ...] = ()
    reorders: tuple[Change, ...] = ()
    attribute_changes: tuple[Change, ...] = ()
    kind_changes: tuple[Change, ...] = ()
    retirements: tuple[Retirement, ...] = ()
    revivals: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    local_differences: tuple[LocalDifference, ...] = ()

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes of fields, moves first."""
        return (*self.moves, *self.kind_changes, *self.retitles, *self.reorders, *self.attribute_changes)

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """What an operator should read before saying yes."""
        found = [addition.conflict for addition in self.additions] + [move.conflict for move in self.moves]
        return tuple(text for text in [*found, *(change.warning for change in self.changes)] if text)

    @property
    def is_empty(self) -> bool:
        return not (self.additions or self.changes or self.retirements or self.revivals or self.stamps)

    def __bool__(self) -> bool:
        return not self.is_empty


def plan_rollout(
    template: ColumnTemplate,
    present: Sequence[PresentColumn],
    *,
    base: ColumnTemplate | None = None,
    with_optional: bool = True,
    taken_slugs: Mapping[str, Collection[str]] | None = None,
) -> RolloutPlan:
    """Return what brings a site to a template.

    `base` is the template the site was last brought to; without it the site's own changes can't be told from old
    values, so the template wins everywhere and an optional column the site removed comes back. `with_optional` False
    adds mandatory columns only. `taken_slugs` are slugs in use beside the columns, by parent code ('' = below the
    home page). Raises AmbiguousColumns if two present columns have one code.
    """
    here = _by_code(present)
    slugs = _Slugs(present, taken_slugs or {})
    additions: list[Addition] = []
    changes: list[Change] = []
    differences: list[LocalDifference] = []
    absent: set[str] = set()
    closed: set[str] = set()
    for spec in template.columns:
        column = here.get(spec.code)
        origin = base.by_code.get(spec.code) if base else None
        if column:
            before = _origin(template, column, origin)
            if spec.parent in absent:  # Nowhere to move it to: it stays where the site put it.
                spec = replace(spec, parent=column.parent_code)
            found = _changes(spec, column, before, slugs, differences)
            if _closed_by_site(spec, column, origin):
                difference = LocalDifference(
                    code=spec.code, field="column", base=spec.title, local=None, template=spec.title, kept=True
                )
                differences.append(difference)
                closed.add(spec.code)
                found = [change for change in found if change.field != "show_in_menus"]
            changes += found
        elif not spec.mandatory and (spec.parent in absent or origin or not with_optional):
            absent.add(spec.code)
            if origin:
                difference = LocalDifference(
                    code=spec.code, field="column", base=origin.title, local=None, template=spec.title, kept=True
                )
                differences.append(difference)
        else:
            slug, conflict = slugs.take(spec.code, spec.parent, spec.slug)
            additions.append(Addition(spec=spec, slug=slug, conflict=conflict))
    kept = [here[spec.code] for spec in template.columns if spec.code in here]
    gone = [column for column in present if column.code and column.code not in template.by_code and not column.retired]
    return RolloutPlan(
        kind=template.kind,
        version=template.version,
        additions=tuple(additions),
        retitles=tuple(change for change in changes if change.field == "title"),
        moves=tuple(change for change in changes if isinstance(change, Move)),
        reorders=tuple(change for change in changes if change.field == "position"),
        attribute_changes=tuple(c for c in changes if c.field not in ("title", "parent_code", "position", "kind")),
        kind_changes=tuple(change for change in changes if change.field == "kind"),
        retirements=tuple(
            Retirement(code=column.code, title=column.title, items=column.items, in_menu=column.show_in_menus)
            for column in gone
        ),
        revivals=tuple(column.code for column in kept if column.retired and column.code not in closed),
        stamps=tuple(column.code for column in kept if column.template_version != template.version),
        local_differences=tuple(differences),
    )


def conformance(template: ColumnTemplate, present: Sequence[PresentColumn]) -> float:
    """Return how far a site has what its template demands, 0 to 1: met / demanded.

    demanded = the template's mandatory columns; met = those of them that the site has, live, not retired, of the right
    kind and under the right parent. 1.0 for a template without mandatory columns. Titles, order, content don't count.
    """
    here = _by_code(present)
    demanded = [spec for spec in template.columns if spec.mandatory]
    met = 0
    for spec in demanded:
        column = here.get(spec.code)
        if column and column.live and not column.retired:
            met += (column.kind, column.parent_code) == (spec.kind, spec.parent)
    return met / len(demanded) if demanded else 1.0


def _by_code(present: Sequence[PresentColumn]) -> dict[str, PresentColumn]:
    here: dict[str, PresentColumn] = {}
    for column in present:
        if column.code in here:
            message = _("The site has two columns with the code '%(code)s'. Take the code off one of them.")
            raise AmbiguousColumns(sentence(message, code=column.code))
        if column.code:
            here[column.code] = column
    return here


def _origin(template: ColumnTemplate, column: PresentColumn, origin: ColumnSpec | None) -> ColumnSpec | None:
    # A column that carries this version's stamp was brought to it before, whatever base the caller has at hand.
    return template.by_code[column.code] if column.template_version == template.version else origin


def _value(spec: ColumnSpec, field: str) -> Value:
    value: Value = getattr(spec, _NAMES_IN_TEMPLATE.get(field, field))
    return value


def _changes(
    spec: ColumnSpec,
    column: PresentColumn,
    origin: ColumnSpec | None,
    slugs: "_Slugs",
    differences: list[LocalDifference],
) -> list[Change]:
    """Return the changes to one column; what the site did itself is added to `differences`."""
    changes: list[Change] = []
    for field in _FIELDS:
        old: Value = getattr(column, field)
        new = _value(spec, field)
        if old == new:
            continue
        # Retiring took the column out of the menu: that was no wish of the site's.
        known = origin is not None and not (column.retired and field == "show_in_menus")
        local = origin is not None and known and old != _value(origin, field)
        kept = local and (
            field in _WORDING_FIELDS
            or (field in _LAYOUT_FIELDS and not spec.mandatory)
            or (field == "update_within_days" and _is_stricter(old, new))
        )
        if local and origin is not None:
            differences.append(
                LocalDifference(
                    code=spec.code, field=field, base=_value(origin, field), local=old, template=new, kept=kept
                )
            )
        if kept:
            continue
        if field == "parent_code":
            slug, conflict = slugs.take(spec.code, spec.parent, column.slug)
            changes.append(Move(code=spec.code, field=field, old=old, new=new, slug=slug, conflict=conflict))
        else:
            warning = _kind_warning(spec, column) if field == "kind" else None
            changes.append(Change(code=spec.code, field=field, old=old, new=new, warning=warning))
    if spec.mandatory and not column.live:
        changes.append(Change(code=spec.code, field="live", old=False, new=True))
    if origin and column.slug != spec.slug and column.slug != origin.slug:
        differences.append(
            LocalDifference(
                code=spec.code, field="slug", base=origin.slug, local=column.slug, template=spec.slug, kept=True
            )
        )
    return changes


def _closed_by_site(spec: ColumnSpec, column: PresentColumn, origin: ColumnSpec | None) -> bool:
    """Return whether the site closed an optional column: what a roll-out retired was not in the template before."""
    return column.retired and not spec.mandatory and origin is not None


def _is_stricter(local: Value, template: Value) -> bool:
    return isinstance(local, int) and (template is None or (isinstance(template, int) and local < template))


def _kind_warning(spec: ColumnSpec, column: PresentColumn) -> Sentence | None:
    if not column.items:
        return None
    return sentence(
        _(
            "Column '%(code)s' (%(title)s) turns from '%(old)s' into '%(new)s' and holds %(items)d items. Look at how"
            " they will be shown before you go on."
        ),
        code=spec.code,
        title=column.title,
        old=_kind_name(column.kind),
        new=_kind_name(spec.kind),
        items=column.items,
    )


def _kind_name(kind: str) -> Sentence | str:
    return sentence(KIND_NAMES[kind]) if kind in KIND_NAMES else kind


class _Slugs:
    """Which slugs are in use below which parent.

    A slug that a move will set free still counts as taken: additions are made before moves.
    """

    def __init__(self, present: Sequence[PresentColumn], others: Mapping[str, Collection[str]]) -> None:
        self._holders = {
            (parent, slug): sentence(_("another page")) for parent, taken in others.items() for slug in taken
        }
        for column in present:
            holder = _("column '%(code)s' (%(title)s)") if column.code else _("a local column (%(title)s)")
            self._holders[column.parent_code, column.slug] = sentence(holder, code=column.code, title=column.title)

    def take(self, code: str, parent: str, wanted: str) -> tuple[str, Sentence | None]:
        """Return a free slug and, if it isn't the wanted one, a sentence that says why."""
        slug, number = wanted, 1
        while (parent, slug) in self._holders:
            number += 1
            slug = f"{wanted}-{number}"
        self._holders[parent, slug] = sentence(_("column '%(code)s'"), code=code)
        if slug == wanted:
            return slug, None
        return slug, sentence(
            _(
                "The slug '%(wanted)s' of column '%(code)s' is taken %(where)s by %(holder)s. '%(slug)s' is used instead."
            ),
            wanted=wanted,
            code=code,
            where=sentence(_("below '%(parent)s'"), parent=parent) if parent else sentence(_("below the home page")),
            holder=self._holders[parent, wanted],
            slug=slug,
        )
