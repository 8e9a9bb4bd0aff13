"""Recipes: how the pages of each template family are read; a page beside its values, corrected and confirmed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access
from legacy.console.frame import frame
from legacy.console.items import FIELD_LABELS, method_name
from legacy.extraction import recipe as recipes, showing, storing
from legacy.extraction.read import Reading, read
from legacy.models import LegacyRaw, LegacyRecipe, RawKind, Transition
from legacy.values import FIELDS, SURE
from sites.messages import SaidError
from tenants.digits import whole

SHOWN_SAMPLES = 5
_TOML_MOST = 20_000


@require_safe
def recipe_list(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    pages = LegacyRaw.objects.filter(transition=transition, kind=RawKind.PAGE, sha256__gt="").exclude(status__gte=300)
    newest: dict[str, LegacyRecipe] = {}
    confirmed: dict[str, LegacyRecipe] = {}
    for one in LegacyRecipe.objects.filter(transition=transition).select_related("confirmed_by").order_by("version"):
        newest[one.family] = one
        if one.confirmed_at:
            confirmed[one.family] = one
    families = [
        {"family": family, "pages": count, "newest": newest.get(family), "confirmed": confirmed.get(family)}
        for family, count in pages.values_list("family").annotate(count=Count("pk")).order_by("-count", "family")
    ]
    context = frame(transition, _("Recipes"), request, icon="form") | {"families": families}
    return render(request, "legacy/recipes.html", context)


@require_POST
def recipe_propose(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    family = request.POST.get("family", "")
    if not storing.pages_of(transition, family).exists():
        raise Http404
    try:
        kept, proposal = storing.propose(transition, family, by=request.user)
    except (SaidError, OSError) as error:
        messages.error(request, _fault(error))
        return HttpResponseRedirect(reverse("legacy:recipe_list", args=[transition.pk]))
    for doubt in proposal.doubts:
        messages.warning(request, doubt.say(_))
    return HttpResponseRedirect(reverse("legacy:recipe", args=[transition.pk, kept.pk]))


@require_safe
def recipe_view(request: HttpRequest, transition_id: int, recipe_id: int) -> HttpResponse:
    """Show one of the recipe's pages beside what is read from it."""
    transition = access.find(request, transition_id)
    kept = _find(transition, recipe_id)
    samples = _samples(kept)
    chosen = _chosen(request, samples)
    return render(request, "legacy/recipe.html", _context(request, kept, samples, chosen, kept.toml))


@require_safe
@xframe_options_sameorigin
def recipe_page(request: HttpRequest, transition_id: int, recipe_id: int, raw_id: int) -> HttpResponse:
    """Answer the old page itself, for the frame: without scripts, with the places outlined that are read."""
    transition = access.find(request, transition_id)
    kept = _find(transition, recipe_id)
    raw = get_object_or_404(storing.pages_of(transition, kept.family), pk=raw_id)
    try:
        text = showing.shown(storing.page_of(raw), transition, recipes.load(kept.toml))
    except OSError:
        raise Http404 from None
    response = HttpResponse(text)
    response["Content-Security-Policy"] = showing.POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def recipe_keep(request: HttpRequest, transition_id: int, recipe_id: int) -> HttpResponse:
    """Keep the corrected recipe as the family's next version."""
    transition = access.find(request, transition_id)
    kept = _find(transition, recipe_id)
    toml = request.POST.get("toml", "").replace("\r\n", "\n")[:_TOML_MOST]
    try:
        new = storing.keep(transition, kept.family, toml, by=request.user, samples=kept.samples)
    except SaidError as error:
        messages.error(request, error.say(_))
        samples = _samples(kept)
        return render(request, "legacy/recipe.html", _context(request, kept, samples, _chosen(request, samples), toml))
    messages.success(
        request, _("Version %(version)s is kept. Look at the pages, then confirm it.") % {"version": new.version}
    )
    return HttpResponseRedirect(reverse("legacy:recipe", args=[transition.pk, new.pk]))


@require_POST
def recipe_confirm(request: HttpRequest, transition_id: int, recipe_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    kept = _find(transition, recipe_id)
    chosen = [pk for one in request.POST.getlist("sample") if (pk := whole(one)) is not None]
    try:
        storing.confirm(kept, chosen, by=request.user)
    except (SaidError, OSError) as error:
        messages.error(request, _fault(error))
        return HttpResponseRedirect(reverse("legacy:recipe", args=[transition.pk, kept.pk]))
    count = storing.pages_of(transition, kept.family).count()
    messages.success(
        request,
        ngettext(
            "Confirmed: %(count)s page of the family is read by it from the next extraction on.",
            "Confirmed: %(count)s pages of the family are read by it from the next extraction on.",
            count,
        )
        % {"count": count},
    )
    return HttpResponseRedirect(reverse("legacy:recipe_list", args=[transition.pk]))


def _fault(error: SaidError | OSError) -> str:
    return error.say(_) if isinstance(error, SaidError) else _("The bytes of a page are missing.")


def _find(transition: Transition, recipe_id: int) -> LegacyRecipe:
    found = LegacyRecipe.objects.select_related("transition", "confirmed_by", "created_by")
    return get_object_or_404(found, pk=recipe_id, transition=transition)


def _samples(kept: LegacyRecipe) -> list[LegacyRaw]:
    """Return the pages that the recipe is looked at on: its samples, filled up from the family."""
    own = list(storing.pages_of(kept.transition, kept.family).filter(pk__in=kept.samples).order_by("pk"))
    for raw in storing.spread(kept.transition, kept.family, SHOWN_SAMPLES):
        if len(own) < SHOWN_SAMPLES and raw.pk not in {one.pk for one in own}:
            own.append(raw)
    return own


def _chosen(request: HttpRequest, samples: list[LegacyRaw]) -> LegacyRaw | None:
    wanted = request.GET.get("page", "")
    return next((raw for raw in samples if str(raw.pk) == wanted), samples[0] if samples else None)


def _context(
    request: HttpRequest, kept: LegacyRecipe, samples: list[LegacyRaw], chosen: LegacyRaw | None, toml: str
) -> dict[str, Any]:
    transition = kept.transition
    family = kept.family or _("all pages")
    title = _("Recipe for %(family)s, version %(version)s") % {"family": family, "version": kept.version}
    above = (_("Recipes"), reverse("legacy:recipe_list", args=[transition.pk]))
    reading = None
    if chosen is not None:
        try:
            reading = read(storing.page_of(chosen), recipes.load(kept.toml, confirmed=True))
        except OSError:
            messages.error(request, _("The bytes of a page are missing."))
    versions = LegacyRecipe.objects.filter(transition=transition, family=kept.family).order_by("-version")
    return frame(transition, title, request, above, icon="form") | {
        "recipe": kept,
        "samples": samples,
        "chosen": chosen,
        "reading": reading,
        "values": _values(reading) if reading else [],
        "text": reading.text[:1500] if reading else "",
        "questions": [one.say(_) for one in reading.questions] if reading else [],
        "versions": versions,
        "toml": toml,
        "newest": versions[0].pk == kept.pk,
    }


def _values(reading: Reading) -> list[dict[str, Any]]:
    out = []
    for name in FIELDS:
        value = reading.values[name]
        if name in {"keywords", "summary"} and value.value is None:
            continue
        out.append(
            {
                "label": FIELD_LABELS[name],
                "text": value.value or "",
                "method": method_name(value.method),
                "evidence": value.evidence,
                "percent": round(value.confidence * 100),
                "unsure": value.value is not None and value.confidence < SURE,
            }
        )
    return out


urlpatterns = [
    path("<int:transition_id>/recipes/", recipe_list, name="recipe_list"),
    path("<int:transition_id>/recipes/propose/", recipe_propose, name="recipe_propose"),
    path("<int:transition_id>/recipes/<int:recipe_id>/", recipe_view, name="recipe"),
    path("<int:transition_id>/recipes/<int:recipe_id>/page/<int:raw_id>/", recipe_page, name="recipe_page"),
    path("<int:transition_id>/recipes/<int:recipe_id>/keep/", recipe_keep, name="recipe_keep"),
    path("<int:transition_id>/recipes/<int:recipe_id>/confirm/", recipe_confirm, name="recipe_confirm"),
]
