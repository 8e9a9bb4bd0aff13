"""A report as people read it: sentences in their language, names of fields, and where each finding stands."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sites.checks.findings import Finding, Remedy, Report, Severity
from sites.models import Severity as SeverityChoices


def as_json(report: Report, page: Any) -> dict[str, Any]:
    """Return the report for the editor's script: {"findings": [...], "counts": {"refuse", "confirm", "hint"}}."""
    return {
        "findings": [finding_json(finding, page) for finding in report.findings],
        "counts": {severity.value: report.count(severity) for severity in Severity},
    }


def finding_json(finding: Finding, page: Any) -> dict[str, Any]:
    return {
        "key": finding.key,
        "code": finding.code,
        "severity": finding.severity.value,
        "severity_label": str(SeverityChoices(finding.severity.value).label),
        "message": finding.message.say(_).strip(),
        "field": finding.field,
        "field_label": field_label(page, finding.field),
        "block": finding.block_id,
        "path": finding.path,
        "start": finding.start,
        "end": finding.end,
        "excerpt": finding.excerpt,
        "around": finding.around.split("|") if finding.excerpt and finding.around.count("|") == 1 else ["", ""],
        "replacement": finding.replacement,
        "remedy": finding.remedy.value,
        "remedy_label": remedy_label(finding),
        "can_ignore": finding.severity is Severity.HINT,
    }


def field_label(page: Any, name: str) -> str:
    """Return what the editor calls the field."""
    if name == "attachments":
        return _("Attachments")
    try:
        field = page.specific_class._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(capfirst(field.verbose_name))


def remedy_label(finding: Finding) -> str:
    """Return the words on the button, "" where there is none."""
    if finding.remedy is Remedy.MASK:
        return _("Mask: %(text)s") % {"text": finding.replacement}
    if finding.remedy is Remedy.REPLACE and finding.replacement:
        return _("Replace by “%(text)s”") % {"text": finding.replacement}
    return _("Remove") if finding.remedy is Remedy.REPLACE else ""
