"""How far the fleet has the columns its templates demand (模板符合度), worked out anew and written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from provisioning.rollout_preview import CHUNK
from sites.column_changes import base_of, record_conformance
from sites.column_state import read_states
from sites.rollout_plan import conformance
from sites.templates_library import library
from tenants.models import Tenant


@dataclass(frozen=True)
class FleetConformance:
    """`figures` are 0 to 1 by tenant code; the fleet's own figure is their mean, 1.0 for no sub-site at all."""

    figures: dict[str, float]
    changed: int

    @property
    def mean(self) -> float:
        return sum(self.figures.values()) / len(self.figures) if self.figures else 1.0

    @property
    def below(self) -> list[tuple[str, float]]:
        """Sub-sites below 1, worst first."""
        return sorted(((c, f) for c, f in self.figures.items() if f < 1.0), key=lambda item: (item[1], item[0]))

    def as_json(self) -> dict[str, Any]:
        return {
            "sites": len(self.figures),
            "mean": round(self.mean, 4),
            "full": len(self.figures) - len(self.below),
            "changed": self.changed,
            "below": [{"code": code, "conformance": round(figure, 4)} for code, figure in self.below],
        }


def refresh_conformance(
    tenants: Sequence[Tenant], *, progress: Callable[[int, int], None] = lambda done, total: None
) -> FleetConformance:
    """Work out the figure of each sub-site against the version it was brought to (the latest, if none) and store it.

    A sub-site of a kind without a template demands nothing and is left out.
    """
    figures: dict[str, float] = {}
    changed = 0
    for start in range(0, len(tenants), CHUNK):
        chunk = tenants[start : start + CHUNK]
        states = read_states([tenant.pk for tenant in chunk])
        new: dict[int, float] = {}
        for tenant in chunk:
            template = base_of(tenant.kind, tenant.template_version)
            if template is None and not library().versions(tenant.kind):
                continue
            state = states.get(tenant.pk)
            figure = conformance(template or library().latest(tenant.kind), state.present) if state else 0.0
            figures[tenant.code] = figure
            if figure != tenant.conformance:
                new[tenant.pk] = figure
        record_conformance(new)
        changed += len(new)
        progress(min(start + CHUNK, len(tenants)), len(tenants))
    return FleetConformance(figures=figures, changed=changed)
