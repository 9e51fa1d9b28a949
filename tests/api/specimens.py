"""One record of every type, with ids that are known before there is a database: the examples of the specification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from wagtail.models import APIToken

from huunghi.events.models import (
    AgendaItem,
    ArticleIndexPage,
    ArticlePage,
    Channel,
    EventOrganiser,
    EventPage,
    EventPartnerSide,
    EventPhoto,
    ExchangeIndexPage,
    ExchangePage,
    Figure,
    PlanIndexPage,
    PlanPage,
    Publication,
    ReportIndexPage,
    ReportPage,
    Venue,
)
from huunghi.partners.sharing.keys import new_key
from huunghi.site_setup import section_for, set_up_unit
from tests.access.conftest import make_partner_of_readers, make_user, rebuild_index, share
from tests.factories import (
    index_page,
    make_event,
    make_image,
    make_kind,
    make_measure,
    make_organisation,
    make_page,
    make_partner,
    make_partner_page,
    make_place,
    make_unit,
)

EVENT, VENUE, EXCHANGE, ARTICLE, PLAN, REPORT, SHARED = (str(UUID(int=number, version=4)) for number in range(1, 8))
# By the names that addresses have for them.
IDS = {
    "event_id": EVENT,
    "exchange_id": EXCHANGE,
    "article_id": ARTICLE,
    "plan_id": PLAN,
    "report_id": REPORT,
    "code": "KH-8",
}
DATED = (
    (ExchangePage, ExchangeIndexPage, EXCHANGE, {"since": "2017"}),
    (ArticlePage, ArticleIndexPage, ARTICLE, {"published_on": "2019-05-15"}),
    (PlanPage, PlanIndexPage, PLAN, {"period_from": "2019"}),
    (ReportPage, ReportIndexPage, REPORT, {"period_from": "2019"}),
)


@dataclass(frozen=True, slots=True)
class Specimens:
    """What opens more than anybody may read."""

    staff_token: str
    partner_key: str


def make_specimens() -> Specimens:
    unit = make_unit("specimen-union", vi="Hội hữu nghị")
    editors = set_up_unit(unit).editors
    partner = make_partner_of_readers("KH-8")
    event = _make_event(unit, partner)
    for model, index, key, dates in DATED:
        make_page(model, "Giao lưu", index_page(index), unit=unit, translation_key=UUID(key), **dates)
        make_page(model, "Không rõ ngày", index_page(index), unit=unit)
    for key in ("specimen", "specimen-2"):  # of each list there is a second page
        Publication.objects.create(key=key, names={"vi": "Bản tin"}, issuer=unit, unit=unit)
        Channel.objects.create(key=key, names={"vi": "Đài"}, kind="radio", owner=unit, languages="vi, km")
    make_partner_page(partner, "Prey Veng", unit=unit)
    make_partner_page(make_partner("KH-21"), "Takeo", unit=unit)
    share(event, partner)
    for year, key in ((2020, UUID(SHARED)), (2021, uuid4())):
        facts = {"start": f"{year}-05-01", "visibility": "partners", "translation_key": key}
        share(make_event(f"Hội nghị {year}", unit=unit, **facts), partner)
    make_event("Hội nghị không rõ ngày", unit=unit, start=None, precision="unknown")
    rebuild_index()
    return Specimens(
        staff_token=APIToken.create_token(user=make_user(groups=[editors]), name="specimen")[1],
        partner_key=new_key(partner, "specimen", timezone.now() + timedelta(days=1))[1],
    )


def _make_event(unit, partner) -> EventPage:
    organiser = make_organisation("specimen-organiser")
    rows = {
        "venues": [Venue(name="Nhà văn hoá", place=make_place("VN-44"), translation_key=UUID(VENUE))],
        "partner_sides": [EventPartnerSide(partner=partner, role="guest")],
        "organisers": [EventOrganiser(organisation=organiser)],
        "figures": [Figure(quantity=120, unit=make_measure("attendance"))],
        "agenda": [AgendaItem(text="Khai mạc")],
        "photos": [EventPhoto(image=make_image(), caption="Cổng chào")],
    }
    return make_event(
        "Hội nghị biên giới",
        unit=unit,
        kind=make_kind("meeting"),
        parent=section_for(EventPage, unit, "vi"),
        translation_key=UUID(EVENT),
        translations={"km": "សន្និសីទ"},
        rows=rows,
        edition=3,
    )


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The specimens, made once for this module."""
    folder = tmp_path_factory.mktemp("specimens")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(**settings_in(folder)):
        yield folder, make_specimens()
        transaction.set_rollback(True)


@pytest.fixture
def archive(made, db):
    folder, secrets = made
    with override_settings(**settings_in(folder)):
        yield secrets


def settings_in(folder: Path) -> dict[str, Any]:
    """Index and pictures lie there; and thousands of requests in a minute are not too many."""
    search = {**settings.HUUNGHI_SEARCH, "PATH": str(folder / "search.sqlite3")}
    rates = dict.fromkeys(("HUUNGHI_API_RATE", "HUUNGHI_API_KEY_RATE"), "")
    return {"HUUNGHI_SEARCH": search, "MEDIA_ROOT": str(folder / "media"), **rates}
