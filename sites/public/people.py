"""Leaders (领导信息): the cards of a people column and the page of one leader."""

from __future__ import annotations

from typing import Any

from sites import addresses
from sites.addresses import SiteAddress
from sites.public.pictures import PORTRAIT, pictures
from sites.public.views import LeaderCard


def leader_cards(address: SiteAddress, column_id: int) -> tuple[LeaderCard, ...]:
    """Return the leaders of a column in their order, in one query, and two more where there are photographs."""
    from sites.models import Leader

    found = list(
        Leader.objects.filter(column_id=column_id, live=True)
        .order_by("position", "path")
        .values_list("title", "url_path", "post", "duties", "biography", "contact", "photo_id")
    )
    photos = pictures((row[-1] for row in found), PORTRAIT)
    return tuple(
        LeaderCard(title, addresses.path_of(address, url_path), post, duties, biography, contact, photos.get(photo_id))
        for title, url_path, post, duties, biography, contact, photo_id in found
    )


def leader_card(page: Any, href: str) -> LeaderCard:
    """Return one leader's own page."""
    photo = pictures([page.photo_id], PORTRAIT).get(page.photo_id)
    return LeaderCard(page.title, href, page.post, page.duties, page.biography, page.contact, photo)
