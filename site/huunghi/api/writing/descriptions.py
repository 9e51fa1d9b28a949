"""How requests that write are described: their bodies are read by `bodies`, of which Ninja knows nothing."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic.json_schema import models_json_schema

REFERENCE = "#/components/schemas/{model}"
_described: dict[str, type[Schema]] = {}
_PATTERNS = {"Idempotency-Key": "^[!-~]{1,200}$"}
_HEADERS = {
    "If-Match": "The ETag of the draft that was read; 412 when it was changed since. Or `revision` in the body.",
    "Idempotency-Key": "1 to 200 signs of ASCII. The same request with the same key is carried out once in 24 hours.",
}


def body_of(*schemas: type[Schema], required: bool = True) -> dict[str, Any]:
    """What `openapi_extra` says of a JSON body that has one of these shapes."""
    _described.update({schema.__name__: schema for schema in schemas})
    shapes = [{"$ref": REFERENCE.format(model=schema.__name__)} for schema in schemas]
    content = {"application/json": {"schema": shapes[0] if len(shapes) == 1 else {"anyOf": shapes}}}
    return {"requestBody": {"required": required, "content": content}}


def headers_of(*names: str) -> dict[str, Any]:
    return {
        "parameters": [
            {
                "in": "header",
                "name": name,
                "required": False,
                "schema": {"type": "string"} | ({"pattern": _PATTERNS[name]} if name in _PATTERNS else {}),
                "description": _HEADERS[name],
            }
            for name in names
        ]
    }


def body_schemas() -> dict[str, Any]:
    """The bodies, for the components of the description."""
    models = [(schema, "validation") for schema in _described.values()]
    return models_json_schema(models, ref_template=REFERENCE)[1]["$defs"]  # type: ignore[arg-type]
