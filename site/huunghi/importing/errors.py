"""What can be wrong with a line, and with a whole file."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

# Where a column of a model is written in a line under another name.
LINE_FIELDS = {
    "start_date": "start",
    "start_time": "start",
    "end_date": "end",
    "end_time": "end",
    "period_from": "period",
    "period_to": "period",
    "published_on": "published_at",
    "partner_sides": "partners",
    "official_document": "document",
    "short_name": "short",
    "valid_from": "from",
    "valid_to": "to",
    "source_outlet": "source.outlet",
    "source_date": "source.date",
    "source_address": "source.address",
    NON_FIELD_ERRORS: "",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one field of a line; `field` is "" when it concerns the whole line."""

    field: str
    sentence: str


class LineError(Exception):
    """The line cannot be imported; says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{problem.field}: {problem.sentence}" for problem in problems))

    @classmethod
    def of(cls, field: str, sentence: str) -> LineError:
        return cls([Problem(field, str(sentence))])


class UnreadableFileError(Exception):
    """Nothing of the file is imported; the message is one sentence."""


def line_error(error: ValidationError, prefix: str = "") -> LineError:
    """What a model refused, in the words of the line: `start_date` is `start` there."""
    if not hasattr(error, "error_dict"):
        return LineError([Problem(prefix.rstrip("."), " ".join(error.messages))])
    problems = [
        Problem(f"{prefix}{LINE_FIELDS.get(name, name)}".rstrip("."), sentence)
        for name, sentences in error.message_dict.items()
        for sentence in sentences
    ]
    return LineError(problems)
