"""What function views of the admin give to Wagtail's page frame."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def frame(title: str, icon: str, *above: tuple[str, str]) -> dict[str, Any]:
    """Return title, icon and breadcrumbs for `wagtailadmin/generic/base.html`; `above`: (label, url) of what lies between."""
    steps = [{"url": url, "label": label} for label, url in above]
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, *steps, {"url": "", "label": title}]
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
