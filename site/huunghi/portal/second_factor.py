"""Switching the second factor on, with a telephone at hand, and off, with the password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from huunghi.partners import second_factor as factors
from huunghi.partners.throttle import forgive, note_failure, retry_after

from .door import readers_only
from .forms import CodeForm, PasswordConfirmation
from .frame import portal_frame
from .sign_in import too_many


@readers_only
def second_factor(request: HttpRequest, language: str) -> HttpResponse:
    """The secret as picture and text until the first code has come; then the recovery codes, once."""
    if factors.confirmed_factor(request.user):
        return HttpResponseRedirect(reverse("huunghi:portal_second_factor_off", args=[language]))
    factor = factors.begin(request.user)
    frame = portal_frame(request, language, _("Second factor"))
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("The six digits that the telephone shows now.")
    if request.method == "POST":
        if seconds := retry_after(factors.GUESSES, str(request.user.pk)):
            return too_many(request, language, seconds)
        codes = factors.confirm(factor, form.cleaned_data["code"]) if form.is_valid() else []
        if codes:
            forgive(factors.GUESSES, str(request.user.pk))
            request.session.cycle_key()
            return render(request, "huunghi/portal/recovery_codes.html", {"frame": frame, "codes": codes})
        note_failure(factors.GUESSES, str(request.user.pk))
        if form.is_valid():
            form.add_error("code", _("This code is not right. Wait for the next one and try again."))
    address = factors.address_of(factor, frame.site_name)
    secret = factors.secret_of(factor)
    context = {
        "frame": frame,
        "form": form,
        "address": address,
        "picture": factors.picture_of(address),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return render(request, "huunghi/portal/second_factor.html", context)


@sensitive_post_parameters("password")
@readers_only
def switch_off(request: HttpRequest, language: str) -> HttpResponse:
    form = PasswordConfirmation(request.user, request.POST or None)
    if request.method == "POST":
        if seconds := retry_after(factors.GUESSES, str(request.user.pk)):
            return too_many(request, language, seconds)
        if form.is_valid():
            factors.switch_off(request.user)
            messages.success(request, _("The second factor is switched off."))
            return HttpResponseRedirect(reverse("huunghi:portal_profile", args=[language]))
        note_failure(factors.GUESSES, str(request.user.pk))
    context = {"frame": portal_frame(request, language, _("Second factor")), "form": form}
    return render(request, "huunghi/portal/second_factor_off.html", context)
