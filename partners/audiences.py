"""Who may read a page, as sets of names: for an index, which cannot join tables.

An index stores the audiences of each page and asks with those of the reader; the reader may read the page when the two
meet. The names: public, login, superuser, group:<group>, editor:<organisation>, share:<share>.<edition>.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wagtail.models import Page, PageViewRestriction

from .access import Reader, Visibility, all_shares, locked_sections

PUBLIC = "public"
SIGNED_IN = "login"
SUPERUSER = "superuser"
STRICTNESS = {Visibility.PUBLIC: 0, Visibility.SIGNED_IN: 1, Visibility.PARTNERS: 2}


def audiences_of(reader: Reader) -> frozenset[str]:
    """The audiences that a reader belongs to at this moment; for a partner's reader one query.

    A share is an audience of its own, so that its beginning, end and revocation need nothing of the index. Passed
    passwords are none: what stands behind a password is found by nobody.
    """
    audiences = set() if reader.shared_only else {PUBLIC}
    if reader.signed_in and not reader.shared_only:
        audiences |= {SIGNED_IN, *(f"group:{group}" for group in reader.groups)}
        audiences |= {f"editor:{unit}" for unit in reader.units}
    if reader.superuser:
        audiences.add(SUPERUSER)
    if reader.partners:
        active = all_shares().active().filter(partner__in=reader.partners)
        audiences |= {f"share:{pk}.{edition}" for pk, edition in active.values_list("pk", "edition")}
    return frozenset(audiences)


@dataclass(slots=True)
class Coverage:
    """One share over one page, and what it withholds of it. Shares that have not begun yet are among them."""

    token: str
    partner: int
    withheld_rows: frozenset[UUID]
    withheld_images: frozenset[int]

    @property
    def withholds(self) -> bool:
        return bool(self.withheld_rows or self.withheld_images)


def audiences_by_page(pages: Sequence[Any]) -> dict[int, list[str]]:
    """The audiences that may read each of some live pages; an empty list when nobody may.

    Behind two restrictions a page is for the audiences that pass both: a reader who needs two groups for it may read
    it but does not find it in an index. Shares are not among them, see `coverages_by_page`.
    """
    locks = _locks()
    gates = _restriction_gates()
    aliased = _paths_of([page.alias_of_id for page in pages if page.alias_of_id])
    return {page.pk: _admitted(page, [page.path, *aliased.get(page.alias_of_id, [])], locks, gates) for page in pages}


def strictest_visibility(page: Any, paths: Iterable[str], locks: Iterable[tuple[str, str]]) -> str:
    above = [level for path, level in locks if any(own.startswith(path) for own in paths)]
    return max([page.visibility, *above], key=lambda level: STRICTNESS[Visibility(level)])


def effective_visibility(page: Any) -> str:
    """The strictest of the page's own visibility, that of the sections above it, and the view restrictions."""
    paths = [page.path, *_paths_of([page.alias_of_id]).get(page.alias_of_id, [])]
    above = [*_locks(), *_restrictions_as_visibility()]
    return strictest_visibility(page, paths, above)


def visibility_of_copy(page: Any) -> str:
    """What a copy of the page must have, so that it is not wider than the page and its newest draft were."""
    draft = page.get_latest_revision()
    wanted = (draft.content or {}).get("visibility") if draft else None
    visibilities = {effective_visibility(page), *({wanted} & set(Visibility.values))}
    return max(visibilities, key=lambda level: STRICTNESS[Visibility(level)])


def _locks() -> list[tuple[str, str]]:
    """Path and visibility of each locked section, and of each alias of one."""
    rows = locked_sections().values_list("page__path", "page__aliases__path", "visibility")
    return [(path, visibility) for *paths, visibility in rows for path in paths if path]


def _restrictions_as_visibility() -> list[tuple[str, str]]:
    """Path and nearest visibility of each view restriction: a group or a password is known to few."""
    rows = PageViewRestriction.objects.values_list("page__path", "page__aliases__path", "restriction_type")
    return [
        (path, Visibility.SIGNED_IN if kind == PageViewRestriction.LOGIN else Visibility.PARTNERS)
        for *paths, kind in rows
        for path in paths
        if path
    ]


def _admitted(
    page: Any, paths: list[str], locks: Sequence[tuple[str, str]], gates: Sequence[tuple[str, set[str] | None]]
) -> list[str]:
    passed = [tokens for path, tokens in gates if any(own.startswith(path) for own in paths)]
    visibility = strictest_visibility(page, paths, locks)
    if visibility == Visibility.PARTNERS:
        passed.append({SUPERUSER, f"editor:{page.unit_id}"} if page.unit_id else {SUPERUSER})
    elif visibility == Visibility.SIGNED_IN:
        passed.append(None)
    if not passed:
        return [PUBLIC]
    narrow = [tokens for tokens in passed if tokens is not None]  # whoever passes one of these is signed in
    return sorted(set.intersection(*narrow)) if narrow else [SIGNED_IN]


def _restriction_gates() -> list[tuple[str, set[str] | None]]:
    """Path and admitted audiences of each view restriction and its aliases; None admits everyone who is signed in."""
    gates: list[tuple[str, set[str] | None]] = []
    restrictions = PageViewRestriction.objects.select_related("page").prefetch_related("groups", "page__aliases")
    for restriction in restrictions:
        tokens: set[str] | None = set()
        if restriction.restriction_type == PageViewRestriction.LOGIN:
            tokens = None
        elif restriction.restriction_type == PageViewRestriction.GROUPS:
            tokens = {SUPERUSER, *(f"group:{group.pk}" for group in restriction.groups.all())}
        gates += [(page.path, tokens) for page in (restriction.page, *restriction.page.aliases.all())]
    return gates


def _paths_of(page_ids: Iterable[int | None]) -> dict[int | None, list[str]]:
    ids = {pk for pk in page_ids if pk}
    return {pk: [path] for pk, path in Page.objects.filter(pk__in=ids).values_list("pk", "path")} if ids else {}


def coverages_by_page(pages: Sequence[Any]) -> dict[int, list[Coverage]]:
    """The unrevoked shares over each of some partners-only pages, those over a section above among them.

    What one share withholds from a partner, another share to the same partner does not give: rows are withheld by
    all of a partner's shares over the page together. Aliases are not shared.
    """
    locks = _locks()
    closed = [path for path, tokens in _restriction_gates() if tokens is not None]
    covered = {
        page.pk: page
        for page in pages
        if page.alias_of_id is None
        and strictest_visibility(page, [page.path], locks) == Visibility.PARTNERS
        and not page.path.startswith(tuple(closed))
    }
    found: dict[int, list[Coverage]] = defaultdict(list)
    if not covered:
        return found
    shares = list(all_shares().filter(revoked_at__isnull=True).prefetch_related("languages", "withheld"))
    roots: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    keys = {share.page_key for share in shares}
    for key, path, locale in Page.objects.filter(translation_key__in=keys).values_list(
        "translation_key", "path", "locale_id"
    ):
        roots[key].append((path, locale))
    for pk, page in covered.items():
        mine = [
            share
            for share in shares
            if any(page.path.startswith(path) and _in_language(share, locale) for path, locale in roots[share.page_key])
        ]
        found[pk] = _together(mine)
    return found


def _in_language(share: Any, locale_id: int) -> bool:
    return any(language.pk == locale_id for language in share.languages.all())


def _together(shares: Sequence[Any]) -> list[Coverage]:
    rows: dict[int, set[UUID]] = defaultdict(set)
    images: dict[int, set[int]] = defaultdict(set)
    for share in shares:
        rows[share.partner_id] |= {row.row_key for row in share.withheld.all() if row.row_key}
        images[share.partner_id] |= {row.image_id for row in share.withheld.all() if row.image_id}
    return [
        Coverage(share.token, share.partner_id, frozenset(rows[share.partner_id]), frozenset(images[share.partner_id]))
        for share in shares
    ]
