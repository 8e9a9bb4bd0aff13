"""What Wagtail leaves in English: our catalogues hold the rest of its admin, and `make lint` says when something is missing.

Wagtail ships its English strings beside the Chinese ones; whatever has no Chinese there must stand in ours. Those of its
scripts are in djangojs.po, written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import wagtail
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests import catalogue

JS_PO = catalogue.PO.with_name("djangojs.po")
JS_MO = JS_PO.with_suffix(".mo")
# The parts of Wagtail that an admin of ours shows; "" is its core.
PARTS = (
    "", "admin", "documents", "images", "snippets", "users", "contrib/redirects", "contrib/table_block",
)  # fmt: skip


def left_out() -> Iterator[tuple[Path, catalogue.Key]]:
    """Yield (our catalogue that must have it, key) for each string that Wagtail has no Chinese for."""
    for part in PARTS:
        folder = Path(wagtail.__file__).parent / part / "locale"
        for english in sorted(folder.glob("en/LC_MESSAGES/*.po")):
            chinese = catalogue.entries(_read(folder / "zh_Hans" / "LC_MESSAGES" / english.name))
            for key in catalogue.entries(_read(english)):
                found = chinese.get(key)
                if found is None or found.fuzzy or not all(catalogue.texts_of(found.string)):
                    yield (JS_PO if english.name == JS_PO.name else catalogue.PO), key


def gaps() -> list[str]:
    """Return one sentence for each string of Wagtail's that neither it nor we translate."""
    ours = {path: catalogue.entries(catalogue.read(path)) for path in (catalogue.PO, JS_PO)}
    found = [
        f"Wagtail's {key[1]!r} has no translation in {path.name}."
        for path, key in left_out()
        if key not in ours[path] or not all(catalogue.texts_of(ours[path][key].string))
    ]
    if not JS_MO.exists() or JS_MO.read_bytes() != catalogue.compiled(catalogue.read(JS_PO)):
        found.append("djangojs.mo is not in step with djangojs.po.")
    return found


def compile_scripts() -> None:
    JS_MO.write_bytes(catalogue.compiled(catalogue.read(JS_PO)))


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django", ignore_obsolete=True)
