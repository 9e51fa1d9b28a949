"""Field types of the records: a text per language, and a date that may be known to the year or month only."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from huunghi.conf import content_languages, fallback_languages, language_name, source_language

ISO_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
DAY_FIRST_PARTIAL_DATE = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")


def text_in(names: dict[str, str], language: str) -> tuple[str, str]:
    """`(text, its language)`: the reader's language, else the fallback order, else any; ("", language) if none."""
    if text := names.get(language):
        return text, language
    for code in [*fallback_languages(language), *names]:
        if names.get(code):
            return names[code], code
    return "", language


def validate_names(value: Any) -> None:
    """`{"vi": "…", "km": "…"}` with text values; raises ValidationError that says what is wrong."""
    if not isinstance(value, dict):
        raise ValidationError(_("Expected a text per language."))
    for code, text in value.items():
        if not isinstance(code, str) or not isinstance(text, str):
            raise ValidationError(_("Expected a text per language."))


class NamesWidget(forms.MultiWidget):
    """One input per language, each labelled by the language's own name."""

    template_name = "huunghi_partners/widgets/names.html"

    def __init__(self, languages: list[str], multiline: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.languages = languages
        widget = forms.Textarea if multiline else forms.TextInput
        super().__init__([widget(attrs={"lang": code, "rows": 3}) for code in languages], attrs)

    def decompress(self, value: dict[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, subwidget in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            subwidget["language"] = code
            subwidget["label"] = language_name(code)
        return context


class NamesFormField(forms.MultiValueField):
    """A text per language of the archive; texts in other languages that the record already has are kept."""

    def __init__(self, *, multiline: bool = False, **kwargs: Any) -> None:
        self.languages = content_languages()
        for unused in ("encoder", "decoder", "max_length"):
            kwargs.pop(unused, None)
        super().__init__(
            [forms.CharField(required=False) for _language in self.languages],
            widget=NamesWidget(self.languages, multiline),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, values: list[str]) -> dict[str, str]:
        return {code: text.strip() for code, text in zip(self.languages, values or [], strict=False) if text.strip()}

    def has_changed(self, initial: dict[str, str] | None, data: Any) -> bool:
        return self.compress(data or []) != (initial or {})


class NamesField(models.JSONField):
    """A text per language in one column: `{"vi": "Hội nghị", "km": "…", "en": "Meeting"}`."""

    def __init__(self, *args: Any, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
        if validate_names not in self.validators:
            self._validators.append(validate_names)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.multiline:
            kwargs["multiline"] = True
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": NamesFormField, "multiline": self.multiline, **kwargs})


def parse_partial_date(text: str) -> str:
    """ISO text cut to its precision: "2019", "2019-05" or "2019-05-14".

    Reads ISO and day-first forms ("14/05/2019", "05/2019", "2019"); raises ValidationError for anything else.
    """
    text = text.strip()
    if match := ISO_PARTIAL_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := DAY_FIRST_PARTIAL_DATE.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise ValidationError(_("Write a date as dd/mm/yyyy, mm/yyyy or yyyy."))
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise ValidationError(_("“%(text)s” is not a date of the calendar."), params={"text": text}) from error
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])


def format_partial_date(value: str) -> str:
    """ "2019-05-14" as "14/05/2019", "2019-05" as "05/2019", "2019" as "2019"."""
    return "/".join(reversed(value.split("-"))) if value else ""


def first_day(value: str) -> date:
    """The first day that "2019", "2019-05" or "2019-05-14" stands for."""
    year, month, day = [*map(int, value.split("-")), 1, 1][:3]
    return date(year, month, day)


def last_day(value: str) -> date:
    """The last day that "2019", "2019-05" or "2019-05-14" stands for."""
    parts = [*map(int, value.split("-"))]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, day)


class PartialDateFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return parse_partial_date(text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        return format_partial_date(value) if isinstance(value, str) and ISO_PARTIAL_DATE.fullmatch(value) else value

    def has_changed(self, initial: str | None, data: str | None) -> bool:
        try:
            return (initial or "") != self.to_python(data)
        except ValidationError:
            return True


class PartialDateField(models.CharField):
    """A date known to the day, the month or the year, stored as ISO text cut to that precision.

    The text sorts by time, and its length is the precision.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        kwargs["blank"] = self.blank
        return name, path, args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        return parse_partial_date(value) if value else super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> forms.Field:
        kwargs.setdefault("widget", forms.TextInput(attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric"}))
        return super().formfield(**{"form_class": PartialDateFormField, **kwargs})


def default_names(text: str) -> dict[str, str]:
    """A record's names when only one text is known: in the source language."""
    return {source_language(): text}
