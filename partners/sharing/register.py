"""The register: who shared what with whom, what was withheld, when it was opened, when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, TitleColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import ListingButton

from ..access import archive_types
from ..models import Organisation, Partner, Share
from .exports import SafeExportMixin
from .shared_pages import SHOWN, page_policy, revocable_keys, visible_shares
from .states import ShareState, in_state, state_of
from .withholdable import labels_of

EDITING = ["add", "change", "publish"]


class RegisterFilterSet(WagtailFilterSet):
    partner = django_filters.ModelChoiceFilter(
        queryset=lambda request: Partner.objects.select_related("place"), label=_("Partner")
    )
    state = django_filters.ChoiceFilter(choices=ShareState.choices, method="filter_state", label=_("State"))
    page_title = django_filters.CharFilter(lookup_expr="icontains", label=_("Page title"))
    unit = django_filters.ModelChoiceFilter(
        queryset=lambda request: Organisation.objects.filter(editorial_unit__isnull=False),
        method="filter_unit",
        label=_("Kept by"),
    )
    since = django_filters.DateFromToRangeFilter(label=_("Shared from"), widget=DateRangePickerWidget)

    class Meta:
        model = Share
        fields = ["partner", "state", "page_title", "unit", "since"]

    def filter_state(self, shares: QuerySet, name: str, state: str) -> QuerySet:
        return shares.filter(in_state(state, timezone.localdate()))

    def filter_unit(self, shares: QuerySet, name: str, unit: Organisation) -> QuerySet:
        kinds = [model.objects.filter(unit=unit).values("translation_key") for model in archive_types()]
        return shares.filter(Q(*(Q(page_key__in=keys) for keys in kinds), _connector=Q.OR))


class SharedPageColumn(ButtonsColumnMixin, TitleColumn):
    """The title as it was when it was shared, and what can be done with the share."""

    cell_template_name = "wagtailadmin/tables/title_cell.html"

    def get_buttons(self, share: Share, parent_context: Any) -> list[ListingButton]:
        return share.buttons


class OpenedColumn(Column):
    """How often, and when for the first and the last time."""

    def get_value(self, share: Share) -> str:
        if not share.visits:
            return gettext("Not yet")
        times = ngettext("%(count)d time", "%(count)d times", share.visits) % {"count": share.visits}
        days = dict.fromkeys(_day(timezone.localtime(moment)) for moment in (share.first_opened, share.last_opened))
        return f"{times}, {' – '.join(days)}"


def change_address(share: Share) -> str | None:
    return reverse("huunghi_shares:change", args=[share.pk]) if share.may_change else None


class RegisterView(SafeExportMixin, ReportView):
    model = Share
    page_title = _("Register of shares")
    header_icon = "group"
    index_url_name = "huunghi_shares:register"
    index_results_url_name = "huunghi_shares:register_results"
    template_name = "huunghi_partners/sharing/register.html"
    results_template_name = "huunghi_partners/sharing/register_results.html"
    any_permission_required = EDITING
    filterset_class = RegisterFilterSet
    default_ordering = "-created_at"
    is_searchable = True
    search_backend_name = None
    search_fields = ["page_title", "note", "partner__code", "created_by__username"]
    verbose_name_plural = _("shares")
    columns = [
        SharedPageColumn("page_title", label=_("Page"), get_url=change_address, sort_key="page_title"),
        Column("partner", label=_("Partner"), sort_key="partner__code"),
        Column("state_label", label=_("State")),
        Column("language_codes", label=_("Languages")),
        Column("since_day", label=_("From"), sort_key="since"),
        Column("until_day", label=_("Until"), sort_key="until"),
        Column("withheld_labels", label=_("Withheld")),
        OpenedColumn("opened", label=_("Opened"), sort_key="last_opened"),
        Column("shared_by", label=_("Shared by"), sort_key="created_at"),
        Column("note", label=_("Note")),
    ]
    export_headings = {
        "page_title": _("Page"),
        "partner": _("Partner"),
        "state_label": _("State"),
        "language_codes": _("Languages"),
        "since": _("From"),
        "until": _("Until"),
        "withheld_labels": _("Withheld"),
        "first_opened": _("First opened"),
        "last_opened": _("Last opened"),
        "visits": _("Opened, times"),
        "creator": _("Shared by"),
        "created_at": _("Shared on"),
        "revoker": _("Revoked by"),
        "revoked_at": _("Revoked on"),
        "note": _("Note"),
    }
    list_export = list(export_headings)

    @property
    def permission_policy(self) -> Any:
        return page_policy()

    def get_filename(self) -> str:
        return f"shares-{timezone.localdate():%Y-%m-%d}"

    def get_base_queryset(self) -> QuerySet[Share]:
        shares = visible_shares(self.request.user).select_related("partner__place", "created_by", "revoked_by")
        opened = {"first_opened": Min("openings__first_at"), "last_opened": Max("openings__last_at")}
        return shares.prefetch_related(*SHOWN).annotate(**opened, visits=Sum("openings__count", default=0))

    def order_queryset(self, queryset: QuerySet[Share]) -> QuerySet[Share]:
        return queryset.order_by(self.ordering, "-pk")

    def get_filtered_queryset(self) -> QuerySet[Share]:
        return self.get_queryset()  # filters and searches already

    def get_table(self, object_list: Iterable[Share]) -> Any:
        # An export draws no table; its rows are made in decorate_paginated_queryset.
        return super().get_table([] if self.is_export else self.described(object_list))

    def decorate_paginated_queryset(self, object_list: Iterable[Share]) -> Iterable[Share]:
        return self.described(object_list) if self.is_export else object_list

    def described(self, shares: Iterable[Share]) -> list[Share]:
        """The shares with what a row shows of them; the same number of queries for any number of rows."""
        rows = list(shares)
        user = self.request.user
        mine = revocable_keys(user, (share.page_key for share in rows))
        today = timezone.localdate()
        for share in rows:
            share.state_label = str(state_of(share, today).label)
            share.language_codes = ", ".join(sorted(locale.language_code for locale in share.languages.all()))
            share.withheld_labels = "; ".join(labels_of(share.withheld.all()))
            share.since_day, share.until_day = _day(share.since), _day(share.until)
            share.creator = get_user_display_name(share.created_by) if share.created_by else ""
            share.shared_by = f"{share.creator} {_day(timezone.localtime(share.created_at))}".strip()
            share.revoker = get_user_display_name(share.revoked_by) if share.revoked_by else ""
            share.may_change = share.page_key in mine and share.revoked_at is None
            may_revoke = share.revoked_at is None and (share.may_change or user.is_superuser)
            share.buttons = _buttons(share, self.request.get_full_path()) if may_revoke else []
        return rows


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _buttons(share: Share, back: str) -> list[ListingButton]:
    names = {"page": share.page_title, "partner": str(share.partner)}
    here = f"?{urlencode({'next': back})}"
    buttons = []
    if share.may_change:
        buttons.append(
            ListingButton(
                gettext("Change"),
                url=reverse("huunghi_shares:change", args=[share.pk]) + here,
                attrs={"aria-label": gettext("Change the share of “%(page)s” with %(partner)s") % names},
                priority=10,
            )
        )
    buttons.append(
        ListingButton(
            gettext("Revoke"),
            url=reverse("huunghi_shares:revoke", args=[share.pk]) + here,
            attrs={"aria-label": gettext("Revoke the share of “%(page)s” with %(partner)s") % names},
            priority=20,
        )
    )
    return buttons
