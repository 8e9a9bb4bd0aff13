"""Tenant scope (租户范围): which tenants' rows the running work may touch. Closed by default.

Rows of a `TenantOwned` model are reached only inside a scope, entered at the doors: the middleware, a task, a command.
The limit is part of every query's WHERE and is written when the SQL is made, so no queryset method, present or future,
gets past it; without a scope the query raises `NoScope`. What crosses tenants says so and why:
`with every_tenant("monthly assessment")`; a search for that name lists every crossing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models.expressions import Expression


class NoScope(RuntimeError):
    """A TenantOwned model was asked with no tenant in scope, or written outside the scope."""


@dataclass(frozen=True)
class Scope:
    """The tenants in reach: `everything`, or the ids that `find` gives (asked once, when first needed)."""

    find: Callable[[], Iterable[int]] | None = None
    everything: bool = False
    reason: str = ""

    @cached_property
    def ids(self) -> frozenset[int]:
        return frozenset(self.find() if self.find else ())

    def holds(self, tenant_id: int | None) -> bool:
        return self.everything or (tenant_id is not None and tenant_id in self.ids)


class _Entry:
    """One entering of a scope; two of the same scope are two."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope


_entries: ContextVar[tuple[_Entry, ...]] = ContextVar("tenant_scope", default=())


def current() -> Scope:
    """Return the scope of the running work. Raises NoScope where none was entered."""
    entries = _entries.get()
    if not entries:
        raise NoScope(
            "No tenant is in scope. Enter one at the door: tenant_scope(...) or every_tenant('why this crosses tenants')."
        )
    return entries[-1].scope


@contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Enter the scope. Leaving it leaves whatever was entered within and is still open, too.

    A generator that was left hanging inside a scope of its own can therefore neither outlive the scope around it nor
    bring an old one back when it is closed late.
    """
    entry = _Entry(scope)
    _entries.set((*_entries.get(), entry))
    try:
        yield scope
    finally:
        now = _entries.get()
        if entry in now:
            _entries.set(now[: now.index(entry)])


def tenant_scope(*tenants: Any) -> Any:
    """Enter the scope of the tenants (rows or ids): `with tenant_scope(tenant): ...`."""
    ids = frozenset(getattr(tenant, "pk", tenant) for tenant in tenants)
    return entered(Scope(find=lambda: ids))


def every_tenant(reason: str) -> Any:
    """Enter the scope of all tenants. `reason` names the work that crosses them; an empty one is refused."""
    if not reason.strip():
        raise ValueError("Say why this work crosses tenants.")
    return entered(Scope(everything=True, reason=reason))


class _InScope(Expression):
    """The condition "this row's tenant is in scope", written when the SQL is made."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, column: Any) -> None:
        super().__init__()
        self.column = column

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: list[Any]) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        scope = current()
        if scope.everything:
            return "1=1", []
        if not scope.ids:
            return "1=0", []
        sql, params = compiler.compile(self.column)
        ids = sorted(scope.ids)
        return f"{sql} IN ({', '.join(['%s'] * len(ids))})", [*params, *ids]


def check(tenant_id: int | None) -> None:
    """Raise NoScope where a row of this tenant may not be written now."""
    if not current().holds(tenant_id):
        raise NoScope(f"Tenant {tenant_id} is not in scope.")


class OwnedQuerySet(models.QuerySet):
    """A queryset whose rows are limited to the scope at evaluation; writing methods check each row."""

    def _check(self, rows: Iterable[Any]) -> None:
        for row in rows:
            check(row.tenant_id)

    def create(self, **kwargs: Any) -> Any:
        current()
        return super().create(**kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        scope = current()
        objs = list(objs)
        self._check(objs)
        if kwargs.get("update_conflicts") and not scope.everything:
            raise NoScope(
                "A conflict may lie in another tenant's row, which would be overwritten. Find the rows first."
            )
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        current()
        objs = list(objs)
        self._check(objs)
        return super().bulk_update(objs, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        current()
        for name in ("tenant", "tenant_id"):
            if name in kwargs:
                check(getattr(kwargs[name], "pk", kwargs[name]))
        return super().update(**kwargs)

    def _insert(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        current()
        self._check(objs)
        return super()._insert(objs, *args, **kwargs)

    _insert.queryset_only = False  # type: ignore[attr-defined]  # as Django's own, it stands on the manager, too

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        if not current().everything:
            raise NoScope("A raw query cannot be limited to tenants: say every_tenant('why').")
        return super().raw(*args, **kwargs)


class OwnedManager(models.Manager.from_queryset(OwnedQuerySet)):
    """The only way to the rows of a TenantOwned model."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(_InScope(models.F("tenant_id")))

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        return OwnedQuerySet(self.model, using=self._db).raw(*args, **kwargs)


class TenantOwned(models.Model):
    """A row that belongs to one tenant (see this module's docstring). save() and delete() check the scope.

    Django's own bookkeeping (cascades of a deletion, following a foreign key from a row in hand) uses the plain base
    manager, and so works in commands and tasks that have no scope.
    """

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")

    objects = OwnedManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        check(self.tenant_id)
        super().save(*args, **kwargs)

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, *args: Any) -> bool:
        """Update the stored row only where it is in scope: what this object says of its tenant may not be true."""
        in_scope = base_qs.filter(_InScope(models.F("tenant_id")))
        updated = super()._do_update(in_scope, using, pk_val, *args)
        if not updated:
            self._check_stored(base_qs, pk_val)
        return updated

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        check(self.tenant_id)
        self._check_stored(type(self)._base_manager, self.pk)
        return super().delete(*args, **kwargs)

    @staticmethod
    def _check_stored(rows: Any, pk: Any) -> None:
        for tenant_id in rows.filter(pk=pk).values_list("tenant_id", flat=True):
            check(tenant_id)

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        if from_queryset is None:
            from_queryset = type(self)._default_manager.db_manager(using, hints={"instance": self}).all()
        super().refresh_from_db(using, fields, from_queryset)
