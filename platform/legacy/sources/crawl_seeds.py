"""Where a crawl begins: given addresses, a list in a file, site maps. Pure."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from legacy.sources.crawl_job import Job
from legacy.sources.crawl_notes import Notes
from legacy.sources.files import encoding_of, texts
from legacy.sources.queries import whole
from legacy.sources.records import REFUSED
from sites.messages import _, sentence


def seeds(job: Job, notes: Notes) -> Iterator[str]:
    """Yield the addresses to begin with, whole; a line of the list that is no address is noted."""
    yield from job.starts
    if not job.addresses:
        return
    path = Path(job.addresses)
    number = 0
    for line in _lines(path):
        number += 1
        text = line.split(",")[0].split("\t")[0].strip().strip('"')
        if not text or text.startswith("#"):
            continue
        if text.lower().startswith(("http://", "https://")) or (text.startswith("/") and job.base):
            yield whole(text, job.base)
        elif "." in text.split("/")[0] and " " not in text:
            yield "http://" + text
        elif number > 1:  # the first line may be a header
            notes.count(REFUSED, f"{path.name}, {number}", sentence(_("This line is no address.")), "refused")


def _lines(path: Path) -> Iterator[str]:
    rest = ""
    for text in texts(path, encoding_of(path)):
        *lines, rest = (rest + text).lstrip("\ufeff").split("\n")
        yield from lines
    yield rest


def sitemap_addresses(body: bytes, most: int) -> Iterator[tuple[str, bool]]:
    """Yield (address, whether it is another site map) of a site map in XML (packed or not) or plain lines."""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(most)
        except (EOFError, OSError, zlib.error):
            return
    if not body.lstrip().startswith(b"<"):
        yield from ((line.strip(), False) for line in body.decode("utf-8", "replace").splitlines() if "://" in line)
        return
    events = etree.iterparse(io.BytesIO(body), tag="{*}loc", recover=True, resolve_entities=False, no_network=True)
    try:
        for _event, element in events:
            parent = element.getparent()
            nested = parent is not None and str(parent.tag).endswith("sitemap")
            if element.text and element.text.strip().startswith("http"):
                yield element.text.strip(), nested
            element.clear()
    except etree.XMLSyntaxError:
        return
