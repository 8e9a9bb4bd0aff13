"""The live site (在线采集), and site maps or lists of addresses: crawled in a process of their own, read from its frames.

Going on after a kill begins at the old site's start again, but asks only for what this run has not fetched: links of
the rest are read from the store. A later run asks with the old answer's ETag and date, so unchanged pages stay there.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from legacy import blobs
from legacy.ledger.address_rule import Rule
from legacy.models import LegacyRaw
from legacy.sentences import restore
from legacy.sources import choosing, crawl_state, limits
from legacy.sources.crawl_job import AGENT, Frames, Job
from legacy.sources.records import NOT_FETCHED, Found, Note, Position, Record, SourceRefused, Tick
from sites.messages import _, sentence

WAIT = 2.0  # seconds until a tick
_HOME = Path(__file__).resolve().parents[3]  # the project's folder: the process imports from there, too


def source(row: Any, options: dict[str, Any]) -> Crawl:
    """Options: starts, addresses (a file), sitemaps, hosts, file_hosts, follow, media, robots, delay, parallel, retries,
    timeout (seconds), max_mb, max_pages, max_depth, agent; at the command line also connect ({host: "address:port"},
    for a site that its name no longer leads to) and inner_hosts.
    """
    transition = row.transition
    hosts = [*transition.hosts, *options.get("hosts", [])]
    is_list = options.get("source") == "list"
    starts = (
        options.get("starts")
        or options.get("start")
        or ([] if is_list else [f"http://{host}/" for host in transition.hosts])
    )
    if not starts and not options.get("addresses") and not options.get("sitemaps"):
        raise SourceRefused(
            sentence(_("There is nowhere to begin: name the old site's hosts, an address, a list or a site map."))
        )
    addresses = str(choosing.path_of(row, options, "addresses")) if options.get("addresses") else ""
    job = Job(
        starts=tuple(starts),
        addresses=addresses,
        sitemaps=tuple(options.get("sitemaps", [])),
        base=f"http://{transition.hosts[0]}" if transition.hosts else "",
        hosts=tuple(hosts),
        file_hosts=tuple(options.get("file_hosts", [])),
        inner_hosts=tuple(choosing.allowed_hosts(row)),
        rule=Rule.from_json(transition.address_rule).as_json(),
        follow=bool(options.get("follow", not is_list)),
        media=bool(options.get("media", True)),
        robots=bool(options.get("robots", True)),
        delay=float(options.get("delay", 0.2)),
        parallel=int(options.get("parallel", 4)),
        retries=int(options.get("retries", 2)),
        timeout=float(options.get("timeout", 180)),
        max_bytes=limits.max_bytes(options),
        max_pages=int(options.get("max_pages", 1_000_000)),
        max_depth=int(options.get("max_depth") or options.get("depth") or 30),
        agent=str(options.get("agent") or AGENT),
        connect=dict(options.get("connect", {})) if row.options.get("at_command_line") else {},
        this_year=timezone.localdate().year,
        store=str(blobs.folder()),
    )
    return Crawl(row, job)


class Crawl:
    """Frames of the crawl's process as records. There is no position: what is stored is the state."""

    name = "crawl"

    def __init__(self, row: Any, job: Job) -> None:
        self._row, self._job = row, job

    def read(self, position: Position) -> Iterator[Found]:
        work = blobs.folder() / "work"
        work.mkdir(parents=True, exist_ok=True)
        for left in work.glob(f"crawl-{self._row.pk}-*"):  # of a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=work, prefix=f"crawl-{self._row.pk}-"))
        try:
            crawl_state.write(folder / "known.sqlite", self._known())
            job = Job.load(self._job.dump())
            values = {name: getattr(job, name) for name in Job.__slots__}
            yield from self._frames(
                Job(**(values | {"known": str(folder / "known.sqlite"), "work": str(folder)})), folder
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _known(self) -> Iterator[crawl_state.Entry]:
        rows = LegacyRaw.objects.filter(transition_id=self._row.transition_id).exclude(kind="ready")
        for key, run_id, source, sha256, kind, headers in rows.values_list(
            "key", "run_id", "source", "sha256", "kind", "headers"
        ).iterator(chunk_size=2000):
            crawled = source == Crawl.name
            failed = headers.get(NOT_FETCHED) == "failed"
            yield crawl_state.Entry(
                key=key,
                done=crawled and run_id == self._row.pk and not failed,
                sha256=sha256,
                kind=kind,
                etag=headers.get("etag", "") if crawled and sha256 else "",
                last_modified=headers.get("last-modified", "") if crawled and sha256 else "",
            )

    def _frames(self, job: Job, folder: Path) -> Iterator[Found]:
        errors = folder / "errors.txt"
        path = os.pathsep.join([str(_HOME / "platform"), str(_HOME)])
        with errors.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "legacy.sources.crawl_process"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, bufsize=0,
                env={**os.environ, "PYTHONPATH": path}, cwd=_HOME,
            )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        ended = ""
        try:
            process.stdin.write(job.dump().encode() + b"\n")
            for frame in Frames(lambda: _piece(process.stdout)):
                if frame is None:
                    yield Tick()
                elif frame[0]["type"] == "end":
                    ended = frame[0]["reason"] or "finished"
                else:
                    yield _found(*frame)
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        if ended == "gone":
            raise SourceRefused(
                sentence(_("The old site does not answer any more. What was fetched is kept; continue the run later."))
            )
        if ended != "finished":
            last = errors.read_text("utf-8", "replace").strip().rpartition("\n")[2]
            raise SourceRefused(
                sentence(
                    _("The crawl ended before its time (%(reason)s). Continue the run."), reason=ended or last[:200]
                )
            )


def _piece(stream: Any) -> bytes | None:
    """Return what the process has written, b"" after its end, None where it wrote nothing for a while."""
    ready, _writable, _failed = select.select([stream], [], [], WAIT)
    return os.read(stream.fileno(), 2**20) if ready else None


def _found(head: dict[str, Any], body: bytes) -> Found:
    if head["type"] == "note":
        return Note(head["level"], head["place"], restore(head["said"]), head["counted"])
    return Record(
        url=head["url"],
        kind=head.get("kind", ""),
        status=head["status"],
        content_type=head["headers"].get("content-type", ""),
        headers=head["headers"],
        body=body if body or (head["status"] or 0) == 200 else None,
        same_as=head.get("same_as", ""),
        fetched_at=datetime.fromisoformat(head["fetched_at"]),
    )
