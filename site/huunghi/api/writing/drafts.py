"""A draft of an event as JSON, and JSON put into a draft through the form of the admin."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from wagtail.admin.panels import get_form_for_model

from huunghi.events.models import EventPage
from huunghi.events.periods import Precision
from huunghi.importing.dates import event_dates, whole_date
from huunghi.importing.errors import LineError

from .blocks import check_blocks, set_blocks, written_blocks
from .columns import DATE_COLUMNS, DATES, FORM_COLUMNS, NAMES, PAGE, ROWS, SOURCE, TEXTS
from .references import References
from .refusals import Problems
from .rows import RowWriter, check_row, code_of, fact_elsewhere, written_rows


def written(page: EventPage) -> dict[str, Any]:
    """The fields of `EventFields`, of a page or of a draft of it."""
    return {
        **{name: _value(page, name) for name in PAGE},
        "text": written_blocks(page),
        "start": page.start,
        "end": page.end,
        "precision": page.precision,
        "source": {
            "outlet": page.source_outlet,
            "date": page.source_date.isoformat() if page.source_date else None,
            "address": page.source_address,
        },
        **written_rows(page),
    }


def _value(page: EventPage, name: str) -> Any:
    column = PAGE[name]
    value = getattr(page, column.name)
    if column.many:
        return [code_of(column.refers_to, record) for record in value.all()]
    return code_of(column.refers_to, value) if column.refers_to else value


class DraftWriter:
    """Puts what was given into a draft in memory; nothing is stored. What is equal to the draft is left alone."""

    def __init__(self, page: EventPage, parent: Any, request: HttpRequest) -> None:
        self.page, self.parent, self.request = page, parent, request
        self.problems = Problems()
        self.references = References(request)
        self.form: Any = None

    def put(self, given: dict[str, Any]) -> bool:
        """Returns whether anything is to be stored; `form` is then ready. Raises InvalidFields."""
        is_new = self.page.pk is None
        before = {name: [] for name in ROWS} if is_new else written(self.page)
        changed = {name: value for name, value in given.items() if name not in before or value != before[name]}
        if is_new:
            changed |= {name: given[name] for name in ROWS if name in given}
        elif not changed:
            return False
        if changed.keys() & {*DATES}:  # they are understood together
            changed |= {name: given[name] for name in DATES if name in given}
        self.references.look_up(changed)
        rows = RowWriter(self.page, before, self.references, self.problems)
        writes_facts = is_new or self.page.is_source
        for name in changed.keys() - ROWS.keys() - {*TEXTS}:
            if not writes_facts:
                self.problems.add((name,), fact_elsewhere(self.page))
        for name in changed.keys() & ROWS.keys():
            (rows.replace if writes_facts else rows.translate)(name, changed[name])
        if "text" in changed:
            set_blocks(self.page, changed["text"], self.references, self.problems)
        self.form = self._form(changed if writes_facts else {k: v for k, v in changed.items() if k in TEXTS})
        self._check_form(deferred=True)
        self.problems.raise_if_any()
        return True

    def _form(self, changed: dict[str, Any]) -> Any:
        columns = {name: _stored(self.page, name) for name in FORM_COLUMNS}
        for name, value in changed.items():
            if name in PAGE:
                columns[PAGE[name].name] = self._linked(name, value)
        if "source" in changed:
            columns |= self._source(changed["source"])
        if changed.keys() & {*DATES}:
            columns |= self._dates(changed)
        return bound_form(self.page, self.parent, self.request.user, columns)

    def _linked(self, name: str, value: Any) -> Any:
        """The numbers of the records that codes name; other values as they are."""
        column = PAGE[name]
        if not column.refers_to or value is None:
            return value
        found = [self.references.get(column.refers_to, each) for each in (value if column.many else [value])]
        for number, record in enumerate(found):
            if record is None:
                code = value[number] if column.many else value
                path = (name, number) if column.many else (name,)
                self.problems.add(path, self.references.unknown(column.refers_to, code))
        numbers = [record.pk for record in found if record is not None]
        if column.many:
            return numbers
        return numbers[0] if numbers else _stored(self.page, column.name)

    def _source(self, given: dict[str, Any]) -> dict[str, Any]:
        columns: dict[str, Any] = {SOURCE[name]: value for name, value in given.items()}
        if given.get("date"):
            try:
                columns["source_date"] = whole_date(given["date"], "date")
            except LineError as error:
                self._add_line_error(error, "source")
                columns.pop("source_date")
        return columns

    def _dates(self, changed: dict[str, Any]) -> dict[str, Any]:
        """The columns of a date. A new `start` without `end` is the whole of it."""
        given = {name: changed[name] for name in DATES if changed.get(name) is not None}
        if "start" not in changed and self.page.start:
            given["start"] = self.page.start
        if "start" not in given:
            return self._no_date(changed)
        if given.get("precision") == Precision.UNKNOWN and changed.get("start") is None:
            return dict.fromkeys(DATE_COLUMNS) | {"precision": Precision.UNKNOWN}
        if given.get("end") == given["start"]:
            del given["end"]
        try:
            return event_dates({**given, "time_zone": changed.get("time_zone", self.page.time_zone)})
        except LineError as error:
            self._add_line_error(error)
            return {}

    def _no_date(self, changed: dict[str, Any]) -> dict[str, Any]:
        if changed.get("end"):
            self.problems.add(("start",), _("There is a last day, but no first day."))
        default = Precision.DAY if self.page.precision == Precision.UNKNOWN else self.page.precision
        if "precision" not in changed and "start" not in changed:
            default = self.page.precision
        return dict.fromkeys(DATE_COLUMNS) | {"precision": changed.get("precision", default)}

    def _add_line_error(self, error: LineError, *above: str) -> None:
        for problem in error.problems:
            self.problems.add((*above, *problem.field.split(".")), problem.sentence)

    def _check_form(self, *, deferred: bool) -> None:
        if deferred:
            self.form.defer_required_fields()
        self.form.is_valid()
        said = {problem.path[0] for problem in self.problems.found if problem.path}
        for name, errors in self.form.errors.as_data().items():
            path = NAMES.get(name, (name,) if name in self.form.fields else ())
            for error in errors:
                if not path or path[0] not in said:
                    self.problems.add_error(error, NAMES, path)
        if deferred:
            self.form.restore_required_fields()

    def check_complete(self) -> None:
        """Raises InvalidFields for what publishing needs and the draft lacks."""
        self.form = self._form({})
        self._check_form(deferred=False)
        check_blocks(self.page, self.problems)
        for name, rows in ROWS.items():
            for number, row in enumerate(getattr(self.page, rows.relation).all()):
                check_row(row, rows, (name, number), self.problems)
        if self.page.expire_at and self.page.expire_at <= timezone.now():
            self.problems.add(("expire_at",), _("The page has expired; an editor has to change that in the admin."))
        self.problems.raise_if_any()


def _stored(page: EventPage, name: str) -> Any:
    field = page._meta.get_field(name)
    if field.many_to_many:
        return [record.pk for record in getattr(page, name).all()]
    return getattr(page, field.attname)


@cache
def form_class() -> type[Any]:
    """The form of the admin with the fields that the API writes; rows and text are put in beside it."""
    handler = EventPage.get_edit_handler()
    options = handler.get_form_options()
    fields = [name for name in options["fields"] if name in FORM_COLUMNS]
    form = handler.base_form_class or EventPage.base_form_class
    return get_form_for_model(EventPage, form_class=form, **{**options, "fields": fields, "formsets": {}})


def bound_form(page: EventPage, parent: Any, user: Any, columns: dict[str, Any]) -> Any:
    data = MultiValueDict()
    for name, value in columns.items():
        if isinstance(value, list):
            data.setlist(name, value)
        else:
            data[name] = value
    return form_class()(data=data, instance=page, parent_page=parent, for_user=user)
