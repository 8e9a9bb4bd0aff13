"""manage.py legacy recipe: propose, show, correct, test and confirm how a family's pages are read."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext

from legacy.commanding import DONE, WITH_REFUSALS, Misused, common_arguments, person, transition_in_scope
from legacy.extraction import storing
from legacy.extraction.read import Reading
from legacy.models import LegacyRaw, LegacyRecipe, RawKind, Transition
from sites.messages import _, sentence

HELP = """Propose, show, test and confirm the recipe by which the pages of a template family are read.

Examples: manage.py legacy recipe rsj list
          manage.py legacy recipe rsj propose --family article-1
          manage.py legacy recipe rsj show --family article-1 > recipe.toml
          manage.py legacy recipe rsj propose --family article-1 --file recipe.toml
          manage.py legacy recipe rsj test --family article-1
          manage.py legacy recipe rsj confirm --family article-1 --by operator
"""
ACTIONS = ("list", "propose", "show", "test", "confirm")
TESTED = 20


def arguments(parser: ArgumentParser) -> None:
    common_arguments(parser, writes=True)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--family", default=None, help="the template family; may be left out where there is only one")
    parser.add_argument("--file", type=Path, help="with propose: keep this TOML as the next version")
    parser.add_argument(
        "--samples", default="", help="with confirm: ids of the raw pages that were looked at, by commas"
    )


def handle(options: dict[str, Any], out: Any) -> int:
    with transition_in_scope(options["transition"]) as transition:
        if options["action"] == "list":
            return _list(transition, options, out)
        family = options["family"] if options["family"] is not None else _only_family(transition)
        try:
            return _ACTIONS[options["action"]](transition, family, options, out)
        except OSError as error:
            raise Misused(sentence(_("A file cannot be read: %(error)s."), error=str(error))) from None


def _list(transition: Transition, options: dict[str, Any], out: Any) -> int:
    pages = LegacyRaw.objects.filter(transition=transition, kind=RawKind.PAGE, sha256__gt="")
    lines = []
    for family, count in pages.values_list("family").annotate(count=Count("pk")).order_by("-count", "family"):
        kept = LegacyRecipe.objects.filter(transition=transition, family=family).order_by("-version").first()
        lines.append(
            {
                "family": family,
                "pages": count,
                "version": kept.version if kept else None,
                "confirmed": bool(kept and kept.confirmed_at),
            }
        )
    if options["format"] == "json":
        out.write(json.dumps(lines, ensure_ascii=False, indent=1))
    else:
        for line in lines:
            state = "confirmed" if line["confirmed"] else "proposed" if line["version"] else "none"
            out.write(
                f"{line['family'] or '–'}  pages {line['pages']}  recipe {state} {line['version'] or ''}".rstrip()
            )
    return DONE


def _propose(transition: Transition, family: str, options: dict[str, Any], out: Any) -> int:
    by = person(options["by"])
    doubts: list[str] = []
    if options["file"]:
        toml = options["file"].read_text("utf-8")
        if options["dry_run"]:
            storing.recipes.load(toml)
            out.write(toml)
            return DONE
        kept = storing.keep(transition, family, toml, by=by)
    elif options["dry_run"]:
        out.write(storing.recipes.dump(storing.proposed(transition, family)[0].recipe))
        return DONE
    else:
        kept, proposal = storing.propose(transition, family, by=by)
        doubts = [doubt.say(gettext) for doubt in proposal.doubts]
    if options["format"] == "json":
        out.write(json.dumps({"version": kept.version, "toml": kept.toml, "doubts": doubts}, ensure_ascii=False))
    else:
        out.write("\n".join([kept.toml, *doubts]))
    return WITH_REFUSALS if doubts else DONE


def _show(transition: Transition, family: str, options: dict[str, Any], out: Any) -> int:
    out.write(_newest(transition, family).toml)
    return DONE


def _test(transition: Transition, family: str, options: dict[str, Any], out: Any) -> int:
    kept = _newest(transition, family)
    found = storing.side_by_side(kept, storing.spread(transition, family, TESTED))
    rows = [{"url": raw.url, "id": raw.pk, **_said(reading)} for raw, reading in found]
    if options["format"] == "json":
        out.write(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for row in rows:
            out.write("  ".join(f"{name}={value}" for name, value in row.items() if value not in (None, "", [])))
    return WITH_REFUSALS if any(row["questions"] for row in rows) else DONE


def _confirm(transition: Transition, family: str, options: dict[str, Any], out: Any) -> int:
    kept = _newest(transition, family)
    try:
        samples = [int(part) for part in options["samples"].split(",") if part.strip()] or kept.samples
    except ValueError:
        raise Misused(sentence(_("--samples takes numbers divided by commas."))) from None
    if not options["dry_run"]:
        storing.confirm(kept, samples, by=person(options["by"]))
    out.write(f"{kept.family or '–'} {kept.version}")
    return DONE


def _said(reading: Reading) -> dict[str, Any]:
    values = {name: value.value for name, value in reading.values.items() if name not in {"keywords", "summary"}}
    questions = [question.say(gettext) for question in reading.questions]
    return {"list": reading.is_list or None, **values, "characters": len(reading.text), "questions": questions}


def _newest(transition: Transition, family: str) -> LegacyRecipe:
    kept = LegacyRecipe.objects.filter(transition=transition, family=family).order_by("-version").first()
    if kept is None:
        raise Misused(sentence(_("There is no recipe for the family “%(family)s” yet. Propose one."), family=family))
    return kept


def _only_family(transition: Transition) -> str:
    pages = LegacyRaw.objects.filter(transition=transition, kind=RawKind.PAGE, sha256__gt="")
    found = sorted(set(pages.values_list("family", flat=True)))
    if len(found) == 1:
        return found[0]
    raise Misused(sentence(_("Say which family is meant with --family: %(names)s."), names=", ".join(found) or "–"))


_ACTIONS = {"propose": _propose, "show": _show, "test": _test, "confirm": _confirm}
