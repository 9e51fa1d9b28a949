"""A harvester that others wrote, against a server that runs."""

import pytest
from sickle import Sickle
from sickle.oaiexceptions import IdDoesNotExist, NoRecordsMatch

from huunghi.events.models import EventPartnerSide
from huunghi.feeds.oai import responses
from tests.factories import make_event, make_kind, make_partner

from .conftest import HOSTILE, serving

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_harvester_gets_every_record_and_every_deletion(monkeypatch, method):
    monkeypatch.setattr(responses, "RECORDS_PER_ANSWER", 3)
    events = [make_event(f"Sự kiện {number}", translations={"km": f"ព្រឹត្តិការណ៍ {number}"}) for number in range(7)]
    hostile = make_event(HOSTILE)
    gone = make_event("Rút lại")
    gone.unpublish()
    with serving() as address:
        harvester = Sickle(f"{address}/oai", http_method=method)
        found = {record.header.identifier: record for record in harvester.ListRecords(metadataPrefix="oai_dc")}
        kept = list(harvester.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
        own = list(harvester.ListRecords(metadataPrefix="huunghi_event", ignore_deleted=True))
        identifiers = {header.identifier for header in harvester.ListIdentifiers(metadataPrefix="oai_dc")}
    public = {f"urn:uuid:{event.translation_key}" for event in (*events, hostile)}
    assert found.keys() == identifiers == public | {f"urn:uuid:{gone.translation_key}"}
    assert [record.header.identifier for record in found.values() if record.deleted] == [
        f"urn:uuid:{gone.translation_key}"
    ]
    assert {record.header.identifier for record in kept} == public == {record.header.identifier for record in own}
    titles = found[f"urn:uuid:{events[3].translation_key}"].metadata["title"]
    assert titles == ["Sự kiện 3", "ព្រឹត្តិការណ៍ 3"]
    assert "</script>" in found[f"urn:uuid:{hostile.translation_key}"].metadata["title"][0]


def test_a_harvester_learns_of_formats_sets_and_errors():
    event = make_event(
        kind=make_kind("seminar", vi="Hội thảo"),
        rows={"partner_sides": [EventPartnerSide(partner=make_partner("KH-8"))]},
    )
    with serving() as address:
        harvester = Sickle(f"{address}/oai")
        about = harvester.Identify()
        formats = {known.metadataPrefix for known in harvester.ListMetadataFormats()}
        sets = {known.setSpec: known.setName for known in harvester.ListSets()}
        record = harvester.GetRecord(identifier=f"urn:uuid:{event.translation_key}", metadataPrefix="oai_dc")
        of_set = list(harvester.ListRecords(metadataPrefix="oai_dc", set="partner:KH-8"))
        with pytest.raises(IdDoesNotExist):
            harvester.GetRecord(identifier="urn:uuid:0badcafe-0000-4000-8000-000000000000", metadataPrefix="oai_dc")
        with pytest.raises(NoRecordsMatch):
            list(harvester.ListRecords(metadataPrefix="oai_dc", until="1999-12-31"))
    assert (about.protocolVersion, about.deletedRecord) == ("2.0", "persistent")
    assert formats == {"oai_dc", "huunghi_event"}
    assert sets["kind:seminar"] == "Hội thảo"
    assert record.header.setSpecs == ["kind:seminar", "partner:KH-8"]
    assert [each.header.identifier for each in of_set] == [record.header.identifier]
