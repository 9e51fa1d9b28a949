"""The admin's report of attached files whose text readers cannot find, with the reason."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.documents import get_document_model
from wagtail.permissions import policy_registry

from .attachments.models import FileState, FileText

ANY_PERMISSION = ("add", "change", "choose")


def document_policy() -> Any:
    return policy_registry.get_by_type(get_document_model())


class FilesNotSearchedView(ReportView):
    model = FileText
    page_title = _("Files that the search cannot read")
    header_icon = "doc-full-inverse"
    index_url_name = "huunghi_files_not_searched"
    index_results_url_name = "huunghi_files_not_searched_results"
    any_permission_required = list(ANY_PERMISSION)
    list_export = ["document.title", "get_state_display", "read_at"]
    export_headings = {"document.title": _("File"), "get_state_display": _("Reason"), "read_at": _("Read on")}
    columns = [
        TitleColumn("document", label=_("File"), get_url=lambda row: document_address(row)),
        Column("get_state_display", label=_("Reason")),
        DateColumn("read_at", label=_("Read on")),
    ]

    @property
    def permission_policy(self) -> Any:
        return document_policy()

    def get_queryset(self) -> QuerySet[FileText]:
        mine = document_policy().instances_user_has_any_permission_for(self.request.user, list(ANY_PERMISSION))
        rows = FileText.objects.exclude(state__in=(FileState.READ, FileState.WAITING)).filter(document__in=mine)
        return rows.select_related("document").order_by("document__title", "pk")

    def get_no_results_message(self) -> Any:
        return _("The text of every file is searched.")


def document_address(row: FileText) -> str:
    return reverse("wagtaildocs:edit", args=[row.document_id])
