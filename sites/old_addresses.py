"""Old addresses of moved pages: each gets a permanent redirect, on registered and on mounted sub-sites alike.

Wagtail's own redirects find a page's host by the tree, where a mounted sub-site does not stand below its county.
"""

from __future__ import annotations

from collections.abc import Iterable

from wagtail.contrib.redirects.models import Redirect

from sites import addresses
from sites.addresses import SiteAddress
from sites.models import SitePage

MAX_OLD_PATH = 255
CHUNK = 500


def keep_old_addresses(page: SitePage, old_url_path: str) -> int:
    """Redirect the addresses that `page` and the live pages below it had before a move; return how many there are.

    `page` stands in its new place already; `old_url_path` is its address in the tree before.
    """
    address = addresses.by_home_path(page.path[:12])
    if address is None or page.url_path == old_url_path:
        return 0
    below = SitePage.objects.filter(path__startswith=page.path, live=True).values_list("pk", "url_path")
    return redirect_to(
        address, ((pk, old_url_path + url_path[len(page.url_path) :]) for pk, url_path in below.iterator())
    )


def redirect_to(address: SiteAddress, moved: Iterable[tuple[int, str]]) -> int:
    """Redirect old addresses in the tree of one sub-site to their pages, given as (page id, old url_path)."""
    redirects = [
        Redirect(
            old_path=Redirect.normalise_path(addresses.path_of(address, old_url_path)),
            site_id=address.site_id,
            redirect_page_id=pk,
            automatically_created=True,
        )
        for pk, old_url_path in moved
    ]
    redirects = [redirect for redirect in redirects if len(redirect.old_path) <= MAX_OLD_PATH]
    for start in range(0, len(redirects), CHUNK):
        chunk = redirects[start : start + CHUNK]
        paths = [redirect.old_path for redirect in chunk]
        Redirect.objects.filter(site_id=address.site_id, old_path__in=paths, automatically_created=True).delete()
        # What an operator wrote by hand goes before what is made here.
        Redirect.objects.bulk_create(chunk, ignore_conflicts=True)
    return len(redirects)
