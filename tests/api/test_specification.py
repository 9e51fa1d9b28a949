"""Every operation of the specification, asked by Schemathesis in every way that the specification allows and forbids.

All of its checks are on. What JSON Schema cannot say, and the specification says in words, stands below by name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from math import ceil
from time import process_time
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from hypothesis import given
from schemathesis import GenerationMode
from schemathesis.generation.coverage import GenerationSession
from schemathesis.specs.openapi.checks import positive_data_acceptance

from huunghi.api import api
from huunghi.api.writing.columns import TEXTS
from huunghi.api.writing.schemas import ROW_CHANGES, EventFields
from huunghi.conf import source_language
from tests.api import specimens
from tests.api.specimens import archive, made  # noqa: F401  fixtures

EXAMPLES = int(os.environ.get("SPECIFICATION_EXAMPLES", "5"))
MOST = 10 * EXAMPLES  # of what follows from the specification, evenly of all: 200 examples leave nothing out
CONFIGURATION = {
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": EXAMPLES,
        # No text holds NUL: the specification says so once, and test_hostile_input.py asks it of every parameter.
        "allow-x00": False,
        # Each reader below brings what opens the archive, or nothing.
        "with-security-parameters": False,
    },
}
LONGEST = 2.0  # seconds of the processor for one answer

# Refused requests that a schema of single fields allows; the description of each field says so in words.
IN_WORDS = {
    "cursor",  # made by the answer before, in the same order
    *("from", "to", "updated_since"),  # a range that ends before it begins; 30 February; before the year 1 in UTC
    *("near", "within"),  # a place that is known and on the map; the two together
    *("quantity", "min_quantity", "measure"),  # a unit of measure that is known; a range that is not reversed
    "Idempotency-Key",  # another request with the same key
    *("start", "end", "precision", "time_zone", "due", "since", "date"),  # likewise, and zones have names
    *("slug", "url", "address"),  # what can be part of an address, or is one
    *("kind", "unit", "exchange", "places", "fields", "audiences"),  # codes of records that are known
    *("place", "host", "code", "organisation", "person", "partner", "source", "responsible", "document", "file"),
    *("image", "key"),
    *("venues", "organisers", "appearances", "figures", "agenda", "outcomes", "documents", "photos", "status_history"),
    *("text", "text.html", "text.title", "text.rows.label", "text.rows.value"),  # a block needs what its form asks for
    "status_history.status",  # and so does a row
}
STATE = {412, 423, 428}  # of the page: changed since, locked, or no revision named
KNOWN = {
    "path": specimens.IDS,
    "query": {"q": "hội nghị", "near": "VN-44", "within": 50, "path": f"/id/{specimens.EVENT}/"},
    "header": {"If-Match": "*"},  # with another revision nearly all changes would end there
}


def specification() -> Any:
    """The document that is served; what the specimens are called by stands in it as examples."""
    document = json.loads(json.dumps(api.get_openapi_schema()))
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if (example := example_of(path, parameter)) is not None:
                    parameter["example"] = example
    # A change without a day is refused for that alone.
    document["components"]["schemas"]["EventChange"]["properties"]["start"]["default"] = "2019-05-14"
    loaded = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(CONFIGURATION))
    loaded.app = WSGIHandler()
    loaded.config.update(base_url="http://localhost/api/v1")
    return loaded


def example_of(path: str, parameter: dict[str, Any]) -> Any:
    if parameter["name"] == "key":
        return "specimen" if "publications" in path else specimens.VENUE
    if parameter["name"] == "event_id" and path.startswith("/shared/"):
        return specimens.SHARED
    if parameter["name"] == "lang" and path.endswith("/translations/"):
        return "en"
    return KNOWN.get(parameter["in"], {}).get(parameter["name"])


OPERATIONS = {
    operation["operationId"]: {scheme for way in operation.get("security", ()) for scheme in way}
    for operations in api.get_openapi_schema()["paths"].values()
    for operation in operations.values()
}


@pytest.fixture(scope="module")
def operations():
    """By their names in the specification."""
    found = [each.ok() for each in specification().get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


def taking(scheme: str) -> list[str]:
    """The operations that take such a key."""
    return [name for name, taken in OPERATIONS.items() if scheme in taken]


def ask_everything(operation: Any, ask: Callable[[Any], None]) -> None:
    """First what follows from the specification, then what is invented: by its examples, by its rules, against them."""
    schema = operation.schema
    follows = list(
        schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=schema.config.generation_for(operation=operation),
            session=GenerationSession(),
        )
    )
    for case in follows[:: ceil(len(follows) / MOST)]:
        ask(case)
    for strategy in (*operation.get_strategies_from_examples(), *map(operation.as_strategy, GenerationMode)):
        schema.config.get_hypothesis_settings(operation=operation)(given(strategy)(lambda case: ask(case)))()


def ask(case: Any, **headers: str) -> None:
    """Send the request, check the answer with all checks, and leave the archive as it was."""
    headers["Accept-Encoding"] = "identity"  # in process, nobody unpacks an answer
    with transaction.atomic():
        began = process_time()
        answer = case.call(headers=headers)
        took = process_time() - began
        excluded = [positive_data_acceptance] if is_said_in_words(case, answer) else []
        case.validate_response(answer, headers=headers, transport_kwargs={"headers": headers}, excluded_checks=excluded)
        assert took < LONGEST, f"{took:.1f} s: {case.as_curl_command()}"
        transaction.set_rollback(True)


def is_said_in_words(case: Any, answer: Any) -> bool:
    """Whether the request was refused only for what a schema of one field cannot say."""
    if answer.status_code in STATE:
        return True
    if answer.status_code != 422:
        return False
    names = IN_WORDS | foreign_names(case) | facts(case)
    return all(names & names_of(error["loc"]) for error in answer.json()["errors"])


def names_of(location: list[str | int]) -> set[str]:
    """A field by itself and with what it stands in; of a list of rows or values, the list."""
    _source, *path = (part for part in location if isinstance(part, str))
    return {path[-1], ".".join(path)} if path else set()


def facts(case: Any) -> set[str]:
    """They are the same in every language, and are written in one of them only."""
    language = (case.query or {}).get("lang")
    return set() if language in (None, source_language()) else EventFields.model_fields.keys() - {*TEXTS}


def foreign_names(case: Any) -> set[str]:
    """Fields that only rows of other lists have, where {name} in the address decides which of the shapes is wanted."""
    rows = ROW_CHANGES.get(str((case.path_parameters or {}).get("name")))
    if rows is None:
        return set()
    return {"role"} | {name for each in ROW_CHANGES.values() for name in each.model_fields} - {*rows.model_fields}


@pytest.mark.parametrize("name", OPERATIONS)
def test_anybody_is_answered_as_specified(name, operations, archive):  # noqa: F811
    ask_everything(operations[name], ask)


@pytest.mark.parametrize("name", taking("StaffAuthentication"))
def test_a_member_of_staff_is_answered_as_specified(name, operations, archive):  # noqa: F811
    headers = {"Authorization": f"Bearer {archive.staff_token}"}
    # Without a revision nearly all changes would end there.
    ask_everything(
        operations[name], lambda case: ask(case, **headers, **({} if "If-Match" in case.headers else {"If-Match": "*"}))
    )


@pytest.mark.parametrize("name", taking("PartnerKeyAuthentication"))
def test_a_partner_is_answered_as_specified(name, operations, archive):  # noqa: F811
    ask_everything(operations[name], lambda case: ask(case, Authorization=f"Bearer {archive.partner_key}"))
