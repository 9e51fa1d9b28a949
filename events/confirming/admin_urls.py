"""Addresses of the confirmation pages inside Wagtail's admin."""

from __future__ import annotations

from django.urls import path

from .admin_report import ReportOfConfirmations
from .admin_views import AskView, CompareView

app_name = "huunghi_confirmations"
urlpatterns = [
    path("", ReportOfConfirmations.as_view(), name="list"),
    path("results/", ReportOfConfirmations.as_view(results_only=True), name="list_results"),
    path("ask/<int:page_id>/", AskView.as_view(), name="ask"),
    path("<int:pk>/", CompareView.as_view(), name="compare"),
]
