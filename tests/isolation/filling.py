"""Rows of any model, made from its fields alone, and marks in every field that can hold a text.

So a model that is added tomorrow has its marked rows in the world without a line here; where its constraints ask for
more than its fields say, `OVERRIDES` says it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from legacy.values import Value
from legacy.verify import tally
from tests.isolation.marks import Marks
from tests.isolation.rows import Keys, ours

# Texts that are no secret of a tenant, or that the platform makes by itself, each with the reason.
PLAIN = {
    "govsites.Column.code": "of the shipped template",
    "govsites.Column.disclosure": "of the shipped template",
    "govsites.Column.external_url": "of the shipped template",
    "govsites.SitePage.path": "place in the tree",
    "legacy.Acceptance.digest": "a sum",
    "legacy.ApiAnswer.request_hash": "a sum",
    "legacy.HostProbe.kind": "a kind",
    "legacy.HostProbe.state": "a state",
    "legacy.LegacyColumn.rules": "patterns and page numbers",
    "legacy.LegacyItem.body_sha256": "a sum",
    "legacy.LegacyItem.content_hash": "a sum",
    "legacy.LegacyItem.kind": "a kind",
    "legacy.LegacyItem.loaded_hash": "a sum",
    "legacy.LegacyItem.loaded_media": "a sum",
    "legacy.LegacyMedia.sha256": "a sum",
    "legacy.LegacyRaw.sha256": "a sum",
    "legacy.LegacyRaw.source": "a kind",
    "legacy.LegacyRecipe.samples": "numbers of pages",
    "legacy.OldAddress.digest": "a sum",
    "legacy.OldAddress.found_by": "a kind",
    "legacy.Transition.address_rule": "how addresses are compared",
    "otp_static.StaticDevice.name": "made by the platform",
    "otp_totp.TOTPDevice.key": "a secret of the person alone, never shown",
    "provisioning.ProvisioningRun.file_hash": "a sum",
    "provisioning.RollOut.digest": "a sum",
    "provisioning.RollOut.kind": "a kind",
    "provisioning.RollOut.wave_size": "a number",
    "provisioning.RunRow.action": "a plan's verb",
    "provisioning.RunRow.outcome": "a plan's verb",
    "taggit.TaggedItem.object_id": "a number",
    "tenants.FormerAddress.mount": "stands instead of a host",
    "tenants.Invitation.token_hash": "a sum",
    "tenants.LifecycleEvent.action": "a verb",
    "tenants.Region.code": "public: the statistics bureau's",
    "tenants.Region.lineage": "public: the statistics bureau's",
    "tenants.Region.name": "public: geography",
    "tenants.Tenant.code": "in the form that its constraint demands",
    "tenants.Tenant.host": "public address",
    "tenants.Tenant.mount": "public address",
    "tenants.Tenant.site_code": "in the form that its constraint demands",
    "tenants.User.password": "a sum",
    "wagtailadmin.FormState.object_id": "a number",
    "wagtailcore.APIToken.key_hash": "a sum",
    "wagtailcore.Collection.path": "place in the tree",
    "wagtailcore.Site.hostname": "public address",
}
# Names of fields that hold no text of a person in any model.
PLAIN_NAMES = frozenset({
    "object_id", "to_object_id", "action", "contentpath", "position", "model_path", "content_path", "url_path",
    "file_hash", "filter_spec", "focal_point_key", "object_str", "title_norm", "session_key", "session_hash", "path",
    "dismissibles", "preferred_language", "current_time_zone", "theme", "contrast", "density", "hash", "type",
    "task_path", "queue_name", "backend_name", "exception_class_path", "worker_ids", "prefix", "translation_key",
    "autocomplete", "body_text", "title_text", "restriction_type", "password", "slug",
})  # fmt: skip
TEXTS = (models.CharField, models.TextField, models.JSONField)


class Maker:
    """Makes rows of one side of the world. A foreign key points at the row in `known`, else at one of `keys`."""

    def __init__(self, marks: Marks, letter: str, known: dict[Any, Any], keys: Keys) -> None:
        self.marks, self.letter, self.known, self.keys = marks, letter, known, keys

    def make(self, model: type[models.Model], **given: Any) -> Any:
        """Save and return a row of the model; `given` wins over what the fields and OVERRIDES say.

        Where a constraint refuses a row that points at everything, one is made that points at the tenant alone.
        """
        given = {**OVERRIDES.get(model._meta.label, lambda maker: {})(self), **given}
        try:
            with transaction.atomic():
                row = self._save(model, self._values(model, given))
        except IntegrityError:
            spare = {
                f.name: None for f in model._meta.concrete_fields if f.is_relation and f.null and f.name != "tenant"
            }
            row = self._save(model, self._values(model, {**spare, **given}))
        self.known.setdefault(model, row)
        return row

    @staticmethod
    def _save(model: type[models.Model], values: dict[str, Any]) -> Any:
        row = model(**values)
        # A row that shares its key with another (a child table) is written alone: the other one stands already.
        row.save_base(raw=True, force_insert=True) if model._meta.pk.is_relation else row.save()
        return row

    def _values(self, model: type[models.Model], given: dict[str, Any]) -> dict[str, Any]:
        values = dict(given)
        for field in model._meta.concrete_fields:
            if field.name not in values and not self._by_itself(field):
                values[field.name] = self._value(model, field)
        return values

    def mark_blank_texts(self, row: Any) -> None:
        """Write a mark into every text field of the row that is still empty."""
        for field in row._meta.local_concrete_fields:
            if is_text(row._meta.model, field) and not getattr(row, field.attname):
                value = self.text_for(row._meta.model, field)
                with suppress(IntegrityError), transaction.atomic():  # some fields of a model exclude each other
                    type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: value})

    @staticmethod
    def _by_itself(field: Any) -> bool:
        automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        return automatic or isinstance(field, models.AutoField) or field.name == "body_vector"

    def _value(self, model: type[models.Model], field: Any) -> Any:
        if field.is_relation:
            return self._related(field)
        if is_text(model, field):
            return self.text_for(model, field)
        if field.has_default():
            return field.get_default()
        if field.null or (field.choices and field.blank):
            return None if field.null else ""
        if field.choices:
            return field.flatchoices[0][0]
        for kind, maker in _BY_TYPE:
            if isinstance(field, kind):
                return maker(self, model, field)
        raise TypeError(
            f"{model._meta.label}.{field.name} is a {type(field).__name__}: say in filling.py how to fill it"
        )

    def _related(self, field: Any) -> Any:
        if field.related_model is ContentType:
            return ContentType.objects.get_for_model(self.known["page"])
        if field.related_model in self.known:
            return self.known[field.related_model]
        if self.keys.get(field.related_model):
            return field.related_model._base_manager.get(pk=min(self.keys[field.related_model], key=str))
        if not ours(field.related_model):
            return field.related_model._base_manager.first()
        return None if field.null else self.make(field.related_model)

    def text_for(self, model: type[models.Model], field: Any) -> Any:
        """Return a marked text of the form that the field takes."""
        meaning = f"{model._meta.label}.{field.name}"
        if isinstance(field, models.JSONField):
            text = self.marks.text(self.letter, meaning)
            return [text] if field.get_default() == [] else {"text": text}
        if isinstance(field, models.EmailField):
            return f"{self.marks.new(self.letter, meaning)}@example.gov.cn"
        if isinstance(field, models.URLField):
            return f"https://{self.marks.new(self.letter, meaning)}.example.gov.cn/"
        if isinstance(field, models.SlugField) or field.unique:
            return self.marks.new(self.letter, meaning)
        return self.marks.text(self.letter, meaning, field.max_length)


def is_text(model: type[models.Model], field: Any) -> bool:
    """Return whether a person's own words can stand in the field."""
    if not isinstance(field, TEXTS) or isinstance(field, models.UUIDField) or field.choices or field.primary_key:
        return False
    if type(field).__name__ == "StreamField" or (field.max_length is not None and field.max_length < 8):
        return False
    label = model._meta.label
    return field.name not in PLAIN_NAMES and label not in PLAIN and f"{label}.{field.name}" not in PLAIN


_BY_TYPE: list[tuple[Any, Callable[[Maker, Any, Any], Any]]] = [
    (models.FileField, lambda maker, model, field: ContentFile(b"zq7", f"{maker.marks.new(maker.letter, 'file')}.txt")),
    (models.BinaryField, lambda maker, model, field: maker.marks.text(maker.letter, model._meta.label).encode()),
    (models.DateTimeField, lambda maker, model, field: timezone.now() + timedelta(days=1)),
    (models.DateField, lambda maker, model, field: timezone.localdate()),
    (models.BooleanField, lambda maker, model, field: False),
    (models.UUIDField, lambda maker, model, field: uuid.uuid4()),
    (models.GenericIPAddressField, lambda maker, model, field: "203.0.113.77"),
    ((models.IntegerField, models.FloatField), lambda maker, model, field: 1),
    (
        (models.CharField, models.TextField),
        lambda maker, model, field: (
            str(maker.known["page"].pk) if field.name.endswith("object_id") else uuid.uuid4().hex[: field.max_length]
        ),
    ),
]


def _said(maker: Maker, meaning: str) -> dict[str, Any]:
    return {"msgid": "%(text)s", "params": {"text": maker.marks.text(maker.letter, meaning), "field": "title"}}


# What a model's constraints or meaning ask for beyond its fields.
OVERRIDES: dict[str, Callable[[Maker], dict[str, Any]]] = {
    "legacy.Acceptance": lambda maker: {
        "data": tally.finish(
            tally.new_state(),
            {
                "name": maker.marks.text(maker.letter, "old site in a report"),
                "tenant": maker.marks.text(maker.letter, "tenant in a report"),
                "hosts": [f"{maker.marks.new(maker.letter, 'host in a report')}.example"],
                "old_columns": {},
            },
            None,
        )
    },
    "legacy.LegacyItem": lambda maker: {
        "values": {"title": Value(maker.marks.text(maker.letter, "title that was read"), "person", "", 1.0).as_json()},
        "questions": [_said(maker, "question about an item")],
        "reason": [_said(maker, "reason of an item")],
    },
    "govsites.Review": lambda maker: {"state": "waiting", "page": maker.known["in review"]},
    "provisioning.RollOut": lambda maker: {"status": "finished", "kind": "town"},
    "tenants.FormerAddress": lambda maker: {
        "host": f"{maker.marks.new(maker.letter, 'former host')}.localhost",
        "under": None,
        "mount": "",
    },
}
