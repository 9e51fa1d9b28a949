"""An event with facts of every kind, in three languages, and a partner that is asked about it."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Locale

from huunghi.events.confirming.asking import ask
from huunghi.events.confirming.deciding import Ruling, compare, decide, targets_of
from huunghi.events.models import (
    EventAppearance,
    EventOrganiser,
    EventPage,
    EventPartnerSide,
    Figure,
    Venue,
)
from huunghi.partners.sharing.links import make_link
from tests.factories import (
    make_event,
    make_measure,
    make_organisation,
    make_partner,
    make_person,
    make_place,
)

KHMER_TITLE = "ការប្រកួតបាល់ទះមិត្តភាព"
KHMER_HALL = "សាលសន្និសីទខេត្ត"
WITHHELD = "Chim hoàng yến"


def make_programme(unit, *, visibility="public", parent=None, partner=None, **fields):
    """The event; live in vi and km, with its Khmer texts."""
    person = make_person("Sok Sambath", own_script_name="សុខ សម្បត្តិ")
    event = make_event(
        "Giải bóng chuyền hữu nghị",
        unit=unit,
        parent=parent,
        visibility=visibility,
        start="2024-04-12",
        end="2024-04-14",
        stated_venues=3,
        rows={
            "partner_sides": [EventPartnerSide(partner=partner or make_partner("KH-21"))],
            "organisers": [
                EventOrganiser(organisation=make_organisation(vi="Liên hiệp Hữu nghị", km="សហភាពមិត្តភាព")),
                EventOrganiser(name="Sở Ngoại vụ"),
            ],
            "appearances": [EventAppearance(person=person, title_as_printed="Tỉnh trưởng")],
            "venues": [
                Venue(name="Nhà thi đấu", place=make_place("KH-21", vi="Takeo", km="តាកែវ"), attendance=410),
                Venue(name=WITHHELD, attendance=77),
            ],
            "figures": [Figure(quantity=2063, unit=make_measure(), scope="huy chương vàng")],
        },
        translations={"km": {"title": KHMER_TITLE}},
        **fields,
    )
    khmer = in_khmer(event)
    hall = khmer.venues.get(name="Nhà thi đấu")
    hall.name = KHMER_HALL
    hall.save()
    return EventPage.objects.get(pk=event.pk)


def in_khmer(event):
    return EventPage.objects.get(translation_key=event.translation_key, locale__language_code="km")


def link_to(event, share=None, languages=("vi", "km")):
    return make_link(event, Locale.objects.filter(language_code__in=languages), share=share)


def asked(event, share=None, language="km", days=14, user=None, languages=("vi", "km")):
    """A round, and the token of its link."""
    link, token = link_to(event, share, languages)
    return ask(link, language, timezone.localdate() + timedelta(days=days), user), token


def by_key(confirmation):
    """The fields by key, rows by the name of relation and column: "venues.name" is the first of them."""
    found = {}
    for row in confirmation.fields.all():
        parts = row.key.split(":")
        found.setdefault(".".join([parts[0], *parts[2:]]) if len(parts) == 3 else parts[0], row)
    return found


def partner_client(token):
    client = Client()
    assert client.get(f"/s/{token}").status_code == 303
    return client


def address_of(confirmation):
    return f"/s/v/{confirmation.link.public_id}/confirm/"


def form_of(client, confirmation):
    """The hidden inputs of the form as it is now."""
    page = client.get(address_of(confirmation)).content.decode()
    found = re.search(r'name="token" value="([^"]+)"', page)
    return {"token": found[1]} if found else {}


def answer(client, confirmation, proposals=None, **inputs):
    """Send the form; `proposals` are typed values by the short key of `by_key`."""
    fields = by_key(confirmation)
    data = {**form_of(client, confirmation), "by": "Chan Dara", **inputs}
    for key, value in (proposals or {}).items():
        data[f"answer-{fields[key].position}"] = "proposed"
        data[f"value-{fields[key].position}"] = value
    return client.post(address_of(confirmation), data)


def answered(round_, proposals=None, **inputs):
    confirmation, client = round_
    response = answer(client, confirmation, proposals, **inputs)
    assert response.status_code == 303, response.content.decode()
    confirmation.refresh_from_db()
    return confirmation


def rulings(confirmation, decision="accepted", reason=""):
    """The same decision on every open field, by an editor who sees what is there now."""
    rows = [row for row in confirmation.fields.all() if row.is_open]
    now = {line.row.pk: line.now or "" for line in compare(confirmation, rows, targets_of(confirmation))}
    return [Ruling(row, decision, now[row.pk], reason) for row in rows]


def accept(confirmation, user, **options):
    with override("en"):
        return decide(confirmation, confirmation.edition, rulings(confirmation), user, **options)


def draft_of(page):
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
