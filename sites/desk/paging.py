"""Pages of rows with a count that reads well in both languages."""

from __future__ import annotations

from django.utils.functional import cached_property
from django.utils.translation import ngettext
from wagtail.admin.paginator import WagtailPaginator


class Pager(WagtailPaginator):
    @cached_property
    def items_count_label(self) -> str:
        return ngettext("%(count)d row", "%(count)d rows", self.count) % {"count": self.count}
