"""The Chinese catalogue, without GNU gettext: collect the strings of code and templates, compare, write, compile.

    python -m tests.catalogue check     what `make lint` runs; exit 1 with one line per gap
    python -m tests.catalogue update [FILE.po ...]
                                        what `make messages` runs; empty entries are filled from the files named

Strings that Wagtail itself leaves untranslated stand in our catalogue too (tests/catalogue_wagtail.py): they carry the
comment `Wagtail`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "platform" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
ROOMS = ("platform", "sites", "tenants")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TEMPLATE_CALL = re.compile(rf"\b(?:_|n?p?gettext)\(\s*{STRING}(?:\s*,\s*{STRING})*(?:\s*,\s*count)?\s*\)")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")

HEADER = "# Simplified Chinese. Written by `make messages`; only the translations are edited by hand."

Key = tuple[str | None, str]


def sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def calls_of(path: Path) -> bytes:
    """Return the file as Python source; of a template only its gettext calls, each on its own line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    return "\n".join(match[0] for match in TEMPLATE_CALL.finditer(templatize(text, origin=str(path)))).encode()


def collected() -> Catalog:
    """Return every translatable string of the project, with the files (not the lines: they drift) it stands in."""
    catalog = Catalog(domain="django")
    for path in sources():
        for _line, text, comments, context in extract(
            "python", BytesIO(calls_of(path)), keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            message = catalog.add(text, auto_comments=comments, context=context)
            place = (path.relative_to(ROOT).as_posix(), None)
            if place not in message.locations:
                message.locations.append(place)
    return catalog


def entries(catalog: Catalog) -> dict[Key, Message]:
    """Return the messages by (context, msgid); plurals by their singular."""
    found = {}
    for message in catalog:
        msgid = texts_of(message.id)[0]
        if msgid:
            found[message.context, msgid] = message
    return found


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh_Hans", domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django", ignore_obsolete=True)


def texts_of(value: str | list[str] | tuple[str, ...]) -> list[str]:
    """Return the forms of a msgid or a translation; babel holds one as text, several as a sequence."""
    return [value] if isinstance(value, str) else list(value)


def named(message: Message) -> str:
    msgid = texts_of(message.id)[0]
    return f"{msgid!r} (context {message.context!r})" if message.context else repr(msgid)


def for_wagtail(message: Message) -> bool:
    return "Wagtail" in message.user_comments


def compiled(catalog: Catalog) -> bytes:
    """Return the .mo file; the same catalogue always gives the same bytes."""
    catalog.creation_date = catalog.revision_date = datetime.fromtimestamp(0, tz=UTC)
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text)}


def gaps() -> list[str]:
    """Return one sentence for each thing that is wrong with the catalogue."""
    wanted = entries(collected())
    catalog = read(PO)
    present = entries(catalog)
    found = []
    for (context, msgid), message in wanted.items():
        if (context, msgid) not in present:
            found.append(f"{named(message)} ({message.locations[0][0]}) is not in the catalogue.")
    for (context, msgid), message in present.items():
        if (context, msgid) not in wanted and not for_wagtail(message):
            found.append(f"{named(message)} is in the catalogue, but nowhere in the project.")
        if message.fuzzy:
            found.append(f"{named(message)} is marked fuzzy.")
        for text in texts_of(message.string):
            if not text:
                found.append(f"{named(message)} has no translation.")
            elif placeholders(text) != placeholders(texts_of(message.id)[-1]):
                found.append(f"{named(message)} is translated as {text!r}: the placeholders differ.")
    if not MO.exists() or MO.read_bytes() != compiled(catalog):
        found.append("django.mo is not in step with django.po.")
    return found


def update(fragments: list[Path]) -> Catalog:
    """Return the catalogue for the strings of today: translations are kept, then taken from the fragments."""
    known = [entries(read(path)) for path in (PO, *fragments)]
    new = Catalog(
        locale="zh_Hans",
        domain="django",
        project="govsites",
        version="1",
        fuzzy=False,
        header_comment=HEADER,
        charset="utf-8",
    )
    wagtails = {key: message for each in reversed(known) for key, message in each.items() if for_wagtail(message)}
    plain = entries(collected())
    for key in sorted(plain.keys() | wagtails.keys(), key=lambda key: (key[1], key[0] or "")):
        message = plain.get(key) or wagtails[key]
        string = next((k[key].string for k in known if key in k and all(texts_of(k[key].string))), None)
        if isinstance(message.id, (tuple, list)) and isinstance(string, str):
            string = (string,)
        added = new.add(
            message.id,
            string,
            locations=sorted(message.locations),
            auto_comments=message.auto_comments,
            user_comments=[] if key in plain else message.user_comments,
            context=message.context,
        )
        # Chinese text holds percent signs and braces only where they are meant.
        added.flags &= {"python-format", "python-brace-format"}
    return new


def write(catalog: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, catalog, width=110, ignore_obsolete=True, include_lineno=False)
    # A date that changes with every run would make every run a change; the other lines are blanks to fill in.
    blanks = "POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Report-Msgid-Bugs-To|Generated-By"
    PO.write_bytes(re.sub(rf'"(?:{blanks}):[^\n]*\n'.encode(), b"", buffer.getvalue()))
    MO.write_bytes(compiled(read(PO)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("check", "update"))
    parser.add_argument("fragments", nargs="*", type=Path, help="further .po files to fill empty entries from")
    options = parser.parse_args()
    from tests import catalogue_wagtail

    if options.what == "update":
        write(update(options.fragments))
        catalogue_wagtail.compile_scripts()
    found = [*gaps(), *catalogue_wagtail.gaps()]
    for line in found:
        sys.stderr.write(f"{line}\n")
    sys.stderr.write(f"{len(entries(read(PO)))} strings, {len(found)} gaps.\n")
    if found and options.what == "check":
        sys.stderr.write(f"Run make messages, translate what is empty in {PO.relative_to(ROOT)}, run it again.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
