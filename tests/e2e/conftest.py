"""A platform of its own and a browser for the browser tests: what `make demo` starts, on a free port, in a folder that goes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.chromium import chromium

ROOT = Path(__file__).resolve().parent.parent.parent
# A fresh profile still asks its maker for updates and lists; the tests need no network.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """A running platform: its port, and what `manage.py demo` printed."""

    port: int
    printed: str

    def address(self, host: str, path: str = "/") -> str:
        """Return the address of a path on a sub-site's host, such as www.hunan.gov.cn."""
        name = host if host.endswith("localhost") else f"{host}.localhost"
        return f"http://{name}:{self.port}{path}"

    @property
    def addresses(self) -> list[str]:
        """The addresses that the demo names, in its order."""
        return re.findall(r"http://\S+", self.printed)

    @property
    def password(self) -> str:
        """The password of all accounts of the demo."""
        found = re.search(r"demo-[0-9a-f]{8}", self.printed)
        assert found is not None
        return found[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(port: int, process: subprocess.Popen[bytes], *, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The server on port {port} did not come up within {seconds} seconds.")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    port = free_port()
    outside = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = outside | {
        "DEMO": "1",
        "DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "PUBLIC_PORT": str(port),
        "BIND": f"127.0.0.1:{port}",
        "WORKERS": "1",
        "THREADS": "8",
        "ACCESS_LOG": "0",
    }

    def manage(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    manage("migrate", "--verbosity", "0")
    printed = manage("demo")
    manage("legacy", "demo", "--once")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"],
        cwd=ROOT,
        env=environment,
    )
    try:
        wait_until_healthy(port, server)
        yield Demo(port, printed)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
        running = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile; the test fails if the page's console showed an error."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
