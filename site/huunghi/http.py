"""What every endpoint of the API shares: problem documents, strict parameters, cursors.

The only module that imports from Wagtail's API v3, which is a preview: when it moves, this is the file to mend.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Annotated, Any, Literal, get_origin

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError as NinjaValidationError
from ninja.renderers import JSONRenderer
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator
from wagtail.api.v3.auth import BearerTokenAuth as WagtailTokens  # noqa: TID251  this is the one place
from wagtail.api.v3.errors import (  # noqa: TID251
    PROBLEM_JSON,
    ProblemDetail,
    problem_response,
    register_exception_handlers,
)

from huunghi.conf import content_languages, source_language
from huunghi.partners.access import ANONYMOUS
from huunghi.partners.answers import keep_private
from huunghi.partners.fields import ISO_PARTIAL_DATE, first_day, parse_partial_date

logger = logging.getLogger("huunghi.api")

MAX_VALUE = 200  # characters of a filter's value; codes and keys have at most 120
MAX_VALUES = 50  # of one repeated parameter
MAX_QUERY = 10_000  # characters of `q`; the search itself reads fewer and says so
MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_ROW_ID = 2**63 - 1

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # neither a database column nor UTF-8 can hold these

Errors = list[dict[str, Any]]

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "PROBLEM_JSON",
    "CursorParameters",
    "LanguageParameters",
    "ParameterProblem",
    "Parameters",
    "ProblemDetail",
    "TemporaryProblem",
    "TooManyProblem",
    "UnknownKeyProblem",
    "Utf8Renderer",
    "WagtailTokens",
    "absolute_url",
    "decode_cursor",
    "encode_cursor",
    "install_problem_handlers",
    "problem_response",
    "problem_view",
]


class ParameterProblem(Exception):  # noqa: N818  it is what the reader is told, not a failure of ours
    """Query parameters that cannot be used: `{name: what is wrong with it}`. Answered as one 422 that names them all.

    Not a ValueError, so that pydantic does not swallow it and lose the name.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name}: {message}" for name, message in problems.items()))


class TemporaryProblem(Exception):  # noqa: N818
    """Something that is away and will be back. Answered with 503; `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


class UnknownKeyProblem(Exception):  # noqa: N818
    """No key, or one that opens nothing. One answer for all of them, so that none tells more than another."""

    def __init__(self, detail: str = "A key of a partner is needed that opens this.") -> None:
        super().__init__(detail)


class TooManyProblem(Exception):  # noqa: N818
    """Too much was tried from one place. Answered with 429; `retry_after` in seconds."""

    def __init__(self, detail: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(detail)


def printable(text: str) -> str:
    """A reader's own text, short enough and clean enough to be repeated in an error."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:80]


class Utf8Renderer(JSONRenderer):
    """JSON in which Khmer and Vietnamese stay readable, and a Khmer text is half as long as with escapes."""

    json_dumps_params = {"ensure_ascii": False}


class Parameters(Schema):
    """Query parameters of one endpoint. A name that is not a field, or a value no column can hold, is a 422."""

    @model_validator(mode="before")
    @classmethod
    def refuse_what_is_unknown(cls, values: Any, info: ValidationInfo) -> Any:
        request = (info.context or {}).get("request")
        if request is not None:
            check_query(request.GET, cls.parameters())
        return values

    @classmethod
    def parameters(cls) -> dict[str, int]:
        """{name: how often it may be given}"""
        return {
            field.alias or name: MAX_VALUES if get_origin(field.annotation) is list else 1
            for name, field in cls.model_fields.items()
        }


def check_query(query: Any, known: dict[str, int]) -> None:
    """Raises ParameterProblem for unknown names, for too many values, and for NUL and lone surrogates.

    `known` says how often each name may be given: which of two values was meant, nobody knows.
    """
    problems: dict[str, str] = {}
    for name, values in query.lists():
        if name not in known:
            problems[printable(name)] = f"Unknown parameter. Known are: {', '.join(known)}."
        elif any(UNSTORABLE.search(value) for value in values):
            problems[name] = "It holds a character that no text can hold (NUL or half a surrogate pair)."
        elif len(values) > known[name]:
            problems[name] = f"It is given {len(values)} times; {known[name]} is the most."
    if problems:
        raise ParameterProblem(problems)


def parse_iso_date(text: Any) -> str:
    """ "2019", "2019-05" or "2019-05-14" as it is; ValueError for anything else, also for 30 February."""
    if not isinstance(text, str) or not text.isascii() or not ISO_PARTIAL_DATE.fullmatch(text):
        raise ValueError("Write a date as YYYY, YYYY-MM or YYYY-MM-DD.")
    try:
        return parse_partial_date(text)
    except DjangoValidationError as error:
        raise ValueError("There is no such day in the calendar.") from error


def parse_month(text: Any) -> date:
    """The first day of "2019-05"."""
    if not isinstance(text, str) or len(text) != 7:
        raise ValueError("Write a month as YYYY-MM.")
    return first_day(parse_iso_date(text))


def known_language(code: str) -> str:
    if code not in content_languages():
        raise ValueError(f"The languages of the archive are: {', '.join(content_languages())}.")
    return code


class KnownLanguages:
    """Says in the specification which languages there are, when it is asked for: each host has its own."""

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(core_schema), "pattern": f"^({'|'.join(content_languages())})$"}


def written(pattern: str) -> Any:
    """A text as the specification describes it to programs; what is read is decided by a validator."""
    return Annotated[str, Field(pattern=f"^{pattern}$")]


# As far as a pattern can say it: that there is no 30 February it cannot.
YEAR_PATTERN = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
MONTH_PATTERN = f"{YEAR_PATTERN}-(0[1-9]|1[0-2])"
DAY_PATTERN = f"{MONTH_PATTERN}-(0[1-9]|[12][0-9]|3[01])"
DATE_PATTERN = f"{YEAR_PATTERN}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"

IsoDate = Annotated[str, BeforeValidator(parse_iso_date, json_schema_input_type=written(DATE_PATTERN))]
Month = Annotated[date, BeforeValidator(parse_month, json_schema_input_type=written(MONTH_PATTERN))]
Language = Annotated[str, AfterValidator(known_language), KnownLanguages()]
Value = Annotated[str, Field(max_length=MAX_VALUE, min_length=1)]
Year = Annotated[int, Field(ge=1, le=9999)]


def check_range(start: str | None, end: str | None) -> None:
    """Raises ParameterProblem for `to` when the range ends before it begins; "2019" to "2019-05" is a range."""
    if start and end and end < start[: len(end)]:
        raise ParameterProblem({"to": f"The range ends ({end}) before it begins ({start})."})


class LanguageParameters(Parameters):
    lang: Language = Field(default_factory=source_language, description="Language of the answer; it never filters.")


class CursorParameters(LanguageParameters):
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Number of items of one answer.")
    cursor: str = Field("", max_length=2000, description="`next` of the answer before.")


def absolute_url(request: HttpRequest) -> Callable[[str | None], str | None]:
    """A function that makes an address absolute, as seen by this reader; None stays None."""
    return lambda path: request.build_absolute_uri(path) if path else None


def encode_cursor(order: str, *position: Any) -> str:
    """An opaque text for the place behind the last item: the order it belongs to and the item's sorting values."""
    return base64.urlsafe_b64encode(json.dumps([order, *position]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, order: str, *readers: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The position in a cursor, each part passed through its reader; None for no cursor.

    Raises ParameterProblem naming `cursor` when it was not made by `encode_cursor`, or for another order.
    """
    if not cursor:
        return None
    try:
        made_for, *position = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if made_for == order and len(position) == len(readers):
            return tuple(read(part) for read, part in zip(readers, position, strict=True))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        pass
    raise ParameterProblem({"cursor": "It was not made by this list in this order; begin again without it."})


def row_id(value: Any) -> int:
    """A row's number in a cursor; ValueError for what no database column can hold."""
    if type(value) is not int or not 0 < value <= MAX_ROW_ID:
        raise ValueError("Not the number of a row.")
    return value


def text_value(value: Any) -> str:
    if not isinstance(value, str) or UNSTORABLE.search(value):
        raise ValueError("Not a text.")
    return value


def install_problem_handlers(api: NinjaAPI) -> None:
    """Every error of the API becomes a problem document; the ones that a reader can mend name the parameter."""
    register_exception_handlers(api)

    @api.exception_handler(ParameterProblem)
    def parameter_problem(request: HttpRequest, error: ParameterProblem) -> HttpResponse:
        return validation_response(
            [{"type": "parameter", "loc": ["query", name], "msg": message} for name, message in error.problems.items()]
        )

    @api.exception_handler(TemporaryProblem)
    def temporary_problem(request: HttpRequest, error: TemporaryProblem) -> HttpResponse:
        problem = problem_response(status=503, detail=str(error))
        problem["Retry-After"] = str(error.retry_after)
        return problem

    @api.exception_handler(UnknownKeyProblem)
    def unknown_key(request: HttpRequest, error: UnknownKeyProblem) -> HttpResponse:
        problem = keep_private(problem_response(status=401, detail=str(error)))
        problem["WWW-Authenticate"] = 'Bearer realm="huunghi"'
        return problem

    @api.exception_handler(TooManyProblem)
    def too_many(request: HttpRequest, error: TooManyProblem) -> HttpResponse:
        problem = keep_private(problem_response(status=429, detail=str(error)))
        problem["Retry-After"] = str(error.retry_after)
        return problem

    @api.exception_handler(NinjaValidationError)
    def invalid_value(request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
        return validation_response(
            [{"type": e["type"], "loc": public_location(e["loc"]), "msg": e["msg"]} for e in error.errors]
        )

    @api.exception_handler(Exception)
    def failure(request: HttpRequest, error: Exception) -> HttpResponse:
        # Wagtail's handler raises the error again, which answers with a page of HTML.
        logger.exception("%s %s failed", request.method, request.path)
        got_request_exception.send(sender=type(api), request=request)
        return problem_response(status=500, detail="Something went wrong here; it has been noted.")


def public_location(location: Sequence[Any]) -> list[Any]:
    """ "query", the parameter's name, and the number of the value if it is repeated.

    For repeated parameters Ninja also names our function's argument: ("query", "parameters", "year", 0).
    """
    source, *path = location
    names = [part for part in path if isinstance(part, str)]
    return [source, *names[-1:], *(part for part in path if isinstance(part, int))]


def validation_response(errors: Errors) -> HttpResponse:
    """422; `detail` says in one line which parameter is wrong and why, `errors` says it for programs."""
    detail = "; ".join(f"{error['loc'][1]}: {error['msg']}" for error in errors)
    return problem_response(status=422, detail=detail, errors=errors)


def problem_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view with HEAD answered like GET, and with problem documents in place of a bare 404 or 405.

    What was made for one reader is kept by nobody, and neither is "not found": it may be there for the next one.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method
        request.method = "GET" if method == "HEAD" else method
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:  # of the views that Ninja does not wrap
            response = problem_response(status=404, detail=str(error))
        request.method = method  # by this the server knows that it has to leave the body out
        if getattr(request, "huunghi_reader", ANONYMOUS) != ANONYMOUS or hasattr(request, "huunghi_bearer"):
            keep_private(response)
        elif response.status_code == 404:
            response["Cache-Control"] = "no-store"
        if response.status_code == 405:
            problem = problem_response(status=405, detail=f"{method} is not possible here.")
            problem["Allow"] = response["Allow"]
            return problem
        if response.status_code == 404:
            # Django's LocaleMiddleware turns a 404 into a redirect to /<language>/… where the site has such a pattern,
            # and a Wagtail site has one for every address. Without patterns it leaves the answer alone.
            request.urlconf = ()
        return response

    return answer


ProblemCodes = Literal[400, 401, 403, 404, 409, 412, 413, 415, 422, 423, 428, 429, 503]


def problems(*codes: ProblemCodes) -> dict[int, type[Schema]]:
    """The `response` entries of an endpoint for the errors it may answer with."""
    return dict.fromkeys(codes, ProblemDetail)
