"""The answers to the six verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huunghi.conf import source_language
from huunghi.http import absolute_url
from huunghi.partners.access import ANONYMOUS
from huunghi.public.frame import home_in

from ..markup import Markup, document, tag
from ..models import HarvestRecord
from . import records
from .arguments import ProtocolError, key_of, selection_of, utc
from .formats import FORMATS, XSI, Addresses

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
RECORDS_PER_ANSWER = 100

Arguments = Mapping[str, str]


def envelope(request: HttpRequest, moment: datetime, arguments: Arguments, content: Markup) -> str:
    root = {"xmlns": OAI, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{OAI} {OAI_SCHEMA}"}
    return document(
        tag(
            "OAI-PMH",
            root,
            tag("responseDate", utc(moment)),
            tag("request", arguments, request.build_absolute_uri(reverse("huunghi:oai"))),
            content,
        )
    )


def error(problem: ProtocolError) -> Markup:
    return tag("error", {"code": problem.code}, str(problem))


def identify(request: HttpRequest, arguments: Arguments) -> Markup:
    home = home_in(source_language(), ANONYMOUS)
    return tag(
        "Identify",
        tag("repositoryName", home.title if home else _("Friendship archive")),
        tag("baseURL", request.build_absolute_uri(reverse("huunghi:oai"))),
        tag("protocolVersion", "2.0"),
        tag("adminEmail", settings.ADMINS[0][1] if settings.ADMINS else settings.DEFAULT_FROM_EMAIL),
        tag("earliestDatestamp", utc(records.earliest())),
        tag("deletedRecord", "persistent"),
        tag("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    )


def list_metadata_formats(request: HttpRequest, arguments: Arguments) -> Markup:
    if "identifier" in arguments:
        _record(arguments["identifier"])
    addresses = _addresses(request)
    return tag(
        "ListMetadataFormats",
        *(
            tag(
                "metadataFormat",
                tag("metadataPrefix", prefix),
                tag("schema", known.schema(addresses)),
                tag("metadataNamespace", known.namespace),
            )
            for prefix, known in FORMATS.items()
        ),
    )


def list_sets(request: HttpRequest, arguments: Arguments) -> Markup:
    if "resumptionToken" in arguments:
        raise ProtocolError("badResumptionToken", "The list of sets is answered as a whole.")
    return tag("ListSets", *(tag("set", tag("setSpec", spec), tag("setName", name)) for spec, name in records.sets()))


def list_identifiers(request: HttpRequest, arguments: Arguments) -> Markup:
    return _list(request, arguments, with_texts=False)


def list_records(request: HttpRequest, arguments: Arguments) -> Markup:
    return _list(request, arguments, with_texts=True)


def get_record(request: HttpRequest, arguments: Arguments) -> Markup:
    prefix = _known_format(arguments["metadataPrefix"])
    record = _record(arguments["identifier"])
    return tag("GetRecord", _records_out([record], prefix, request)[0])


VERBS: dict[str, Callable[[HttpRequest, Arguments], Markup]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "ListIdentifiers": list_identifiers,
    "ListRecords": list_records,
    "GetRecord": get_record,
}


def _list(request: HttpRequest, arguments: Arguments, *, with_texts: bool) -> Markup:
    selection = selection_of(arguments)
    prefix = _known_format(selection.prefix)
    found = records.selected(selection, RECORDS_PER_ANSWER + 1)
    shown = found[:RECORDS_PER_ANSWER]
    if not shown:
        raise ProtocolError("noRecordsMatch", "There is nothing of that sort.")
    parts = _records_out(shown, prefix, request) if with_texts else _headers_out(shown)
    place = {"cursor": str(selection.cursor)}
    if len(found) > len(shown):
        last = shown[-1]
        token = selection.token((_moment_of(last), last.key), selection.cursor + len(shown))
        parts.append(tag("resumptionToken", place, token))
    elif selection.after:
        parts.append(tag("resumptionToken", place))
    return tag("ListRecords" if with_texts else "ListIdentifiers", *parts)


def _records_out(found: list[HarvestRecord], prefix: str, request: HttpRequest) -> list[Markup]:
    """Records with their texts; of those that are not public, only the header that says so."""
    pages, addresses = records.events_of(found), _addresses(request)
    return [
        tag(
            "record",
            _header(record, record.key in pages),
            *([tag("metadata", FORMATS[prefix].write(pages[record.key], addresses))] if record.key in pages else []),
        )
        for record in found
    ]


def _headers_out(found: list[HarvestRecord]) -> list[Markup]:
    public = records.public_keys(found)
    return [_header(record, record.key in public) for record in found]


def _header(record: HarvestRecord, public: bool) -> Markup:
    return tag(
        "header",
        {"status": None if public else "deleted"},
        tag("identifier", f"urn:uuid:{record.key}"),
        tag("datestamp", utc(_moment_of(record))),
        *(tag("setSpec", spec) for spec in record.sets.split()),
    )


def _moment_of(record: HarvestRecord) -> datetime:
    return record.changed_at or timezone.now()


def _record(identifier: str) -> HarvestRecord:
    key = key_of(identifier)
    record = records.record_of(key) if key else None
    if record is None:
        raise ProtocolError("idDoesNotExist", "There is no such record.")
    return record


def _known_format(prefix: str) -> str:
    if prefix not in FORMATS:
        raise ProtocolError("cannotDisseminateFormat", f"The formats are: {', '.join(FORMATS)}.")
    return prefix


def _addresses(request: HttpRequest) -> Addresses:
    absolute = absolute_url(request)

    def permanent(page: Any) -> str:
        return request.build_absolute_uri(reverse("huunghi:permanent", kwargs={"key": page.translation_key}))

    return Addresses(
        page=lambda page: absolute(page.get_url(request)) or permanent(page),
        permanent=permanent,
        event_schema=request.build_absolute_uri(reverse("huunghi:oai_schema")),
    )
