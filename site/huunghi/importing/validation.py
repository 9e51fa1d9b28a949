"""Checks the shape of a line by the shipped JSON Schema, and says in one sentence what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from .errors import LineError, Problem

SCHEMA = "data/import-line.schema.json"


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(files("huunghi").joinpath(SCHEMA).read_text(encoding="utf-8")))


@cache
def line_types() -> list[str]:
    return validator().schema["properties"]["type"]["enum"]


def validate(data: dict[str, Any]) -> None:
    """Raises LineError with a problem per field that does not fit the schema."""
    problems = [problem for error in validator().iter_errors(data) for problem in _problems(error)]
    if problems:
        raise LineError(sorted(set(problems), key=lambda problem: problem.field))


def closest(word: str, known: Iterable[str]) -> str:
    """A half sentence that names the closest known names, or "" when none is close."""
    known = list(known)
    matches = get_close_matches(word, known, n=3, cutoff=0.6) or get_close_matches(
        word.casefold(), [name for name in known if name.islower()], n=3, cutoff=0.6
    )
    return " " + _("The closest known: %(names)s.") % {"names": ", ".join(matches)} if matches else ""


def _problems(error: ValidationError) -> Iterator[Problem]:
    field = field_path(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        for name in error.instance.keys() - known.keys():
            yield Problem(_below(field, name), _("There is no such field here.") + closest(name, known))
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield Problem(_below(field, name), _("This field is needed."))
    elif error.validator == "anyOf":
        yield from _problems_of_alternatives(error, field)
    else:
        yield Problem(field, _sentence(error))


def _problems_of_alternatives(error: ValidationError, field: str) -> Iterator[Problem]:
    """The problems of the one alternative that has the right type, else which types there are."""
    by_branch: dict[Any, list[ValidationError]] = {}
    for problem in error.context:
        by_branch.setdefault(problem.relative_schema_path[0], []).append(problem)
    fitting = [
        problems
        for problems in by_branch.values()
        if not any(problem.validator == "type" and not problem.relative_path for problem in problems)
    ]
    if fitting:
        for problem in fitting[0]:
            yield from _problems(problem)
    else:
        types = [_type_name(problem.validator_value) for problem in error.context if problem.validator == "type"]
        yield Problem(field, _("Expected %(types)s.") % {"types": _(" or ").join(dict.fromkeys(types))})


def _sentence(error: ValidationError) -> str:
    value, rule = error.instance, error.validator_value
    shown = str(value)[:60]
    match error.validator:
        case "enum":
            known = [str(choice) for choice in rule]
            close = closest(shown, known)
            listed = "" if close else " " + _("Known: %(names)s.") % {"names": ", ".join(known)}
            return _("“%(value)s” is not known.") % {"value": shown} + (close or listed)
        case "const":
            return _("Only “%(value)s” is possible here.") % {"value": json.dumps(rule)}
        case "type":
            return _("Expected %(types)s.") % {"types": _type_name(rule)}
        case "pattern":
            return _("“%(value)s” is not written as expected.") % {"value": shown} + _pattern_hint(error)
        case "minLength" | "minItems" | "minProperties":
            return _("This is empty.")
        case "maxLength":
            return _("The text is longer than %(limit)d characters.") % {"limit": rule}
        case "minimum":
            return _("The smallest possible number is %(limit)s.") % {"limit": rule}
        case "maximum":
            return _("The largest possible number is %(limit)s.") % {"limit": rule}
    return error.message


def _pattern_hint(error: ValidationError) -> str:
    hint = error.schema.get("description", "")
    return f" {hint}" if hint else ""


def _type_name(name: str) -> str:
    return {
        "string": _("a text in quotation marks"),
        "object": _("an object in braces"),
        "array": _("a list in brackets"),
        "integer": _("a whole number"),
        "number": _("a number, without quotation marks"),
        "boolean": _("true or false"),
    }.get(name, name)


def field_path(parts: Iterable[str | int]) -> str:
    """ "venues[2].place": rows are counted from 1, as people count."""
    path = ""
    for part in parts:
        path = f"{path}[{part + 1}]" if isinstance(part, int) else _below(path, part)
    return path


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
