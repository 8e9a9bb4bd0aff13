"""Every method of a queryset and a manager has a verdict: it needs a scope and keeps to it, or it touches no row.

The names are taken from Django itself, so a method that a new version brings fails here until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Max, Q

from sites.models import IssuedNumber
from tenants.scope import NoScope, OwnedManager, OwnedQuerySet, every_tenant, tenant_scope
from tests.tenants.conftest import SECRET, Neighbours

pytestmark = pytest.mark.django_db

Use = Callable[[Any, Neighbours], Any]
TABLE = IssuedNumber._meta.db_table


def made(n: Neighbours) -> dict[str, Any]:
    return {"tenant": n.b, "kind": "document", "number": "新文号"}


def of_b(rows: Any, n: Neighbours) -> Any:
    return rows.filter(pk=n.of_b.pk)


def changed(n: Neighbours) -> IssuedNumber:
    n.of_b.number = "改过"
    return n.of_b


def collected(iterator: Any) -> list[Any]:
    async def run() -> list[Any]:
        return [row async for row in iterator]

    return async_to_sync(run)()


def waited(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return an asynchronous method as one that is called and answers."""

    async def run(*args: Any, **kwargs: Any) -> Any:
        return await method(*args, **kwargs)

    return async_to_sync(run)


# What asks the database. Each asks for tenant B's row, or for all rows.
READS: dict[str, Use] = {
    "aggregate": lambda rows, n: rows.aggregate(Max("number"), Count("pk")),
    "contains": lambda rows, n: rows.contains(n.of_b),
    "count": lambda rows, n: rows.count(),
    "earliest": lambda rows, n: rows.earliest("-pk"),
    "exists": lambda rows, n: of_b(rows, n).exists(),
    "first": lambda rows, n: rows.order_by("-pk").first(),
    "get": lambda rows, n: rows.get(pk=n.of_b.pk),
    "in_bulk": lambda rows, n: rows.in_bulk([n.of_b.pk]),
    "iterator": lambda rows, n: list(rows.iterator()),
    "last": lambda rows, n: rows.order_by("pk").last(),
    "latest": lambda rows, n: rows.latest("pk"),
    "raw": lambda rows, n: list(rows.raw(f"SELECT * FROM {TABLE}")),
    "__bool__": lambda rows, n: bool(of_b(rows, n)),
    "__getitem__": lambda rows, n: list(rows.order_by("pk")[1:2]),
    "__iter__": lambda rows, n: list(iter(rows.all())),
    "__len__": lambda rows, n: len(rows.all()),
    "__repr__": lambda rows, n: repr(rows.all()),
    "__getstate__": lambda rows, n: rows.all().__getstate__()["_result_cache"],
    "_earliest": lambda rows, n: rows._earliest("-pk"),
    "_fetch_all": lambda rows, n: fetched(rows.all()),
    "_iterator": lambda rows, n: list(rows._iterator(use_chunked_fetch=False, chunk_size=10)),
    "aaggregate": lambda rows, n: waited(rows.aaggregate)(Count("pk")),
    "acontains": lambda rows, n: waited(rows.acontains)(n.of_b),
    "acount": lambda rows, n: waited(rows.acount)(),
    "aearliest": lambda rows, n: waited(rows.aearliest)("-pk"),
    "aexists": lambda rows, n: waited(of_b(rows, n).aexists)(),
    "afirst": lambda rows, n: waited(rows.order_by("-pk").afirst)(),
    "aget": lambda rows, n: waited(rows.aget)(pk=n.of_b.pk),
    "ain_bulk": lambda rows, n: waited(rows.ain_bulk)([n.of_b.pk]),
    "aiterator": lambda rows, n: collected(rows.aiterator()),
    "alast": lambda rows, n: waited(rows.order_by("pk").alast)(),
    "alatest": lambda rows, n: waited(rows.alatest)("pk"),
    "__aiter__": lambda rows, n: collected(rows.all()),
}

# What makes another queryset: nothing is asked before that is evaluated, and then the scope holds.
LAZY: dict[str, Use] = {
    "alias": lambda rows, n: rows.alias(more=F("pk") + 1).filter(more__gt=0),
    "all": lambda rows, n: rows.all(),
    "annotate": lambda rows, n: rows.annotate(more=Count("pk")),
    "complex_filter": lambda rows, n: rows.complex_filter(Q(number=SECRET)),
    "dates": lambda rows, n: of_b(rows, n).dates("issued_at", "year"),
    "datetimes": lambda rows, n: of_b(rows, n).datetimes("issued_at", "hour"),
    "defer": lambda rows, n: rows.defer("kind"),
    "difference": lambda rows, n: rows.difference(rows.filter(tenant=n.a)),
    "distinct": lambda rows, n: rows.distinct(),
    "exclude": lambda rows, n: rows.exclude(tenant=n.a),
    "extra": lambda rows, n: rows.extra(where=["1=1 OR 1=1"]),
    "filter": lambda rows, n: rows.filter(Q(number=SECRET) | ~Q(pk=0)),
    "intersection": lambda rows, n: rows.intersection(rows.filter(number=SECRET)),
    "only": lambda rows, n: rows.only("number"),
    "order_by": lambda rows, n: rows.order_by("-number"),
    "prefetch_related": lambda rows, n: rows.prefetch_related("tenant"),
    "reverse": lambda rows, n: rows.order_by("pk").reverse(),
    "select_for_update": lambda rows, n: rows.select_for_update(),
    "select_related": lambda rows, n: rows.select_related("tenant"),
    "union": lambda rows, n: rows.union(rows.filter(number=SECRET), all=True),
    "using": lambda rows, n: rows.using("default"),
    "values": lambda rows, n: rows.values("number"),
    "values_list": lambda rows, n: rows.values_list("number", flat=True),
    "__and__": lambda rows, n: rows.all() & rows.filter(number=SECRET),
    "__deepcopy__": lambda rows, n: rows.all().__deepcopy__({}),
    "__or__": lambda rows, n: rows.filter(number="") | rows.filter(number=SECRET),
    "__xor__": lambda rows, n: rows.filter(number="") ^ rows.filter(number=SECRET),
}

# What writes; each changes, deletes or makes a row of tenant B, where it is let.
NUMBER = IssuedNumber._meta.get_field("number")
WITHOUT_PK = [field for field in IssuedNumber._meta.concrete_fields if not field.primary_key]
WRITES: dict[str, Use] = {
    "create": lambda rows, n: rows.create(**made(n)),
    "bulk_create": lambda rows, n: rows.bulk_create([IssuedNumber(**made(n))]),
    "bulk_update": lambda rows, n: rows.bulk_update([changed(n)], ["number"]),
    "get_or_create": lambda rows, n: rows.get_or_create(**made(n)),
    "update_or_create": lambda rows, n: rows.update_or_create(pk=n.of_b.pk, defaults=made(n)),
    "update": lambda rows, n: of_b(rows, n).update(number="改过"),
    "delete": lambda rows, n: of_b(rows, n).delete(),
    "_batched_insert": lambda rows, n: rows._batched_insert([IssuedNumber(**made(n))], WITHOUT_PK, None),
    "_insert": lambda rows, n: rows._insert([IssuedNumber(**made(n))], WITHOUT_PK, using="default"),
    "_update": lambda rows, n: of_b(rows, n)._update([(NUMBER, None, "改过")]),
    "_raw_delete": lambda rows, n: of_b(rows, n)._raw_delete("default"),
    "acreate": lambda rows, n: waited(rows.acreate)(**made(n)),
    "abulk_create": lambda rows, n: waited(rows.abulk_create)([IssuedNumber(**made(n))]),
    "abulk_update": lambda rows, n: waited(rows.abulk_update)([changed(n)], ["number"]),
    "aget_or_create": lambda rows, n: waited(rows.aget_or_create)(**made(n)),
    "aupdate_or_create": lambda rows, n: waited(rows.aupdate_or_create)(pk=n.of_b.pk, defaults=made(n)),
    "aupdate": lambda rows, n: waited(of_b(rows, n).aupdate)(number="改过"),
    "adelete": lambda rows, n: waited(of_b(rows, n).adelete)(),
}

# What tells how the database would ask, and no row.
EXPLAINS: dict[str, Use] = {
    "explain": lambda rows, n: rows.explain(),
    "aexplain": lambda rows, n: waited(rows.aexplain)(),
}

# Looked at, and found to ask nothing: what a queryset is made of, and helpers inside the methods above.
NO_ROW = {
    *("as_manager", "db", "model", "none", "ordered", "query", "resolve_expression"),
    *("__class_getitem__", "__init__", "__setstate__"),
    *("_add_hints", "_annotate", "_chain", "_check", "_check_bulk_create_options", "_clone", "_combinator_query"),
    *("_check_operator_queryset", "_check_ordering_first_last_queryset_aggregation", "_extract_model_params"),
    *("_filter_or_exclude", "_filter_or_exclude_inplace", "_has_filters", "_merge_known_related_objects"),
    *("_merge_sanity_check", "_next_is_sticky", "_not_support_combined_queries", "_prefetch_related_objects"),
    *("_prepare_for_bulk_create", "_validate_values_are_expressions", "_values"),
}
# What a manager has beside the methods of its queryset; `get_queryset` sets the limit, the others ask nothing.
OF_A_MANAGER = {
    *("auto_created", "check", "contribute_to_class", "creation_counter", "db", "db_manager", "deconstruct"),
    *("from_queryset", "get_queryset", "use_in_migrations"),
    *("_constructor_args", "_get_queryset_methods", "_queryset_class", "_set_creation_counter", "__slotnames__"),
}
OF_EVERY_OBJECT = {*dir(object), "__dict__", "__module__", "__weakref__"}


def fetched(rows: Any) -> Any:
    rows._fetch_all()
    return rows._result_cache


def outcome(use: Use, rows: Any, n: Neighbours) -> str:
    """Return what a use shows to whoever called it, the refusal included."""
    try:
        with transaction.atomic():
            found = use(rows, n)
            return repr(list(found) if isinstance(found, models.QuerySet) else found)
    except (NoScope, IntegrityError, IssuedNumber.DoesNotExist) as refusal:
        return type(refusal).__name__


def test_every_method_of_a_queryset_has_a_verdict() -> None:
    names = {*dir(models.QuerySet), *dir(OwnedQuerySet)} - OF_EVERY_OBJECT
    assert names - {*READS, *LAZY, *WRITES, *EXPLAINS, *NO_ROW} == set()


def test_every_method_of_a_manager_has_a_verdict() -> None:
    names = {*dir(models.Manager), *dir(OwnedManager)} - OF_EVERY_OBJECT
    assert names - {*READS, *LAZY, *WRITES, *EXPLAINS, *NO_ROW, *OF_A_MANAGER} == set()


@pytest.mark.parametrize("name", [*READS, *LAZY, *EXPLAINS])
def test_nothing_is_read_without_a_scope(neighbours: Neighbours, name: str) -> None:
    use = {**READS, **LAZY, **EXPLAINS}[name]
    for rows in the_ways_in(name):
        assert outcome(use, rows, neighbours) == "NoScope"


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_written_without_a_scope(neighbours: Neighbours, name: str) -> None:
    for rows in the_ways_in(name):
        assert outcome(WRITES[name], rows, neighbours) == "NoScope"
    assert neighbours.b_is_as_it_was()


@pytest.mark.parametrize("name", LAZY)
def test_a_queryset_made_where_all_tenants_are_in_scope_does_not_carry_that_scope_along(
    neighbours: Neighbours, name: str
) -> None:
    with every_tenant("making it"):
        rows = LAZY[name](IssuedNumber.objects.all(), neighbours)
    with pytest.raises(NoScope):
        list(rows)


@pytest.mark.parametrize("name", [*READS, *LAZY])
def test_in_one_tenants_scope_a_read_is_the_same_with_and_without_the_neighbours_row(
    neighbours: Neighbours, name: str
) -> None:
    use = {**READS, **LAZY}[name]
    for rows in the_ways_in(name):
        with tenant_scope(neighbours.a):
            beside_it = outcome(use, rows, neighbours)
        with every_tenant("what the read shows to those who may see all"):
            assert outcome(use, rows, neighbours) != beside_it
            undo = transaction.savepoint()
            IssuedNumber.objects.filter(pk=neighbours.of_b.pk).delete()
        with tenant_scope(neighbours.a):
            assert outcome(use, rows, neighbours) == beside_it
        transaction.savepoint_rollback(undo)


@pytest.mark.parametrize("name", WRITES)
def test_in_one_tenants_scope_a_write_leaves_the_neighbour_alone(neighbours: Neighbours, name: str) -> None:
    for rows in the_ways_in(name):
        undo = transaction.savepoint()
        with tenant_scope(neighbours.a):
            outcome(WRITES[name], rows, neighbours)
        assert neighbours.b_is_as_it_was()
        with every_tenant("the same write, by those who may"):
            outcome(WRITES[name], rows, neighbours)
        assert not neighbours.b_is_as_it_was()
        transaction.savepoint_rollback(undo)


def the_ways_in(name: str) -> list[Any]:
    """Return what the method is called on: a queryset, and the manager, where the method stands there, too."""
    ways: list[Any] = [IssuedNumber.objects.all()]
    return [*ways, IssuedNumber.objects] if hasattr(IssuedNumber.objects, name) else ways
