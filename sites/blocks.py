"""What the body of a Chinese official page is made of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from sites.writing.table_block import ArticleTableBlock

TEXT_FEATURES = [
    *("h2", "h3", "bold", "italic", "ol", "ul", "text-center", "text-right", "hr"),
    *("link", "document-link", "superscript", "subscript"),
]


class PictureFileBlock(ImageBlock):
    """Wagtail's picture with its alternative text; the field of the file has a Chinese name, too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.child_blocks["image"].label = _("file")


class PictureBlock(blocks.StructBlock):
    image = PictureFileBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "govsites/blocks/picture.html"


class AttachmentBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("file"))
    title = blocks.CharBlock(label=_("name shown"), required=False, max_length=200)

    class Meta:
        icon = "doc-full"
        label = _("Attachment")
        template = "govsites/blocks/attachment.html"


class VideoBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("video file (MP4)"), required=False)
    address = blocks.URLBlock(label=_("or its address"), required=False)
    poster = PictureFileBlock(label=_("poster"), required=False)
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "govsites/blocks/video.html"


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("text"))
    source = blocks.CharBlock(label=_("source"), required=False, max_length=200)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "govsites/blocks/quotation.html"


class UnitBlock(blocks.StructBlock):
    """One unit of an organisation (内设机构、直属单位)."""

    name = blocks.CharBlock(label=_("name"), max_length=100)
    duties = blocks.TextBlock(label=_("duties"))
    head = blocks.CharBlock(label=_("head"), required=False, max_length=50)
    phone = blocks.CharBlock(label=_("telephone"), required=False, max_length=50)
    address = blocks.CharBlock(label=_("address"), required=False, max_length=200)

    class Meta:
        icon = "group"
        label = _("Unit")
        template = "govsites/blocks/unit.html"


class MaterialBlock(blocks.StructBlock):
    """One paper an applicant hands in (办理材料)."""

    name = blocks.CharBlock(label=_("material"), max_length=200)
    form = blocks.CharBlock(label=_("original or copy"), required=False, max_length=100)
    copies = blocks.IntegerBlock(label=_("copies"), required=False, min_value=0, max_value=99)
    source = blocks.CharBlock(label=_("issued by"), required=False, max_length=100)
    blank = DocumentChooserBlock(label=_("blank form"), required=False)
    sample = DocumentChooserBlock(label=_("filled sample"), required=False)

    class Meta:
        icon = "doc-empty"
        label = _("Material")


BODY = [
    (
        "paragraph",
        blocks.RichTextBlock(
            label=_("Text"), icon="pilcrow", features=TEXT_FEATURES, template="govsites/blocks/paragraph.html"
        ),
    ),
    ("image", PictureBlock()),
    (
        "gallery",
        blocks.ListBlock(
            PictureBlock(), label=_("Gallery"), icon="image", min_num=2, template="govsites/blocks/gallery.html"
        ),
    ),
    ("table", ArticleTableBlock(label=_("Table"), icon="table", template="govsites/blocks/table.html")),
    ("attachment", AttachmentBlock()),
    ("video", VideoBlock()),
    ("quotation", QuotationBlock()),
]
COLUMN_BODY = [*BODY, ("unit", UnitBlock())]
