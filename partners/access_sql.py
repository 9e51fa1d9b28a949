"""The conditions of `access` in SQL.

Put together from Django's expressions, the question which pages of any type a reader may read takes tens of
milliseconds before the database sees it, and most answers ask it several times. Written down, it takes one. All of it
is plain SQL that SQLite and PostgreSQL share; names come from the models, values are parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, Func
from wagtail.models import Page, PageViewRestriction

if TYPE_CHECKING:
    from .access import Reader


@dataclass(frozen=True, slots=True)
class Rows:
    """A SELECT that yields one column, `page_id`."""

    sql: str
    parameters: tuple[Any, ...] = ()


class Condition(Func):
    """SQL that is true or false for each row of a queryset; `{0}`, `{1}` … stand for the columns named after it."""

    output_field = BooleanField()

    def __init__(self, sql: str, *columns: str, parameters: Sequence[Any] = ()) -> None:
        super().__init__(*columns)
        self.sql = sql
        self.parameters = tuple(parameters)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        return self.sql.format(*columns), list(self.parameters)


def stands_below(rows: Rows) -> Condition:
    """Whether the page, or the one that it is an alias of, is one of those pages or of their aliases, or below one."""
    return Condition(_below(rows.sql, "{0}", "{1}"), "path", "alias_of__path", parameters=rows.parameters)


def row_by_row() -> str:
    """At the end of a SELECT within another: it is carried out as it stands there. PostgreSQL would make a join of both
    and begin with every page of the archive, where only a few rows are asked about.
    """
    return " OFFSET 0" if connection.vendor == "postgresql" else ""


def _below(rows: str, *paths: str) -> str:
    """Whether one of the paths is that of a page which `rows` yields, or of its alias, or below it.

    Mostly nothing is marked at all, and the database should see that before it does anything else. SQLite takes the
    tables of a CROSS JOIN in this order. PostgreSQL, which keeps no statistics of an empty table, would ask for every
    page anew, each time with other processes to help it; what is materialised it makes once for a whole query.
    """
    beginning = f"FROM ({rows}) marked CROSS JOIN {_quoted(Page)} page"
    beginning += " WHERE (page.id = marked.page_id OR page.alias_of_id = marked.page_id)"
    if connection.vendor == "postgresql":
        below = " OR ".join(f"{path} LIKE above.path || '%%'" for path in paths)
        return f"EXISTS (WITH above AS MATERIALIZED (SELECT page.path {beginning}) SELECT 1 FROM above WHERE {below})"
    below = " OR ".join(f"{path} LIKE page.path || '%%'" for path in paths)
    return f"EXISTS (SELECT 1 {beginning} AND ({below}))"


def closed_restrictions(reader: Reader, only_of_groups: bool = False) -> Rows:
    """Pages with a view restriction that the reader does not pass."""
    kinds = PageViewRestriction
    passed: list[tuple[str, tuple[Any, ...]]] = [_among("id", reader.unlocked)]
    if reader.superuser:
        passed.append(("restriction_type <> %s", (kinds.PASSWORD,)))
    if reader.signed_in:
        passed.append(("restriction_type = %s", (kinds.LOGIN,)))
        passed.append(_in_groups(reader.groups))
    if only_of_groups:
        passed.append(("restriction_type <> %s", (kinds.GROUPS,)))
    condition = " OR ".join(sql for sql, _ in passed)
    parameters = tuple(value for _, values in passed for value in values)
    return Rows(f"SELECT page_id FROM {_quoted(kinds)} WHERE NOT ({condition})", parameters)


def closed_sections(levels: Sequence[str]) -> Rows:
    """Sections that are open to fewer than these visibilities say."""
    sql, parameters = _among("visibility", levels)
    table = _quoted(apps.get_model("huunghi_partners", "LockedSection"))
    return Rows(f"SELECT page_id FROM {table} WHERE NOT ({sql})", parameters)


def is_shared(partners: Collection[int], today: date) -> Condition:
    """Whether one of the partners has a share today of the page, or of one above it, in the page's language.

    An alias is not shared: see `access`. When a share is active is said in `ShareQuerySet.active` as well.
    """
    share = apps.get_model("huunghi_partners", "Share")
    languages = share._meta.get_field("languages")
    sql, parameters = _among("given.partner_id", partners)
    day = connection.ops.adapt_datefield_value(today)
    return Condition(
        f"({{1}} IS NULL AND EXISTS (SELECT 1 FROM {_quoted(share)} given"
        f" JOIN {_quoted(share._meta.get_field('partner').related_model)} partner ON partner.id = given.partner_id"
        f" JOIN {_name(languages.m2m_db_table())} spoken ON spoken.share_id = given.id"
        f" JOIN {_quoted(Page)} root ON root.translation_key = given.page_key AND root.locale_id = spoken.locale_id"
        f" WHERE {sql} AND partner.active AND given.revoked_at IS NULL AND given.since <= %s"
        " AND (given.until IS NULL OR given.until >= %s) AND {0} LIKE root.path || '%%'))",
        "path",
        "alias_of_id",
        parameters=(*parameters, day, day),
    )


def is_of_level(kinds: Iterable[type[Page]], levels: Sequence[str]) -> Condition:
    """Whether a page of any type has one of these visibilities, if its type has any."""
    closed, parameters = _of_some_type(kinds, "visibility", levels, negated=True)
    return Condition(f"NOT ({closed})", "pk", parameters=parameters)


def is_of_unit(kinds: Iterable[type[Page]], units: Collection[int]) -> Condition:
    """Whether a page of any type belongs to one of these units."""
    sql, parameters = _of_some_type(kinds, "unit", units)
    return Condition(f"({sql})", "pk", parameters=parameters)


def open_to_all(column: str, kinds: Mapping[str, type[Page]], reader: Reader, type_column: str | None = None) -> Rows:
    """For SQL that is written by hand: whether anybody may read the page with the id in `column`, as `access` says.

    `kinds` are the types with a visibility that the page may be of, by the names that stand in `type_column`; without
    that column each of them is looked through. `reader` is the anonymous one. The first parameter, the present moment,
    is left to the caller.
    """
    page = _quoted(Page)
    closed = [closed_restrictions(reader), closed_sections(reader.levels)]
    marked = " UNION ALL ".join(rows.sql for rows in closed)
    if type_column is None:
        closed_level, parameters = _of_some_type(kinds.values(), "visibility", reader.levels, negated=True)
        of_level = f"NOT ({closed_level})"
    else:
        of_level, parameters = _of_its_type(kinds, type_column, "visibility", reader.levels)
    aliased = f"(SELECT aliased.path FROM {page} aliased WHERE aliased.id = shown.alias_of_id)"
    sql = (
        f"EXISTS (SELECT 1 FROM {page} shown WHERE shown.id = {column} AND shown.live"
        " AND (shown.expire_at IS NULL OR shown.expire_at > %s)"
        f" AND {of_level.format('shown.id')}"
        f" AND NOT {_below(marked, 'shown.path', aliased)}{row_by_row()})"
    )
    return Rows(sql, (*parameters, *(value for rows in closed for value in rows.parameters)))


def _of_some_type(
    kinds: Iterable[type[Page]], field: str, values: Collection[Any], negated: bool = False
) -> tuple[str, tuple[Any, ...]]:
    parts, parameters = [], []
    for kind in kinds:
        column = kind._meta.get_field(field)
        table, key = column.model._meta.db_table, column.model._meta.pk.column
        sql, own = _among(f"own.{_name(column.column)}", values)
        wanted = f"NOT ({sql})" if negated else sql
        parts.append(f"EXISTS (SELECT 1 FROM {_name(table)} own WHERE own.{_name(key)} = {{0}} AND {wanted})")
        parameters += own
    return " OR ".join(parts), tuple(parameters)


def _of_its_type(
    kinds: Mapping[str, type[Page]], type_column: str, field: str, values: Collection[Any]
) -> tuple[str, tuple[Any, ...]]:
    """Looks at one table for each row. Nothing is true of a type that is not named."""
    cases, parameters = [], []
    for name, kind in kinds.items():
        sql, own = _of_some_type([kind], field, values)
        cases.append(f"WHEN '{name}' THEN {sql}")
        parameters += own
    return f"CASE {type_column} {' '.join(cases)} ELSE 1 = 0 END", tuple(parameters)


def _in_groups(groups: Collection[int]) -> tuple[str, tuple[Any, ...]]:
    members = PageViewRestriction.groups.through
    sql, parameters = _among("member.group_id", groups)
    table = _quoted(PageViewRestriction)
    return (
        f"(restriction_type = %s AND EXISTS (SELECT 1 FROM {_quoted(members)} member"
        f" WHERE member.pageviewrestriction_id = {table}.id AND {sql}))",
        (PageViewRestriction.GROUPS, *parameters),
    )


def _among(column: str, values: Collection[Any]) -> tuple[str, tuple[Any, ...]]:
    if not values:
        return "1 = 0", ()
    return f"{column} IN ({', '.join(['%s'] * len(values))})", tuple(sorted(values))


def _quoted(model: Any) -> str:
    return _name(model._meta.db_table)


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
