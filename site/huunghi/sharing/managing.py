"""The admin's pages on which editors make links, see what became of them, and revoke them.

Names of the addresses: `huunghi_links:list`, `huunghi_links:add` with `?page=<id>`, and `&share=<id>` for a link that
belongs to a share or `&purpose=preview` for one to the draft; `huunghi_links:revoke` with the public id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Page

from huunghi.partners.models import ArchivePage, Share, ShareLink
from huunghi.partners.models.links import LinkPurpose, LinkState
from huunghi.partners.sharing.shared_pages import keys_with_permission, may_share, page_policy, versions_of

from .minting import NewLinkForm, locales_to_open, may_use_share

MADE, REVOKED = "huunghi.link", "huunghi.link.revoke"
EDITING = ["add", "change", "publish"]
PER_PAGE = 50


def may_make(user: Any, page: Any, purpose: str) -> bool:
    """Whoever may publish a record may open it to others; whoever may edit it may show its draft."""
    if page.alias_of_id or page.specific_class is None or not issubclass(page.specific_class, ArchivePage):
        return False
    if purpose == LinkPurpose.VIEW:
        return may_share(user, page)
    return page.permissions_for_user(user).can_edit()


def visible_links(user: Any) -> QuerySet[ShareLink]:
    """The links to pages that the user may edit, and the user's own."""
    links = ShareLink.objects.select_related("share__partner__place", "created_by").prefetch_related("languages")
    if not user.is_superuser:
        links = links.filter(Q(page_key__in=keys_with_permission(user, "change")) | Q(created_by=user))
    return links.annotate(opened_at=Max("openings__last_at")).order_by("-created_at", "-pk")


def may_revoke(user: Any, link: ShareLink) -> bool:
    """Whoever made it, and whoever could make it now: closing a door must not have to wait."""
    if user.is_superuser or link.created_by_id == user.pk:
        return True
    return any(may_make(user, page, link.purpose) for page in versions_of(link.page_key))


def add_address(page: Any, **parameters: Any) -> str:
    return f"{reverse('huunghi_links:add')}?{urlencode({'page': page.pk, **parameters})}"


class AddLinkView(WagtailAdminTemplateMixin, FormView):
    """The form; and, once it was sent, the address of the link. Nothing keeps the address, so it is shown once."""

    template_name = "huunghi/sharing/admin/add.html"
    header_icon = "link"
    form_class = NewLinkForm
    share: Share | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.purpose = request.GET.get("purpose", LinkPurpose.VIEW)
        if self.purpose not in LinkPurpose.values:
            raise Http404
        self.page = get_object_or_404(Page, pk=_number(request.GET.get("page"))).specific
        if not may_make(request.user, self.page, self.purpose):
            raise PermissionDenied
        if "share" in request.GET and self.purpose == LinkPurpose.VIEW:
            shares = Share.objects.select_related("partner__place")
            self.share = get_object_or_404(shares, pk=_number(request.GET["share"]))
            if not may_use_share(self.share, self.page):
                messages.warning(
                    request, _("This share opens nothing today; a link that belongs to it would not either.")
                )
                return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Link without account") if self.purpose == LinkPurpose.VIEW else _("Link to the draft")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        page = {"url": edit, "label": self.page.get_admin_display_title()}
        return [*self.breadcrumbs_items, page, {"url": "", "label": self.get_page_title()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "page": self.page, "purpose": self.purpose, "share": self.share}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        preview = self.purpose == LinkPurpose.PREVIEW
        return {
            **context,
            "media": context["form"].media,
            "page": self.page,
            "share": self.share,
            "preview": preview,
            "opens_nothing": not preview and not locales_to_open(self.page, self.share).exists(),
            "links": visible_links(self.request.user).filter(page_key=self.page.translation_key)[:10],
        }

    def form_valid(self, form: NewLinkForm) -> HttpResponse:
        with transaction.atomic():
            link, token = form.mint(self.request.user)
            write_history(link, MADE, self.request.user)
        # No redirect: the address would have to be kept until the next request.
        address = self.request.build_absolute_uri(reverse("huunghi:link_entry", kwargs={"rest": token}))
        context = self.get_context_data(form=form, link=link, address=address)
        return self.response_class(self.request, ["huunghi/sharing/admin/made.html"], context)


class LinksView(WagtailAdminTemplateMixin, TemplateView):
    """All links that the user may see, the newest first."""

    template_name = "huunghi/sharing/admin/list.html"
    header_icon = "link"
    page_title = gettext_lazy("Links without account")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def only_open(self) -> bool:
        return self.request.GET.get("state") == LinkState.OPEN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not page_policy().user_has_any_permission(self.request.user, EDITING):
            raise PermissionDenied
        links = visible_links(self.request.user)
        if self.only_open:
            links = links.filter(pk__in=ShareLink.objects.live().values("pk"))
        if words := self.request.GET.get("q", "").replace("\x00", "").strip():
            links = links.filter(page_title__icontains=words[:100])
        shown = Paginator(links, PER_PAGE).get_page(self.request.GET.get("p"))
        for link in shown:
            link.may_revoke = link.state in (LinkState.OPEN, LinkState.USED_UP) and may_revoke(self.request.user, link)
            link.pages = versions_of(link.page_key)[:1]
        return {
            **super().get_context_data(**kwargs),
            "links": shown,
            "only_open": self.only_open,
            "words": words,
        }


class RevokeLinkView(View):
    """One button; revoking closes, and can be repeated without harm."""

    def post(self, request: HttpRequest, public_id: Any) -> HttpResponse:
        link = get_object_or_404(ShareLink, public_id=public_id)
        if not may_revoke(request.user, link):
            raise PermissionDenied
        if link.revoked_at is None:
            revoke(link, request.user)
        messages.success(request, _("The link is revoked. Who has it open reads nothing any more."))
        return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("huunghi_links:list"))


@transaction.atomic
def revoke(link: ShareLink, user: Any = None) -> None:
    """Close a link and write it into the page's history."""
    link.revoke(user)
    write_history(link, REVOKED, user)


def write_history(link: ShareLink, action: str, user: Any) -> None:
    """On the page the link opens, else on the link itself. The link is named by its public id."""
    pages = [link.page.specific] if link.page else versions_of(link.page_key)
    data = {
        "link": str(link.public_id),
        "purpose": link.purpose,
        "partner": str(link.share.partner) if link.share else "",
        "languages": sorted(link.languages.values_list("language_code", flat=True)),
        "expires_at": link.expires_at.isoformat(),
    }
    log(pages[0] if pages else link, action, user=user, data=data)


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


class MadeFormatter(LogFormatter):
    label = gettext_lazy("Make a link")

    def format_message(self, log_entry: Any) -> str:
        return _("Made the link %(link)s.") % {"link": log_entry.data.get("link", "")}


class RevokedFormatter(LogFormatter):
    label = gettext_lazy("Revoke a link")

    def format_message(self, log_entry: Any) -> str:
        return _("Revoked the link %(link)s.") % {"link": log_entry.data.get("link", "")}


def register_log_actions(actions: Any) -> None:
    actions.register_action(MADE)(MadeFormatter)
    actions.register_action(REVOKED)(RevokedFormatter)


def page_buttons(page: Any, user: Any, **kwargs: Any) -> Iterator[Button]:
    """For the menu of a page in its header and in lists."""
    if may_make(user, page, LinkPurpose.VIEW):
        yield Button(gettext_lazy("Link without account"), url=add_address(page), icon_name="link", priority=46)
    if may_make(user, page, LinkPurpose.PREVIEW):
        address = add_address(page, purpose=LinkPurpose.PREVIEW.value)
        yield Button(gettext_lazy("Link to the draft"), url=address, icon_name="view", priority=47)


class LinksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return page_policy().user_has_any_permission(request.user, EDITING)


def menu_item() -> MenuItem:
    return LinksMenuItem(
        gettext_lazy("Links without account"),
        reverse("huunghi_links:list"),
        name="huunghi-links",
        icon_name="link",
        order=151,
    )


app_name = "huunghi_links"
urlpatterns = [
    path("", LinksView.as_view(), name="list"),
    path("add/", AddLinkView.as_view(), name="add"),
    path("<uuid:public_id>/revoke/", RevokeLinkView.as_view(), name="revoke"),
]
