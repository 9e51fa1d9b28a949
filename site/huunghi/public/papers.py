"""Articles, plans, reports, publications and channels: what their pages show beside their own text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huunghi.conf import language_name
from huunghi.events.models import ArticlePage, Channel, EventPage, PlanPage, Publication, ReportPage
from huunghi.events.querysets import in_date_order, readable_events
from huunghi.partners.access import Reader, readable_pages
from huunghi.partners.fields import text_in

from . import names
from .cards import Card, cards_in_language
from .events import Fact, FigureLine, figure_line, partner_addresses, read_relations
from .events import linked as link_to
from .media import FileLink, file_details, file_links, photo_prefetch, record_title, shown_photos
from .numbers import number_text
from .periods import partial_date_text, partial_range_text


@dataclass(slots=True)
class ArticleDetail:
    facts: list[Fact]
    events: list[Card]
    files: list[FileLink]
    photos: list[Any]


def article_detail(article: ArticlePage, request: HttpRequest, reader: Reader) -> ArticleDetail:
    language = article.locale.language_code
    read_relations(
        article,
        reader,
        "partners__place",
        "places",
        "fields",
        "publications",
        "events",
        "appearances__person",
        "appearances__organisation",
        "documents__official_document__issuer",
        "documents__file",
        photo_prefetch(),
    )
    keys = [event.translation_key for event in article.events.all()]
    events = in_date_order(readable_events(reader).filter(translation_key__in=keys))
    return ArticleDetail(
        facts=_article_facts(article, language, request, reader),
        events=cards_in_language(events, language, reader, request),
        files=file_links(article, language),
        photos=shown_photos(article),
    )


def _article_facts(article: ArticlePage, language: str, request: HttpRequest, reader: Reader) -> list[Fact]:
    published = partial_date_text(article.published_on, language)
    if published and article.published_time:
        published += f", {article.published_time:%H:%M}"
    outlet = names.run(article.outlet, language)
    facts = [
        Fact(_("Genre"), [article.get_genre_display()]),
        Fact(_("Published"), [published] if published else []),
    ]
    if article.byline:
        facts.append(Fact(_("By"), [names.run(article.byline, language)]))
    if article.outlet or article.address:
        facts.append(Fact(_("Source"), [link_to(outlet or article.address, article.address)]))
    partners = list(article.partners.all())
    addresses = partner_addresses([partner.pk for partner in partners], language, request, reader)
    about = [link_to(names.name_of(partner, language), addresses.get(partner.pk, "")) for partner in partners]
    for label, values in (
        (_("Partners"), about),
        (_("Places"), [names.name_of(place, language) for place in article.places.all()]),
        (_("Fields"), [names.name_of(field, language) for field in article.fields.all()]),
        (_("Publications"), [names.name_of(record, language) for record in article.publications.all()]),
    ):
        if values:
            facts.append(Fact(label, values))
    return facts


@dataclass(slots=True)
class PlanItemLine:
    content: SafeString | str
    period: SafeString | str
    lead: SafeString | str
    partner: SafeString | str
    target: str
    recurring: bool
    events: list[Card]


@dataclass(slots=True)
class PlanDetail:
    facts: list[Fact]
    items: list[PlanItemLine]


def plan_detail(plan: PlanPage, request: HttpRequest, reader: Reader) -> PlanDetail:
    language = plan.locale.language_code
    read_relations(
        plan,
        reader,
        "official_document__issuer",
        "official_document__file",
        "audiences",
        "items__lead",
        "items__partner__place",
        "items__target_unit",
    )
    facts = _period_facts(plan, language)
    if plan.scope:
        facts.append(Fact(_("Scope"), [names.run(plan.scope, language)]))
    parent = _readable_translation(plan.parent_plan, language, reader)
    if parent is not None:
        title = names.in_language(parent.title, parent.locale.language_code, language)
        facts.append(Fact(_("Part of"), [link_to(title, parent.get_url(request) or "")]))
    if audiences := [names.name_of(record, language) for record in plan.audiences.all()]:
        facts.append(Fact(_("Addressed to"), audiences))
    claimed = _claiming_events(plan, language, request, reader)
    return PlanDetail(facts, [_item_line(item, language, claimed) for item in plan.items.all()])


def _readable_translation(page: Any, language: str, reader: Reader) -> Any:
    if page is None:
        return None
    found = readable_pages(type(page).objects.filter(translation_key=page.translation_key), reader)
    by_language = {translation.locale.language_code: translation for translation in found.select_related("locale")}
    return by_language.get(language) or next(iter(by_language.values()), None)


def _claiming_events(plan: PlanPage, language: str, request: HttpRequest, reader: Reader) -> dict[Any, list[Card]]:
    """Cards of the readable events that fulfil an item, by the item's translation key."""
    keys = [item.translation_key for item in plan.items.all()]
    pairs = EventPage.plan_items.through.objects.filter(planitem__translation_key__in=keys)
    links = list(pairs.values_list("eventpage_id", "planitem__translation_key"))
    events = list(in_date_order(readable_events(reader).filter(pk__in=[event for event, _key in links])))
    shown = cards_in_language(events, language, reader, request)
    cards = dict(zip([event.pk for event in events], shown, strict=True))
    claimed: dict[Any, list[Card]] = {}
    for event_id, key in links:
        if event_id in cards:
            claimed.setdefault(key, []).append(cards[event_id])
    return claimed


def _item_line(item: Any, language: str, claimed: dict[Any, list[Card]]) -> PlanItemLine:
    unit = names.plain_name(item.target_unit, language)
    return PlanItemLine(
        content=names.run(item.content, language),
        period=names.run(item.period, language),
        lead=names.name_of(item.lead, language),
        partner=names.name_of(item.partner, language),
        target=f"{number_text(item.target, language)} {unit}".strip(),
        recurring=item.recurring,
        events=claimed.get(item.translation_key, []),
    )


def _period_facts(page: PlanPage | ReportPage, language: str) -> list[Fact]:
    period = partial_range_text(page.period_from, page.period_to, language)
    facts = [Fact(_("Period"), [period] if period else [])]
    if document := page.official_document:
        number = document.full_number or record_title(document, None, language)
        facts.append(Fact(_("Number"), [link_to(number, document.file.url if document.file else "")]))
        facts.append(Fact(_("Issued by"), [names.name_of(document.issuer, language)] if document.issuer else []))
        issued = partial_date_text(document.date, language)
        facts.append(Fact(_("Date"), [issued] if issued else []))
    return facts


@dataclass(slots=True)
class ReportFigureLine:
    label: SafeString | str
    line: FigureLine
    organisation: SafeString | str


@dataclass(slots=True)
class ReportDetail:
    facts: list[Fact]
    figures: list[ReportFigureLine]


def report_detail(report: ReportPage, reader: Reader) -> ReportDetail:
    language = report.locale.language_code
    read_relations(
        report,
        reader,
        "official_document__issuer",
        "official_document__file",
        "figures__unit",
        "figures__source",
        "figures__organisation",
    )
    figures = [
        ReportFigureLine(
            names.run(figure.label, language),
            figure_line(figure, language),
            names.name_of(figure.organisation, language),
        )
        for figure in report.figures.all()
    ]
    return ReportDetail(_period_facts(report, language), figures)


@dataclass(frozen=True, slots=True)
class EditionRow:
    language: str
    format: str
    issue: str
    year: str
    print_run: str
    url: str
    details: str


@dataclass(frozen=True, slots=True)
class PublicationEntry:
    key: str
    title: SafeString | str
    issuer: SafeString | str
    subject: SafeString | str
    is_serial: bool
    editions: list[EditionRow]


def publications(language: str) -> list[PublicationEntry]:
    """All publications with their editions, by title."""
    records = Publication.objects.select_related("issuer").prefetch_related("editions__file")
    return [
        PublicationEntry(
            record.key,
            names.name_of(record, language),
            names.name_of(record.issuer, language),
            subject_of(record, language),
            record.is_serial,
            [_edition_row(edition, language) for edition in record.editions.all()],
        )
        for record in sorted(records, key=lambda record: names.plain_name(record, language))
    ]


def subject_of(record: Publication, language: str) -> SafeString | str:
    return names.in_language(*text_in(record.subject, language), language)


def _edition_row(edition: Any, language: str) -> EditionRow:
    return EditionRow(
        language=language_name(edition.language),
        format=edition.get_format_display(),
        issue=edition.issue,
        year=str(edition.year or ""),
        print_run=number_text(edition.print_run, language),
        url=edition.file.url if edition.file else "",
        details=", ".join(file_details(edition.file)),
    )


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    name: SafeString | str
    url: str
    details: list[SafeString | str]


def channels_by_kind(language: str) -> list[tuple[str, list[ChannelEntry]]]:
    """(kind in words, channels) in the order of the kinds."""
    groups: dict[str, list[ChannelEntry]] = {str(label): [] for label in Channel.Kind.labels}
    for channel in Channel.objects.select_related("owner", "place"):
        is_link = channel.address.startswith(("http://", "https://"))
        languages = [language_name(code) for code in channel.languages.replace(",", " ").split()]
        active = partial_range_text(channel.active_from, channel.active_to, language)
        details = [
            names.name_of(channel.owner, language),
            names.name_of(channel.place, language),
            "" if is_link else names.run(channel.address, language),
            ", ".join(languages),
            active,
        ]
        groups[str(channel.get_kind_display())].append(
            ChannelEntry(
                names.name_of(channel, language), channel.address if is_link else "", [d for d in details if d]
            )
        )
    return [(label, entries) for label, entries in groups.items() if entries]
