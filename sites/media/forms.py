"""The upload forms of pictures and files: what they are by content, and whether there is space for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from PIL import Image
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from sites.media import kinds, space
from sites.models.media import shelf_tenant
from tenants.models import Tenant


class _Kept(forms.ModelForm):
    """Refuses what does not fit into the shelf's tenant. Without a shelf (platform media) there is no limit."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        upload = data.get("file")
        if upload is None or "file" not in self.changed_data:
            return data
        try:
            self.check_content(upload)
            tenant_id = shelf_tenant(self._collection_id(data))
            if tenant_id is not None:
                before = self.instance.file_size or 0 if self.instance.pk else 0
                space.check(Tenant.objects.get(pk=tenant_id), max(upload.size - before, 0))
        except kinds.UnsafeFile as unsafe:
            self.add_error("file", ValidationError(unsafe.say(gettext)))
        except space.OverQuota as full:
            self.add_error("file", ValidationError(str(full)))
        return data

    def _collection_id(self, data: dict[str, Any]) -> int:
        chosen = data.get("collection") or (self.collections[0] if len(self.collections) == 1 else None)
        return chosen.pk if chosen is not None else self.instance.collection_id

    def check_content(self, upload: Any) -> None:
        kinds.check(upload, upload.name)


class SiteFileForm(_Kept, BaseDocumentForm):
    """Keeps the name under which the file was uploaded: citizens download it under the same one."""

    def save(self, commit: bool = True) -> Any:
        if "file" in self.changed_data:
            self.instance.original_name = self.cleaned_data["file"].name[:255]
        return super().save(commit=commit)


class PictureField(WagtailImageField):
    """Wagtail's field, with a sentence instead of a server error where a picture breaks off in its first bytes."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except (OSError, SyntaxError, Image.DecompressionBombError):
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from None


class SiteImageForm(_Kept, BaseImageForm):
    file = PictureField(label=gettext_lazy("File"), widget=BaseImageForm.Meta.widgets["file"])

    def check_content(self, upload: Any) -> None:
        """Do nothing: the image field has decoded the picture, which says more than a signature."""
