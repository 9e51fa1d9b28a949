"""Makes what an archive needs before its first event: languages, root pages, vocabularies, editorial units.

Everything here may be repeated: it adds what is missing and changes nothing that is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from huunghi.conf import content_languages, source_language
from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    ChannelIndexPage,
    EventIndexPage,
    EventPage,
    ExchangeIndexPage,
    ExchangePage,
    HomePage,
    PlanIndexPage,
    PlanPage,
    PublicationIndexPage,
    ReportIndexPage,
    ReportPage,
)
from huunghi.events.vocabularies import load_event_vocabularies
from huunghi.partners.models import EditorialUnit, Organisation, PartnerIndexPage, PartnerPage
from huunghi.partners.models.pages import IndexPage
from huunghi.partners.vocabularies import load_gazetteer, load_partner_vocabularies
from huunghi.search.vocabularies import load_glossary

EDITOR_PERMISSIONS = ("add", "change", "publish")
COLLECTION_PERMISSIONS = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)
# Records that every editor keeps; who may delete one is decided by the administrator.
RECORD_APPS = ("huunghi_partners", "huunghi_events")


@dataclass(slots=True)
class SetupReport:
    """What a run did, one sentence each; empty when everything was there."""

    done: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


# (index page, slug) in the order of the menu; titles are translated below, where the language is known
INDEXES: tuple[tuple[type[IndexPage], str], ...] = (
    (EventIndexPage, "su-kien"),
    (ExchangeIndexPage, "chuong-trinh"),
    (PartnerIndexPage, "doi-tac"),
    (ArticleIndexPage, "bai-viet"),
    (PlanIndexPage, "ke-hoach"),
    (ReportIndexPage, "bao-cao"),
    (PublicationIndexPage, "an-pham"),
    (ChannelIndexPage, "kenh-thong-tin"),
)
INDEX_OF_PAGE: dict[type[Page], type[IndexPage]] = {
    EventPage: EventIndexPage,
    ExchangePage: ExchangeIndexPage,
    PartnerPage: PartnerIndexPage,
    ArticlePage: ArticleIndexPage,
    PlanPage: PlanIndexPage,
    ReportPage: ReportIndexPage,
}


def index_title(model: type[IndexPage]) -> str:
    """The title of an index page in the active language."""
    return {
        EventIndexPage: _("Events"),
        ExchangeIndexPage: _("Exchanges and programmes"),
        PartnerIndexPage: _("Partners"),
        ArticleIndexPage: _("Articles"),
        PlanIndexPage: _("Plans"),
        ReportIndexPage: _("Reports"),
        PublicationIndexPage: _("Publications"),
        ChannelIndexPage: _("Channels"),
    }[model]


@transaction.atomic
def set_up() -> SetupReport:
    """Languages, front pages, index pages, vocabularies and gazetteer."""
    report = SetupReport()
    for code in content_languages():
        if Locale.objects.get_or_create(language_code=code)[1]:
            report.done.append(f"language {code}")
    home = _source_home(report)
    for code in content_languages():
        root = home if code == home.locale.language_code else _translated_home(home, code, report)
        if root is not None:
            _indexes_below(root, code, report)
    added = load_partner_vocabularies() + load_event_vocabularies() + load_gazetteer() + load_glossary()
    if added:
        report.done.append(f"{added} terms, places, organisations and glossary entries")
    return report


def open_language(code: str) -> Locale:
    """One more language of the archive, with its front page and its index pages."""
    locale = Locale.objects.get_or_create(language_code=code)[0]
    report = SetupReport()
    home = _translated_home(_source_home(report), code, report)
    if home is not None:
        _indexes_below(home, code, report)
    return locale


def _source_home(report: SetupReport) -> HomePage:
    """The front page in the source language: the root of the site, or a section of a site that has its own root."""
    existing = HomePage.objects.filter(locale__language_code=source_language()).order_by("path").first()
    if existing is not None:
        return existing
    locale = Locale.objects.get(language_code=source_language())
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    untouched = site is None or _is_wagtails_welcome_page(site.root_page)
    parent = Page.get_first_root_node() if untouched else site.root_page
    with override(source_language()):
        home = HomePage(title=_("Friendship archive"), slug="huu-nghi", locale=locale)
    parent.add_child(instance=home)
    home.save_revision().publish()
    report.done.append(f"front page {source_language()}")
    if untouched:
        _make_site_root(home, site)
    return HomePage.objects.get(pk=home.pk)


def _is_wagtails_welcome_page(page: Page) -> bool:
    return page.specific_class is Page and not page.get_children().exists()


def _make_site_root(home: HomePage, site: Site | None) -> None:
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True, site_name="Hữu Nghị")
        return
    welcome = site.root_page
    site.root_page = home
    site.site_name = site.site_name or "Hữu Nghị"
    site.save()
    # Read anew: the tree has moved since.
    Page.objects.get(pk=welcome.pk).delete()


def _translated_home(home: HomePage, code: str, report: SetupReport) -> HomePage | None:
    locale = Locale.objects.get(language_code=code)
    existing = home.get_translation_or_none(locale)
    if existing is not None:
        return existing
    parent = home.get_parent()
    if not parent.is_root() and not parent.has_translation(locale):
        report.hints.append(
            f"{code}: “{parent}”, the page above the archive, has no translation. "
            "Translate it, then run huunghi_setup again."
        )
        return None
    translation = home.copy_for_translation(locale)
    with override(code):
        translation.title = translation.draft_title = _("Friendship archive")
    translation.save_revision().publish()
    report.done.append(f"front page {code}")
    return HomePage.objects.get(pk=translation.pk)


def _indexes_below(home: HomePage, code: str, report: SetupReport) -> None:
    for model, slug in INDEXES:
        if model.objects.child_of(home).exists():
            continue
        with override(code):
            page = model(title=index_title(model), slug=slug, locale=home.locale, show_in_menus=True)
        source = model.objects.filter(slug=slug, locale__language_code=source_language()).first()
        if source is not None:
            page.translation_key = source.translation_key
        home.add_child(instance=page)
        page.save_revision().publish()
        report.done.append(f"{slug} {code}")


@transaction.atomic
def set_up_unit(organisation: Organisation) -> EditorialUnit:
    """The unit's group of editors, its collection, and its sections in every index and language."""
    existing = EditorialUnit.objects.filter(organisation=organisation).first()
    name = organisation.name_in(source_language())
    if existing is None:
        group = Group.objects.get_or_create(name=name[:150])[0]
        collection = Collection.objects.filter(name=name).first() or Collection.get_first_root_node().add_child(
            name=name
        )
        existing = EditorialUnit.objects.create(organisation=organisation, editors=group, collection=collection)
        _allow_editing(group, collection)
    for model in INDEX_OF_PAGE:
        if model is PartnerPage:
            continue  # partners have no sections: a partner belongs to all units
        for code in content_languages():
            section = section_for(model, organisation, code)
            for permission in _page_permissions():
                GroupPagePermission.objects.get_or_create(group=existing.editors, page=section, permission=permission)
    return existing


def _page_permissions() -> list[Permission]:
    return list(
        Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=[f"{action}_page" for action in EDITOR_PERMISSIONS]
        )
    )


def _allow_editing(group: Group, collection: Collection) -> None:
    """The admin, the records, translations, and the unit's own images and documents."""
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    records = Permission.objects.filter(content_type__app_label__in=RECORD_APPS).exclude(codename__startswith="delete_")
    group.permissions.add(*records)
    # Without it the form of a page offers no translation; a site may have another app for that.
    group.permissions.add(*Permission.objects.filter(codename="submit_translation"))
    # Wagtail's own translation button; a host may have installed another one instead.
    group.permissions.add(*Permission.objects.filter(codename="submit_translation"))
    for permission in Permission.objects.filter(codename__in=COLLECTION_PERMISSIONS):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)


def section_for(model: type[Page], unit: Organisation | None, language: str) -> IndexPage:
    """The index page below which a unit's pages of one type and language stand; its section is made when it is missing.

    Partner pages stand directly below their index. Raises LookupError when the language has no index pages.
    """
    index_model = INDEX_OF_PAGE[model]
    # There are a handful of them. Asked for the language as well, SQLite would look at all pages in it.
    indexes = index_model.objects.filter(unit__isnull=True).select_related("locale").order_by()
    in_language = (index for index in indexes if index.locale.language_code == language)
    index = min(in_language, key=lambda index: (index.depth, index.path), default=None)
    if index is None:
        raise LookupError(f"No {index_model._meta.verbose_name} in the language {language!r}; run huunghi_setup.")
    if unit is None or model is PartnerPage:
        return index
    return index_model.objects.child_of(index).filter(unit=unit).first() or _make_section(index, unit, language)


def _make_section(index: IndexPage, unit: Organisation, language: str) -> IndexPage:
    section = type(index)(
        title=unit.name_in(language),
        slug=index._get_autogenerated_slug(unit.key) if _taken(index, unit.key) else unit.key,
        unit=unit,
        locale=index.locale,
    )
    sibling = type(index).objects.filter(unit=unit, slug=section.slug).exclude(locale=index.locale).first()
    if sibling is not None:
        section.translation_key = sibling.translation_key
    index.add_child(instance=section)
    section.save_revision().publish()
    return section


def _taken(index: IndexPage, slug: str) -> bool:
    return index.get_children().filter(slug=slug).exists()
