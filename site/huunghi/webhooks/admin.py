"""The admin's pages on which administrators keep endpoints and see what became of messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from .delivering import deliver_now, send_again, switch_off
from .models import DeliveryState, WebhookDelivery, WebhookEndpoint
from .noting import body_of, new_delivery
from .signing import first_secret, renew_secret
from .targets import RefusedAddressError, check_address
from .types import TEST, MessageType

PERMISSION = "huunghi.change_webhookendpoint"
PER_PAGE = 50


def may_keep(user: Any) -> bool:
    """Superusers, and groups that were given the permission."""
    return user.has_perm(PERMISSION)


def permissions() -> Any:
    """What the admin offers to give to groups."""
    return Permission.objects.filter(content_type__app_label="huunghi", codename="change_webhookendpoint")


class EndpointForm(forms.ModelForm):
    address = forms.URLField(
        label=gettext_lazy("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=WebhookEndpoint._meta.get_field("address").help_text,
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Messages"), choices=MessageType.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "address", "types", "active"]

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        try:
            check_address(address)
        except RefusedAddressError as error:
            raise ValidationError(
                _("Nothing can be sent there: write an https:// address without a user name or an unusual port.")
            ) from error
        return address


class KeepersOnly:
    """Every view here is for those who keep endpoints, and no answer of them is kept: one shows a secret."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_keep(request.user):
            raise PermissionDenied
        return never_cache(super().dispatch)(request, *args, **kwargs)  # type: ignore[misc]


class WebhookPage(KeepersOnly, WagtailAdminTemplateMixin):
    header_icon = "resubmit"
    page_title = gettext_lazy("Webhooks")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse("huunghi_webhooks:list"), "label": _("Webhooks")}]


class EndpointsView(WebhookPage, TemplateView):
    template_name = "huunghi/webhooks/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "endpoints": WebhookEndpoint.objects.all()}


class AddEndpointView(WebhookPage, FormView):
    """The form; and, once it was sent, the secret. Nothing keeps it, so it is shown once."""

    template_name = "huunghi/webhooks/add.html"
    page_title = gettext_lazy("Add a webhook")
    form_class = EndpointForm

    def form_valid(self, form: EndpointForm) -> HttpResponse:
        with transaction.atomic():
            endpoint = form.save(commit=False)
            secret = first_secret(endpoint)
            endpoint.save()
            log(endpoint, "wagtail.create", user=self.request.user)
        # No redirect: the secret would have to be kept until the next request.
        context = self.get_context_data(form=form, endpoint=endpoint, secret=secret)
        return self.response_class(self.request, ["huunghi/webhooks/secret.html"], context)


class EndpointView(WebhookPage, FormView):
    """One endpoint with its messages, the newest first."""

    template_name = "huunghi/webhooks/endpoint.html"
    form_class = EndpointForm

    @cached_property
    def endpoint(self) -> WebhookEndpoint:
        return get_object_or_404(WebhookEndpoint, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.endpoint.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        # Another object: a form writes into it what was typed, right or wrong.
        return {**super().get_form_kwargs(), "instance": get_object_or_404(WebhookEndpoint, pk=self.kwargs["pk"])}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        deliveries = self.endpoint.deliveries.defer("body")
        shown = Paginator(deliveries, PER_PAGE).get_page(self.request.GET.get("p"))
        return {**super().get_context_data(**kwargs), "endpoint": self.endpoint, "deliveries": shown}

    def form_valid(self, form: EndpointForm) -> HttpResponse:
        with transaction.atomic():
            endpoint = form.save(commit=False)
            _change(endpoint, self.endpoint)
            log(endpoint, "wagtail.edit", user=self.request.user)
        messages.success(self.request, _("The webhook is saved."))
        return _to(endpoint)


def _change(endpoint: WebhookEndpoint, before: WebhookEndpoint) -> None:
    """Save; what was wrong with an endpoint is forgotten when it is switched on or leads elsewhere."""
    if (endpoint.active and not before.active) or endpoint.address != before.address:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
    if endpoint.active:
        endpoint.off_reason, endpoint.off_at = "", None
    endpoint.save()
    if before.active and not endpoint.active:
        switch_off(endpoint)


class RenewSecretView(WebhookPage, TemplateView):
    template_name = "huunghi/webhooks/secret.html"
    page_title = gettext_lazy("New secret")
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        with transaction.atomic():
            secret = renew_secret(endpoint)
            log(endpoint, "wagtail.edit", user=request.user)
        return self.render_to_response(self.get_context_data(endpoint=endpoint, secret=secret, renewed=True))


class DeleteEndpointView(KeepersOnly, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        with transaction.atomic():
            log(endpoint, "wagtail.delete", user=request.user)
            endpoint.delete()
        messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": endpoint})
        return HttpResponseRedirect(reverse("huunghi_webhooks:list"))


class TestMessageView(KeepersOnly, View):
    """Sends at once, also to an endpoint that is off, so that whoever sets it up sees what comes back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        delivery = new_delivery(endpoint, TEST, "", body_of(TEST, {}))
        delivery.save()
        delivery = deliver_now(delivery)
        if delivery.state == DeliveryState.DELIVERED:
            messages.success(request, _("The test message was delivered."))
        else:
            # A test is not repeated: whoever made it is here and tries again.
            WebhookDelivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.GIVEN_UP)
            messages.error(request, _("The test message was not delivered; the list below says why."))
        return _to(endpoint)


class SendAgainView(KeepersOnly, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delivery = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), pk=pk)
        if delivery.endpoint.active:
            send_again(delivery)
            messages.success(request, _("The message is sent again."))
        else:
            messages.warning(request, _("The webhook is off. Switch it on first."))
        return _to(delivery.endpoint)


def _to(endpoint: WebhookEndpoint) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("huunghi_webhooks:endpoint", args=[endpoint.pk]))


class WebhooksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_keep(request.user)


def menu_item() -> MenuItem:
    return WebhooksMenuItem(
        gettext_lazy("Webhooks"),
        reverse("huunghi_webhooks:list"),
        name="huunghi-webhooks",
        icon_name="resubmit",
        order=900,
    )


app_name = "huunghi_webhooks"
urlpatterns = [
    path("", EndpointsView.as_view(), name="list"),
    path("add/", AddEndpointView.as_view(), name="add"),
    path("<int:pk>/", EndpointView.as_view(), name="endpoint"),
    path("<int:pk>/secret/", RenewSecretView.as_view(), name="secret"),
    path("<int:pk>/test/", TestMessageView.as_view(), name="test"),
    path("<int:pk>/delete/", DeleteEndpointView.as_view(), name="delete"),
    path("messages/<int:pk>/again/", SendAgainView.as_view(), name="again"),
]
