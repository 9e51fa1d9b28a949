"""Records that have names in several languages."""

from __future__ import annotations

from typing import Any, ClassVar

from anyascii import anyascii
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable
from wagtail.search import index

from huunghi.conf import source_language

from ..fields import NamesField, PartialDateField, text_in


class NameKind(models.TextChoices):
    OFFICIAL = "official", _("Official name")
    EXONYM = "exonym", _("Name in another language")
    ROMANISATION = "romanisation", _("Latin spelling")
    FORMER = "former", _("Former name")
    VARIANT = "variant", _("Other spelling")


class NamedMixin(models.Model):
    """A record with a `names` column that answers in the reader's language."""

    names_column: ClassVar[str] = "names"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_in(get_language() or source_language()) or self.fallback_name()

    def name_in(self, language: str) -> str:
        return text_in(getattr(self, self.names_column), language)[0]

    def name_and_language(self, language: str) -> tuple[str, str]:
        """The name and the language it is in, so that a page can mark a foreign run with `lang`."""
        return text_in(getattr(self, self.names_column), language)

    def all_names(self) -> list[str]:
        """Every name that the record is known by, in any language."""
        return list(filter(None, getattr(self, self.names_column).values()))

    def names_to_find(self) -> str:
        """All names as they are written and in plain letters, so that an editor finds "Đắk Lắk" by typing "dak lak"."""
        names = self.all_names()
        return " ".join(dict.fromkeys([*names, *map(anyascii, names)]))

    def fallback_name(self) -> str:
        """What a record without any name is called."""
        return str(getattr(self, "code", None) or getattr(self, "key", None) or self.pk)


class Name(Orderable):
    """One spelling of a name, with the time it was in use."""

    language = models.CharField(
        _("language"), max_length=12, default="vi", help_text=_("Language code: vi, km, en, lo, zh-hans.")
    )
    text = models.CharField(_("name"), max_length=255, help_text=_("The name as it is written in this language."))
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=NameKind.choices,
        default=NameKind.OFFICIAL,
        help_text=_("Search finds the record under every kind of name; pages show the preferred one."),
    )
    preferred = models.BooleanField(
        _("preferred"), default=False, help_text=_("Show this name to readers of its language.")
    )
    valid_from = PartialDateField(_("in use from"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if not known."))
    valid_to = PartialDateField(_("in use until"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if still in use."))
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("Where the spelling comes from."))
    uncertain = models.BooleanField(
        _("uncertain"), default=False, help_text=_("Tick when someone who knows the language should check it.")
    )

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.text} ({self.language})"


def preferred_names(rows: list[Name]) -> dict[str, str]:
    """The name to show per language: the preferred row, else the first official one, else the first of the language."""
    ranked = sorted(rows, key=lambda row: (not row.preferred, row.kind != NameKind.OFFICIAL, row.sort_order or 0))
    names: dict[str, str] = {}
    for row in ranked:
        names.setdefault(row.language, row.text)
    return names


class NamedByRowsMixin(NamedMixin, ClusterableModel):
    """A record whose names are rows (`name_rows`); the name to show per language is kept beside them.

    `labels` repeats what the rows say so that a list of events needs no query for the names of its places.
    """

    names_column = "labels"
    labels = NamesField(_("names shown"), editable=False, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.labels = preferred_names(list(self.name_rows.all()))
        super().save(*args, **kwargs)
        # Wagtail indexes a record while it is saved, and its rows are saved after it: their names would be missing.
        index.insert_or_update_object(self)

    def all_names(self) -> list[str]:
        return [row.text for row in self.name_rows.all()]


def refresh_labels(record: NamedByRowsMixin) -> None:
    """Bring `labels` up to date after a name row was written by itself."""
    labels = preferred_names(list(record.name_rows.model.objects.filter(owner_id=record.pk)))
    type(record).objects.filter(pk=record.pk).update(labels=labels)
