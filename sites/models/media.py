"""Images and files of our own from the start: swapping them later is not possible."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from sites.models.keeping import MediaShelf
from tenants.scope import every_tenant


def shelf_tenant(collection_id: int | None) -> int | None:
    """Return the tenant whose shelf the collection is, None where it is nobody's."""
    with every_tenant("whose a collection is"):
        return MediaShelf.objects.filter(collection_id=collection_id).values_list("tenant_id", flat=True).first()


def place(kind: str, filename: str) -> str:
    """Return where an upload is stored: by month, under a random name that nobody can guess."""
    suffix = PurePosixPath(filename).suffix.lower()[:10]
    return f"{kind}/{timezone.localdate():%Y/%m}/{secrets.token_urlsafe(16)}{suffix}"


def file_place(instance: Any, filename: str) -> str:
    return place("files", filename)


class OfTenant(models.Model):
    """Whose a picture or file is, taken from its collection's shelf at every save. None: the platform's own."""

    tenant = models.ForeignKey(
        "tenants.Tenant", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    tenant.wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.tenant_id = shelf_tenant(self.collection_id)
        super().save(*args, **kwargs)


class SiteImage(OfTenant, AbstractImage):
    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_siteimage", "Can choose image")]

    def get_upload_to(self, filename: str) -> str:
        return place("pictures", filename)


class SiteRendition(AbstractRendition):
    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once")
        ]


class SiteFile(OfTenant, AbstractDocument):
    file = models.FileField(_("file"), upload_to=file_place, max_length=200)
    # The name under which it was uploaded, Chinese as it is, and is downloaded again.
    original_name = models.CharField(_("file name"), max_length=255, blank=True, editable=False)

    admin_form_fields = Document.admin_form_fields

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        permissions = [("choose_sitefile", "Can choose file")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.original_name and self.file and not self.file._committed:
            self.original_name = PurePosixPath(self.file.name).name[:255]
        super().save(*args, **kwargs)

    @property
    def filename(self) -> str:
        return self.original_name or super().filename
