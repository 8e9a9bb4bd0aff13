"""What stock views take from address, query and form, checked before they run: pages, pictures, files, bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest
from wagtail.models import UploadedFile
from wagtail.permissions import policy_registry

from sites.doors.verdicts import Check, Verdict, Who, require_page
from sites.models import SiteFile, SiteImage, SitePage
from sites.reach import reach_of
from tenants.digits import whole
from tenants.scope import every_tenant

# The bulk actions that stay, by model. Publishing in bulk would pass by the signature of the review.
BULK: dict[str, frozenset[str]] = {
    "govsites.sitepage": frozenset({"move", "delete"}),
    "govsites.siteimage": frozenset({"delete", "add_tags", "add_to_collection"}),
    "govsites.sitefile": frozenset({"delete", "add_tags", "add_to_collection"}),
}
MOST_IDS = 1000


def _member(check: Check) -> Verdict:
    return Verdict(Who.MEMBER, (check,))


def explored_page(kwarg: str) -> Verdict:
    """Return: the page named is one the explorer shows to the person: their own, or one on the way to it."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        require_explorable(request.user, named[kwarg])

    return _member(check)


def sent_pages(name: str, ability: str) -> Verdict:
    """Return: each page whose id the query or the form carries as `name` is in reach with `ability`."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        require_pages(request.user, sent(request, name), ability)

    return _member(check)


def sends(name: str) -> Verdict:
    """Return: members; a form that is sent holds the field, without which the stock view fails."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        if request.method == "POST" and name not in request.POST:
            raise BadRequest(f"“{name}” is missing.")

    return _member(check)


def picture(kwarg: str, action: str = "change") -> Verdict:
    """Return: the person may do `action` with the picture that the address names."""
    return _medium(SiteImage, kwarg, action)


def document(kwarg: str, action: str = "change") -> Verdict:
    """Return: the person may do `action` with the file that the address names."""
    return _medium(SiteFile, kwarg, action)


def owned_row(label: str, kwarg: str, ability: str) -> Verdict:
    """Return: the address names a row of a TenantOwned model, and `ability` covers the whole sub-site of its tenant.

    The model is named by its label ("legacy.Transition"): the rooms above know this one, not the other way round.
    """

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        with every_tenant("a door asks whose row the address names"):
            row = apps.get_model(label).objects.filter(pk=named[kwarg]).only("tenant_id").order_by().first()
        reach = reach_of(request.user)
        ids = reach.tenant_ids()
        if row is None or (ids is not None and row.tenant_id not in ids):
            raise Http404
        if not reach.may_in(ability, row.tenant_id):
            raise PermissionDenied

    return _member(check)


def own_upload(kwarg: str) -> Verdict:
    """Return: the file waiting for its form, named by the address, was uploaded by the person."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        if not UploadedFile.objects.filter(pk=named[kwarg], uploaded_by_user=request.user).exists():
            raise Http404

    return _member(check)


def public_media(kwarg: str) -> Verdict:
    """Return: everybody, for pictures, whose stored names nobody can guess; files have a door of their own."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        if not named[kwarg].startswith(("images/", "pictures/")):
            raise Http404

    return Verdict(Who.PUBLIC, (check,))


def sent_media(model: type[Model], action: str) -> Verdict:
    """Return: each row of the model whose id the query carries as `id` is one the person may do `action` with."""

    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        require_media(request.user, model, sent(request, "id"), action)

    return _member(check)


def check_bulk_action(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Refuse a bulk action that is closed, or one with an id, a folder or a destination out of reach."""
    label = f"{named['app_label']}.{named['model_name']}".lower()
    if named["action"] not in BULK.get(label, ()):
        raise Http404
    ids = sent(request, "id")
    if label != "govsites.sitepage":
        # Of "all" Wagtail itself takes those that the policy gives.
        media = apps.get_model(label)
        require_media(request.user, media, [value for value in ids if value != "all"], "change")
        return
    if "all" in ids:
        # Everything below a page, or without one everything there is.
        ids = [value for value in ids if value != "all"] + (sent(request, "childOf") or ["0"])
    require_pages(request.user, [*ids, *sent(request, "chooser")], "write")


def check_editing_session(request: HttpRequest, named: Mapping[str, Any]) -> None:
    """Let only pages be pinged ("who is editing this?"), and only those one may write."""
    if f"{named['app_label']}.{named['model_name']}".lower() not in _page_labels():
        raise Http404
    require_pages(request.user, [named["object_id"]], "write")


BULK_ACTION = _member(check_bulk_action)
EDITING_SESSION = _member(check_editing_session)


def sent(request: HttpRequest, name: str) -> list[str]:
    """Return the values that query and form carry under the name, without empty ones."""
    return [value for value in (*request.GET.getlist(name), *request.POST.getlist(name)) if value]


def require_pages(user: Any, values: list[str], ability: str) -> None:
    """Raise Http404 or PermissionDenied unless each value is the id of a page that `ability` covers."""
    for page in _found(SitePage.objects.only("path").order_by(), values):
        require_page(user, page, ability)


def require_explorable(user: Any, page_id: int) -> None:
    """Raise Http404 unless the page is in the person's reach for writing, or an ancestor that leads there."""
    policy = policy_registry.get_by_type(SitePage)
    page = SitePage.objects.filter(pk=page_id).only("path").order_by().first()
    if page is None:
        raise Http404
    if reach_of(user).may("write", page):
        return
    if not policy.explorable_instances(user).filter(pk=page_id).exists():
        raise Http404


def require_media(user: Any, model: type[Model], values: list[str], action: str) -> None:
    """Raise Http404 unless each value is the id of a row that the person may do `action` with."""
    policy = policy_registry.get_by_type(model)
    _found(policy.instances_user_has_permission_for(user, action).order_by(), values)


def _medium(model: type[Model], kwarg: str, action: str) -> Verdict:
    def check(request: HttpRequest, named: Mapping[str, Any]) -> None:
        require_media(request.user, model, [str(named[kwarg])], action)

    return _member(check)


def _found(rows: Any, values: list[str]) -> list[Any]:
    """Return the rows with these ids. Raises Http404 where a value is no id, or one has no row."""
    ids = {whole(value) for value in values}
    if len(values) > MOST_IDS or None in ids:
        raise Http404
    found = list(rows.filter(pk__in=ids)) if ids else []
    if len(found) != len(ids):
        raise Http404
    return found


def _page_labels() -> set[str]:
    return {model._meta.label_lower for model in apps.get_models() if issubclass(model, SitePage)}
