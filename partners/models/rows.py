"""Child rows of a page that has translations.

A row is paired with its translations by translation key. Its fact columns (numbers, units, roles, links) are edited on
the source page only and copied to the translations; its text columns are translated.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import model_from_serializable_data
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, TranslatableMixin


class TranslatedRow(TranslatableMixin, Orderable):
    text_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True
        ordering = ["sort_order"]
        unique_together = [("translation_key", "locale")]

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> Self | None:
        """The row as a draft keeps it. Nobody asks for its page and its locale: that takes two queries for each row."""
        own = {name: data[name] for name in ("page", "locale") if name in data}
        others = {name: value for name, value in data.items() if name not in own}
        row = model_from_serializable_data(cls, others, check_fks=check_fks, strict_fks=strict_fks)
        if row is not None:
            for name, key in own.items():
                setattr(row, f"{name}_id", key)
        return row


class PhotoRow(TranslatedRow):
    """A picture with what must be known before it is shown."""

    image = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Location data of the camera is not needed and not shown."),
    )
    caption = models.TextField(_("caption"), blank=True, help_text=_("Who and what can be seen, in one sentence."))
    alternative_text = models.CharField(
        _("text for readers who cannot see it"),
        max_length=255,
        blank=True,
        help_text=_("What the picture shows, without repeating the caption. Empty: the caption is read out."),
    )
    credit = models.CharField(_("credit"), max_length=160, blank=True, help_text=_("Photographer or source."))
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Where it was taken."),
    )
    people_visible = models.BooleanField(
        _("people can be recognised"), default=False, help_text=_("Then a note on their consent is needed.")
    )
    consent_note = models.CharField(
        _("consent"), max_length=255, blank=True, help_text=_("Who agreed to publication, and when. For staff only.")
    )
    withheld = models.BooleanField(
        _("withheld"), default=False, help_text=_("Kept in the archive, shown to nobody but editors.")
    )

    text_fields = ("caption", "alternative_text")

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.caption or str(self.image)


class PartnerSideRow(TranslatedRow):
    """A partner that takes part."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        CO_HOST = "co-host", _("Co-host")
        GUEST = "guest", _("Guest")
        ADDRESSEE = "addressee", _("Addressee")

    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("partner"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The province, country or group."),
    )
    role = models.CharField(
        _("role"), max_length=12, choices=Role.choices, default=Role.GUEST, help_text=_("What the partner did.")
    )

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("partner side")
        verbose_name_plural = _("partner sides")

    def __str__(self) -> str:
        return str(self.partner)


class OrganiserRow(TranslatedRow):
    """A body that organises; a name is enough when it has no record."""

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("Organiser")
        CO_ORGANISER = "co-organiser", _("Co-organiser")
        SPONSOR = "sponsor", _("Sponsor")

    organisation = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Choose the record of the organisation."),
    )
    name = models.CharField(
        _("name"), max_length=255, blank=True, help_text=_("Only if the organisation has no record.")
    )
    role = models.CharField(
        _("role"), max_length=16, choices=Role.choices, default=Role.ORGANISER, help_text=_("What the body did.")
    )

    text_fields = ("name",)

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")

    def __str__(self) -> str:
        return self.name or str(self.organisation)


class AppearanceRow(TranslatedRow):
    """A person at an event or in a text, with the title of that day as it was printed."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("Chair")
        SPEAKER = "speaker", _("Speaker")
        GUEST = "guest", _("Guest")
        DELEGATION_HEAD = "delegation-head", _("Head of delegation")
        PERFORMER = "performer", _("Performer")
        INTERVIEWEE = "interviewee", _("Interviewee")
        DISCUSSANT = "discussant", _("Discussant")
        ATTENDEE = "attendee", _("Attendee")

    person = models.ForeignKey(
        "huunghi_partners.Person",
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Only office-holders and performers already named in public."),
    )
    title_as_printed = models.CharField(
        _("title on that day"), max_length=255, blank=True, help_text=_("As it was printed; it is never updated.")
    )
    organisation = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The body the person spoke for."),
    )
    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("side"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: our side."),
    )
    role = models.CharField(
        _("role"), max_length=16, choices=Role.choices, default=Role.ATTENDEE, help_text=_("What the person did.")
    )
    topic = models.CharField(_("topic"), max_length=500, blank=True, help_text=_("What the person spoke about."))

    text_fields = ("title_as_printed", "topic")

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")

    def __str__(self) -> str:
        return str(self.person)


class DocumentRow(TranslatedRow):
    """A document that belongs to a page: the record of an official document, a file, or both."""

    official_document = models.ForeignKey(
        "huunghi_partners.OfficialDocument",
        verbose_name=_("official document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Choose the record, if it has one."),
    )
    file = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A file that readers may open."),
    )
    title = models.CharField(_("title"), max_length=255, blank=True, help_text=_("Empty: the title of the record."))

    text_fields = ("title",)

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title or str(self.official_document or self.file or "")
