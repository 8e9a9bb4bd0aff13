"""The shipped words (常见错别字): an operator edits or deletes them like any others, and they do not come back."""

import csv
from pathlib import Path
from typing import Any

from django.db import migrations

LIST = Path(__file__).resolve().parent.parent / "checks" / "data" / "common_mistakes.csv"


def load(apps: Any, schema_editor: Any) -> None:
    rule = apps.get_model("govsites", "WordRule")
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rule.objects.bulk_create(
        [
            rule(word=row["错误写法"], replacement=row["正确写法"], severity=row["级别"], note=row["说明"])
            for row in rows
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("govsites", "0012_word_lists_know_their_age")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
