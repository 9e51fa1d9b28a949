"""Blocks of a page's text. Few on purpose: each one is in the import, the API and the search index."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=500)
    credit = blocks.CharBlock(label=_("credit"), required=False, max_length=160)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "huunghi_events/blocks/picture.html"


class QuotationBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("quotation"))
    speaker = blocks.CharBlock(label=_("speaker"), required=False, max_length=255)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "huunghi_events/blocks/quotation.html"


class VideoBlock(blocks.StructBlock):
    """A link to a film elsewhere; no foreign player is loaded into the page."""

    url = blocks.URLBlock(label=_("address"))
    title = blocks.CharBlock(label=_("title"), max_length=255)

    class Meta:
        icon = "media"
        label = _("Video link")
        template = "huunghi_events/blocks/video.html"


class FigureLineBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("what was counted"), max_length=255)
    value = blocks.CharBlock(label=_("value"), max_length=80)


class BodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", template="huunghi_events/blocks/text.html")
    picture = PictureBlock()
    quotation = QuotationBlock()
    video = VideoBlock()
    document = DocumentChooserBlock(
        label=_("Document"), icon="doc-full", template="huunghi_events/blocks/document.html"
    )
    figures = blocks.ListBlock(
        FigureLineBlock(), label=_("Table of figures"), icon="table", template="huunghi_events/blocks/figures.html"
    )
