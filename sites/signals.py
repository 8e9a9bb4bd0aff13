"""What must follow a change of a page, whoever made it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from wagtail.models import Site
from wagtail.signals import page_slug_changed, post_page_move

from sites import locks
from sites.models import Column, HomePage, RegionPage, SitePage
from sites.old_addresses import keep_old_addresses
from tenants import versions


@receiver(pre_delete, sender=Column)
@receiver(pre_delete, sender=HomePage)
@receiver(pre_delete, sender=RegionPage)
def refuse_to_delete_what_is_locked(sender: type, instance: Any, **kwargs: Any) -> None:
    locks.check_delete(instance)


@receiver(post_delete, sender=SitePage)
def tell_of_deletion(sender: type, instance: SitePage, **kwargs: Any) -> None:
    # Not asked whether it was live: Wagtail has set that to False in memory by now.
    if instance.tenant_id:
        versions.bump([instance.tenant_id])


@receiver(post_page_move)
def take_new_place(sender: type, instance: SitePage, **kwargs: Any) -> None:
    """Set tenant and column anew, for the page and all below it, from where they stand now."""
    page = SitePage.objects.get(pk=instance.pk)
    if page.depth < 4:
        return
    home = SitePage.objects.get(path=page.path[:12])
    moved = SitePage.objects.filter(path__startswith=page.path)
    old = set(moved.values_list("tenant_id", flat=True))
    moved.update(tenant_id=home.tenant_id)
    parent = page.get_parent()
    page.set_place(parent)
    SitePage.objects.filter(pk=page.pk).update(column_id=page.column_id)
    if old <= {home.tenant_id}:
        keep_old_addresses(page, kwargs["url_path_before"])
    versions.bump({pk for pk in (*old, home.tenant_id) if pk})


@receiver(page_slug_changed)
def keep_addresses_of_old_slug(sender: type, instance: SitePage, instance_before: SitePage, **kwargs: Any) -> None:
    if instance.depth >= 4:
        keep_old_addresses(SitePage.objects.get(pk=instance.pk), instance_before.url_path)


@receiver(post_delete, sender=Site)
def tell_of_site_deletion(sender: type, instance: Site, **kwargs: Any) -> None:
    tenant_id = SitePage.objects.filter(pk=instance.root_page_id).values_list("tenant_id", flat=True).first()
    if tenant_id:
        versions.bump([tenant_id])
