"""Homes (首页) from the platform's side: what a step in a sub-site's life changes in the tree and host records."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.actions.move_page import MovePageAction
from wagtail.log_actions import log
from wagtail.models import Site

from sites import locks
from sites.building import ensure_region_pages
from sites.models import HomePage, SitePage
from tenants.models import Region, Tenant


def home_of(tenant: Tenant) -> HomePage | None:
    """Return the tenant's home, None where its pages are not built yet."""
    return HomePage.objects.filter(tenant_id=tenant.pk).first()


def retitle(tenant: Tenant, title: str, *, by: Any) -> None:
    """Give the home a new title by a revision of its own, published at once; a draft under way keeps the rest."""
    home = home_of(tenant)
    if home is None:
        return
    draft = home.get_latest_revision_as_object() if home.has_unpublished_changes else None
    home.title = home.draft_title = title
    revision = home.save_revision(user=by, log_action=True)
    if home.live:
        revision.publish(user=by, skip_permission_checks=True)
    else:
        SitePage.objects.filter(pk=home.pk).update(title=title)
    if draft is not None:
        draft.title = draft.draft_title = title
        draft.save_revision(user=by)


def has_page_at(tenant: Tenant, slug: str) -> bool:
    """Return whether a column of the tenant's site answers at `/<slug>/`."""
    return SitePage.objects.filter(tenant_id=tenant.pk, depth=4, slug=slug).exists()


def own_paths() -> list[tuple[str, str]]:
    """Return (tenant's code, slug) of every page right below the home of a registered site."""
    pages = SitePage.objects.filter(depth=4).exclude(tenant__host="")
    return list(pages.values_list("tenant__code", "slug"))


def host_is_taken(tenant: Tenant, host: str) -> bool:
    """Return whether another home's host record, or one that is nobody's, has `host`."""
    return Site.objects.filter(hostname=host).exclude(root_page__tenant_id=tenant.pk).exists()


def set_site(tenant: Tenant, *, host: str | None = None, name: str | None = None) -> None:
    """Write host and name into the Wagtail site record of a registered site."""
    home = home_of(tenant)
    for site in Site.objects.filter(root_page_id=home.pk) if home else ():
        site.hostname = host if host is not None else site.hostname
        site.site_name = name if name is not None else site.site_name
        site.save()


def move_to_region(tenant: Tenant, region: Region, *, by: Any) -> None:
    """Move the home below the region's page, made where it is missing. Take `building.lock_tree` before.

    The home stays at depth 3; no public address changes by this, because addresses begin at the home.
    """
    home = home_of(tenant)
    if home is None:
        return
    target = ensure_region_pages({region.pk}, by=by, now=timezone.now())[region.pk]
    if target.path == home.path[: len(target.path)]:
        return
    with locks.unlocked("moving a sub-site to another region"):
        # Who may lead a site's life is asked at the door, not by the tree.
        MovePageAction(home, target, pos="last-child", user=by).execute(skip_permission_checks=True)
    transaction.on_commit(Site.clear_site_root_paths_cache)


def note(tenant: Tenant, action: str, *, by: Any, data: dict[str, Any]) -> None:
    """Write a step into the history that Wagtail shows beside the home."""
    home = home_of(tenant)
    if home is not None:
        log(instance=home, action=action, user=by, data=data)
