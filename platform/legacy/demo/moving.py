"""The demo's old site moved end to end in front of the reader (迁移演示): every step as a person would take it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from legacy import deciding, steps
from legacy.console.starts import label_of_count
from legacy.demo import serving, site
from legacy.extraction import extracting, proposing, recipe as recipes, storing
from legacy.ledger import deciding as ledger
from legacy.mapping import decisions, lists
from legacy.mapping.deciding import DROP, MOVE, Change, Decision
from legacy.models import (
    Acceptance,
    AddressKind,
    AddressResult,
    ItemState,
    LegacyItem,
    LegacyRaw,
    LegacyRun,
    OldAddress,
    RawKind,
    RunState,
    Step,
    Transition,
)
from legacy.opening import open_transition
from legacy.overview import counted
from legacy.running import new_run
from sites import addresses
from sites.messages import SaidError, Sentence, _, sentence
from tenants.models import Tenant

CODE = "demo-nyj"
HOST = "old-nyj.localhost"
TELLS = Callable[[Sentence], None]
# What the reader of the demo says of pages that nobody can read a date from.
DROPPED = "日期无从查考，不迁移（演示）"
ARCHIVED = "内容未迁移，保留旧页面存档（演示）"
GONE = "旧站的装饰图片等，不迁移（演示）"
SINGLE = "只有一个页面，新站另有同类栏目（演示）"
# Where a person sends an old column for which nothing was proposed: titles of new columns, the first that the site has.
PLACES = {"办事指南": ("办事指南", "办事服务", "政策解读", "通知公告")}


class DemoFailed(SaidError):
    """The demo cannot go on; the message is a sentence."""


@dataclass
class Moved:
    """What came of it."""

    transition: Transition
    runs: list[LegacyRun] = field(default_factory=list)
    report: Acceptance | None = None

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Return the counts of each step's last run."""
        return {row.step: dict(row.counts) for row in self.runs}


def move(tenant: Tenant, *, by: Any, tell: TELLS, crawl: bool = True, folder: Path | None = None) -> Moved:
    """Move the demo's old site into the tenant, or again where it is there: collect to verify. Inside the tenant's scope.

    `crawl`: over HTTP from a server of our own on 127.0.0.1; else from a folder. `tell` gets a sentence for each step.
    """
    transition = Transition.objects.filter(tenant=tenant, code=CODE).first()
    if transition is None:
        told = site.texts()["name"]
        transition = open_transition(tenant, code=CODE, name=f"{told}旧站（演示）", hosts=[HOST], by=by)
    moved = Moved(transition)
    resources = site.resources()
    said = _("The old site: %(pages)s pages in GB18030, %(files)s pictures and files, under http://%(host)s/.")
    pages = sum(resource.content_type == site.HTML for resource in resources.values())
    tell(sentence(said, pages=pages, files=len(resources) - pages - 1, host=HOST))
    if crawl:
        with serving.serving(resources) as port:
            _run(moved, Step.COLLECT, by, tell, source="crawl", **_crawl_options(port))
    else:
        with tempfile.TemporaryDirectory() as made:
            place = folder or Path(made)
            serving.write(resources, place)
            options = {"source": "mirror", "path": str(place), "base": f"http://{HOST}", "at_command_line": True}
            _run(moved, Step.COLLECT, by, tell, **options)
    _run(moved, Step.SURVEY, by, tell)
    _recipes(moved, by, tell)
    _map(moved, by, tell)
    _run(moved, Step.EXTRACT, by, tell)
    _decide(moved, by, tell)
    _run(moved, Step.LOAD, by, tell)
    _addresses(moved, by, tell)
    _run(moved, Step.VERIFY, by, tell)
    moved.report = Acceptance.objects.filter(transition=transition).order_by("-pk").first()
    return moved


def _crawl_options(port: int) -> dict[str, Any]:
    return {
        "start": [f"http://{HOST}/"],
        "delay": 0,
        "connect": {HOST: f"127.0.0.1:{port}"},
        "inner_hosts": [HOST],
        "at_command_line": True,
    }


def _run(moved: Moved, step: Step, by: Any, tell: TELLS, **options: Any) -> LegacyRun:
    row = new_run(moved.transition, step, by=by, label="demo", **options)
    steps.carry_out(row)
    row.refresh_from_db()
    moved.runs.append(row)
    if row.state != RunState.FINISHED:
        raise DemoFailed(sentence(_("The step “%(step)s” did not finish: %(error)s"), step=row.step, error=row.error))
    counts = "，".join(f"{label_of_count(name)} {count}" for name, count in sorted(row.counts.items()) if count)
    tell(sentence("%(step)s: %(counts)s", step=str(row.get_step_display()), counts=counts or str(row.done)))
    return row


def _recipes(moved: Moved, by: Any, tell: TELLS) -> None:
    """Propose a recipe for each family of articles and confirm it on its samples, as a person does side by side.

    One is corrected by hand first: demo/recipes/ holds it by the old column that its pages stand in.
    """
    pages = LegacyRaw.objects.filter(transition=moved.transition, kind=RawKind.PAGE, sha256__gt="")
    confirmed = extracting.confirmed_recipes(moved.transition)
    for family in sorted(set(pages.values_list("family", flat=True)) - confirmed.keys()):
        try:
            kept, _proposal = storing.propose(moved.transition, family, by=by)
            own = _corrected(pages.filter(family=family, pk__in=kept.samples))
            if own:
                toml = recipes.dump(replace(recipes.load(own), family=family))
                kept = storing.keep(moved.transition, family, toml, by=by, samples=kept.samples)
            storing.confirm(kept, kept.samples, by=by)
        except (proposing.NotEnough, storing.RecipeRefused):
            continue  # lists, the front page, a page that stands alone: read without a recipe
        said = _("Recipe of the template family “%(family)s”: version %(version)s, confirmed on %(count)s pages.")
        tell(sentence(said, family=family, version=kept.version, count=len(kept.samples)))


def _corrected(samples: Any) -> str:
    """Return the recipe that a person wrote for the family of these pages, "" where the proposal is right."""
    for file in sorted((Path(__file__).parent / "recipes").glob("*.toml")):
        if samples and all(f"/{file.stem}/" in raw.url for raw in samples):
            return file.read_text(encoding="utf-8")
    return ""


def _map(moved: Moved, by: Any, tell: TELLS) -> None:
    """Take the proposed columns over, and decide on the others: a place for guides, none for what is one page alone."""
    decisions.propose_all(moved.transition)
    decisions.confirm(moved.transition, by=by)
    places = [place for place in decisions.targets(moved.transition) if "article" in place.takes]
    changes = []
    for column in decisions.columns(moved.transition):
        if column.decision:
            continue
        target = next((place for place in places if place.title in PLACES.get(column.title, ())), None)
        what = Decision(MOVE, target.page_id) if target else Decision(DROP, reason=SINGLE)
        changes.append(Change(column.key, what))
    decisions.decide(moved.transition, changes, by=by)
    names = {place.page_id: place.path for place in decisions.targets(moved.transition)}
    for column in decisions.columns(moved.transition):
        if column.decision == MOVE and column.items_found:
            tell(
                sentence("%(old)s → %(new)s", old=column.title or column.key, new=names.get(column.target_id or 0, "–"))
            )


def _decide(moved: Moved, by: Any, tell: TELLS) -> None:
    """Do what a person does with the review list: take over what can be loaded, leave out what has no date."""
    asked = LegacyItem.objects.filter(transition=moved.transition, state=ItemState.REVIEW)
    for item in list(asked):
        try:
            deciding.accept(item, by=by)
        except deciding.DecisionRefused:
            deciding.drop(item, DROPPED, by=by)
    found = counted(LegacyItem.objects.filter(transition=moved.transition), "state")
    said = _("Items: %(ready)s to load, %(loaded)s loaded before, %(dropped)s not moved.")
    numbers = {name: found.get(state, 0) for name, state in _STATES.items()}
    tell(sentence(said, **numbers))


def _addresses(moved: Moved, by: Any, tell: TELLS) -> None:
    """Decide on the addresses that loading left open: lists lead to their new column, pages stay as archived copies."""
    lists.register(moved.transition)
    columns = {column.key: column.target_id for column in decisions.columns(moved.transition) if column.target_id}
    wanted: dict[int, ledger.Decision] = {}
    addresses.refresh()
    home = addresses.get(moved.transition.tenant_id)
    rows = OldAddress.objects.filter(transition=moved.transition, result=AddressResult.UNRESOLVED)
    for row in rows.select_related("raw"):
        target = columns.get(row.path) or columns.get(row.raw.column_key if row.raw else "")
        is_page = row.raw is not None and row.raw.kind == RawKind.PAGE and row.raw.sha256
        if row.path == "/" and home:
            wanted[row.pk] = ledger.Decision(AddressResult.REDIRECT, "", home.home_id)
        elif target and row.kind != AddressKind.ITEM and is_page and "content_" not in row.path:
            wanted[row.pk] = ledger.Decision(AddressResult.REDIRECT, "", target)
        elif is_page:
            wanted[row.pk] = ledger.Decision(AddressResult.ARCHIVE, ARCHIVED)
        else:
            wanted[row.pk] = ledger.Decision(AddressResult.GONE, GONE)
    ledger.decide_each(moved.transition, wanted, by=by)
    # An archived page took its pictures into the archive.
    rest = rows.filter(kind__in=(AddressKind.PICTURE, AddressKind.OTHER, AddressKind.FILE))
    ledger.decide(
        moved.transition, list(rest.values_list("pk", flat=True)), ledger.Decision(AddressResult.GONE, GONE), by=by
    )
    found = counted(OldAddress.objects.filter(transition=moved.transition), "result")
    said = _("Old addresses: %(redirect)s redirected, %(archive)s archived, %(gone)s gone, %(unresolved)s unresolved.")
    tell(sentence(said, **{result: found.get(result, 0) for result in AddressResult.values}))


_STATES = {"ready": ItemState.EXTRACTED, "loaded": ItemState.LOADED, "dropped": ItemState.DROPPED}
