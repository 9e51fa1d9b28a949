"""Reads the body of a request: strict JSON of a known shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ValidationError

from huunghi.http import UNSTORABLE, printable
from huunghi.importing.validation import closest

from .refusals import FieldProblem, InvalidFields, Path, Refusal
from .schemas import State

MOST_BYTES = 1_000_000
MOST_PROBLEMS = 100  # that are told at once: to look for what was meant takes time for each
DEEPEST = 8  # figures in the text of an event are the deepest that anything stands


class _TwiceError(ValueError):
    """A name stands twice in one object: which of the two was meant, nobody knows."""


def read(request: HttpRequest, schema: type[Schema]) -> dict[str, Any]:
    """The fields that the body gives, checked by the schema. Raises Refusal: 400, 413, 415 or 422."""
    content = _content(request)
    if not content and schema is not State:  # what needs none is only told the revision by it
        raise Refusal(400, "The request has no body; send an object in braces.")
    data = _parsed(content or b"{}")
    if not isinstance(data, dict):
        raise InvalidFields([FieldProblem((), _("Expected an object in braces."))])
    if problems := list(islice(_unusable(data, ()), MOST_PROBLEMS)):
        raise InvalidFields(problems)
    try:
        return schema.model_validate(data).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise InvalidFields(islice(_problems(error, schema), MOST_PROBLEMS)) from error


def _content(request: HttpRequest) -> bytes:
    too_big = Refusal(413, f"The body is larger than {MOST_BYTES} bytes.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:12]) > MOST_BYTES:
        raise too_big
    try:
        content = request.body
    except RequestDataTooBig as error:
        raise too_big from error
    except UnreadablePostError as error:
        raise Refusal(400, "The body broke off.") from error
    if len(content) > MOST_BYTES:
        raise too_big
    if content and request.content_type != "application/json":
        raise Refusal(415, "Send JSON: Content-Type: application/json.", {"Accept": "application/json"})
    return content


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except _TwiceError as error:
        sentence = _("“%(name)s” is given twice in one object.") % {"name": error}
        raise InvalidFields([FieldProblem((str(error),), sentence)]) from error
    except RecursionError as error:
        raise InvalidFields([FieldProblem((), _("It is nested too deeply."))]) from error
    except ValueError as error:
        raise Refusal(400, f"The body is not JSON: {printable(str(error))}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise _TwiceError(printable(next(name for name in names if names.count(name) > 1)))
    return found


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _unusable(value: Any, path: Path) -> Iterator[FieldProblem]:
    """Texts and names that no column holds, and what is nested deeper than anything here."""
    if len(path) > DEEPEST:
        yield FieldProblem(path, _("It is nested too deeply."))
    elif isinstance(value, str):
        if UNSTORABLE.search(value):
            yield FieldProblem(path, _("It holds a character that no text can hold."))
    elif isinstance(value, dict):
        for name, each in value.items():
            if UNSTORABLE.search(name):
                yield FieldProblem((*path, printable(name)), _("There is no such field here."))
            else:
                yield from _unusable(each, (*path, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unusable(each, (*path, number))


def _problems(error: ValidationError, schema: type[Schema]) -> Iterator[FieldProblem]:
    for each in error.errors(include_url=False):
        path = schema.path_of(each["loc"]) if hasattr(schema, "path_of") else each["loc"]
        path = tuple(printable(part) if isinstance(part, str) else part for part in path)
        yield FieldProblem(path, _sentence(each, path, schema))


def _sentence(error: dict[str, Any], path: Path, schema: type[Schema]) -> str:
    context = error.get("ctx", {})
    shown = printable(str(error["input"]))[:60]
    kind = error["type"]
    if kind == "extra_forbidden":
        known = schema.names_at(path) if hasattr(schema, "names_at") else list(schema.model_fields)
        return _("There is no such field here.") + closest(str(path[-1]), known)
    if kind in ("literal_error", "union_tag_invalid"):
        expected = context.get("expected") or context.get("expected_tags", "")
        known = [name.strip().strip("'") for name in expected.replace(" or ", ", ").split(",")]
        listed = " " + _("Known: %(names)s.") % {"names": ", ".join(known)}
        return _("“%(value)s” is not known.") % {"value": shown} + listed
    if kind in TYPES:
        return _("Expected %(types)s.") % {"types": _type_name(TYPES[kind])}
    match kind:
        case "missing" | "union_tag_not_found":
            return _("This field is needed.")
        case "string_pattern_mismatch":
            return _("“%(value)s” is not written as expected.") % {"value": shown}
        case "string_too_short":
            return _("This is empty.")
        case "string_too_long":
            return _("The text is longer than %(limit)d characters.") % {"limit": context["max_length"]}
        case "too_long":
            return _("The list has more than %(limit)d rows.") % {"limit": context["max_length"]}
        case "greater_than_equal":
            return _("The smallest possible number is %(limit)s.") % {"limit": context["ge"]}
        case "less_than_equal":
            return _("The largest possible number is %(limit)s.") % {"limit": context["le"]}
        case "control_character":
            return _("It holds a line break or another character that cannot be printed.")
    return error["msg"]


TYPES = {
    "string_type": "string",
    "list_type": "array",
    "model_type": "object",
    "model_attributes_type": "object",
    "dict_type": "object",
    "int_type": "integer",
    "int_parsing_size": "integer",
    "float_type": "number",
    "finite_number": "number",
    "bool_type": "boolean",
}


def _type_name(name: str) -> str:
    return {
        "string": _("a text in quotation marks"),
        "object": _("an object in braces"),
        "array": _("a list in brackets"),
        "integer": _("a whole number"),
        "number": _("a number, without quotation marks"),
        "boolean": _("true or false"),
    }[name]
