"""Live tables: what is asked of a driver, what it gives, and what goes wrong. The drivers are played by SQLite here."""

from __future__ import annotations

import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from legacy.models import Transition
from legacy.sources import drivers, queries
from legacy.sources.guard import AddressGuard, Forbidden
from legacy.sources.moments import moment
from legacy.sources.records import SourceRefused
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.legacy.sources.build import collected, picture, raws, said
from tests.legacy.transitions import HOST, begun

HERE = AddressGuard(["127.0.0.1"])
URL = "mysql://u:p%40@127.0.0.1/db"


@pytest.fixture
def transition(cast: Cast) -> Any:
    with tenant_scope(cast.county_a):
        yield begun(cast.county_a)


class Driver:
    """A module like pymysql whose server is an SQLite file. `faults`: beginning of a statement -> what the server says."""

    class Error(Exception):
        pass

    cursors = SimpleNamespace(SSDictCursor=None)

    def __init__(self, place: str = ":memory:") -> None:
        self.place, self.done, self.asked = place, list[str](), list[dict[str, Any]]()
        self.faults: dict[str, tuple[int, str]] = {}
        self.breaks_after = sys.maxsize  # rows
        self.drained = self.closed = False

    def connect(self, **values: Any) -> Driver:
        self.asked.append(values)
        self.fail(f"CONNECT {values['charset']}")
        self.file = sqlite3.connect(self.place)
        self.file.row_factory = sqlite3.Row
        return self

    def fail(self, statement: str) -> None:
        for begin, fault in self.faults.items():
            if statement.startswith(begin):
                raise self.Error(*fault)

    def cursor(self) -> Cursor:
        return Cursor(self)

    def close(self) -> None:
        self.closed = True


class Cursor:
    def __init__(self, driver: Driver) -> None:
        self.driver, self._result = driver, SimpleNamespace(unbuffered_active=False)

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *args: Any) -> None: ...

    def execute(self, sql: str) -> None:
        self.driver.done.append(sql)
        self.driver.fail(sql)
        if sql.startswith("SELECT"):
            self.rows = self.driver.file.execute(sql)
            self._result.unbuffered_active = True

    def fetchmany(self, count: int) -> list[dict[str, Any]]:
        if self.driver.breaks_after <= 0:
            raise self.driver.Error(2013, "Lost connection to MySQL server during query")
        found = [dict(row) for row in self.rows.fetchmany(count)]
        self.driver.breaks_after -= len(found)
        self._result.unbuffered_active = bool(found)
        return found

    def close(self) -> None:
        self.driver.drained |= self._result.unbuffered_active


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Driver:
    made = Driver(str(tmp_path / "server.sqlite"))
    monkeypatch.setitem(sys.modules, "pymysql", made)  # type: ignore[arg-type]
    monkeypatch.setitem(
        sys.modules, "pymysql.charset", SimpleNamespace(charset_by_name=lambda name: name != "nix" or None)
    )  # type: ignore[arg-type]
    monkeypatch.setenv("LEGACY_DATABASE_OLD", URL)
    return made


DUMP = """
CREATE TABLE `dede_archives` (`id` int, `typeid` int, `title` char(60), `writer` char(20), `source` char(30), `pubdate` int,
 `senddate` int, `arcrank` int, `ismake` int, `money` int, `filename` char(40), `shorttitle` char(36), `keywords` char(30), `description` char(30), PRIMARY KEY (`id`));
INSERT INTO `dede_archives` VALUES (12,3,'关于''表彰''的通知 誠譽','王某','本局',1428975000,1428975000,0,1,0,'','','',''),
(13,3,'草稿','','',1428975000,1428975000,-1,1,0,'','','',''),(14,3,'没有静态页','','',0,0,0,-1,0,'','','','');
CREATE TABLE `dede_arctype` (`id` int, `reid` int, `typename` char(30), `typedir` char(60), `namerule` char(50), PRIMARY KEY (`id`));
INSERT INTO `dede_arctype` VALUES (3,0,'通知公告','{cmspath}/a/tzgg','{typedir}/{Y}/{M}{D}/{aid}.html');
CREATE TABLE `dede_addonarticle` (`aid` int, `typeid` int, `body` mediumtext, `redirecturl` varchar(255), PRIMARY KEY (`aid`));
INSERT INTO `dede_addonarticle` VALUES (12,3,'<p>第一页</p>#p#分页标题#e#<p>第二页</p>',''),(14,3,'','http://www.example.gov.cn/x?a=1&b=2');
"""


def query_file(folder: Path, sql: str, fields: str = 'title = "t"', more: str = "") -> dict[str, str]:
    text = f"{more}\n[[records]]\nkey = \"k\"\nid = \"id\"\nsql = '''{sql}'''\n[records.fields]\n{fields}\n"
    (folder / "q.toml").write_text(text, "utf-8")
    return {"queries": str(folder / "q.toml"), "url_from": "LEGACY_DATABASE_OLD"}


INNER = {"inner_hosts": ["127.0.0.1"]}


def test_live_tables_give_the_records_that_their_dump_gives(
    transition: Transition, driver: Driver, cast: Cast, tmp_path: Path
) -> None:
    (tmp_path / "dump.sql").write_bytes(DUMP.encode("gb18030"))
    dumped = picture(collected(transition, "sql", path=str(tmp_path / "dump.sql")), transition)
    assert len(dumped) == 2
    with closing(sqlite3.connect(driver.place)) as server:
        server.executescript(DUMP)
    preset = (queries.PRESETS / "dedecms.toml").read_text("utf-8").replace("{prefix}", "dede_")
    (tmp_path / "q.toml").write_text(preset, "utf-8")
    other = begun(cast.county_a, code="live", host="www.live.example")
    run = collected(
        other, "database", queries=str(tmp_path / "q.toml"), url_from="LEGACY_DATABASE_OLD", base=f"http://{HOST}", **INNER
    )  # fmt: skip
    assert [row[1:] for row in picture(run, other)] == [row[1:] for row in dumped]
    assert driver.done[:2] == ["SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"]
    assert driver.asked[0]["password"] == "p@"
    assert "p@" not in str(run.options) + str(run.cursor)


def test_a_live_database_is_asked_only_by_the_name_of_its_variable_and_only_where_allowed(
    transition: Transition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: Driver
) -> None:
    asked = query_file(tmp_path, "SELECT 1 AS id")
    monkeypatch.setenv("SECRET_ADDRESS", URL)
    with pytest.raises(SourceRefused, match="from the command line"):
        collected(transition, "database", at_command_line=False, url_from="LEGACY_DATABASE_OLD")
    with pytest.raises(SourceRefused, match="does not hold the address"):
        collected(transition, "database", **asked | {"url_from": "SECRET_ADDRESS"})
    with pytest.raises(Forbidden):
        collected(transition, "database", **asked)
    assert driver.asked == []


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ({"CONNECT": (1045, "Access denied for user 'u'")}, "refuses “u” or the password: Access denied"),
        ({"CONNECT": (1049, "Unknown database 'db'")}, "does not answer as it should: Unknown database 'db'"),
        ({"SELECT": (1146, "Table 'db.x' doesn't exist")}, "refuses the query: Table 'db.x'"),
        ({"SELECT": (1792, "Cannot execute statement in a READ ONLY transaction")}, "READ ONLY transaction"),
    ],
)
def test_what_the_server_refuses_is_a_sentence(
    transition: Transition, driver: Driver, tmp_path: Path, faults: dict[str, tuple[int, str]], sentence: str
) -> None:
    driver.faults = faults
    with pytest.raises(SourceRefused, match=sentence):
        collected(transition, "database", **query_file(tmp_path, "SELECT 1 AS id"), **INNER)
    run = transition.runs.first()
    assert run.state == "failed"
    assert "p@" not in run.error


def test_a_connection_that_breaks_leaves_what_came_and_a_second_run_the_rest(
    transition: Transition, driver: Driver, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(driver.place)) as server:
        server.execute("CREATE TABLE n (id int, t text)")
        server.executemany("INSERT INTO n VALUES (?, ?)", [(number, f"标题{number}") for number in range(1200)])
        server.commit()
    driver.breaks_after = 1000
    asked = query_file(tmp_path, "SELECT id, t FROM n")
    with pytest.raises(SourceRefused, match="broke off after 1000 rows"):
        collected(transition, "database", **asked, **INNER)
    assert len(raws(transition)) == 1000
    driver.breaks_after = sys.maxsize
    again = collected(transition, "database", **asked, **INNER)
    assert (again.counts["unchanged"], again.counts["created"]) == (1000, 200)


def test_whoever_leaves_early_does_not_have_the_whole_table_sent(driver: Driver) -> None:
    with closing(sqlite3.connect(driver.place)) as server:
        server.execute("CREATE TABLE n (id int)")
        server.executemany("INSERT INTO n VALUES (?)", [(number,) for number in range(2000)])
        server.commit()
    with closing(drivers.connect(URL, HERE)) as connection, closing(connection.rows("SELECT id FROM n")) as rows:
        assert next(iter(rows))["id"] == 0
    assert driver.closed
    assert not driver.drained


def test_an_old_server_is_asked_as_it_can_be_and_the_run_says_what_it_cannot(
    transition: Transition, driver: Driver, tmp_path: Path
) -> None:
    driver.faults = {"CONNECT utf8mb4": (1115, "Unknown character set"), "SET SESSION TRANSACTION": (1064, "syntax")}
    run = collected(transition, "database", **query_file(tmp_path, "SELECT 1 AS id, 2 AS t"), **INNER)
    assert [asked["charset"] for asked in driver.asked] == ["utf8mb4", "utf8"]
    assert "no session that only reads" in said(run)[0][2]
    assert set(raws(transition)) == {"k:1"}


def test_text_that_once_was_taken_for_latin1_is_read(transition: Transition, driver: Driver, tmp_path: Path) -> None:
    def as_latin1(text: str, cut: int = 0) -> str:
        data = text.encode("gb18030")
        return "".join(
            bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data[: len(data) - cut]
        )  # as MySQL does

    with closing(sqlite3.connect(driver.place)) as server:
        server.execute("CREATE TABLE n (id int, t text, b blob, d text)")
        values = (as_latin1("朱镕基丂亝亐"), "<p>正文</p>".encode("gb18030"), "0000-00-00 00:00:00")
        server.execute("INSERT INTO n VALUES (1, ?, ?, ?)", values)
        server.execute("INSERT INTO n VALUES (2, ?, NULL, '')", (as_latin1("关于x的通知", cut=1),))
        server.commit()
    fields = 'title = "t"\nbody = "b"\npublished_at = "d"'
    asked = query_file(tmp_path, "SELECT * FROM n", fields, 'recode = "gb18030"')
    run = collected(transition, "database", **asked, **INNER)
    assert raws(transition)["k:1"].fields == {"title": "朱镕基丂亝亐", "body": "<p>正文</p>"}
    assert raws(transition)["k:2"].fields == {"title": "关于x的通"}
    assert said(run) == []


@pytest.mark.parametrize(
    "sql",
    [
        *("DELETE FROM n", "SELECT 1; DROP TABLE n", "SELECT * INTO x FROM n", "EXEC xp_cmdshell 'dir'", "SELECT 1 FOR UPDATE"),
        *("WITH x AS (DELETE FROM n) SELECT 1", "REPLACE n VALUES (1)", "/*! SELECT */ 1", ""),
        # What one database takes for a comment or the end of a text, another one carries out.
        *("SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */", "SELECT 5--1 INTO OUTFILE '/tmp/x'"),
        *("SELECT 1 -- it's\n INTO OUTFILE '/tmp/x'", r"SELECT '\\' INTO OUTFILE '/tmp/x', '"),
        r"SELECT '\'' INTO OUTFILE '/tmp/x' -- '",
    ],
)  # fmt: skip
def test_what_writes_is_refused_whatever_hides_it(sql: str) -> None:
    with pytest.raises(SourceRefused, match="single SELECT"):
        queries.check_reads_only(sql, "q.toml")


@pytest.mark.parametrize(
    "sql",
    ["-- all\nSELECT 1", "SELECT REPLACE(t, 'a', 'b') FROM n;", "SELECT 'delete; drop' FROM `set`", "WITH x AS (SELECT 1) SELECT * FROM x"],
)  # fmt: skip
def test_what_only_reads_is_not_refused(sql: str) -> None:
    queries.check_reads_only(sql, "q.toml")


class Reading:
    """A connection of psycopg2, which writes down what is asked of it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values, **named: self.done.append((name, named or values))


def test_a_connection_to_postgresql_only_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Reading()
    monkeypatch.setattr("psycopg2.connect", lambda **values: made)
    monkeypatch.setattr("psycopg2.extensions.register_type", lambda *values: None)
    assert drivers.connect("postgresql://u:p@127.0.0.1/db?charset=gbk", HERE).raw is made
    assert made.done == [("set_session", {"readonly": True}), ("set_client_encoding", ("gbk",))]


@pytest.fixture
def rude_server() -> Iterator[int]:
    """Give the port of a server that closes every connection at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    server.accept()[0].close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("kind", ["mysql", "postgresql", "mssql"])
def test_a_server_that_closes_and_a_port_where_nobody_is_are_sentences(
    kind: str, rude_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "TIMEOUT", 2)
    for port in (rude_server, 1):
        with pytest.raises(SourceRefused, match=r"does not answer as it should: \S") as refused:
            drivers.connect(f"{kind}://u:s3cret@127.0.0.1:{port}/db", HERE)
        assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(("kind", "module"), [("mysql", "pymysql"), ("postgresql", "psycopg2"), ("mssql", "pytds")])
def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, kind: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SourceRefused, match=f"with the module {module}, which is not installed"):
        drivers.connect(f"{kind}://u:p@127.0.0.1/db", HERE)


@pytest.mark.parametrize("url", ["oracle://u:p@127.0.0.1/db", "mysql:///db", "mysql://u@127.0.0.1:x/db"])
def test_an_address_of_no_database_that_we_read_is_refused(url: str) -> None:
    with pytest.raises(SourceRefused, match="must begin with one of: mysql://"):
        drivers.connect(url, HERE)


def test_a_character_set_that_is_none_is_named(driver: Driver) -> None:
    with pytest.raises(SourceRefused, match="no character set “nix”"):
        drivers.connect(URL + "?charset=nix", HERE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2015-04-14 01:30:00+00", "2015-04-14T09:30:00+08:00"), ("infinity", None), ("0044-03-15 BC", None)],
)
def test_moments_as_postgresql_writes_them(text: str, expected: str | None) -> None:
    assert moment(text) == expected
