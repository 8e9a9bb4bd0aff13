"""What a hostile person sends along: search words, filters, fields and hidden fields that name the neighbour."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from lxml import html
from taggit.models import Tag
from wagtail.models import Collection, Revision, Site, Task, Workflow

from sites.models import SiteFile, SiteImage
from tenants.models import Region, Tenant, User
from tests.isolation.marks import WORD
from tests.isolation.world import Side

Body = dict[str, Any]
# Parts of a field's name and what it may hold, the first that fits.
_NAMED = (
    (("collection",), Collection),
    (("image", "photo", "picture", "poster"), SiteImage),
    (("document", "file", "attachment", "sample"), SiteFile),
    (("revision",), Revision),
    (("workflow",), Workflow),
    (("task",), Task),
    (("tenant", "unit", "working", "supervisor"), Tenant),
    (("region", "area"), Region),
    (("user", "owner", "editor", "author", "requested", "reviewer", "person", "member", "locked_by"), User),
    (("site",), Site),
)
_PAGE = ("page", "parent", "column", "destination", "child_of", "descendant_of", "ancestor_of", "policy", "target")
FILTERS = (
    "id", "parent", "owner", "user", "site", "collection_id", "collection", "tag", "tenant", "region", "column",
    "edited_by", "locked_by", "requested_by", "workflow", "task", "object_type", "page", "root_page", "image", "document",
)  # fmt: skip
API_FILTERS = ("id", "child_of", "descendant_of", "ancestor_of", "translation_of", "tags")
FIELDS = (
    *FILTERS, "ids", "pages", "parent_page", "new_parent_page", "destination", "destination_page_id", "columns", "users",
    "image_id", "document_id", "file", "reviewer", "site_id", "tenant_id", "user_id", "page_id", "revision",
)  # fmt: skip
# What every page form of a browser sends for a text and rows that are empty; Wagtail cannot read a form without it.
EMPTY_PARTS = {
    "body-count": "0",
    "materials-count": "0",
    **{
        f"{rows}-{part}_FORMS": "0"
        for rows in ("attachments", "policy_links", "comments")
        for part in ("TOTAL", "INITIAL", "MIN_NUM")
    },
}
BUTTONS = ("action-publish", "action-submit", "action-restart-workflow", "action-cancel-workflow", "confirm", "approve")


def value_for(name: str, side: Side) -> Any:
    """Return what of the side's a field of this name would name; None where the name says nothing."""
    low = name.lower()
    if "tag" in low:
        return Tag.objects.get(pk=min(side.seeds[Tag])).name
    for parts, model in _NAMED:
        if any(part in low for part in parts):
            keys = side.keys.get(model)
            return side.first(model) if keys or model in side.known else None
    if any(part in low for part in _PAGE) or low in ("id", "ids", "pk", "to"):
        return side.pages["a draft"].pk
    for model in apps.get_models():
        if model.__name__.lower() == low.replace("_", "") and side.keys.get(model):
            return side.first(model)
    return None


def filters(side: Side, names: Any = FILTERS) -> Body:
    return {name: value for name in names if (value := value_for(name, side)) is not None}


def anything(side: Side) -> Body:
    """Return one body with every name that a form of the platform might read, all naming the side's objects."""
    words = {"title": "planted", "slug": "planted", "name": "planted", "text": "planted", "comment": "planted"}
    words |= {
        "q": WORD,
        "role": "site_manager",
        "username": "planted",
        "email": "planted@example.gov.cn",
        "reason": "planted",
    }
    return {**words, **filters(side, FIELDS), **dict.fromkeys(BUTTONS, "1"), **EMPTY_PARTS, "next": "/admin/"}


def names_in(text: str) -> set[str]:
    """Return the names of the fields of the page's forms that are sent by GET."""
    if "<form" not in text:
        return set()
    tree = html.fromstring(text[text.index("<") :])
    forms = [form for form in tree.iter("form") if (form.get("method") or "get").lower() == "get"]
    return {field.get("name") for form in forms for field in form.iter("input", "select") if field.get("name")}


def forms_in(text: str, side: Side) -> list[tuple[str, Body]]:
    """Return the page's forms sent by POST as (address, body): filled as shown, but every reference names the side."""
    if "<form" not in text:
        return []
    tree = html.fromstring(text[text.index("<") :])
    found = []
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        shown = _shown(form)
        body = {name: _turned(name, value, side) for name, value in shown.items() if name != "csrfmiddlewaretoken"}
        found.append((form.get("action") or "", body))
    return found


def _shown(form: Any) -> Body:
    body: Body = {}
    for field in form.iter("input", "select", "textarea", "button"):
        name = field.get("name")
        if not name or field.get("type") == "file":
            continue
        if field.tag == "select":
            chosen = [option.get("value") for option in field.iter("option") if option.get("selected") is not None]
            body[name] = chosen[0] if chosen else ""
        elif field.tag == "textarea":
            body[name] = (field.text or "").lstrip("\n")
        elif field.get("type") not in ("checkbox", "radio") or field.get("checked") is not None:
            body[name] = field.get("value") or ""
        else:
            body.setdefault(name, field.get("value") or "on")
    return body


def _turned(name: str, value: Any, side: Side) -> Any:
    """Return the value to send: a reference names the side's object, an empty text is filled, the rest stays."""
    last = name.rsplit("-", 1)[-1]
    if name == "next":
        return ""
    if last in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS", "count", "type", "order", "deleted"):
        return value
    number = str(value).isdigit() or value in ("", None)
    theirs = value_for(last, side) if number else None
    return theirs if theirs is not None else (value or "planted")
