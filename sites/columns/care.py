"""The frame of every change a site makes to its columns: locked, checked on what stands now, logged, seen at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sites.column_changes import lock_columns
from sites.column_edits import Edit, amend_columns
from sites.column_state import STEP, ColumnPlace, HomeState, read_states
from sites.column_templates import ColumnSpec, ColumnTemplate, TemplateError
from sites.columns.rules import CareRefused
from sites.messages import _, sentence
from sites.templates_library import library
from tenants import versions
from tenants.models import Tenant

# The action in the history of a column.
CARED = "govsites.column_care"


@dataclass
class Work:
    """A sub-site's columns, held until commit. `template` is the version the site was brought to, None if it is gone."""

    tenant: Tenant
    state: HomeState
    template: ColumnTemplate | None
    by: Any

    def place(self, pk: int) -> ColumnPlace:
        """Return a column of the site. Raises CareRefused where it is not there any more."""
        for place in self.state.columns:
            if place.pk == pk:
                return place
        raise CareRefused(sentence(_("This column is not there any more. Load the page again.")))

    def spec(self, place: ColumnPlace) -> ColumnSpec | None:
        """Return what the template says of a column, None for an own one."""
        return self.template.by_code.get(place.present.code) if self.template else None

    def parent(self, place: ColumnPlace) -> ColumnPlace | None:
        return next((other for other in self.state.columns if other.path == place.path[:-STEP]), None)

    def siblings(self, parent_path: str) -> list[ColumnPlace]:
        """Return the columns in use right below a place, in the order in which citizens see them."""
        return siblings_of(self.state, parent_path)

    def branch(self, place: ColumnPlace) -> list[ColumnPlace]:
        """Return a column and all columns below it, parents first."""
        return [other for other in self.state.columns if other.path.startswith(place.path)]

    def amend(self, edits: list[Edit], *, action: str = CARED) -> None:
        amend_columns(edits, action=action, version=self.tenant.template_version, by=self.by)


def siblings_of(state: HomeState, parent_path: str) -> list[ColumnPlace]:
    found = [each for each in state.columns if each.path[:-STEP] == parent_path and each.retired_on is None]
    return sorted(found, key=lambda each: (each.present.position, each.path))


@contextmanager
def at_work(tenant: Tenant, *, by: Any) -> Iterator[Work]:
    """Hold the site's columns, give them, and make the change visible at the end. All or nothing.

    Raises CareRefused for a site without pages.
    """
    with transaction.atomic():
        lock_columns([tenant.pk])
        yield Work(tenant, state_of(tenant), template_of(tenant), by)
        versions.bump([tenant.pk])


def state_of(tenant: Tenant) -> HomeState:
    state = read_states([tenant.pk]).get(tenant.pk)
    if state is None:
        raise CareRefused(sentence(_("This sub-site has no pages yet.")))
    return state


def template_of(tenant: Tenant) -> ColumnTemplate | None:
    """Return the template version a site was brought to, None where the library does not have it any more."""
    try:
        return library().get(tenant.kind, tenant.template_version)
    except TemplateError:
        return None


def look(tenant: Tenant) -> Work:
    """Return the site's columns to read, without holding them. Raises CareRefused for a site without pages."""
    return Work(tenant, state_of(tenant), template_of(tenant), by=None)
