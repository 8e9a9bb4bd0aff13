"""Pictures and files that no page uses: neither what citizens see nor a draft."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.models import ReferenceIndex

from sites.models import SiteFile, SiteImage, SitePage
from tenants.models import Tenant

KINDS = {"picture": SiteImage, "file": SiteFile}
# An upload is not yet called unused while its article may still be open in a browser.
GRACE = timedelta(days=1)


def unused(tenant: Tenant, kind: str) -> list[Any]:
    """Return the tenant's pictures (kind "picture") or files ("file") that nothing refers to, the largest first."""
    model = KINDS[kind]
    mine = model.objects.filter(tenant=tenant, created_at__lt=timezone.now() - GRACE)
    ids = set(mine.values_list("pk", flat=True))
    taken = _in_saved_pages(model, ids) | _in_drafts(tenant, model) if ids else set()
    return sorted(mine.filter(pk__in=ids - taken), key=lambda row: (-(row.file_size or 0), row.pk))


@transaction.atomic
def delete_unused(tenant: Tenant, kind: str, ids: set[int]) -> int:
    """Delete those of `ids` that are unused at this moment, with their stored bytes; return how many went."""
    going = [row for row in unused(tenant, kind) if row.pk in ids]
    for row in going:
        row.delete()
    return len(going)


def _in_saved_pages(model: Any, ids: set[int]) -> set[int]:
    kind = ContentType.objects.get_for_model(model)
    found: set[int] = set()
    keys = sorted(map(str, ids))
    for start in range(0, len(keys), 500):
        rows = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id__in=keys[start : start + 500])
        found |= {int(key) for key in rows.values_list("to_object_id", flat=True)}
    return found


def _in_drafts(tenant: Tenant, model: Any) -> set[int]:
    """Return what the unpublished changes of the tenant's pages refer to: the index knows saved pages alone."""
    wanted = ContentType.objects.get_for_model(model).pk
    drafts = SitePage.objects.filter(tenant=tenant, has_unpublished_changes=True).select_related("latest_revision")
    found = set()
    for page in drafts.order_by().iterator(chunk_size=100):
        if page.latest_revision is None:
            continue
        draft = page.latest_revision.as_object()
        found |= {
            int(object_id)
            for content_type_id, object_id, _path, _hash in ReferenceIndex._extract_references_from_object(draft)
            if content_type_id == wanted
        }
    return found
