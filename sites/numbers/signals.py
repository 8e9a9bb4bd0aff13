"""Numbers are taken as soon as a draft with them is saved, by whatever door."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import Revision

from sites.models import OfficialDocument
from sites.numbers import issue


@receiver(post_save, sender=OfficialDocument)
def take_numbers_of_page(sender: type, instance: OfficialDocument, raw: bool = False, **kwargs: Any) -> None:
    if not raw and instance.tenant_id and not instance.alias_of_id:
        _take(instance, {name: getattr(instance, name) for name in issue.FIELDS.values()})


@receiver(post_save, sender=Revision)
def take_numbers_of_draft(sender: type, instance: Revision, raw: bool = False, **kwargs: Any) -> None:
    if raw or "index_number" not in instance.content:
        return
    page = OfficialDocument.objects.filter(pk=instance.object_id).first()
    if page is not None and page.tenant_id:
        _take(page, instance.content)


def _take(page: OfficialDocument, fields: Any) -> None:
    """Take what is free. A taken number has been refused by the form; who was a moment too late is refused at publication."""
    for kind, name in issue.FIELDS.items():
        number = fields.get(name)
        if number and issue.is_free(page.tenant_id, kind, number, page):
            try:
                issue.take(page, kind, number)
            except issue.NumberTaken:
                continue
