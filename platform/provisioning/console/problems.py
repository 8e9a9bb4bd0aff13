"""Problems of a request (a refused row) at the fields of a form, in the operator's language."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext

from tenants.tables import Problem

# What the form calls a field of a request; the others have the same name.
FORM_NAMES = {"region_code": "region", "supervisor_code": "supervisor"}


def text_of(problem: Problem) -> str:
    """Return the sentence without row and field, for a place that shows both."""
    text = problem.text(gettext)
    return f"{text[:1].upper()}{text[1:]}"


def add_problems(form: forms.Form, problems: Iterable[Problem]) -> None:
    """Put each problem at its field; those of fields the form does not have stand above it."""
    for problem in problems:
        name = FORM_NAMES.get(problem.field, problem.field)
        form.add_error(name if name in form.fields else None, text_of(problem))
