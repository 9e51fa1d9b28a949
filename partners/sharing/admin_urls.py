"""Addresses of the sharing pages inside Wagtail's admin."""

from __future__ import annotations

from django.urls import path

from .register import RegisterView
from .share_views import ChangeShareView, RevokeShareView, SharePageView

app_name = "huunghi_shares"
urlpatterns = [
    path("", RegisterView.as_view(), name="register"),
    path("results/", RegisterView.as_view(results_only=True), name="register_results"),
    path("page/<int:page_id>/", SharePageView.as_view(), name="page"),
    path("<int:pk>/", ChangeShareView.as_view(), name="change"),
    path("<int:pk>/revoke/", RevokeShareView.as_view(), name="revoke"),
]
