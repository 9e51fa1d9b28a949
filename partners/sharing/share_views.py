"""The admin's pages on which editors share a page, change a share, and revoke it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from ..models import Share
from .changes import AlreadyRevoked, change_share, revoke_share, share_page
from .forms import ChangeShareForm, NewShareForm
from .shared_pages import is_section, is_shareable, may_revoke, may_share, shares_from_above, shares_of, versions_of
from .states import state_of
from .withholdable import changes_nothing_now, labels_of


def shares_address(page: Page) -> str:
    """Where the page is shared."""
    return reverse("huunghi_shares:page", args=[page.pk])


class ShareFormView(WagtailAdminTemplateMixin, FormView):
    """The form, and beside it the shares that the page has."""

    template_name = "huunghi_partners/sharing/share.html"
    page: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = self.find_page()
        if not may_share(request.user, self.page):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def find_page(self) -> Any:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "page": self.page, "user": self.request.user}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return [
            *self.breadcrumbs_items,
            {"url": edit, "label": self.page.get_admin_display_title()},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, page = self.request.user, self.page
        return {
            **context,
            "media": context["form"].media,
            "page": page,
            "section": is_section(page),
            "is_draft": not page.live,
            "changes_nothing_now": changes_nothing_now(page),
            "shares": listed(shares_of(page.translation_key)),
            "shares_above": listed(shares_from_above(page)),
            "may_revoke": may_revoke(user, page.translation_key),
            "shares_url": shares_address(page),
        }


def listed(shares: Any) -> list[Share]:
    """Shares with the state they are in today, those that count first."""
    today = timezone.localdate()
    rows = list(shares)
    for share in rows:
        share.state = state_of(share, today)
        share.withheld_labels = "; ".join(labels_of(share.withheld.all()))
    return sorted(rows, key=lambda share: share.revoked_at is not None)


class SharePageView(ShareFormView):
    form_class = NewShareForm

    def get_page_title(self) -> str:
        return _("Share with a partner")

    def find_page(self) -> Any:
        page = get_object_or_404(Page, pk=self.kwargs["page_id"]).specific
        if not is_shareable(page):
            raise Http404
        return page

    def form_valid(self, form: NewShareForm) -> HttpResponse:
        shares = share_page(self.page, form.cleaned_data["partners"], form.terms(), self.request.user)
        names = ", ".join(str(share.partner) for share in shares)
        messages.success(self.request, _("Shared with %(partner)s.") % {"partner": names})
        return HttpResponseRedirect(shares_address(self.page))


class ChangeShareView(ShareFormView):
    form_class = ChangeShareForm

    @cached_property
    def share(self) -> Share:
        return get_object_or_404(Share.objects.select_related("partner__place"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("Share with %(partner)s") % {"partner": self.share.partner}

    def find_page(self) -> Any:
        """The language in which the editor works: the first that the editor may share."""
        versions = versions_of(self.share.page_key)
        if not versions:
            raise Http404
        return next((page for page in versions if may_share(self.request.user, page)), versions[0])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.closed() if self.share.revoked_at else super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.share}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "share": self.share}

    def form_valid(self, form: ChangeShareForm) -> HttpResponse:
        try:
            change_share(self.share, form.terms(), self.request.user)
        except AlreadyRevoked:
            return self.closed()
        messages.success(self.request, _("The share with %(partner)s is changed.") % {"partner": self.share.partner})
        return HttpResponseRedirect(get_valid_next_url_from_request(self.request) or shares_address(self.page))

    def closed(self) -> HttpResponse:
        messages.warning(self.request, _("This share has been revoked. Share the page anew instead."))
        return HttpResponseRedirect(shares_address(self.page))


class RevokeShareView(WagtailAdminTemplateMixin, TemplateView):
    """Asks once, then revokes; also for the share of a page that was deleted."""

    template_name = "huunghi_partners/sharing/revoke.html"
    header_icon = "cross"
    share: Share

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.share = get_object_or_404(Share.objects.select_related("partner__place"), pk=self.kwargs["pk"])
        if not may_revoke(request.user, self.share.page_key):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Revoke a share")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        register = {"url": reverse("huunghi_shares:register"), "label": _("Register of shares")}
        return [*self.breadcrumbs_items, register, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "share": self.share, "back": self.back()}

    def back(self) -> str:
        if address := get_valid_next_url_from_request(self.request):
            return address
        pages = [page for page in versions_of(self.share.page_key) if may_share(self.request.user, page)]
        return shares_address(pages[0]) if pages else reverse("huunghi_shares:register")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if revoke_share(self.share, request.user):
            messages.success(request, _("The share with %(partner)s is revoked.") % {"partner": self.share.partner})
        else:
            messages.warning(request, _("This share had been revoked before."))
        return HttpResponseRedirect(self.back())
