"""Whose a row is, and what has changed in the rows of the neighbour."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

Keys = dict[type[models.Model], set[Any]]

# Rows that belong to no tenant, each with the reason. Every other model must have rows of the neighbour in the world.
NOBODYS = {
    "auth.Permission": "the same for the whole install",
    "auth.Group_permissions": "which rights a group has: numbers alone",
    "captcha.CaptchaStore": "a puzzle of a browser, drawn at random",
    "contenttypes.ContentType": "names of models",
    "govsites.WordRule": "the operator's list for everybody's checks",
    "sessions.Session": "found by its secret key alone",
    "tenants.User_user_permissions": "numbers alone; rights come from memberships",
    "tenants.VersionCounter": "one number",
    "wagtailadmin.Admin": "no table: it only carries a permission",
    "wagtailcore.Locale": "languages of the install",
    "wagtailcore.WorkflowContentType": "which workflow a kind of snippet has: numbers alone",
    "wagtaildocs.Document": "not in use: files are govsites.SiteFile",
    "wagtailimages.Image": "not in use: pictures are govsites.SiteImage",
    "wagtailimages.Rendition": "not in use: renditions are govsites.SiteRendition",
}
# Rows that anybody's request may add although they name the neighbour: nothing of the neighbour changes by them.
MAY_NAME = {
    "tenants.SignIn": "a try to sign in with a name, noted",
    "axes.AccessAttempt": "a try to sign in with a name, counted",
    "axes.AccessFailureLog": "a try to sign in with a name, noted",
    "axes.AccessAttemptExpiration": "a try to sign in with a name, counted",
}
_GENERIC = (("content_type", "object_id"), ("base_content_type", "object_id"), ("to_content_type", "to_object_id"))
_WRITES = re.compile(
    r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|REPLACE\s+INTO)\s+"?(\w+)"?',
    re.IGNORECASE,
)
_HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "PRAGMA", "EXPLAIN", "DECLARE", "FETCH", "CLOSE")


def all_models() -> list[type[models.Model]]:
    """Return every model with a table in this database, many-to-many tables included."""
    tables = set(connection.introspection.table_names())
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]


def ours(model: type[models.Model]) -> bool:
    return model._meta.label not in NOBODYS


def belonging(seeds: Keys) -> Keys:
    """Return the seeds with all rows that point at them, by foreign key or generic key, to any depth."""
    known: Keys = defaultdict(set, {model: set(keys) for model, keys in seeds.items()})
    tables = [model for model in all_models() if ours(model)]
    fresh: Keys = dict(known)
    while fresh:
        found = {model: _pointing(model, fresh) - known[model] for model in tables}
        fresh = {model: keys for model, keys in found.items() if keys}
        for model, keys in fresh.items():
            known[model] |= keys
    return {model: keys for model, keys in known.items() if keys}


def _pointing(model: type[models.Model], known: Keys) -> set[Any]:
    condition = models.Q()
    for field in model._meta.local_concrete_fields:
        keys = known.get(field.related_model) if field.is_relation else None
        if keys:
            condition |= models.Q(**{f"{field.attname}__in": list(keys)})
    names = {field.name for field in model._meta.local_concrete_fields}
    for type_name, id_name in _GENERIC:
        if {type_name, id_name} <= names:
            for target, keys in known.items():
                kind = ContentType.objects.get_for_model(target, for_concrete_model=False)
                condition |= models.Q(**{type_name: kind, f"{id_name}__in": _as(model._meta.get_field(id_name), keys)})
    return set(model._base_manager.filter(condition).values_list("pk", flat=True)) if condition else set()


def _as(field: models.Field, keys: Iterable[Any]) -> list[Any]:
    """Return the keys that the field can hold: a number cannot name a row whose key is a UUID."""
    if not isinstance(field, models.IntegerField):
        return [str(key) for key in keys]
    return [key for key in keys if isinstance(key, int)]


class Snapshot:
    """All rows as they were, so that a later look says which rows of the neighbour were touched, or newly named."""

    def __init__(self, theirs: Keys) -> None:
        self.theirs = theirs
        self.models = {model._meta.db_table: model for model in all_models() if ours(model)}
        self.rows = {table: self._read(model) for table, model in self.models.items()}
        self._columns = {table: self._naming(model) for table, model in self.models.items()}
        self._texts = {
            ContentType.objects.get_for_model(model, for_concrete_model=False).pk: {str(key) for key in keys}
            for model, keys in theirs.items()
        }

    def changes(self, tables: Iterable[str]) -> list[str]:
        """Return a line for each row of the neighbour that has changed or gone, and for each row that newly names one."""
        lines: list[str] = []
        for table in sorted(set(tables) & self.models.keys()):
            model = self.models[table]
            before, now = self.rows[table], self._read(model)
            if before == now:
                continue
            for key in self.theirs.get(model, set()):
                if before.get(key) != now.get(key):
                    lines.append(f"{model._meta.label} {key} {'changed' if key in now else 'deleted'}")
            if model._meta.label not in MAY_NAME:
                lines += self._newly_named(table, before, now)
        return lines

    def _newly_named(self, table: str, before: dict[Any, Any], now: dict[Any, Any]) -> list[str]:
        model, lines = self.models[table], []
        for key, row in now.items():
            if key in self.theirs.get(model, set()) or before.get(key) == row:
                continue
            old = before.get(key)
            for position, name, keys in self._columns[table]:
                if row[position] in keys and (old is None or old[position] != row[position]):
                    lines.append(f"{model._meta.label} {key} now names the neighbour in {name}")
            names = [field.name for field in model._meta.local_concrete_fields]
            for type_name, id_name in _GENERIC:
                if {type_name, id_name} <= set(names):
                    named = str(row[names.index(id_name)])
                    if named in self._texts.get(row[names.index(type_name)], set()) and old is None:
                        lines.append(f"{model._meta.label} {key} now names the neighbour in {id_name}")
        return lines

    def _naming(self, model: type[models.Model]) -> list[tuple[int, str, set[Any]]]:
        return [
            (position, field.name, self.theirs[field.related_model])
            for position, field in enumerate(model._meta.local_concrete_fields)
            if field.is_relation and field.related_model in self.theirs
        ]

    @staticmethod
    def _read(model: type[models.Model]) -> dict[Any, tuple[Any, ...]]:
        fields = model._meta.local_concrete_fields
        names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        key = next(position for position, field in enumerate(fields) if field.primary_key)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(model._meta.db_table)}")
            return {row[key]: row for row in map(tuple, cursor.fetchall())}


class Writes:
    """Notes which tables a piece of work writes to: `with connection.execute_wrapper(writes): ...`."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.unread: list[str] = []  # statements whose table could not be read

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        match = _WRITES.match(text)
        if match:
            self.tables.add(match[1])
        elif not text.lstrip(" \n(").upper().startswith(_HARMLESS):
            self.unread.append(text[:100])
        return execute(sql, params, many, context)
