"""Loading divisions (行政区划): rows of codes and names become regions, each under its parent, in one transaction.

`plan_regions` decides everything from the rows and what is stored; `load_regions` only writes what the plan says.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants import versions
from tenants.models import Level, Region, Tenant

logger = logging.getLogger(__name__)

# The statistics bureau's stand-ins for a city where there is none: what is below hangs on the province.
NO_CITY = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级"})
MAX_NAME = 100
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xAD))
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_DEPTHS = {Level.PROVINCE: 0, Level.CITY: 1, Level.COUNTY: 2, Level.TOWN: 3}


class RegionRow(NamedTuple):
    """One row as handed in. `number` is its place in the file, or "file:number" where there are several.

    `derived` marks a row that nobody wrote: a province or city named beside its counties.
    """

    number: int | str
    code: str
    name: str
    parent: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class RegionRefusal:
    """A row that was not taken, and why, in a sentence."""

    row: int | str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RegionReceipt:
    """The codes that were created, changed and found unchanged, and the rows that were refused."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refusals: tuple[RegionRefusal, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a region: its name, its parent's code ("" for a province), its codes from the province down."""

    name: str
    parent: str
    lineage: str


@dataclass(slots=True)
class RegionPlan:
    """All regions as they will be: `wanted` by code; `touched` tells which codes the rows themselves named."""

    wanted: dict[str, Stored] = field(default_factory=dict)
    touched: list[str] = field(default_factory=list)
    refusals: list[RegionRefusal] = field(default_factory=list)


def canonical(code: str) -> str | None:
    """Return the code as it is stored (6 or 9 digits), None for what is none.

    2 and 4 digits are a province and a city; 12 digits ending in 000 are the bureau's long form.
    """
    code = unicodedata.normalize("NFKC", code).strip()
    if not (code.isascii() and code.isdigit()) or len(code) not in {2, 4, 6, 9, 12} or code[0] == "0":
        return None
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code.ljust(6, "0") if len(code) in {2, 4, 6, 9} else None


def level_of(code: str) -> Level:
    """Return the level that a canonical code stands for."""
    if len(code) == 9:
        return Level.TOWN
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


def clean_name(name: str) -> str:
    """Return the name without invisible characters, doubled spaces and spaces between Chinese characters."""
    name = unicodedata.normalize("NFC", name.translate(_INVISIBLE))
    return _HAN_SPACE.sub("", " ".join(name.split()))


def bureau_rows(number: int | str, cells: Mapping[str, str]) -> list[RegionRow]:
    """Return the rows in one line of the bureau's lists: its own, and those of the province, city and county it names.

    `cells` may hold code, name, parent, province, city, county and township.
    """
    code, parent = cells.get("code", ""), cells.get("parent", "")
    known = canonical(code)
    if known is None:
        return [RegionRow(number, code, cells.get("name", ""), parent)]
    level = level_of(known)
    column = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county", Level.TOWN: "township"}[level]
    name = cells.get("name") or cells.get(column, "")
    rows = [RegionRow(number, code, name, parent)]
    for above, above_column, digits in (
        (Level.PROVINCE, "province", 2),
        (Level.CITY, "city", 4),
        (Level.COUNTY, "county", 6),
    ):
        above_code = known[:digits].ljust(6, "0")
        above_name = clean_name(cells.get(above_column, ""))
        if not above_name or _DEPTHS[above] >= _DEPTHS[level] or level_of(above_code) != above:
            continue
        if above == Level.CITY and above_name in NO_CITY:
            continue
        rows.append(RegionRow(number, above_code, above_name, "", True))
    return rows


def plan_regions(rows: Iterable[RegionRow], stored: Mapping[str, Stored]) -> RegionPlan:
    """Return what the regions will be after `rows`, in any order, and the rows that are refused."""
    plan = RegionPlan()
    taken, asked_parents, refused = _take(rows, plan)
    stored_codes, known = set(stored), {*stored, *taken}
    # A parent that does not follow from the code was once given by a list, and stays until a list gives another.
    given = {code for code, region in stored.items() if region.parent and region.parent != _nearest(code, stored_codes)}
    parents: dict[str, str] = {}
    # From the top down: a row whose parent was refused is refused, too, instead of hanging one level too high.
    for code in sorted(taken, key=lambda code: (_DEPTHS[level_of(code)], code)):
        asked = asked_parents.get(code, "") or (stored[code].parent if code in given else "")
        parent, problem = _parent(code, asked, known, refused)
        if problem:
            number = taken[code].number
            plan.refusals.append(RegionRefusal(number, code, problem))
            refused.setdefault(code, number)
            if code not in stored:
                known.discard(code)
            continue
        parents[code] = parent
    plan.touched = sorted(parents)
    names = {code: region.name for code, region in stored.items()} | {code: taken[code].name for code in parents}
    for code, region in stored.items():
        if code not in parents:
            # A city loaded after its counties takes them from the province.
            follows = region.parent and code not in given
            parents[code] = _nearest(code, known) if follows else region.parent
    for code in sorted(parents, key=lambda code: (_DEPTHS[level_of(code)], code)):
        above = plan.wanted[parents[code]].lineage if parents[code] else ""
        plan.wanted[code] = Stored(names[code], parents[code], f"{above}{code}/")
    plan.refusals.sort(key=lambda refusal: _order(refusal.row))
    return plan


def _take(
    rows: Iterable[RegionRow], plan: RegionPlan
) -> tuple[dict[str, RegionRow], dict[str, str], dict[str, int | str]]:
    """Return the usable rows by code, the parents they ask for, and the rows refused by code."""
    taken: dict[str, RegionRow] = {}
    asked: dict[str, str] = {}
    refused: dict[str, int | str] = {}
    derived: list[RegionRow] = []

    def refuse(row: RegionRow, code: str, sentence: str) -> None:
        plan.refusals.append(RegionRefusal(row.number, code, sentence))
        refused.setdefault(code, row.number)

    for row in rows:
        code = canonical(row.code)
        if code is None:
            refuse(row, row.code, _bad_code(row.code))
            continue
        row = row._replace(code=code, name=clean_name(row.name))
        if row.derived:
            derived.append(row)
            continue
        first = taken.get(code)
        if not row.name:
            refuse(row, code, _("Region %(code)s has no name. Write its name beside the code.") % {"code": code})
        elif len(row.name) > MAX_NAME or not row.name.isprintable():
            refuse(
                row,
                code,
                _("The name of region %(code)s is over 100 characters long or not readable.") % {"code": code},
            )
        elif first and first.name != row.name:
            sentence = _("Row %(row)s calls region %(code)s “%(first)s”, this row “%(name)s”. Keep the right one.")
            refuse(row, code, sentence % {"row": first.number, "code": code, "first": first.name, "name": row.name})
        elif first is None:
            taken[code] = row
            if row.parent:
                asked[code] = row.parent
    written = set(taken)
    for row in derived:
        first = taken.setdefault(row.code, row)
        if first.name != row.name and row.code not in written:
            sentence = _("Row %(row)s calls region %(code)s “%(first)s”, this row “%(name)s”. Keep the right one.")
            refuse_values = {"row": first.number, "code": row.code, "first": first.name, "name": row.name}
            plan.refusals.append(RegionRefusal(row.number, row.code, sentence % refuse_values))
    for code in taken:
        refused.pop(code, None)
    return taken, asked, refused


def _bad_code(code: str) -> str:
    text = code.strip()[:20]
    if not text:
        return _("The row has no division code. Write 6 digits, or 9 for a town.")
    if len(text) == 12 and text.isdigit() and text[0] != "0":
        return _("%(code)s is the code of a village; divisions go down to towns and streets.") % {"code": text}
    return _("“%(code)s” is no division code. Write 6 digits, or 9 for a town.") % {"code": text}


def _nearest(code: str, known: set[str]) -> str:
    """Return the nearest code above `code` that is known, "" where there is none."""
    for digits in (6, 4, 2):
        above = code[:digits].ljust(6, "0")
        if above != code and above in known:
            return above
    return ""


def _parent(code: str, asked: str, known: set[str], refused: Mapping[str, int | str]) -> tuple[str, str]:
    """Return (parent's code, "") or ("", a sentence that says why there is none)."""
    level = level_of(code)
    if asked:
        parent = canonical(asked) or ""
        if parent in known and _DEPTHS[level_of(parent)] < _DEPTHS[level]:
            return parent, ""
        sentence = _(
            "Parent %(parent)s of region %(code)s is unknown or not above it. Load it first, or empty the cell."
        )
        return "", sentence % {"parent": asked[:20], "code": code}
    if level == Level.PROVINCE:
        return "", ""
    above = code[:6] if level == Level.TOWN else f"{code[:4]}00"
    if above not in known and above in refused:
        sentence = _("Region %(parent)s above %(code)s was refused in row %(row)s. Put that row right and load again.")
        return "", sentence % {"parent": above, "code": code, "row": refused[above]}
    nearest = _nearest(code, known)
    if not nearest or (level == Level.TOWN and nearest != above):
        sentence = _("Region %(parent)s above %(code)s is not known. Load it first, or in the same run.")
        return "", sentence % {"parent": above if level == Level.TOWN else f"{code[:2]}0000", "code": code}
    return nearest, ""


def _order(number: int | str) -> tuple[str, int]:
    source, _colon, line = str(number).rpartition(":")
    return (source, int(line)) if line.isdigit() else (str(number), 0)


def load_regions(rows: Iterable[Any], *, by: Any = None, dry_run: bool = False) -> RegionReceipt:
    """Create and change regions from (row number, code, name[, parent's code]); a second run changes nothing.

    Bad rows are refused one by one, the good ones go through together. `by` is the person named in the log.
    """
    wanted = [row if isinstance(row, RegionRow) else RegionRow(*row) for row in rows]
    try:
        receipt = _load(wanted, dry_run=dry_run)
    except IntegrityError:
        # Somebody else loaded the same divisions at the same moment: look again, and find them.
        receipt = _load(wanted, dry_run=dry_run)
    if not dry_run and (receipt.created or receipt.changed):
        created, changed = len(receipt.created), len(receipt.changed)
        logger.info("Regions loaded by %s: %d created, %d changed", by or "nobody named", created, changed)
    return receipt


def _load(rows: list[RegionRow], *, dry_run: bool) -> RegionReceipt:
    with transaction.atomic():
        regions = {region.code: region for region in Region.objects.select_related("parent")}
        stored = {
            code: Stored(region.name, region.parent.code if region.parent else "", region.lineage)
            for code, region in regions.items()
        }
        plan = plan_regions(rows, stored)
        created = [code for code in plan.wanted if code not in stored]
        changed = [code for code in plan.wanted if code in stored and plan.wanted[code] != stored[code]]
        if not dry_run:
            _write(plan, regions, created, changed)
    moving = {*created, *changed}
    unchanged = tuple(code for code in plan.touched if code not in moving)
    return RegionReceipt(tuple(created), tuple(changed), unchanged, tuple(plan.refusals))


def _write(plan: RegionPlan, regions: dict[str, Region], created: list[str], changed: list[str]) -> None:
    for level in Level:
        new = [
            Region(
                code=code,
                name=plan.wanted[code].name,
                level=level,
                parent=regions[plan.wanted[code].parent] if plan.wanted[code].parent else None,
                lineage=plan.wanted[code].lineage,
            )
            for code in created
            if level_of(code) == level
        ]
        regions.update((region.code, region) for region in Region.objects.bulk_create(new, batch_size=1000))
    moved = []
    for code in changed:
        region, wanted = regions[code], plan.wanted[code]
        if region.lineage != wanted.lineage:
            moved.append(region.pk)
        region.name, region.lineage = wanted.name, wanted.lineage
        region.parent = regions[wanted.parent] if wanted.parent else None
    Region.objects.bulk_update([regions[code] for code in changed], ["name", "lineage", "parent"], batch_size=200)
    # The address book of each process keeps a tenant's lineage.
    versions.bump(list(Tenant.objects.filter(region_id__in=moved).values_list("pk", flat=True)))
