"""What one tenant has: pages in every state and of every type, media, talk about them, and a row of every other model."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import Collection, Comment, CommentReply, PageLogEntry, PageSubscription, Site
from wagtail.rich_text import RichText

from sites.models import (
    Article,
    Attachment,
    Column,
    HomePage,
    Leader,
    MediaShelf,
    OfficialDocument,
    PolicyLink,
    ServiceGuide,
    SiteFile,
    SiteImage,
    SitePage,
    SiteRendition,
)
from tenants.models import Tenant, User
from tests.cast import own_column
from tests.isolation.filling import Maker, is_text

_COLOURS = iter(range(256))


def picture(name: str) -> ContentFile:
    """Return a small picture; no two are the same, so that Wagtail never speaks of a duplicate."""
    data = io.BytesIO()
    Image.new("RGB", (12, 9), (next(_COLOURS), 80, 120)).save(data, "PNG")
    return ContentFile(data.getvalue(), f"{name}.png")


class Planter:
    """Plants everything of one tenant; `pages` names what it planted."""

    def __init__(self, maker: Maker, tenant: Tenant, author: User) -> None:
        self.maker, self.tenant, self.author = maker, tenant, author
        self.home = HomePage.objects.get(tenant=tenant)
        self.pages: dict[str, SitePage] = {"home": self.home}

    def word(self, meaning: str) -> str:
        return self.maker.marks.new(self.maker.letter, meaning)

    def text(self, meaning: str) -> str:
        return self.maker.marks.text(self.maker.letter, meaning)

    def media(self) -> None:
        root = Collection.get_first_root_node()
        self.collection = root.add_child(instance=Collection(name=self.text("collection")))
        MediaShelf.objects.create(tenant=self.tenant, collection=self.collection)
        self.image = SiteImage(
            title=self.text("image title"),
            description=self.text("image description"),
            file=picture(self.word("image file name")),
            collection=self.collection,
            uploaded_by_user=self.author,
        )
        self.image.save()
        self.image.tags.add(self.word("tag of an image"))
        self.file = SiteFile(
            title=self.text("file title"),
            original_name=f"{self.word('file name')}.txt",
            file=ContentFile(self.text("bytes of a file").encode(), f"{self.word('stored file name')}.txt"),
            collection=self.collection,
            uploaded_by_user=self.author,
        )
        self.file.save()
        self.file.tags.add(self.word("tag of a file"))
        self.maker.known |= {
            Collection: self.collection,
            SiteImage: self.image,
            SiteFile: self.file,
            SiteRendition: self.image.get_rendition("width-9"),
        }

    def body(self, meaning: str) -> list[tuple[str, Any]]:
        return [
            ("paragraph", RichText(f"<p>{self.text(meaning)}</p>")),
            ("image", {"image": self.image, "caption": self.text(f"caption in {meaning}")}),
            ("attachment", {"file": self.file, "title": self.text(f"attachment in {meaning}")}),
        ]

    def page(self, model: type[SitePage], parent: SitePage, meaning: str, **values: Any) -> Any:
        """Add a draft of the model with a mark in every text field."""
        page = model(title=self.text(f"title of {meaning}"), slug=self.word(f"slug of {meaning}"), live=False)
        page.owner = self.author
        for field in model._meta.local_concrete_fields:
            if is_text(model, field):
                setattr(page, field.attname, self.maker.text_for(model, field))
            elif field.name == "body":
                page.body = self.body(f"body of {meaning}")
        for name, value in values.items():
            setattr(page, name, value)
        parent.refresh_from_db()
        parent.add_child(instance=page)
        self.pages[meaning] = page
        return page

    def publish(self, page: Any) -> Any:
        page.save_revision(user=self.author).publish(user=self.author, skip_permission_checks=True)
        return type(page).objects.get(pk=page.pk)

    def column(self, kind: str) -> Column:
        """Return the tenant's first column of a kind, or a new one where its template has none."""
        found = Column.objects.filter(tenant=self.tenant, kind=kind).order_by("path").first()
        return found or own_column(self.home, self.word(f"slug of {kind}"), kind=kind)

    def content(self) -> None:
        self.home.refresh_from_db()
        local = own_column(self.home, self.word("slug of a column"), self.text("title of a column"), owner=self.author)
        self.pages["column"] = local
        column = self.column("list")
        live = self.publish(self.page(Article, column, "a live article", lead_image=self.image))
        Attachment.objects.create(page=live, file=self.file, title=self.text("attachment"))
        live.draft_title = live.title = self.text("draft title")
        live.save_revision(user=self.author, changed=True, log_action=True)
        self.pages["a live article"] = live
        draft = self.page(Article, column, "a draft", locked=True, locked_by=self.author, locked_at=timezone.now())
        draft.save_revision(user=self.author)
        scheduled = self.page(Article, column, "a scheduled article", go_live_at=timezone.now() + timedelta(days=2))
        scheduled.save_revision(user=self.author, approved_go_live_at=scheduled.go_live_at)
        withdrawn = self.publish(self.page(Article, column, "a withdrawn article"))
        UnpublishPageAction(withdrawn, user=self.author).execute(skip_permission_checks=True)
        policy = self.publish(self.page(OfficialDocument, self.column("catalogue"), "a document"))
        PolicyLink.objects.create(interpretation=live, policy=policy)
        self.publish(self.page(Leader, self.column("people"), "a leader", photo=self.image))
        guide = self.publish(self.page(ServiceGuide, self.column("guide"), "a guide"))
        self.maker.known |= {"page": live, "in review": guide, SitePage: live, Column: local}

    def talk(self) -> None:
        """Comments, subscriptions, log entries, a reset of the search."""
        page = self.pages["a live article"]
        comment = Comment.objects.create(page=page, user=self.author, text=self.text("comment"), contentpath="title")
        CommentReply.objects.create(comment=comment, user=self.author, text=self.text("reply"))
        PageSubscription.objects.create(page=page, user=self.author, comment_notifications=True)
        for told in (page, self.image, self.file, self.author):
            log(instance=told, action="wagtail.edit", user=self.author, data={"text": self.text("log entry")})
        site = Site.objects.filter(root_page=self.home).first()
        if site is not None:
            self.maker.known[Site] = site
        self.maker.known |= {
            User: self.author,
            Comment: comment,
            PageLogEntry: PageLogEntry.objects.filter(page_id=page.pk).first(),
        }
