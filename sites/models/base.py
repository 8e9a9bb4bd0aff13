"""SitePage, the base of every page: the one table that listings, links and rights read."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import AbstractPage, PageManager, PageViewRestriction
from wagtail.models.pages import AbstractPageMeta
from wagtail.query import PageQuerySet
from wagtail.search import index
from wagtail.url_routing import RouteResult

from sites import addresses, locks, routing
from sites.dates import ABSENCE, kept_date, mark_absence
from tenants import versions
from tenants.models import Tenant


class SitePage(AbstractPage):
    """A page of a sub-site. The tree is the tenancy: root > region > home > columns > items.

    `tenant` and `column` repeat what the tree says, in the table that listings read. `published_at` is evidence:
    set once, by the first publication, and never changed afterwards.
    """

    tenant = models.ForeignKey(
        "tenants.Tenant",
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # page_tenant_slug begins with it
        on_delete=models.PROTECT,
        related_name="pages",
    )
    column = models.ForeignKey(
        "self",
        verbose_name=_("column"),
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # page_listing begins with it
        on_delete=models.RESTRICT,  # a column may go with all its items, but never without them
        related_name="items",
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    # Taken from the site after it was published, and published again: the first date stays, the page says so.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    republished_at = models.DateTimeField(_("published again at"), null=True, blank=True, editable=False)
    # When a legacy item came in (历史内容导入时间): never an update, whatever date the item carries. See sites.loading.
    loaded_at = models.DateTimeField(_("moved from an old site at"), null=True, blank=True, editable=False)
    tenant.wagtail_reference_index_ignore = True
    column.wagtail_reference_index_ignore = True

    objects = PageManager.from_queryset(PageQuerySet)()
    is_creatable = False
    # Items get their addresses by themselves: Wagtail's title panel would look for a slug to fill.
    content_panels = [FieldPanel("title", classname="title")]
    promote_panels = []
    search_fields = [*AbstractPage.search_fields, index.FilterField("tenant"), index.FilterField("published_at")]
    # A copy is a new item with a date of its own, in the column it is put into.
    exclude_fields_in_copy = ["published_at", "withdrawn_at", "republished_at", "loaded_at", "tenant", "column"]
    # Citizens never sign in, and a restriction would be looked up on every request.
    private_page_options: list[str] = []

    class Meta(AbstractPageMeta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        indexes = [
            models.Index(fields=["column", "-published_at", "-id"], name="page_listing"),
            # Freshness asks for the newest item that was published here: among a million legacy items, too.
            models.Index(
                fields=["column", "-published_at"], condition=models.Q(loaded_at__isnull=True), name="page_own_items"
            ),
            models.Index(fields=["tenant", "slug"], name="page_tenant_slug"),
            # The root, the regions and the homes are few among all pages: asking for one of these levels must not read
            # the tree. Of these levels alone: elsewhere an index by depth would be taken for the one by slug.
            models.Index(fields=["depth", "path"], condition=models.Q(depth__lte=3), name="page_level"),
            # What is due is asked every minute.
            models.Index(fields=["expire_at"], condition=models.Q(expire_at__isnull=False), name="page_expiry"),
        ]
        constraints = [
            # What stands in a column and is public has a date, whatever wrote it.
            models.CheckConstraint(
                condition=models.Q(live=False) | models.Q(column=None) | models.Q(published_at__isnull=False),
                name="page_live_item_is_dated",
            )
        ]

    # Addresses

    @staticmethod
    def route_for_request(request: HttpRequest, path: str) -> RouteResult | None:
        """Return the page for the sub-site found from host and mount, in two queries at any depth."""
        if not hasattr(request, "_wagtail_route_for_request"):
            request._wagtail_route_for_request = routing.find(request, path)
        return request._wagtail_route_for_request

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[Any, str | None, str | None] | None:
        """Return (site id, root address, path) from the address book: no query, at any number of sub-sites."""
        address = addresses.by_home_path(self.path[:12])
        if address is None or self.depth < 3:
            return None
        return address.site_id, address.root_url, addresses.path_of(address, self.url_path)

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> str | None:
        """Return the path where the page's own host is being asked, else the whole address.

        Wagtail's would first read the root paths of all sites, for every admin page.
        """
        parts = self.get_url_parts(request=request)
        if parts is None:
            return None
        site_id, root_url, path = parts
        asked = getattr(request, "govsite", None)
        here = current_site.id if current_site else asked.site_id if asked else None
        return path if here == site_id else f"{root_url}{path}"

    url = property(get_url)

    # Saving

    def set_place(self, parent: SitePage | None) -> None:
        """Take tenant and column from the place in the tree."""
        from sites.models.columns import Column

        if parent is not None and parent.depth >= 3:
            self.tenant_id = parent.tenant_id
            is_column = [
                page.specific_class is not None and issubclass(page.specific_class, Column) for page in (parent, self)
            ]
            self.column_id = parent.pk if is_column == [True, False] else None

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        update_fields = kwargs.get("update_fields")
        was_live = False
        if self.pk is not None:
            stored = self._take_stored(update_fields)
            was_live = stored["live"]
            if mark_absence(self, stored, update_fields) and update_fields is not None:
                kwargs["update_fields"] = update_fields = [*update_fields, *ABSENCE]
        else:
            self.published_at = kept_date(self, None)
            if self.path:
                self.set_place(self.get_parent())
        first = self.live and self.published_at is None and self.depth and self.depth >= 3
        if first:
            self.published_at = timezone.now()
            if update_fields is not None:
                kwargs["update_fields"] = [*update_fields, "published_at"]
        try:
            result = super().save(*args, **kwargs)
        except BaseException:
            if first:
                self.published_at = None  # it was not published after all; the next try must not look like forgery
            raise
        if (self.live or was_live) and self.tenant_id:
            versions.bump([self.tenant_id])
        return result

    def _take_stored(self, update_fields: Any) -> dict[str, Any]:
        """Lock the stored row, take from it what a stale page in memory must not overwrite, and return it.

        A page that was moved since it was read would otherwise write its old path back and break the tree.
        """
        stored = (
            SitePage.objects.select_for_update(no_key=True)
            .filter(pk=self.pk)
            .values("live", "published_at", *ABSENCE, "slug", "path", "depth", "numchild")
            .get()
        )
        if update_fields is None or "numchild" not in update_fields:  # copying a branch counts the children itself
            self.numchild = stored["numchild"]
        if stored["path"] != self.path:
            self.path, self.depth = stored["path"], stored["depth"]
            self.set_url_path(self.get_parent(update=True))
        locks.check_slug(self, stored["slug"], update_fields)
        self.published_at = kept_date(self, stored["published_at"])
        return stored

    def with_content_json(self, content: Any) -> Any:
        """Keep what belongs to the page and not to a revision."""
        page = super().with_content_json(content)
        page.tenant_id, page.column_id, page.published_at = self.tenant_id, self.column_id, self.published_at
        page.withdrawn_at, page.republished_at = self.withdrawn_at, self.republished_at
        page.loaded_at = self.loaded_at
        return page

    @staticmethod
    def _slug_is_available(slug: str, parent_page: Any, page: Any = None) -> bool:
        """Like Wagtail's, but found through the (tenant, slug) index: a column may hold 100,000 items.

        Beside a home's columns stand the sites mounted there, whose path goes first.
        """
        if parent_page is None:
            return True
        if parent_page.depth == 3 and Tenant.objects.filter(mounted_under=parent_page.tenant_id, mount=slug).exists():
            return False
        siblings = parent_page.get_children().filter(slug=slug)
        if parent_page.depth >= 3:
            siblings = siblings.filter(tenant_id=parent_page.tenant_id)
        if page:
            siblings = siblings.not_page(page)
        return not siblings.exists()

    # Rights

    def get_view_restrictions(self) -> Any:
        """Return none: public pages cannot be restricted (see SitePagePermissionTester), and asking costs each request."""
        return PageViewRestriction.objects.none()

    def permissions_for_user(self, user: Any) -> Any:
        return locks.SitePagePermissionTester(user, self)

    # Public side

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from sites.public.context import page_context

        return {**super().get_context(request, *args, **kwargs), **page_context(self, request)}
