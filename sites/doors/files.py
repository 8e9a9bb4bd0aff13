"""Which file is served where: on the host of its own tenant, when a public page shows it; in the admin to its keepers."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from sites import addresses
from sites.models import SiteFile, SitePage


def refuse_strange_file(document: SiteFile, request: HttpRequest) -> None:
    """Raise Http404 unless the file belongs to this host (the platform's own: to every host) and is public there."""
    address: Any = request.govsite  # type: ignore[attr-defined]
    if address is None:
        _refuse_to_strangers(document, request.user)
        return
    if document.tenant_id is not None:
        owner = addresses.get(document.tenant_id)
        if owner is None or addresses.registered(owner).tenant_id != addresses.registered(address).tenant_id:
            raise Http404
    if not is_public(document):
        raise Http404


def is_public(document: SiteFile) -> bool:
    """Return whether a live page refers to the file. The index of references knows what is published, not drafts."""
    referring = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(SiteFile),
        to_object_id=str(document.pk),
        base_content_type=ContentType.objects.get_for_model(SitePage),
    )
    page_ids = referring.annotate(page_id=Cast("object_id", IntegerField())).values("page_id")
    return SitePage.objects.filter(pk__in=page_ids, live=True).exists()


def _refuse_to_strangers(document: SiteFile, user: Any) -> None:
    if not policy_registry.get_by_type(SiteFile).user_has_permission_for_instance(user, "choose", document):
        raise Http404
