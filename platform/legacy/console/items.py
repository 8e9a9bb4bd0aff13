"""Items: the list by state and old column, and one with its values, evidence and body; corrected, accepted, left out."""

from __future__ import annotations

from typing import Any

import nh3
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _, gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from legacy import access, deciding
from legacy.console.frame import frame
from legacy.console.paging import paged
from legacy.contents import body_of
from legacy.models import ItemState, LegacyColumn, LegacyItem, Transition
from legacy.overview import counted
from legacy.sentences import tell
from legacy.values import FIELDS, SURE

FIELD_LABELS = {
    "title": gettext_lazy("Title"),
    "subtitle": gettext_lazy("Subtitle"),
    "published_at": gettext_lazy("Published at"),
    "written_on": gettext_lazy("Written on"),
    "source": pgettext_lazy("of an article", "Source"),
    "author": gettext_lazy("Author"),
    "document_number": gettext_lazy("Document number"),
    "index_number": gettext_lazy("Index number"),
    "issuing_authority": gettext_lazy("Issuing authority"),
    "keywords": gettext_lazy("Keywords"),
    "summary": gettext_lazy("Summary"),
    "column": gettext_lazy("Column"),
}
# The first words of a value's method; what follows them names the place.
METHODS = {
    "recipe": gettext_lazy("recipe"),
    "meta": pgettext_lazy("where a value stands", "tag in the page's head"),
    "script": pgettext_lazy("where a value stands", "variable of a script"),
    "label": pgettext_lazy("where a value stands", "labelled text"),
    "css": pgettext_lazy("where a value stands", "place on the page"),
    "breadcrumb": pgettext_lazy("where a value stands", "breadcrumb"),
    "head of the text": pgettext_lazy("where a value stands", "head of the text"),
    "signature": pgettext_lazy("where a value stands", "signature below the text"),
    "agreement": pgettext_lazy("where a value stands", "agreement of several ways"),
    "person": gettext_lazy("written by a person"),
}


@require_safe
def item_list(request: HttpRequest, transition_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    rows = LegacyItem.objects.filter(transition=transition)
    column, search = request.GET.get("column", ""), request.GET.get("q", "").strip()
    if column:
        rows = rows.filter(column_key=column)
    if search:
        rows = rows.filter(Q(title__icontains=search) | Q(url__icontains=search) | Q(key=search))
    states = counted(rows, "state")
    state = request.GET.get("state", "")
    if state in ItemState.values:
        rows = rows.filter(state=state)
    page = paged(rows.defer("values", "overrides").order_by("-published_at", "pk"), request)
    titles = dict(LegacyColumn.objects.filter(transition=transition).values_list("key", "title"))
    context = frame(transition, pgettext("old site", "Items"), request, icon="doc-full") | {
        "page": page,
        "lines": [(item, titles.get(item.column_key) or item.column_key, why(item)) for item in page],
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "columns": sorted(titles.items()),
        "column": column,
        "search": search,
        "state": state,
        "states": [
            {"value": value, "label": label, "count": states[value], "current": value == state}
            for value, label in ItemState.choices
            if states.get(value)
        ],
        "all": sum(states.values()),
    }
    return render(request, "legacy/items.html", context)


@require_safe
def item_view(request: HttpRequest, transition_id: int, item_id: int) -> HttpResponse:
    transition = access.find(request, transition_id)
    item = _find(transition, item_id)
    above = (pgettext("old site", "Items"), reverse("legacy:items", args=[transition.pk]))
    body = body_of(item)
    column = LegacyColumn.objects.filter(transition=transition, key=item.column_key).first()
    context = frame(transition, item.title or item.key, request, above, icon="doc-full") | {
        "item": item,
        "column_title": str(column) if column else item.column_key,
        "values": values_of(item),
        "questions": [tell(each, _) for each in item.questions],
        "reasons": [tell(each, _) for each in item.reason],
        "blocks": [block | {"html": _shown(block.get("html", ""))} for block in body["blocks"]],
        "attachments": body["attachments"],
        "lost": [tell(each, _) for each in body["lost"]],
        "page_url": reverse("wagtailadmin_pages:edit", args=[item.page_id]) if item.page_id else "",
        "rollback_url": reverse("legacy:rollback_item", args=[transition.pk, item.pk]) if item.loaded_at else "",
        "may_drop": item.page_id is None and item.state != ItemState.DROPPED,
        "may_accept": item.state == ItemState.REVIEW,
    }
    return render(request, "legacy/item.html", context)


@require_POST
def item_decide(request: HttpRequest, transition_id: int, item_id: int, decision: str) -> HttpResponse:
    """Carry out one decision: "correct", "accept", "drop" or "undo"; a fault comes back as a message."""
    item = _find(access.find(request, transition_id), item_id)
    if decision not in _DECISIONS:
        raise Http404
    try:
        messages.success(request, _DECISIONS[decision](request, item))
    except deciding.DecisionRefused as refused:
        messages.error(request, refused.say(_))
    return HttpResponseRedirect(reverse("legacy:item", args=[transition_id, item.pk]))


def _correct(request: HttpRequest, item: LegacyItem) -> str:
    given = {field: request.POST[field] for field in FIELDS if field in request.POST}
    # Only what the person changed: a value that was cut or written otherwise in the form must not become theirs.
    shown = {line["field"]: line["text"] for line in values_of(item)}
    changed = {field: text for field, text in given.items() if text.strip() != shown.get(field, "").strip()}
    deciding.correct(item, changed, by=request.user)
    if request.POST.get("accept") and item.state == ItemState.REVIEW:
        deciding.accept(item, by=request.user)
        return _("The item can be loaded.")
    return _("The values are kept.")


def _accept(request: HttpRequest, item: LegacyItem) -> str:
    deciding.accept(item, by=request.user)
    return _("The item can be loaded.")


def _drop(request: HttpRequest, item: LegacyItem) -> str:
    deciding.drop(item, request.POST.get("reason", ""), by=request.user)
    return _("The item will not be moved.")


def _undo(request: HttpRequest, item: LegacyItem) -> str:
    deciding.undo_drop(item, by=request.user)
    return _("The item is back in the list.")


_SHOWN_TAGS = {"p", "b", "strong", "i", "em", "u", "sub", "sup", "br", "ul", "ol", "li", "h2", "h3", "h4", "blockquote"}
_DECISIONS = {"correct": _correct, "accept": _accept, "drop": _drop, "undo": _undo}


def _find(transition: Transition, item_id: int) -> LegacyItem:
    return get_object_or_404(
        LegacyItem.objects.select_related("decided_by", "load_run"), pk=item_id, transition=transition
    )


def _shown(html: str) -> str:
    """Return the text of a block for showing: bare markup, no address that a click would follow."""
    return mark_safe(nh3.clean(html, tags=_SHOWN_TAGS, attributes={}))


def why(item: LegacyItem) -> str:
    """Return the first thing that keeps the item from being loaded, "" where nothing does."""
    said = item.questions or item.reason
    return tell(said[0], _) if said else ""


def method_name(method: str) -> str:
    """Return how a value was found in the reader's words: "recipe:label:发布日期" as "提取规则：标注文字：发布日期"."""
    first, colon, rest = method.partition(":")
    if first not in METHODS:
        return method
    return f"{METHODS[first]}：{method_name(rest)}" if colon else str(METHODS[first])


def values_of(item: LegacyItem) -> list[dict[str, Any]]:
    """Return the item's values for showing: label, text, method, evidence, percent of confidence, whose it is."""
    found = []
    for field in FIELDS:
        value = item.values.get(field)
        if not isinstance(value, dict):
            value = {}
        text = value.get("value") or ""
        found.append(
            {
                "field": field,
                "label": FIELD_LABELS[field],
                "text": text.replace("T", " ")[:16] if field == "published_at" else text,
                "method": method_name(value.get("method", "")),
                "evidence": value.get("evidence", ""),
                "percent": round(100 * (value.get("confidence") or 0)),
                "unsure": bool(text) and (value.get("confidence") or 0) < SURE,
                "by_person": field in item.overrides,
            }
        )
    return found


urlpatterns = [
    path("<int:transition_id>/items/", item_list, name="items"),
    path("<int:transition_id>/items/<int:item_id>/", item_view, name="item"),
    path("<int:transition_id>/items/<int:item_id>/<slug:decision>/", item_decide, name="item_decide"),
]
