"""Recipes kept: proposed from a family's pages, corrected as a new version, confirmed by a person."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from legacy import blobs
from legacy.extraction import proposing, recipe as recipes
from legacy.extraction.page import Page, take_in
from legacy.extraction.read import Reading, read
from legacy.models import LegacyRaw, LegacyRecipe, RawKind, Transition
from sites.messages import SaidError, _, sentence

SAMPLES = 6
LOOKED_AT = 60
CONFIRMED_LEAST = 3  # a recipe is confirmed on three to five pages


class RecipeRefused(SaidError):
    """The recipe cannot be kept or confirmed; the message is a sentence."""


def pages_of(found: Transition, family: str) -> Any:
    """Return the raw pages of a family that the old site answered with."""
    return LegacyRaw.objects.filter(transition=found, kind=RawKind.PAGE, family=family, sha256__gt="").exclude(
        status__gte=300
    )


def spread(found: Transition, family: str, count: int = LOOKED_AT) -> list[LegacyRaw]:
    """Return up to `count` pages of a family, spread over all of them: neighbours are too much alike."""
    keys = list(pages_of(found, family).order_by("pk").values_list("pk", flat=True))
    chosen = {keys[at * len(keys) // count] for at in range(count)} if len(keys) > count else set(keys)
    return list(LegacyRaw.objects.filter(pk__in=chosen).order_by("pk"))


def page_of(raw: LegacyRaw) -> Page:
    """Return a raw page taken in. Raises OSError where its bytes are not kept."""
    return take_in(blobs.get(raw.sha256), raw.content_type, raw.url)


def proposed(found: Transition, family: str) -> tuple[proposing.Proposal, list[int]]:
    """Return a proposal for a family and the ids of the pages that it was made from.

    Raises proposing.NotEnough (a sentence) where too few of its pages are articles.
    """
    articles: list[tuple[LegacyRaw, Page]] = []
    for raw in spread(found, family):
        page = page_of(raw)
        if not read(page).is_list:
            articles.append((raw, page))
        if len(articles) == SAMPLES:
            break
    proposal = proposing.propose([page for _raw, page in articles], family)
    return proposal, [raw.pk for raw, _page in articles]


def propose(found: Transition, family: str, *, by: Any) -> tuple[LegacyRecipe, proposing.Proposal]:
    """Propose a recipe for a family and keep it as its next version, not confirmed. Raises as `proposed` does."""
    proposal, samples = proposed(found, family)
    return keep(found, family, recipes.dump(proposal.recipe), by=by, samples=samples), proposal


def keep(found: Transition, family: str, toml: str, *, by: Any, samples: list[int] | None = None) -> LegacyRecipe:
    """Keep a recipe as the family's next version; the same text as the newest is no new version.

    Raises recipes.RecipeError where the text is no recipe.
    """
    recipes.load(toml)
    with transaction.atomic():
        Transition.objects.select_for_update().get(pk=found.pk)
        newest = LegacyRecipe.objects.filter(transition=found, family=family).order_by("-version").first()
        if newest is not None and newest.toml == toml:
            return newest
        return LegacyRecipe.objects.create(
            tenant_id=found.tenant_id,
            transition=found,
            family=family,
            version=newest.version + 1 if newest else 1,
            toml=toml,
            samples=samples if samples is not None else newest.samples if newest else [],
            created_by=by,
        )


def confirm(kept: LegacyRecipe, samples: list[int], *, by: Any) -> None:
    """Confirm a recipe on the pages that a person looked at; from now on the family is read by it.

    Raises RecipeRefused where too few pages were looked at, or the recipe reads no title, date or body on one of them.
    """
    if kept.confirmed_at is not None:
        return
    looked_at = list(pages_of(kept.transition, kept.family).filter(pk__in=samples))
    there = pages_of(kept.transition, kept.family).count()
    if len(looked_at) < min(CONFIRMED_LEAST, there) or not looked_at:
        raise RecipeRefused(
            sentence(
                _("A recipe is confirmed on at least %(least)s pages; %(count)s were looked at."),
                least=min(CONFIRMED_LEAST, max(there, 1)),
                count=len(looked_at),
            )
        )
    recipe = recipes.load(kept.toml, confirmed=True)
    for raw in looked_at:
        reading = read(page_of(raw), recipe)
        if reading.is_list or reading.values["title"].value is None:
            raise RecipeRefused(
                sentence(
                    _("The recipe reads no title and body on %(url)s. Correct it, or take another page."), url=raw.url
                )
            )
    kept.samples, kept.confirmed_by, kept.confirmed_at = [raw.pk for raw in looked_at], by, timezone.now()
    kept.save(update_fields=["samples", "confirmed_by", "confirmed_at"])


def side_by_side(kept: LegacyRecipe, raws: list[LegacyRaw]) -> list[tuple[LegacyRaw, Reading]]:
    """Return what the recipe reads on pages; for a person to compare with the pages."""
    recipe = recipes.load(kept.toml, confirmed=True)
    return [(raw, read(page_of(raw), recipe)) for raw in raws]
