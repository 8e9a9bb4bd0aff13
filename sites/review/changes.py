"""What changed between two texts of a page: names of fields for the record, differences in words for the reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from wagtail.admin import compare
from wagtail.admin.panels import get_edit_handler
from wagtail.models import Revision
from wagtail.utils.text import text_from_html

from sites.review.text_diff import Kind, parts

TAGS = {Kind.SAME: "{}", Kind.GONE: "<del>{}</del>", Kind.NEW: "<ins>{}</ins>"}


@dataclass(frozen=True)
class Difference:
    """One field that differs. `rows` are ready to print, one for each block or line that was touched."""

    label: str
    rows: tuple[SafeString, ...]


def changed_fields(before: Revision | None, after: Revision) -> list[str]:
    """Return the names of the form's fields in which the later revision differs, in the order of the form."""
    if before is None or before.pk == after.pk:
        return []
    form = get_edit_handler(type(after.as_object())).get_form_class()
    names = [*form.base_fields, *getattr(form, "formsets", {})]
    return [name for name in names if _plain(before.content.get(name)) != _plain(after.content.get(name))]


def _plain(value: Any) -> Any:
    """Return the value without the row numbers of what hangs on the page: a draft's rows have none yet."""
    if isinstance(value, list):
        return [
            {name: part for name, part in row.items() if name not in {"pk", "id"}} if isinstance(row, dict) else row
            for row in value
        ]
    return value


def labels_of(page_class: Any, names: list[str]) -> list[str]:
    """Return what the form calls these fields, in the reader's language."""
    fields = {field.name: field for field in page_class._meta.get_fields()}
    found = []
    for name in names:
        field = fields.get(name)
        label = getattr(field, "verbose_name", None)
        if label is None and getattr(field, "related_model", None) is not None:
            label = field.related_model._meta.verbose_name_plural
        found.append(str(capfirst(label or name)))
    return found


def text_of(revision: Revision, page_class: Any) -> Any:
    """Return the page object that a revision holds, for comparing alone: what it points to is not looked up."""
    return page_class.from_serializable_data(revision.content, check_fks=False)


def differences(request: Any, before: Any, after: Any) -> list[Difference]:
    """Return how two page objects of one class differ, field by field as Wagtail compares them."""
    panel = get_edit_handler(type(after)).get_bound_panel(instance=after, request=request, form=None)
    found = [make(before, after) for make in panel.get_comparison()]
    return [Difference(str(each.field_label()), _rows(each)) for each in found if each.has_changed()]


def _rows(found: Any) -> tuple[SafeString, ...]:
    if found.is_child_relation:
        return tuple(_child(child) for child in found.get_child_comparisons() if child.has_changed())
    if isinstance(found, compare.StreamFieldComparison):
        blocks = compare.StreamBlockComparison(found.field.stream_block, True, True, found.val_a, found.val_b)
        return tuple(_block(block) for block in blocks.get_block_comparisons() if _touched(block))
    if isinstance(found, compare.RichTextFieldComparison):
        return (_text(text_from_html(found.val_a or ""), text_from_html(found.val_b or "")),)
    if isinstance(found, compare.TextFieldComparison):
        return (_text(found.val_a or "", found.val_b or ""),)
    return (found.htmldiff(),)


def _touched(block: Any) -> bool:
    return block.is_new() or block.is_deleted() or block.has_changed()


def _block(block: Any) -> SafeString:
    if block.is_new():
        return format_html("<ins>{}</ins>", block.htmlvalue(block.val_b))
    if block.is_deleted():
        return format_html("<del>{}</del>", block.htmlvalue(block.val_a))
    before, after = (text_from_html(block.block.render_basic(value)) for value in (block.val_a, block.val_b))
    # Where the words are the same, a picture or a setting differs: Wagtail says which.
    return _text(before, after) if before != after else block.htmldiff()


def _child(child: Any) -> SafeString:
    tag = "<ins>{}</ins>" if child.is_addition() else "<del>{}</del>" if child.is_deletion() else "{}"
    fields = [(each.field_label(), each.htmldiff()) for each in child.get_field_comparisons()]
    return format_html(tag, format_html_join("，", "{}：{}", fields))


def _text(before: str, after: str) -> SafeString:
    return format_html_join("", "{}", ((format_html(TAGS[part.kind], part.text),) for part in parts(before, after)))
