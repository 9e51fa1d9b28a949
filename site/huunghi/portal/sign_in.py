"""Signing in and out, and passwords: Django's own views behind a throttle."""

from __future__ import annotations

from time import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from huunghi.partners import second_factor
from huunghi.partners.doors import note_failed, wait_before_signing_in
from huunghi.partners.throttle import Limit, address_block, forgive, note_failure, retry_after

from .door import language_of, may_enter, portal_page, readers_only
from .forms import ChangePasswordForm, CodeForm, ForgottenForm, NewPasswordForm, SignInForm
from .frame import portal_frame

WAITING = "huunghi_waiting_for_code"  # in the session: who has shown a password and owes a code
CODE_LIFE = 300  # seconds
MAILS = Limit("forgotten password", most=5, seconds=3600)


class PortalView:
    """What the class-based views of Django need here: our frame, and addresses in the language of the page."""

    title: Any = ""
    kwargs: dict[str, Any]
    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "frame": portal_frame(self.request, self.language, str(self.title))}

    @property
    def language(self) -> str:
        return self.kwargs["language"]

    def address(self, name: str) -> str:
        return reverse(f"huunghi:{name}", args=[self.language])


def too_many(request: HttpRequest, language: str, seconds: int) -> HttpResponse:
    context = {"frame": portal_frame(request, language, _("Too many attempts")), "minutes": -(-seconds // 60)}
    response = render(request, "huunghi/portal/too_many.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response


class SignIn(PortalView, auth_views.LoginView):
    form_class = SignInForm
    template_name = "huunghi/portal/sign_in.html"
    title = gettext_lazy("Sign in for partners")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if may_enter(request.user):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if seconds := wait_before_signing_in(request, request.POST.get("username", "")):
            return too_many(request, self.language, seconds)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        user = form.get_user()
        if second_factor.confirmed_factor(user) is None:
            return super().form_valid(form)
        self.request.session.cycle_key()
        self.request.session[WAITING] = {
            "user": str(user.pk),
            "backend": user.backend,
            "password": user.get_session_auth_hash(),
            "until": time() + CODE_LIFE,
            "next": self.get_redirect_url(),
        }
        return HttpResponseRedirect(self.address("portal_code"))

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        # A right password that does not open this door failed at no backend; it counts all the same.
        if form.user_cache is not None:
            note_failed(self.request, form.cleaned_data["username"])
        return super().form_invalid(form)

    def get_default_redirect_url(self) -> str:
        return home_of(self.request, self.language)


def home_of(request: HttpRequest, language: str) -> str:
    return reverse("huunghi:portal", args=[language_of(request.user, language)])


@sensitive_post_parameters()
@portal_page
def enter_code(request: HttpRequest, language: str) -> HttpResponse:
    """The second step: who has shown the password shows the code, within five minutes."""
    waiting = request.session.get(WAITING) or {}
    user = _who_waits(waiting)
    factor = second_factor.confirmed_factor(user) if user else None
    if factor is None:
        request.session.pop(WAITING, None)
        return HttpResponseRedirect(reverse("huunghi:portal_sign_in", args=[language]))
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        if seconds := retry_after(second_factor.GUESSES, str(user.pk)):
            return too_many(request, language, seconds)
        if form.is_valid() and second_factor.passes(factor, form.cleaned_data["code"]):
            forgive(second_factor.GUESSES, str(user.pk))
            del request.session[WAITING]
            request.huunghi_passed_second_factor = True  # type: ignore[attr-defined]
            login(request, user, backend=waiting["backend"])
            return HttpResponseRedirect(waiting["next"] or home_of(request, language))
        note_failure(second_factor.GUESSES, str(user.pk))
        if form.is_valid():
            form.add_error("code", _("This code is not right, or it was used before. Wait for the next one."))
    frame = portal_frame(request, language, _("Enter the code"))
    return render(request, "huunghi/portal/code.html", {"form": form, "frame": frame})


def _who_waits(waiting: dict[str, Any]) -> Any:
    """The user whose password was right a moment ago and still is; None for nobody."""
    if waiting.get("until", 0) < time():
        return None
    user = get_user_model().objects.filter(pk=waiting["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == waiting["password"] and may_enter(user) else None


class SignOut(PortalView, auth_views.LogoutView):
    http_method_names = ["post", "options"]

    def get_default_redirect_url(self) -> str:
        return self.address("portal_sign_in")

    def get_success_url(self) -> str:
        return self.get_default_redirect_url()


class ChangePassword(PortalView, auth_views.PasswordChangeView):
    form_class = ChangePasswordForm
    template_name = "huunghi/portal/password.html"
    title = gettext_lazy("Change your password")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if seconds := retry_after(second_factor.GUESSES, f"password {request.user.pk}"):
            return too_many(request, self.language, seconds)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("old_password"):
            note_failure(second_factor.GUESSES, f"password {self.request.user.pk}")
        return super().form_invalid(form)

    def get_success_url(self) -> str:
        messages.success(self.request, _("Your password is changed."))
        return self.address("portal_profile")


class Forgotten(PortalView, auth_views.PasswordResetView):
    form_class = ForgottenForm
    template_name = "huunghi/portal/forgotten.html"
    subject_template_name = "huunghi/portal/mail/new_password_subject.txt"
    email_template_name = "huunghi/portal/mail/new_password.txt"
    title = gettext_lazy("Forgotten password")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        counts = [(MAILS, address_block(request)), (MAILS, request.POST.get("email", "").strip().casefold()[:254])]
        if seconds := max(retry_after(limit, who) for limit, who in counts):
            return too_many(request, self.language, seconds)
        for limit, who in counts:
            note_failure(limit, who)
        return super().post(request, *args, **kwargs)

    @property
    def extra_email_context(self) -> dict[str, str]:
        return {"language": self.language}

    def get_success_url(self) -> str:
        return self.address("portal_forgotten_sent")


class ForgottenSent(PortalView, auth_views.PasswordResetDoneView):
    template_name = "huunghi/portal/forgotten_sent.html"
    title = gettext_lazy("Look into your mail")


class NewPassword(PortalView, auth_views.PasswordResetConfirmView):
    form_class = NewPasswordForm
    template_name = "huunghi/portal/new_password.html"
    title = gettext_lazy("Choose a new password")

    def get_success_url(self) -> str:
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        return self.address("portal_sign_in")


sign_in = portal_page(SignIn.as_view())
sign_out = portal_page(require_POST(SignOut.as_view()))
change_password = readers_only(ChangePassword.as_view())
forgotten = portal_page(Forgotten.as_view())
forgotten_sent = portal_page(ForgottenSent.as_view())
new_password = portal_page(NewPassword.as_view())
