"""Addresses of the portal, below `/<language>/cong-doi-tac/`."""

from __future__ import annotations

from django.urls import path

from . import calendars, profile, second_factor, sign_in, views

urlpatterns = [
    path("", views.home, name="portal"),
    path("search/", views.search, name="portal_search"),
    path("suggest/", views.suggest, name="portal_suggest"),
    path("sign-in/", sign_in.sign_in, name="portal_sign_in"),
    path("sign-in/code/", sign_in.enter_code, name="portal_code"),
    path("sign-out/", sign_in.sign_out, name="portal_sign_out"),
    path("password/", sign_in.change_password, name="portal_password"),
    path("forgotten/", sign_in.forgotten, name="portal_forgotten"),
    path("forgotten/sent/", sign_in.forgotten_sent, name="portal_forgotten_sent"),
    path("forgotten/<uidb64>/<token>/", sign_in.new_password, name="portal_new_password"),
    path("profile/", profile.profile, name="portal_profile"),
    path("second-factor/", second_factor.second_factor, name="portal_second_factor"),
    path("second-factor/off/", second_factor.switch_off, name="portal_second_factor_off"),
    path("calendar/", calendars.address, name="portal_calendar"),
    path("calendar/<str:token>.ics", calendars.calendar, name="portal_calendar_file"),
]
