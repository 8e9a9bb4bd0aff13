"""The form of a collection: from the living site, from a file that somebody has, or from what lies ready on the server."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from legacy.models import Transition
from legacy.sources import lying_ready
from legacy.sources.choosing import incoming
from legacy.values import FIELDS

# By the end of the file's name: the source that reads it. What the bytes are is asked again when they are read.
SOURCE_OF_NAME = (
    ((".warc", ".warc.gz"), "warc"),
    ((".zip",), "zip"),
    ((".xml", ".wxr"), "wxr"),
    ((".sql", ".sql.gz"), "sql"),
    ((".csv", ".xlsx", ".jsonl", ".ndjson"), "table"),
)

# Which fields belong to which sources: the page shows those of the chosen one.
PARTS = (
    ("crawl list", "addresses delay depth ignore_robots"),
    ("file", "file"),
    ("ready", "ready"),
    ("file ready", "columns"),
)

TABLE_FIELDS = frozenset({"id", "url", "body", "attachments", "column", "column_title", *FIELDS})


class CollectForm(forms.Form):
    source = forms.ChoiceField(
        label=_("Where from"),
        choices=[
            ("crawl", _("The living site, page by page")),
            ("list", _("The living site, by a list of addresses or its sitemap")),
            ("file", _("A file: ZIP of a mirror, WARC, WordPress export (XML), SQL dump, CSV, XLSX, JSON lines")),
            ("ready", _("A folder with a mirror, or a large file, that lies ready on the server")),
        ],
        widget=forms.RadioSelect,
        initial="crawl",
    )
    addresses = forms.CharField(
        label=_("Addresses to begin with"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("One on each line. Without any the front pages of the old hosts."),
    )
    delay = forms.FloatField(
        label=_("Seconds between two requests"),
        min_value=0,
        max_value=60,
        initial=0.5,
        required=False,
        help_text=_("Spare the old server: it may be weak."),
    )
    depth = forms.IntegerField(label=_("How many links deep"), min_value=1, max_value=100, initial=20, required=False)
    ignore_robots = forms.BooleanField(
        label=_("Also collect what robots.txt forbids"),
        required=False,
        help_text=_("Only where the old site's owner has agreed."),
    )
    file = forms.FileField(label=_("File"), required=False)
    ready = forms.ChoiceField(label=_("What lies ready on the server"), required=False)
    columns = forms.CharField(
        label=_("Columns of the table"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_(
            "Only for tables whose headers are not understood: one field on each line, such as “title = 标题”. "
            "Fields: id, url, body, attachments, column, column_title, and those of an item."
        ),
    )

    def __init__(self, *args: Any, transition: Transition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.transition = transition
        ready = self.fields["ready"]
        ready.choices = [
            ("", "—"),
            *((name, name) for name in lying_ready.names(transition.tenant.code) if self._source_of_ready(name)),
        ]
        ready.help_text = gettext(
            "Whoever looks after the server puts mirrors and large files into the folder “%(code)s” of LEGACY_FOLDER."
        ) % {"code": transition.tenant.code}

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields below the choice of the source, as (sources that need them, fields)."""
        return [(sources, [self[name] for name in names.split()]) for sources, names in PARTS]

    def clean_columns(self) -> dict[str, Any]:
        """Return {"columns": {header: field}}, or nothing where nothing was written."""
        found: dict[str, str] = {}
        for line in self.cleaned_data["columns"].splitlines():
            field, equals, header = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not header or field not in TABLE_FIELDS:
                raise forms.ValidationError(gettext("“%(line)s” names no field and header.") % {"line": line[:100]})
            found[header] = field
        return {"columns": found} if found else {}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("source") == "file":
            if not values.get("file"):
                self.add_error("file", gettext("Choose a file."))
            elif not source_of(values["file"].name):
                self.add_error("file", gettext("No source reads a file with such a name. See the list above."))
        if values.get("source") == "ready" and not values.get("ready") and "ready" not in self.errors:
            self.add_error("ready", gettext("Choose what is to be read."))
        if values.get("source") == "list" and not (values.get("addresses") or "").strip():
            self.add_error("addresses", gettext("Write the addresses, or the sitemap's address."))
        return values

    def label(self) -> str:
        values = self.cleaned_data
        if values["source"] == "file":
            return str(values["file"].name)[:300]
        return str(values["ready"] if values["source"] == "ready" else ", ".join(self.transition.hosts))[:300]

    def options(self) -> dict[str, Any]:
        """Return the run's options, as legacy.sources reads them; an uploaded file is kept in the store."""
        values = self.cleaned_data
        if values["source"] == "file":
            return {
                "source": source_of(values["file"].name),
                "path": hand_in(self.transition.tenant_id, values["file"]),
                **values["columns"],
            }
        if values["source"] == "ready":
            source = self._source_of_ready(values["ready"])
            return {"source": source, "ready": values["ready"], **values["columns"]}
        given = [line.strip() for line in values["addresses"].splitlines() if line.strip()]
        sitemaps = [address for address in given if values["source"] == "list" and _is_sitemap(address)]
        starts = [address for address in given if address not in sitemaps]
        return {
            "source": values["source"],
            "starts": starts or ([] if sitemaps else [f"http://{host}/" for host in self.transition.hosts]),
            "sitemaps": sitemaps,
            "delay": values["delay"] or 0,
            "max_depth": values["depth"] or 20,
            "robots": not values["ignore_robots"],
        }

    def _source_of_ready(self, name: str) -> str:
        """Return the source that reads what lies ready under this name, "" where none does."""
        path = lying_ready.find(self.transition.tenant.code, name)
        if path is None:
            return ""
        return "mirror" if path.is_dir() else source_of(name)


def _is_sitemap(address: str) -> bool:
    return urlsplit(address).path.lower().endswith((".xml", ".xml.gz"))


def hand_in(tenant_id: int, file: Any) -> str:
    """Keep an uploaded file where its run will read it, and return its name there."""
    folder = incoming(tenant_id)
    folder.mkdir(parents=True, exist_ok=True)
    ending = next(end for ends, _source in SOURCE_OF_NAME for end in ends if file.name.lower().endswith(end))
    place = folder / f"{uuid.uuid4().hex}{ending}"
    with place.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    return place.name


def source_of(name: str) -> str:
    """Return the source that reads a file of this name, "" where none does."""
    lower = name.lower()
    return next((source for endings, source in SOURCE_OF_NAME if lower.endswith(endings)), "")
