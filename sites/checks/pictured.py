"""Pictures of a page: a missing description, and a lead picture that the home page would have to cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sites import addresses
from sites.checks.findings import Finding, Severity
from sites.checks.gathering import Gathered, Picture
from sites.messages import _, sentence
from sites.models import SiteImage
from sites.public.codes import PICTURE_NEWS, home_columns
from sites.public.trees import tree_of

SHAPE = 4 / 3
TOLERANCE = 0.03


def find(found: Gathered, draft: Any) -> Iterator[Finding]:
    """Yield pictures without a description, and a lead picture that is not 4:3 in a column shown on the home page."""
    for picture in found.pictures:
        if not picture.decorative and not picture.alt.strip():
            message = sentence(
                _("The picture has no description for people who cannot see it. Write one, or mark it as decorative.")
            )
            yield _at(picture, "alt", Severity.CONFIRM, message)
    lead_id = getattr(draft, "lead_image_id", None)
    if lead_id and _on_home_page(draft):
        size = SiteImage.objects.filter(pk=lead_id).values_list("width", "height").first()
        if size and size[1] and abs(size[0] / size[1] - SHAPE) > SHAPE * TOLERANCE:
            message = sentence(
                _("The lead picture is %(width)d × %(height)d. The home page shows pictures of this column in 4:3."),
                width=size[0],
                height=size[1],
            )
            yield Finding("shape", Severity.CONFIRM, message, "lead_image")


def _at(picture: Picture, code: str, severity: Severity, message: Any) -> Finding:
    place = picture.place
    # The picture's id tells two pictures of a gallery apart.
    return Finding(code, severity, message, place.field, place.block_id, place.path, around=str(picture.image_id))


def _on_home_page(draft: Any) -> bool:
    """Return whether the page's column stands on its site's home page, or gives it the picture news (图片新闻)."""
    address = addresses.by_home_path(draft.path[:12])
    if address is None or draft.column_id is None:
        return False
    tree = tree_of(address)
    shown = {node.id for nodes in home_columns(address, tree).values() for node in nodes if node.kind == "list"}
    if PICTURE_NEWS in tree.by_code:
        shown.add(tree.by_code[PICTURE_NEWS].id)
    return draft.column_id in shown
