"""Entering and leaving a scope: nested, with errors, in threads and tasks, and with generators that stop half way."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async

from tenants import scope
from tenants.scope import NoScope, every_tenant, tenant_scope

ROOT = Path(__file__).resolve().parents[2]
ENTERING = {"tenant_scope", "every_tenant", "entered"}
OPEN_ON_PURPOSE = {"contextmanager", "fixture", "asynccontextmanager"}


def ids() -> frozenset[int] | str:
    """Return the tenants in scope; "all", or "none" where no scope was entered."""
    try:
        found = scope.current()
    except NoScope:
        return "none"
    return "all" if found.everything else found.ids


def test_scopes_nest_and_the_outer_one_comes_back() -> None:
    assert ids() == "none"
    with tenant_scope(1):
        with tenant_scope(2, 3):
            assert ids() == {2, 3}
            with every_tenant("a crossing"):
                assert ids() == "all"
            assert ids() == {2, 3}
        assert ids() == {1}
    assert ids() == "none"


def test_the_same_scope_entered_twice_is_left_twice() -> None:
    with every_tenant("the same"):
        with every_tenant("the same"):
            pass
        assert ids() == "all"
    assert ids() == "none"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit, SystemExit])
def test_an_error_leaves_the_scope(error: type[BaseException]) -> None:
    with tenant_scope(1):
        with pytest.raises(error), tenant_scope(2):
            raise error
        assert ids() == {1}
    assert ids() == "none"


def test_a_crossing_needs_a_reason() -> None:
    for reason in ("", "  "):
        with pytest.raises(ValueError, match="Say why"):
            every_tenant(reason)


def test_the_tenants_of_a_scope_are_found_once_and_late() -> None:
    asked = []

    def find() -> list[int]:
        asked.append(1)
        return [4]

    with scope.entered(scope.Scope(find=find)):
        assert asked == []
        assert [ids(), ids()] == [{4}, {4}]
    assert asked == [1]


def test_a_thread_starts_without_a_scope_and_leaves_ours_alone() -> None:
    seen = []

    def work() -> None:
        seen.append(ids())
        with tenant_scope(9):
            seen.append(ids())

    with tenant_scope(1):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(ids).result())
        assert ids() == {1}
    assert seen == ["none", {9}, "none"]


def test_what_is_awaited_keeps_the_scope_and_tasks_do_not_share_theirs() -> None:
    async def task(number: int) -> list[frozenset[int] | str]:
        seen = [ids()]
        with tenant_scope(number):
            await asyncio.sleep(0)
            seen += [ids(), await sync_to_async(ids)()]
        return [*seen, ids()]

    async def both() -> list[list[frozenset[int] | str]]:
        with tenant_scope(1):
            return await asyncio.gather(task(2), task(3))

    assert asyncio.run(both()) == [[{1}, {2}, {2}, {1}], [{1}, {3}, {3}, {1}]]


def hanging(*tenants: int) -> Iterator[int]:
    with tenant_scope(*tenants):
        yield 1
        yield 2


def test_a_generator_left_hanging_does_not_outlive_the_scope_around_it() -> None:
    with tenant_scope(1):
        rows = hanging(2)
        next(rows)
    assert ids() == "none"
    rows.close()
    assert ids() == "none"


def test_a_generator_closed_late_does_not_bring_an_old_scope_back() -> None:
    with tenant_scope(1):
        rows = hanging(2)
        next(rows)
    with tenant_scope(5):
        rows.close()
        assert ids() == {5}
    assert ids() == "none"


def test_a_generator_closed_in_another_thread_changes_nothing() -> None:
    rows = hanging(2)
    next(rows)
    thread = threading.Thread(target=rows.close)
    thread.start()
    thread.join()
    with tenant_scope(1):
        assert ids() == {1}
    scope._entries.set(())  # what `rows` entered here belongs to this test


def sources() -> list[Path]:
    rooms = [ROOT / "sites", ROOT / "tenants", *(path.parent for path in (ROOT / "platform").glob("*/__init__.py"))]
    return sorted(path for room in rooms for path in room.rglob("*.py"))


def names_in(nodes: list[ast.expr]) -> set[str]:
    return {
        name.attr if isinstance(name, ast.Attribute) else name.id
        for node in nodes
        for name in ast.walk(node)
        if isinstance(name, ast.Attribute | ast.Name)
    }


def yields_inside_a_scope(source: str) -> list[str]:
    """Return the functions that hand out values while a scope of their own is open, for whoever iterates to be in."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if names_in(function.decorator_list) & OPEN_ON_PURPOSE:
            continue
        for block in ast.walk(function):
            if isinstance(block, ast.With) and names_in([i.context_expr for i in block.items]) & ENTERING:
                inside = [node for statement in block.body for node in ast.walk(statement)]
                if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside):
                    found.append(function.name)
    return found


def test_the_search_for_such_generators_finds_one() -> None:
    assert yields_inside_a_scope("def f():\n  with tenant_scope(t):\n    yield 1") == ["f"]
    assert yields_inside_a_scope("@contextmanager\ndef f():\n  with scope.entered(s):\n    yield") == []
    assert yields_inside_a_scope("def f():\n  with tenant_scope(t):\n    rows = list(x)\n  yield rows") == []


def test_no_generator_hands_out_rows_while_its_scope_is_open() -> None:
    assert {str(path): yields_inside_a_scope(path.read_text(encoding="utf-8")) for path in sources()} == {
        str(path): [] for path in sources()
    }
