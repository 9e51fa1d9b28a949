"""The admin's page on which the keys of a partner are made and revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button

from ..models import Partner, PartnerKey
from ..models.access_keys import USUAL_LIFE
from .keys import new_key


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Which program or office uses it, so that you know what you revoke."),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=AdminDateInput,
        help_text=gettext_lazy("After that it opens nothing; a year from now at most."),
    )

    def clean_last_day(self) -> datetime:
        """The end of that day."""
        day = self.cleaned_data["last_day"]
        if not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=365):
            raise ValidationError(_("Choose a day within the next year."))
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def may_make_keys(user: Any) -> bool:
    """Whoever may change partners."""
    return user.has_perm("huunghi_partners.change_partner")


class KeysView(WagtailAdminTemplateMixin, FormView):
    """Lists the keys of one partner and makes new ones. Only the answer that makes a key shows it."""

    template_name = "huunghi_partners/sharing/keys.html"
    form_class = KeyForm
    header_icon = "key"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_make_keys(request.user):
            raise PermissionDenied
        return never_cache(super().dispatch)(request, *args, **kwargs)

    @cached_property
    def partner(self) -> Partner:
        return get_object_or_404(Partner, pk=self.kwargs["partner_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": timezone.localdate() + USUAL_LIFE}

    def get_page_title(self) -> str:
        return _("Keys for programs")

    def get_page_subtitle(self) -> str:
        return str(self.partner)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        partners = reverse("wagtailsnippets_huunghi_partners_partner:list")
        return [
            *self.breadcrumbs_items,
            {"url": partners, "label": _("Partners")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def form_valid(self, form: KeyForm) -> HttpResponse:
        values = form.cleaned_data
        _key, token = new_key(self.partner, values["name"], values["last_day"], self.request.user)
        empty = self.form_class(initial=self.get_initial())
        return self.render_to_response(self.get_context_data(form=empty, token=token))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        keys = PartnerKey.objects.filter(partner=self.partner).select_related("created_by", "revoked_by")
        return super().get_context_data(**kwargs, partner=self.partner, keys=keys)


@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    if not may_make_keys(request.user):
        raise PermissionDenied
    key = get_object_or_404(PartnerKey, pk=pk)
    key.revoke(request.user)
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key.name})
    return HttpResponseRedirect(reverse("huunghi_keys", args=[key.partner_id]))


def key_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """For the list of partners."""
    if isinstance(snippet, Partner) and may_make_keys(user):
        address = reverse("huunghi_keys", args=[snippet.pk])
        yield Button(_("Keys for programs"), url=address, icon_name="key", priority=60)
