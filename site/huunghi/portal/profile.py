"""The reader's own page: name, mail, language, and the ways to password, second factor and calendar."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters

from huunghi.partners.doors import ACCOUNT_FROM_HERE
from huunghi.partners.models import PortalReader
from huunghi.partners.second_factor import confirmed_factor
from huunghi.partners.throttle import forgive, note_failure, retry_after

from .door import language_of, readers_only
from .forms import ProfileForm
from .frame import portal_frame
from .sign_in import too_many


@sensitive_post_parameters("password")
@readers_only
def profile(request: HttpRequest, language: str) -> HttpResponse:
    user = get_user_model().objects.get(pk=request.user.pk)  # the form writes into it, whatever is wrong
    form = ProfileForm(request.POST or None, instance=user, language=language_of(user, language))
    if request.method == "POST":
        guesses = f"profile {user.pk}"
        if seconds := retry_after(ACCOUNT_FROM_HERE, guesses):
            return too_many(request, language, seconds)
        if form.is_valid():
            forgive(ACCOUNT_FROM_HERE, guesses)
            form.save()
            chosen = form.cleaned_data["language"]
            PortalReader.objects.update_or_create(user=user, defaults={"language": chosen})
            with override(chosen):
                messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("huunghi:portal_profile", args=[chosen]))
        if form.has_error("password"):
            note_failure(ACCOUNT_FROM_HERE, guesses)
    context = {
        "frame": portal_frame(request, language, _("Profile")),
        "form": form,
        "has_second_factor": confirmed_factor(request.user) is not None,
    }
    return render(request, "huunghi/portal/profile.html", context)
