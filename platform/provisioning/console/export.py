"""Lists to take away: sub-sites in the columns that `provision` reads back, a run's rows with their problems."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import xlsxwriter
from django.utils.translation import gettext

from provisioning.console import addresses
from provisioning.console.fields import EXAMPLE, HEADER_OF, HELP, NOTES
from provisioning.models import ProvisioningRun
from provisioning.requests import MAX_LENGTHS
from provisioning.runs import read_rows
from tenants.models import Tenant

# What the lists call each field, kind and state: words that the reader of lists knows, whatever the admin's language.
KIND_WORDS = {
    "province": "省级门户", "city": "市级门户", "county": "县级门户", "department": "部门", "town": "乡镇街道",
}  # fmt: skip
STATUS_WORDS = {
    "draft": "草稿", "trial": "试运行", "live": "正式", "suspended": "暂停", "closing": "关停公告期", "closed": "已关停",
}  # fmt: skip
THEME_WORDS = {"": "", "blue": "蓝"}
# Only for the reader: these headers name no field, so they are passed over when the list comes back.
REGION_NAME, URL, CONFORMANCE = "所在地", "网站链接", "模板符合度"
PROBLEM = "问题"
_PLAIN = ("site_code", *(name for name in MAX_LENGTHS if name not in {"name", "short_name"}))


def tenants_table(tenants: Iterable[Tenant]) -> tuple[list[str], Iterator[list[str]]]:
    """Return headers and rows; region, supervisor and the holder must be selected with the tenants."""
    fields = (
        "code", "name", "short_name", "kind", "region_code", "supervisor_code", "host", "mount", "status", *_PLAIN,
        "opened_on", "theme", "template_version",
    )  # fmt: skip
    return [HEADER_OF[field] for field in fields] + [REGION_NAME, URL, CONFORMANCE], map(_tenant_row, tenants)


def _tenant_row(tenant: Tenant) -> list[str]:
    return [
        tenant.code,
        tenant.name,
        tenant.short_name,
        KIND_WORDS[tenant.kind],
        tenant.region.code,
        tenant.supervisor.code if tenant.supervisor else "",
        tenant.host,
        tenant.mount,
        STATUS_WORDS[tenant.status],
        *(getattr(tenant, name) for name in _PLAIN),
        tenant.opened_on.isoformat() if tenant.opened_on else "",
        THEME_WORDS.get(tenant.theme, tenant.theme),
        str(tenant.template_version or ""),
        tenant.region.name,
        addresses.public_url(tenant),
        f"{tenant.conformance:.0%}",
    ]


def run_table(run: ProvisioningRun, *, only_problems: bool) -> tuple[list[str], list[list[str]]]:
    """Return the rows of a run's own list with a column for what is wrong with each; all, or those with a problem."""
    said = {
        number: " ".join([*problems, *warnings])
        for number, problems, warnings in run.rows.values_list("row", "problems", "warnings")
    }
    not_done = set(run.rows.filter(outcome__in=["refused", "failed"]).values_list("row", flat=True))
    raws = [raw for raw in read_rows(bytes(run.data), run.source_name) if not only_problems or raw.number in not_done]
    used = [field for field in HEADER_OF if any(field in raw.cells for raw in raws)]
    rows = [[*(raw.cells.get(field, "") for field in used), said.get(raw.number, "")] for raw in raws]
    return [HEADER_OF[field] for field in used] + [PROBLEM], rows


def template_book() -> bytes:
    """Return the empty list as a workbook: headers on the first sheet, on the second what each means and an example.

    The example stands upright on its own sheet, where nobody hands it in by mistake.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True, "bg_color": "#f2f2f2", "num_format": "@"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet, notes = book.add_worksheet(gettext("List of sub-sites")), book.add_worksheet(gettext("Notes"))
    for column, header in enumerate(HEADER_OF.values()):
        sheet.write_string(0, column, header, bold)
    # Text from the start: a spreadsheet makes 4.30102E+11 of a long code in a column of numbers.
    sheet.set_column(0, len(HEADER_OF) - 1, 18, book.add_format({"num_format": "@"}))
    sheet.freeze_panes(1, 0)
    notes.set_column(0, 0, 20)
    notes.set_column(1, 2, 60)
    for row, note in enumerate(NOTES):
        notes.write_string(row, 0, str(note), book.add_format({"num_format": "@"}))
    first = len(NOTES) + 1
    for column, title in enumerate((gettext("Column of the list"), gettext("Meaning"), gettext("Example"))):
        notes.write_string(first, column, title, bold)
    for row, (field, header) in enumerate(HEADER_OF.items(), first + 1):
        for column, value in enumerate((header, str(HELP[field]), EXAMPLE.get(field, ""))):
            notes.write_string(row, column, value, text)
    book.close()
    return out.getvalue()
