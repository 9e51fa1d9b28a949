"""The harvesting protocol: arguments, errors, dates, sets, deletions."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from huunghi.events.models import EventOrganiser, EventPage, EventPartnerSide, Figure, Venue
from huunghi.feeds.models import HarvestRecord
from huunghi.feeds.oai import records, responses
from tests.access.conftest import restrict
from tests.factories import (
    add_translation,
    make_event,
    make_kind,
    make_measure,
    make_organisation,
    make_partner,
    make_place,
    publish,
)

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
OWN = "{urn:wagtail-huunghi:event:1}"
NEVER_WAS = "urn:uuid:0badcafe-0000-4000-8000-000000000000"
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


@pytest.fixture
def oai(client):
    """An answer as parsed XML; arguments by their names, `from_` for from."""

    def ask(method="get", **arguments):
        given = {name.rstrip("_"): value for name, value in arguments.items()}
        response = getattr(client, method)("/oai", given)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/xml; charset=utf-8"
        return ElementTree.fromstring(response.content)

    return ask


def error(root):
    return root.find(f"{OAI}error").get("code")


def headers(root):
    """identifier -> "deleted" or "" """
    return {each.findtext(f"{OAI}identifier"): each.get("status", "") for each in root.iter(f"{OAI}header")}


def name(page):
    return f"urn:uuid:{page.translation_key}"


def stamp(page, moment):
    HarvestRecord.objects.filter(key=page.translation_key).update(changed_at=moment)


def test_the_archive_introduces_itself(oai):
    make_event()
    root = oai(verb="Identify")
    said = {each.tag.removeprefix(OAI): each.text for each in root.find(f"{OAI}Identify")}
    assert said["protocolVersion"] == "2.0"
    assert said["deletedRecord"] == "persistent"
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert said["baseURL"] == root.findtext(f"{OAI}request") == "http://testserver/oai"
    assert "@" in said["adminEmail"]
    assert datetime.fromisoformat(said["earliestDatestamp"]) <= timezone.now()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "ListEverything"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "from_": "2019-01-01"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": NEVER_WAS}, "badArgument"),
        ({**LIST, "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({**LIST, "metadataPrefix": ""}, "badArgument"),
        ({**LIST, "resumptionToken": "x"}, "badArgument"),
        ({**LIST, "from_": "2019"}, "badArgument"),
        ({**LIST, "from_": "2019-02-30"}, "badArgument"),
        ({**LIST, "until": "9999-12-31"}, "badArgument"),
        ({**LIST, "from_": "٢٠١٩-01-01"}, "badArgument"),
        ({**LIST, "from_": "2019-01-01T00:00:00+07:00"}, "badArgument"),
        ({**LIST, "from_": "2019-01-02", "until": "2019-01-01"}, "badArgument"),
        ({**LIST, "from_": "2019-01-01", "until": "2019-01-02T00:00:00Z"}, "badArgument"),
        ({**LIST, "set": "\x00"}, "badArgument"),
        ({**LIST, "colour": "red"}, "badArgument"),
        ({**LIST, "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({**LIST, "set": "kind:unheard-of"}, "noRecordsMatch"),
        ({**LIST, "until": "1999-12-31"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "eyJhIjoxfQ"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "marc21", "identifier": NEVER_WAS}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": NEVER_WAS}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "urn:uuid:{x}"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": NEVER_WAS}, "idDoesNotExist"),
    ],
)
def test_every_error_of_the_protocol_has_its_code(oai, arguments, code):
    make_event()
    root = oai(**arguments)
    assert error(root) == code
    repeated = root.find(f"{OAI}request").attrib
    assert (repeated == {}) == (code in ("badVerb", "badArgument"))
    assert error(oai("post", **arguments)) == code


def test_nobody_keeps_an_error_and_nobody_posts_elsewhere(client):
    assert client.get("/oai?verb=ListRecords")["Cache-Control"] == "no-store"
    assert client.get("/oai?verb=Identify")["Cache-Control"] == "no-cache"
    assert client.put("/oai").status_code == 405
    assert b"badVerb" in client.post("/oai", "<verb/>", content_type="text/xml").content


def test_a_record_in_dublin_core_has_the_texts_of_every_language(oai):
    event = make_event(
        "Hội nghị",
        summary="Tóm tắt",
        end="2019-05-15",
        kind=make_kind("seminar", vi="Hội thảo", en="Seminar"),
        translations={"km": "កិច្ចប្រជុំ"},
        rows={
            "venues": [Venue(name="Hội trường", place=make_place("VN-44"))],
            "organisers": [EventOrganiser(organisation=make_organisation(vi="Liên hiệp"))],
        },
    )
    root = oai(verb="GetRecord", metadataPrefix="oai_dc", identifier=name(event))
    said = [(each.tag.removeprefix(DC), each.get(LANGUAGE), each.text) for each in root.iter() if DC in each.tag]
    assert ("title", "vi", "Hội nghị") in said
    assert ("title", "km", "កិច្ចប្រជុំ") in said
    assert ("description", "vi", "Tóm tắt") in said
    assert ("date", None, "2019-05-14/2019-05-15") in said
    assert ("subject", "vi", "Hội thảo") in said
    assert ("coverage", "vi", "An Giang") in said
    assert ("contributor", "vi", "Liên hiệp") in said
    assert ("identifier", None, f"http://testserver{event.url}") in said
    assert [text for element, _, text in said if element == "language"] == ["vi", "km"]
    assert len(said) == len(set(said))


def test_our_own_format_is_as_its_schema_says(client, oai):
    partner = make_partner("KH-8")
    events = [
        make_event(
            HOSTILE,
            summary="Một\r\nhai",
            translations={"km": "កិច្ចប្រជុំ"},
            precision="month",
            status="cancelled",
            places=[make_place("VN-44")],
            rows={
                "venues": [Venue(name="Hội trường", place=make_place("VN-33")), Venue(role="connected", name="Hai")],
                "organisers": [EventOrganiser(name="Đoàn")],
                "partner_sides": [EventPartnerSide(partner=partner, role="host")],
                "figures": [Figure(quantity="2063.50", unit=make_measure(), scope="cả hai bên")],
            },
        ),
        make_event(start=None, precision="unknown"),
    ]
    schema = etree.fromstring(client.get("/oai/event.xsd").content)
    # The schema of xml:lang itself is fetched from nowhere.
    imported = schema.find("{*}import")
    imported.getparent().remove(imported)
    text = etree.tostring(schema).replace(b'<xs:attribute ref="xml:lang"/>', b"")
    checker = etree.XMLSchema(etree.fromstring(text))
    for event in events:
        root = oai(verb="GetRecord", metadataPrefix="huunghi_event", identifier=name(event))
        (written,) = root.iter(f"{OWN}event")
        read = etree.fromstring(ElementTree.tostring(written))
        for each in read.iter():
            each.attrib.pop(LANGUAGE, None)
        checker.assertValid(read)
        location = written.get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
        assert location == "urn:wagtail-huunghi:event:1 http://testserver/oai/event.xsd"
    first = oai(verb="GetRecord", metadataPrefix="huunghi_event", identifier=name(events[0]))
    assert first.findtext(f".//{OWN}start") == "2019-05"
    assert first.findtext(f".//{OWN}figure") == "2063.5"
    assert len(list(first.iter(f"{OWN}venue"))) == 2


def test_a_record_that_is_hidden_is_deleted_at_once_and_says_nothing(client, oai):
    event = make_event("Bí mật", translations={"km": "សម្ងាត់"})
    assert headers(oai(**LIST)) == {name(event): ""}
    restriction = restrict(event.get_parent(), "login")
    restrict(event.get_translations().first().get_parent(), "login")
    for arguments in (LIST, {**LIST, "verb": "ListIdentifiers"}):
        assert headers(oai(**arguments)) == {name(event): "deleted"}
    answer = client.get("/oai", {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": name(event)})
    assert 'status="deleted"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "<metadata" not in answer.content.decode()
    assert not any(word in answer.content.decode() for word in ("Bí mật", "សម្ងាត់", event.slug))
    restriction.delete()
    assert headers(oai(**LIST)) == {name(event): ""}


@pytest.mark.parametrize("how", ["unpublish", "delete", "expire", "partners"])
def test_what_was_public_once_is_deleted_for_ever_even_if_nobody_asked_meanwhile(oai, how):
    event = make_event()
    identifier = name(event)
    if how == "unpublish":
        event.unpublish()
    elif how == "delete":
        event.delete()
    elif how == "expire":
        EventPage.objects.filter(pk=event.pk).update(expire_at=timezone.now())
    else:
        event.visibility = "partners"
        publish(event)
    for _ in range(2):
        assert headers(oai(**LIST)) == {identifier: "deleted"}
        root = oai(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier)
        assert headers(root) == {identifier: "deleted"}
        assert root.find(f".//{OAI}metadata") is None


def test_what_was_never_public_never_existed(oai):
    pages = [make_event(live=False), make_event(visibility="partners"), make_event(visibility="signed-in")]
    for page in pages:
        assert error(oai(verb="GetRecord", metadataPrefix="oai_dc", identifier=name(page))) == "idDoesNotExist"
    assert error(oai(**LIST)) == "noRecordsMatch"


def test_a_change_is_found_from_the_moment_of_the_last_answer(oai):
    old, changed, hidden = (make_event(title) for title in ("Cũ", "Đổi", "Ẩn"))
    oai(**LIST)
    before = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    for page in (old, changed, hidden):
        stamp(page, before)
    since = oai(verb="Identify").findtext(f"{OAI}responseDate")
    publish(EventPage.objects.get(pk=changed.pk))
    hidden.unpublish()
    assert headers(oai(**LIST, from_=since)) == {name(changed): "", name(hidden): "deleted"}
    stamp(old, before)
    assert name(old) not in headers(oai(**LIST, from_=since))


def test_a_translation_that_comes_or_goes_changes_the_record(oai):
    event = make_event(translations={"km": "កិច្ចប្រជុំ"})
    oai(**LIST)
    for change in ("comes", "goes"):
        stamp(event, datetime(2020, 1, 1, tzinfo=UTC))
        assert error(oai(**LIST, from_="2020-01-02")) == "noRecordsMatch"
        if change == "comes":
            add_translation(event, "en", "Meeting")
        else:
            event.get_translations().get(locale__language_code="km").unpublish()
        assert headers(oai(**LIST, from_="2020-01-02")) == {name(event): ""}


def test_days_and_seconds_bound_a_list_and_count_themselves(oai):
    event = make_event()
    oai(**LIST)
    stamp(event, datetime(2020, 1, 1, 23, 59, 59, tzinfo=UTC))

    def found(**bounds):
        root = oai(**LIST, **bounds)
        return bool(headers(root))

    assert found(from_="2020-01-01", until="2020-01-01")
    assert found(from_="2020-01-01T23:59:59Z", until="2020-01-01T23:59:59Z")
    assert not found(from_="2020-01-02")
    assert not found(until="2020-01-01T23:59:58Z")
    assert not found(until="2019-12-31")


def test_the_first_harvest_finds_the_moments_of_publication(oai):
    event = make_event()
    moment = datetime(2021, 6, 1, 8, tzinfo=UTC)
    EventPage.objects.filter(pk=event.pk).update(last_published_at=moment)
    oai(verb="GetRecord", metadataPrefix="oai_dc", identifier=name(make_event()))
    root = oai(**LIST)
    assert root.findtext(f".//{OAI}datestamp") == "2021-06-01T08:00:00Z"
    assert oai(verb="Identify").findtext(f".//{OAI}earliestDatestamp") == "2021-06-01T08:00:00Z"


def test_sets_are_kinds_and_partners_of_public_events_only(oai):
    strange = make_partner("Tỉnh bạn/1", names={"vi": "Tỉnh bạn"})
    event = make_event(
        kind=make_kind("seminar", vi="Hội thảo"),
        rows={"partner_sides": [EventPartnerSide(partner=make_partner("KH-8")), EventPartnerSide(partner=strange)]},
    )
    other = make_event(kind=make_kind("meeting"))
    make_event(live=False, rows={"partner_sides": [EventPartnerSide(partner=make_partner("KH-21"))]})
    specs = [each.text for each in oai(verb="ListSets").iter(f"{OAI}setSpec")]
    assert "kind:seminar" in specs
    assert "partner:KH-8" in specs
    assert "partner:KH-21" not in specs
    (escaped,) = (spec for spec in specs if "~" in spec)
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_.!~*'():") for letter in escaped)
    for spec in ("kind:seminar", "partner:KH-8", "partner", escaped):
        assert headers(oai(**LIST, set=spec)) == {name(event): ""}
    assert headers(oai(**LIST, set="kind")).keys() == {name(event), name(other)}
    assert error(oai(**LIST, set="partner:KH")) == "noRecordsMatch"
    assert error(oai(**LIST, set="%")) == "noRecordsMatch"
    event.unpublish()
    assert headers(oai(**LIST, set="partner:KH-8")) == {name(event): "deleted"}
    assert "partner:KH-8" not in [each.text for each in oai(verb="ListSets").iter(f"{OAI}setSpec")]


def test_a_token_goes_on_and_survives_changes(oai, monkeypatch):
    monkeypatch.setattr(responses, "RECORDS_PER_ANSWER", 2)
    events = [make_event(f"Sự kiện {number}") for number in range(5)]
    oai(**LIST)
    for number, page in enumerate(events):
        stamp(page, datetime(2020, 1, 1, number, tzinfo=UTC))
    root = oai(**LIST)
    found = [headers(root)]
    (token,) = root.iter(f"{OAI}resumptionToken")
    events[0].unpublish()  # told already
    events[2].unpublish()  # comes next
    make_event("Mới")  # comes at the end of another harvest
    root = oai(verb="ListRecords", resumptionToken=token.text)
    assert headers(root) == {name(events[2]): "deleted", name(events[3]): ""}
    (again,) = root.iter(f"{OAI}resumptionToken")
    assert again.get("cursor") == "2"
    root = oai(verb="ListRecords", resumptionToken=again.text)
    found.append(headers(root))
    assert found == [{name(page): "" for page in events[:2]}, {name(events[4]): ""}]
    (last,) = root.iter(f"{OAI}resumptionToken")
    assert not last.text
    assert error(oai(verb="ListRecords", resumptionToken=f"{token.text}x")) == "badResumptionToken"


def test_a_record_that_changes_during_a_harvest_is_not_lost(oai, monkeypatch):
    monkeypatch.setattr(responses, "RECORDS_PER_ANSWER", 1)
    first, second = make_event("Một"), make_event("Hai")
    oai(**LIST)
    stamp(first, datetime(2020, 1, 1, tzinfo=UTC))
    stamp(second, datetime(2020, 1, 2, tzinfo=UTC))
    root = oai(**LIST)
    publish(EventPage.objects.get(pk=second.pk))
    oai(verb="Identify")  # the change is noted, and the record moves behind all others
    publish(EventPage.objects.get(pk=first.pk))
    oai(verb="Identify")
    seen = []
    while token := root.findtext(f".//{OAI}resumptionToken"):
        root = oai(verb="ListRecords", resumptionToken=token)
        seen += headers(root)
    assert set(seen) == {name(first), name(second)}


def test_a_harvest_reads_the_same_number_of_times_for_one_record_and_for_many(client):
    def queries():
        client.get("/oai", LIST)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/oai", LIST).status_code == 200
        return len(captured)

    make_event(rows={"partner_sides": [EventPartnerSide(partner=make_partner("KH-8"))]})
    few = queries()
    for number in range(4):
        make_event(
            translations={"km": f"ប្រជុំ {number}"},
            rows={
                "partner_sides": [EventPartnerSide(partner=make_partner(code)) for code in ("KH-8", "KH-21")],
                "venues": [Venue(place=make_place()), Venue(place=make_place())],
                "organisers": [EventOrganiser(organisation=make_organisation())],
            },
        )
    # A relation of which nothing is there needs no second query.
    assert few <= queries() <= few + 6 <= 24


def test_nothing_is_written_when_nothing_changed(client):
    make_event()
    client.get("/oai", LIST)
    with CaptureQueriesContext(connection) as captured:
        client.get("/oai", LIST)
    assert [each["sql"] for each in captured if not each["sql"].startswith("SELECT")] == []


def test_differences_are_what_was_not_told():
    event = make_event()
    assert list(records.differences().shown) == [event.translation_key]
    records.reconcile()
    assert not records.differences()
    event.unpublish()
    assert records.differences().gone == [event.translation_key]
    records.reconcile([event.translation_key])
    assert not records.differences()
