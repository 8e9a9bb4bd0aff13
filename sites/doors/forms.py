"""The base of every page form: what it refers to (pages, pictures, files) is in reach of the person who saves.

A chooser offers only what is in reach, but the form sends plain ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.http import Http404
from modelcluster.models import get_all_child_relations
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.permissions import policy_registry

Reference = tuple[type[Model], int]


class SitePageForm(WagtailAdminPageForm):
    """Refuses references out of reach, unless the page had them before: what is out of reach does not exist (404)."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.for_user is None:
            return data
        forms = [self, *(row for formset in self.formsets.values() for row in _rows(formset))]
        wanted = {found for form in forms for name in form.fields for found in _references(form, name)}
        strange = _strange(wanted, self.for_user)
        if strange:
            strange -= set(_held(self.instance))
        if strange:  # shown again, the form would name what it refuses; whoever uses the choosers never gets here
            raise Http404
        return data


def _rows(formset: Any) -> list[Any]:
    formset.is_valid()
    return [form for form in formset.forms if hasattr(form, "cleaned_data")]


def _references(form: Any, name: str) -> Iterator[Reference]:
    try:
        field = form._meta.model._meta.get_field(name)
    except FieldDoesNotExist:
        return
    value = form.cleaned_data[name] if name in form.cleaned_data else _sent(form, name)
    if isinstance(field, ForeignKey):
        key = _key(getattr(value, "pk", value))
        if key is not None and (base := _base(field.related_model)):
            yield base, key
    elif hasattr(field, "extract_references"):
        yield from _extracted(field.extract_references(value))


def _sent(form: Any, name: str) -> Any:
    """Return the value of a field that failed its own validation: the form, shown again, would name what it holds."""
    return form.fields[name].widget.value_from_datadict(form.data, form.files, form.add_prefix(name))


def _extracted(found: Iterable[tuple[type[Model], Any, str, str]]) -> Iterator[Reference]:
    for model, key, _path, _content in found:
        if (base := _base(model)) and (number := _key(key)) is not None:
            yield base, number


def _key(value: Any) -> int | None:
    """Return the id as the form's own fields would read it, “１２” included."""
    try:
        return int(str(value))
    except ValueError:
        return None


def _base(model: type[Model]) -> type[Model] | None:
    """Return the model whose policy decides: SitePage, SiteImage or SiteFile; None for anything else."""
    from sites.models import SiteFile, SiteImage, SitePage

    return next((base for base in (SitePage, SiteImage, SiteFile) if issubclass(model, base)), None)


def _strange(references: set[Reference], user: Any) -> set[Reference]:
    """Return those references that the person may not choose, or that lead to nothing."""
    from sites.models import SitePage

    strange: set[Reference] = set()
    for model in {model for model, _key in references}:
        keys = {key for named, key in references if named is model}
        action = "change" if model is SitePage else "choose"
        rows = policy_registry.get_by_type(model).instances_user_has_permission_for(user, action)
        strange |= {(model, key) for key in keys - set(rows.filter(pk__in=keys).values_list("pk", flat=True))}
    return strange


def _held(page: Any) -> Iterator[Reference]:
    """Yield what the page refers to as it is stored, in its newest revision."""
    for field in page._meta.get_fields():
        if isinstance(field, ForeignKey):
            key, base = getattr(page, field.attname), _base(field.related_model)
            if key is not None and base is not None:
                yield base, key
        elif hasattr(field, "extract_references"):
            yield from _extracted(field.extract_references(field.value_from_object(page)))
    for relation in get_all_child_relations(type(page)):
        for child in getattr(page, relation.get_accessor_name()).all():
            yield from _held(child)
