"""Pages: what every page of the archive shares, index pages, and the public page of a partner.

Every page has one source page, the first of its translation key. Facts (dates, status, links, the fact columns of child
rows) are edited there and copied to the translations when the source is published; only texts are translated.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any, ClassVar

from anyascii import anyascii
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page, PageManager
from wagtail.search import index

from huunghi.conf import source_language

from ..access import Visibility, reader_of
from ..answers import is_admitted, keep_private, private_answer
from ..audiences import visibility_of_copy
from ..forms import ArchivePageForm, SectionForm
from ..panels import TranslationField, TranslationNotice
from ..translations import copy_facts_to_translations, note_changed_texts, texts_change
from ..withholding import present_whole
from .rows import PhotoRow
from .shares import LockedSection


def unit_of_section(page: Page | None) -> Any:
    """The unit of the nearest section at or above a page; None outside of a section."""
    while page is not None and not page.is_root():
        if unit := getattr(page.specific, "unit", None):
            return unit
        page = page.get_parent()
    return None


def ascii_slug(title: str) -> str:
    """ "Giao lưu hữu nghị Đồng Tháp" as "giao-luu-huu-nghi-dong-thap"; "" when the title has no letter or digit."""
    return slugify(anyascii(title))[:80].strip("-")


class GuardedPage:
    """What every page type of the archive, sections and front page among them, does so that nobody reads too much."""

    # Wagtail's own restrictions still hold where they were set by other means; `visibility` is what editors choose.
    private_page_options: ClassVar[list[str]] = []
    # A copy gets its visibility below, and so do the revisions that are copied with it.
    exclude_fields_in_copy: ClassVar[list[str]] = ["visibility"]

    def copy_all_child_relations(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        # Every way to copy a page, to translate it or to make an alias of it comes by here before the copy is saved.
        if target.pk is None and hasattr(self, "visibility"):
            target.visibility = visibility_of_copy(self)
        return super().copy_all_child_relations(target, *args, **kwargs)  # type: ignore[misc]

    def save(self, *args: Any, **kwargs: Any) -> None:
        # The alias of an alias would outlive the restrictions of the page that it really shows.
        if self.alias_of_id and self.alias_of.alias_of_id:
            self.alias_of_id = self.alias_of.alias_of_id
        super().save(*args, **kwargs)  # type: ignore[misc]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The hook before this has answered those who may not read; whoever calls this without it is asked here.
        if not is_admitted(self, request):
            raise Http404
        present_whole(self, reader_of(request))
        return private_answer(super().serve(request, *args, **kwargs), request)  # type: ignore[misc]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        response = super().serve_preview(request, mode_name)  # type: ignore[misc]
        response["X-Robots-Tag"] = "noindex"
        return keep_private(response)


class ArchivePage(GuardedPage, Page):
    """What all pages of the archive share: who owns it, who sees it, and its facts in every language."""

    # Pages called EventPage exist in many projects; without a name of our own they would clash on Page.
    page_ptr = models.OneToOneField(
        Page, parent_link=True, related_name="huunghi_%(class)s", on_delete=models.CASCADE, primary_key=True
    )
    unit = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("unit"),
        null=True,  # a draft may lack it; publishing may not
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The organisation that keeps this page. Needed to publish."),
    )
    visibility = models.CharField(
        _("who may read it"),
        max_length=12,
        choices=Visibility.choices,
        default=Visibility.PUBLIC,
        help_text=_("“Only partners” is read by nobody until the page is shared with a partner."),
    )
    machine_translated = models.BooleanField(
        _("translated by a machine"),
        default=False,
        help_text=_("Readers are told. Untick it when somebody who knows both languages has read the text."),
    )
    # Of a translation: when other texts of its source page were published while this one stood.
    source_changed_at = models.DateTimeField(null=True, editable=False)

    objects = PageManager()
    base_form_class = ArchivePageForm
    search_auto_update = False  # see huunghi.admin_search.updating

    shared_fields: ClassVar[tuple[str, ...]] = ("unit", "visibility")
    shared_rows: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    unit_panels = [MultiFieldPanel([FieldPanel("unit"), FieldPanel("visibility")], _("Owner and readers"))]

    def _set_core_field_defaults(self) -> None:
        # Wagtail's own slugs lose đ and every Khmer letter. This runs before it makes one.
        parent_is_known = bool(self.path or getattr(self, "_cached_parent_obj", None))
        if not self.slug and parent_is_known:
            self.slug = self._get_autogenerated_slug(ascii_slug(self.title) or self._meta.model_name)
        if self.unit_id is None and parent_is_known:
            self.unit = unit_of_section(self.get_parent())
        super()._set_core_field_defaults()

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Not in publish(): the admin publishes without calling it. Saving the source and copying its facts to the
        # translations is one change: both or neither.
        with transaction.atomic():
            leads = self.live and kwargs.get("update_fields") is None and self.is_source
            texts_changed = leads and texts_change(self)
            super().save(*args, **kwargs)
            if leads:
                copy_facts_to_translations(self)
            if texts_changed:
                note_changed_texts(self)

    @property
    def is_source(self) -> bool:
        """True for the page in which the facts are edited."""
        return self.source.pk == self.pk

    @property
    def is_stale(self) -> bool:
        """True for a translation that nobody has published again since the texts of its source changed."""
        published = self.last_published_at
        return bool(self.source_changed_at and published and published < self.source_changed_at)

    @property
    def source(self) -> ArchivePage:
        """The page that holds the facts: the one in the source language, else the one that was made first."""
        if self.locale.language_code == source_language():
            return self
        versions = [self, *self.get_translations().select_related("locale")]
        return min(versions, key=lambda page: (page.locale.language_code != source_language(), page.pk or math.inf))


class IndexPage(GuardedPage, RoutablePageMixin, Page):
    """A list of pages, by year; nested below another it is the section of one unit."""

    page_ptr = models.OneToOneField(
        Page, parent_link=True, related_name="huunghi_%(class)s", on_delete=models.CASCADE, primary_key=True
    )
    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences above the list."))
    unit = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("For a section: the organisation whose pages stand below."),
    )
    visibility = models.CharField(
        _("who may read it"),
        max_length=12,
        choices=Visibility.choices,
        default=Visibility.PUBLIC,
        help_text=_("Holds for everything below as well; a page below can only be narrower."),
    )

    objects = PageManager()
    base_form_class = SectionForm
    max_count_per_parent: ClassVar[int | None] = None

    class Meta:
        abstract = True

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("unit"), FieldPanel("visibility")]
    search_fields = [*Page.search_fields]

    def save(self, *args: Any, **kwargs: Any) -> None:
        columns = kwargs.get("update_fields")
        # Saving a draft writes a few columns of the page only; what the draft says of readers holds when published.
        decides = columns is None or "visibility" in columns
        with transaction.atomic():
            if decides and (source := self.source_section):
                self.visibility = source.visibility
            super().save(*args, **kwargs)
            if decides:
                self._lock()
                self._lead_translations()

    @property
    def source_section(self) -> IndexPage | None:
        """The section in the source language, whose visibility this translation of it takes; None for itself."""
        if self.locale_id is None or self.locale.language_code == source_language():
            return None
        versions = type(self).objects.filter(translation_key=self.translation_key)
        return versions.filter(locale__language_code=source_language()).first()

    def _lead_translations(self) -> None:
        # A section that is closed in one language only would be read in the others.
        if self.locale.language_code == source_language():
            for translation in self.get_translations().exclude(visibility=self.visibility):
                translation.visibility = self.visibility
                translation.save(update_fields=["visibility"], clean=False)

    def _lock(self) -> None:
        if self.visibility == Visibility.PUBLIC:
            LockedSection.objects.filter(page=self.pk).delete()
        else:
            LockedSection.objects.update_or_create(page_id=self.pk, defaults={"visibility": self.visibility})

    @path("")
    def all_years(self, request: HttpRequest) -> Any:
        return self.render(request, context_overrides={"year": None, "month": None})

    @path("<int:year>/")
    def one_year(self, request: HttpRequest, year: int) -> Any:
        return self.render(request, context_overrides={"year": _year_or_404(year), "month": None})

    @path("<int:year>/<int:month>/")
    def one_month(self, request: HttpRequest, year: int, month: int) -> Any:
        if not 1 <= month <= 12:
            raise Http404
        return self.render(request, context_overrides={"year": _year_or_404(year), "month": month})


def _year_or_404(year: int) -> int:
    if not date.min.year <= year <= date.max.year:
        raise Http404
    return year


class PartnerIndexPage(IndexPage):
    """The list of partners."""

    template = "huunghi_partners/partner_index_page.html"
    page_description = _("The list of partner provinces and countries.")
    subpage_types = ["huunghi_partners.PartnerPage"]

    class Meta:
        verbose_name = _("list of partners")
        verbose_name_plural = _("lists of partners")


class PartnerPage(ArchivePage):
    """The public face of a partner: a text beside the facts of its record."""

    template = "huunghi_partners/partner_page.html"
    page_description = _("A partner province or country, with its events and agreements.")
    parent_page_types = ["huunghi_partners.PartnerIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("partner"),
        null=True,
        on_delete=models.PROTECT,
        related_name="pages",
        help_text=_("The record of the partner; its names and agreements are shown from there."),
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    body = models.TextField(_("text"), blank=True, help_text=_("Plain paragraphs, separated by an empty line."))

    shared_fields = (*ArchivePage.shared_fields, "partner")
    shared_rows = ("photos",)

    class Meta:
        verbose_name = _("partner page")
        verbose_name_plural = _("partner pages")

    content_panels = [
        TranslationNotice(),
        TranslationField("machine_translated"),
        MultiFieldPanel([*Page.content_panels, FieldPanel("partner"), FieldPanel("summary")], _("Partner")),
        FieldPanel("body"),
        InlinePanel("photos", heading=_("Photos"), label=_("Photo")),
        *ArchivePage.unit_panels,
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]


class PartnerPhoto(PhotoRow):
    page = ParentalKey(PartnerPage, on_delete=models.CASCADE, related_name="photos")
