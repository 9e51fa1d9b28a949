"""What the search adds to Wagtail's admin."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .reports import ANY_PERMISSION, FilesNotSearchedView, document_policy


class FilesReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return document_policy().user_has_any_permission(request.user, list(ANY_PERMISSION))


@hooks.register("register_admin_urls")
def register_report_addresses() -> list[URLPattern]:
    results = FilesNotSearchedView.as_view(results_only=True)
    return [
        path("reports/files-not-searched/", FilesNotSearchedView.as_view(), name="huunghi_files_not_searched"),
        path("reports/files-not-searched/results/", results, name="huunghi_files_not_searched_results"),
    ]


@hooks.register("register_reports_menu_item")
def register_report_menu_item() -> MenuItem:
    return FilesReportMenuItem(
        _("Files not searched"), reverse("huunghi_files_not_searched"), icon_name="doc-full-inverse", order=900
    )
