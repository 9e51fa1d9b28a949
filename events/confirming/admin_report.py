"""The list of what partners were asked, and the ways to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button

from huunghi.conf import language_name
from huunghi.partners.sharing.exports import SafeExportMixin
from huunghi.partners.sharing.shared_pages import page_policy

from ..models import EventPage
from ..models.confirmations import Answer, Confirmation, ConfirmationState
from .admin_views import compare_address, report_address, visible_rounds

EDITING = ["add", "change", "publish"]


class RoundFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        choices=ConfirmationState.choices, method="filter_state", label=gettext_lazy("State")
    )
    page_title = django_filters.CharFilter(lookup_expr="icontains", label=gettext_lazy("Page title"))

    class Meta:
        model = Confirmation
        fields = ["state", "page_title"]

    def filter_state(self, rounds: Any, name: str, state: str) -> QuerySet[Confirmation]:
        return rounds.in_state(state)


class ReportOfConfirmations(SafeExportMixin, ReportView):
    model = Confirmation
    page_title = gettext_lazy("Confirmations")
    header_icon = "check"
    index_url_name = "huunghi_confirmations:list"
    index_results_url_name = "huunghi_confirmations:list_results"
    any_permission_required = EDITING
    filterset_class = RoundFilterSet
    default_ordering = "-asked_at"
    verbose_name_plural = gettext_lazy("confirmations")
    columns = [
        TitleColumn(
            "page_title", label=gettext_lazy("Page"), get_url=compare_address, sort_key="page_title", width="25%"
        ),
        Column("partner_name", label=gettext_lazy("Partner")),
        Column("state_label", label=gettext_lazy("State")),
        Column("proposed", label=gettext_lazy("Other values proposed"), sort_key="proposed"),
        Column("language_label", label=gettext_lazy("Language of the form")),
        Column("last_day", label=gettext_lazy("Until"), sort_key="until"),
        DateColumn("asked_at", label=gettext_lazy("Asked on"), sort_key="asked_at"),
        DateColumn("answered_at", label=gettext_lazy("Answered on"), sort_key="answered_at"),
        Column("answered_by", label=gettext_lazy("Answered by")),
    ]
    export_headings = {
        "page_title": gettext_lazy("Page"),
        "partner_name": gettext_lazy("Partner"),
        "state_label": gettext_lazy("State"),
        "proposed": gettext_lazy("Other values proposed"),
        "language_label": gettext_lazy("Language of the form"),
        "until": gettext_lazy("Until"),
        "asked_at": gettext_lazy("Asked on"),
        "answered_at": gettext_lazy("Answered on"),
        "answered_by": gettext_lazy("Answered by"),
    }
    list_export = list(export_headings)

    @property
    def permission_policy(self) -> Any:
        return page_policy()

    def get_filename(self) -> str:
        return f"confirmations-{timezone.localdate():%Y-%m-%d}"

    def get_base_queryset(self) -> QuerySet[Confirmation]:
        proposed = Count("fields", filter=Q(fields__answer=Answer.PROPOSED))
        return visible_rounds(self.request.user).select_related("partner__place").annotate(proposed=proposed)

    def get_filtered_queryset(self) -> QuerySet[Confirmation]:
        return self.get_queryset()  # filters already

    def get_table(self, object_list: Iterable[Confirmation]) -> Any:
        return super().get_table([] if self.is_export else described(object_list))

    def decorate_paginated_queryset(self, object_list: Iterable[Confirmation]) -> Iterable[Confirmation]:
        return described(object_list) if self.is_export else object_list


def described(rounds: Iterable[Any]) -> list[Any]:
    """The rounds with what a row shows of them."""
    rows = list(rounds)
    for each in rows:
        each.partner_name = str(each.partner) if each.partner else "–"
        each.state_label = str(each.state.label)
        each.language_label = language_name(each.language)
        each.last_day = f"{each.until:%d/%m/%Y}"
    return rows


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return page_policy().user_has_any_permission(request.user, EDITING)


def report_menu_item() -> MenuItem:
    return ReportMenuItem(
        gettext_lazy("Confirmations"), report_address(), name="huunghi-confirmations", icon_name="check", order=160
    )


def ask_buttons(page: Any, user: Any, **kwargs: Any) -> Iterator[Button]:
    """For the menu of an event in its header and in lists."""
    is_event = page.specific_class is EventPage and page.alias_of_id is None
    if is_event and page.permissions_for_user(user).can_publish():
        address = reverse("huunghi_confirmations:ask", args=[page.pk])
        yield Button(gettext_lazy("Ask a partner to confirm"), url=address, icon_name="check", priority=46)


def notice_of_answers(request: HttpRequest, page: Any) -> None:
    """Above the edit form: that an answer waits for a decision."""
    if request.method != "GET" or not isinstance(page, EventPage):
        return
    rounds = Confirmation.objects.filter(
        page_key=page.translation_key, answered_at__isnull=False, closed_at=None, withdrawn_at=None
    )
    waiting = list(rounds[:2])
    if waiting:
        text = ngettext("A partner has answered.", "Several partners have answered.", len(waiting))
        button = messages.button(compare_address(waiting[0]), _("Compare and decide"))
        messages.info(request, text, buttons=[button])
