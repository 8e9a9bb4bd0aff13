"""Requests a second of one uncached page through gunicorn, asked by a few kept-open connections on this machine."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.db import connection

SECONDS, CONNECTIONS, WORKERS = 5, 8, 2


def requests_per_second(host: str, path: str) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--pythonpath", "platform,.", "--bind", f"127.0.0.1:{port}"]
    command += [
        "--workers",
        str(WORKERS),
        "--threads",
        "4",
        "--no-control-socket",
        "--log-level",
        "error",
        "config.wsgi",
    ]
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen(command, cwd=root, env=os.environ | {"DATABASE_URL": database_url()})
    try:
        _wait_for(port, host, path)
        counts: list[int] = []
        threads = [
            threading.Thread(target=lambda: counts.append(_ask(port, host, path, time.monotonic() + SECONDS)))
            for _connection in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / SECONDS
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def database_url() -> str:
    """Return the address of the database in use, which on PostgreSQL is one of our own."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgres://{given['USER']}{password}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}"


def _wait_for(port: int, host: str, path: str) -> None:
    for _attempt in range(60):
        try:
            if _ask(port, host, path, 0) == 1:
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("bench: gunicorn did not answer within 30 seconds")


def _ask(port: int, host: str, path: str, until: float) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    done = 0
    while True:
        client.request("GET", path, headers={"Host": host})
        response = client.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"bench: {host}{path} answered {response.status}")
        done += 1
        if time.monotonic() >= until:
            return done
