"""Why something is not written, as problem documents that name the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from huunghi.http import problem_response
from huunghi.partners.answers import keep_private

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One sentence about one field: `("venues", 2, "place")`. The empty path is the whole body."""

    path: Path
    sentence: str
    source: str = "body"  # or "header"

    @property
    def field(self) -> str:
        return ".".join(map(str, self.path))

    def as_json(self) -> dict[str, Any]:
        return {"type": "value", "loc": [self.source, *self.path], "field": self.field, "msg": self.sentence}


class Refusal(Exception):  # noqa: N818  it is what the caller is told, not a failure of ours
    """The request is not carried out, and nothing of it is stored."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(detail)


class InvalidFields(Refusal):
    """422, with an entry for each field that is wrong."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = sorted(problems, key=lambda problem: [str(part).zfill(6) for part in problem.path])
        super().__init__(422, "; ".join(f"{problem.field or 'body'}: {problem.sentence}" for problem in self.problems))


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that all of it is said at once."""

    found: list[FieldProblem] = field(default_factory=list)

    def add(self, path: Path, sentence: Any) -> None:
        problem = FieldProblem(path, str(sentence))
        if problem not in self.found:
            self.found.append(problem)

    def add_error(self, error: ValidationError, names: dict[str, Path], path: Path = ()) -> None:
        """What a form or model refused; `names` says where a column stands in the body."""
        if not hasattr(error, "error_dict"):
            for sentence in error.messages:
                self.add(path, sentence)
            return
        for name, sentences in error.message_dict.items():
            where = () if name == NON_FIELD_ERRORS else names.get(name, (name,))
            for sentence in sentences:
                self.add((*path, *where), sentence)

    def raise_if_any(self) -> None:
        if self.found:
            raise InvalidFields(self.found)


def install_refusals(api: NinjaAPI) -> None:
    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        errors = [problem.as_json() for problem in error.problems] if isinstance(error, InvalidFields) else None
        problem = keep_private(problem_response(status=error.status, detail=str(error), errors=errors))
        for name, value in error.headers.items():
            problem[name] = value
        return problem
