"""Small functions that make records and published pages; each test states only what it is about."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.files.images import ImageFile
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from huunghi.conf import source_language
from huunghi.events.models import (
    EventIndexPage,
    EventKind,
    EventPage,
    ExchangeIndexPage,
    ExchangePage,
    MeasureUnit,
)
from huunghi.partners.models import (
    Organisation,
    OrganisationName,
    Partner,
    PartnerIndexPage,
    PartnerPage,
    Person,
    Place,
    PlaceName,
)

UNIT_KEY = "test-union"


def unique(prefix: str) -> str:
    return f"{prefix}-{uuid4().hex[:8]}"


def make_unit(key: str = UNIT_KEY, **names: str) -> Organisation:
    """An organisation that may own pages; the same one for the same key."""
    return Organisation.objects.filter(key=key).first() or make_organisation(key, **names)


def make_organisation(key: str = "", **names: str) -> Organisation:
    key = key or unique("organisation")
    organisation = Organisation(key=key, kind="friendship-union")
    organisation.name_rows = [OrganisationName(language=code, text=text) for code, text in _names(key, names).items()]
    organisation.save()
    return organisation


def make_place(key: str = "", *, parent: Place | None = None, kind: str = "province", **names: str) -> Place:
    """A place; the one of the gazetteer when the key is known there."""
    key = key or unique("place")
    if existing := Place.objects.filter(key=key).first():
        return existing
    place = Place(key=key, kind=kind, parent=parent)
    place.name_rows = [PlaceName(language=code, text=text) for code, text in _names(key, names).items()]
    place.save()
    return place


def make_partner(code: str = "", *, place: Place | None = None, **fields: Any) -> Partner:
    """A partner; the one with that code when there is one. Without a place it is called like its code."""
    code = code or unique("partner")
    if existing := Partner.objects.filter(code=code).first():
        return existing
    place = place or Place.objects.filter(key=code).first()
    names = fields.pop("names", {} if place else {source_language(): code})
    return Partner.objects.create(code=code, place=place, names=names, **fields)


def make_person(name: str, **fields: Any) -> Person:
    return Person.objects.create(key=fields.pop("key", unique("person")), name=name, **fields)


def make_kind(code: str = "meeting", **names: str) -> EventKind:
    return EventKind.objects.get_or_create(code=code, defaults={"names": _names(code, names)})[0]


def make_measure(code: str = "attendance") -> MeasureUnit:
    return MeasureUnit.objects.get_or_create(code=code, defaults={"names": {source_language(): code}})[0]


def make_image(title: str = "Placeholder", size: tuple[int, int] = (16, 12)) -> Any:
    content = io.BytesIO()
    PillowImage.new("RGB", size, "teal").save(content, "JPEG")
    content.seek(0)
    return get_image_model().objects.create(title=title, file=ImageFile(content, name=f"{unique('picture')}.jpg"))


def index_page(model: type[Page], language: str = "") -> Page:
    """The index that `huunghi_setup` made for a language."""
    return (
        model.objects.filter(locale__language_code=language or source_language(), unit__isnull=True)
        .order_by("depth", "path")
        .first()
    )


def make_event(
    title: str = "Hội nghị",
    *,
    start: date | str | None = date(2019, 5, 14),
    end: date | str | None = None,
    translations: dict[str, dict[str, Any] | str] | None = None,
    rows: dict[str, list[Any]] | None = None,
    parent: Page | None = None,
    live: bool = True,
    **fields: Any,
) -> EventPage:
    """A published event in the source language, with its translations.

    `rows` are unsaved child rows by name (`{"venues": [Venue(name="…")]}`); `translations` are texts by language
    (`{"km": "ចំណងជើង"}` or `{"km": {"title": …, "summary": …}}`). With `live=False` everything stays a draft.
    """
    fields.setdefault("unit", make_unit())
    fields.setdefault("kind", make_kind())
    fields.setdefault("status", "held")
    return make_page(
        EventPage,
        title,
        parent or index_page(EventIndexPage),
        rows=rows,
        translations=translations,
        live=live,
        start_date=_day(start),
        end_date=_day(end),
        **fields,
    )


def make_exchange(title: str = "Giải bóng chuyền hữu nghị", **fields: Any) -> ExchangePage:
    fields.setdefault("unit", make_unit())
    return make_page(ExchangePage, title, index_page(ExchangeIndexPage), **fields)


def make_partner_page(partner: Partner, title: str = "", **fields: Any) -> PartnerPage:
    fields.setdefault("unit", make_unit())
    return make_page(PartnerPage, title or partner.code, index_page(PartnerIndexPage), partner=partner, **fields)


def make_page(
    model: type[Page],
    title: str,
    parent: Page,
    *,
    rows: dict[str, list[Any]] | None = None,
    translations: dict[str, dict[str, Any] | str] | None = None,
    live: bool = True,
    **fields: Any,
) -> Any:
    """A page of any type of the archive, published as an editor would publish it; many-to-many fields take lists."""
    many = {name: fields.pop(name) for name in list(fields) if model._meta.get_field(name).many_to_many}
    page = model(title=title, slug=unique("page"), live=False, locale=parent.locale, **fields)
    for name, members in (rows or {}).items():
        for position, member in enumerate(members):
            member.locale = parent.locale
            member.sort_order = position
        setattr(page, name, members)
    parent = Page.objects.get(pk=parent.pk)
    parent.add_child(instance=page)
    for name, values in many.items():
        setattr(page, name, values)
    page.save()
    for language, texts in (translations or {}).items():
        add_translation(page, language, texts, live=False)
    if live:
        publish(page)
        for translation in page.get_translations():
            publish(translation.specific)
    return model.objects.get(pk=page.pk)


def add_translation(page: Any, language: str, texts: dict[str, Any] | str, *, live: bool = True) -> Any:
    """A translation of a page below the same kind of parent in its language."""
    texts = {"title": texts} if isinstance(texts, str) else texts
    translation = page.copy_for_translation(Locale.objects.get(language_code=language), copy_parents=True)
    for name, text in texts.items():
        setattr(translation, name, text)
    translation.draft_title = translation.title
    translation.save()
    if live:
        publish(translation)
    return type(page).objects.get(pk=translation.pk)


def publish(page: Any) -> None:
    page.save_revision(clean=False).publish()


def _names(code: str, names: dict[str, str]) -> dict[str, str]:
    return names or {source_language(): code}


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
