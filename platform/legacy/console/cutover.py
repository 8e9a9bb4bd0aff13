"""The cut-over of one old site (割接): its check list, what was looked up about its hosts, and the requests that come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access
from legacy.console.frame import frame
from legacy.cutover import phases, probing
from legacy.cutover.dns import LONG_TTL
from legacy.ledger import hits, hosts
from legacy.ledger.canonical import canonical_host
from legacy.models import AddressResult, HostProbe, Transition

DAYS = 14
STATES = {
    "old": gettext_lazy("still at the old site"),
    "mixed": gettext_lazy("partly here"),
    "moved": gettext_lazy("points here"),
    "unknown": gettext_lazy("no answer"),
    "ok": gettext_lazy("in order"),
    "wrong": gettext_lazy("not in order"),
    "unreachable": gettext_lazy("not reachable"),
}
WHAT = ("names", "preview")


@require_safe
def cutover(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    board = phases.boards([transition])[transition.pk]
    checks = [{"check": each, "url": _url(transition, each.part)} for each in board["checks"]]
    context = frame(transition, _("Cut-over"), request, icon="site") | {
        "phase": board["phase"],
        "ok": board["ok"],
        "groups": [
            {"title": title, "checks": [each for each in checks if each["check"].phase == code]}
            for code, title in phases.titles()
        ],
        "total": len(checks),
        "hosts": _hosts(transition),
        "days": _days(transition),
        "results": AddressResult.labels,
        "preview": bool(settings.LEGACY_PREVIEW_DOMAIN),
        "https": settings.PUBLIC_SCHEME == "https",
        "long_ttl": LONG_TTL,
    }
    return render(request, "legacy/cutover/cutover.html", context)


def _url(transition: Transition, part: str) -> str:
    try:
        return reverse(f"legacy:{part}", args=[transition.pk]) if part and part != "cutover" else ""
    except NoReverseMatch:
        return ""


def _hosts(transition: Transition) -> list[dict[str, Any]]:
    """Return each old host with what was looked up about it."""
    probes = {(probe.host, probe.kind): probe for probe in HostProbe.objects.filter(transition=transition)}
    rule = hosts.rule_of(transition)
    found = []
    for host in map(str, transition.hosts):
        tried = probes.get((canonical_host(host, rule), "preview"))
        line: dict[str, Any] = {"host": host, "preview_url": hosts.preview_url(host)}
        for name, probe in (
            ("dns", probes.get((host, "dns"))),
            ("certificate", probes.get((host, "certificate"))),
            ("tried", tried),
        ):
            line[name] = probe
            line[f"{name}_state"] = STATES.get(probe.state, probe.state) if probe else ""
        found.append(line)
    return found


def _days(transition: Transition) -> list[dict[str, Any]]:
    """Return the requests of the last days, the newest first; days without any are left out."""
    since = timezone.localdate() - timedelta(days=DAYS)
    counted = hits.of_days(transition, since)
    return [
        {"day": day, "counts": [counts[value] for value in AddressResult.values], "total": sum(counts.values())}
        for day, counts in sorted(counted.items(), reverse=True)
    ]


@require_POST
def cutover_probe(request: HttpRequest, transition_id: int, what: str) -> HttpResponse:
    """Have names and certificates looked up, or all addresses tried, in the background."""
    transition = access.find(request, transition_id)
    if what not in WHAT:
        raise Http404
    probing.probe.enqueue(transition.pk, transition.tenant_id, what)
    messages.success(request, _("It is being looked up. Load this page again in a moment."))
    return HttpResponseRedirect(reverse("legacy:cutover", args=[transition.pk]))


urlpatterns = [
    path("<int:transition_id>/cutover/", cutover, name="cutover"),
    path("<int:transition_id>/cutover/<slug:what>/", cutover_probe, name="cutover_probe"),
]
