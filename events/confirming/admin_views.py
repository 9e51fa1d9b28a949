"""The editors' pages: ask a partner, see what was answered, decide."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.models import EditingSession
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from huunghi.partners.models import ShareLink
from huunghi.partners.sharing.shared_pages import keys_with_permission

from ..models import EventPage
from ..models.confirmations import Answer, Confirmation, ConfirmationState, Decision, FactGroup
from . import deciding
from .admin_forms import AskForm
from .asking import NothingToAskError, TooMuchToAskError, ask, withdraw
from .reading import read_line


def report_address() -> str:
    return reverse("huunghi_confirmations:list")


def compare_address(confirmation: Confirmation) -> str:
    return reverse("huunghi_confirmations:compare", args=[confirmation.pk])


class AskView(WagtailAdminTemplateMixin, FormView):
    """Asks for confirmation, and shows the new link: once, for nothing but its fingerprint is stored."""

    template_name = "huunghi_events/confirming/ask.html"
    form_class = AskForm
    header_icon = "check"
    page: EventPage

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.page = get_object_or_404(EventPage, pk=self.kwargs["page_id"], alias_of=None)
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Ask a partner to confirm")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        page = {"url": edit, "label": self.page.get_admin_display_title()}
        return [*self.breadcrumbs_items, page, {"url": "", "label": self.get_page_title()}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "page": self.page}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rounds = Confirmation.objects.filter(page_key=self.page.translation_key).select_related("partner__place")
        media = context["form"].media if "form" in context else None
        return {**context, "page": self.page, "rounds": rounds, "media": media}

    def form_valid(self, form: AskForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            with transaction.atomic():
                link, token = form.link_and_token(self.request.user)
                confirmation = ask(link, data["language"], data["until"], self.request.user)
        except NothingToAskError:
            form.add_error("through", _("No published text of this event is opened by it. Publish the event first."))
            return self.form_invalid(form)
        except TooMuchToAskError:
            form.add_error(None, _("The event has more facts than one form can hold."))
            return self.form_invalid(form)
        if not token:
            messages.success(self.request, _("The partner is asked. Whoever has the link finds the form there."))
            return HttpResponseRedirect(compare_address(confirmation))
        address = self.request.build_absolute_uri(link_address(link, token))
        context = self.get_context_data(form=form)
        context |= {"confirmation": confirmation, "address": address, "letter": letter(confirmation, address)}
        response = self.render_to_response(context)
        response["Cache-Control"] = "private, no-store"
        return response


def link_address(link: ShareLink, token: str) -> str:
    known = f"v/{link.public_id}/"
    return reverse("huunghi:link", kwargs={"public_id": link.public_id}).removesuffix(known) + token


def letter(confirmation: Confirmation, address: str) -> str:
    """A few lines in the partner's language, to be copied into a mail or a chat."""
    title = confirmation.fields.filter(key="title").values_list("shown", flat=True).first() or ""
    with override(confirmation.language):
        request = _("Please check whether the facts of this event are right:")
        until = _("You can answer until %(day)s.") % {"day": f"{confirmation.until:%d/%m/%Y}"}
    return f"{request} {title}\n{address}\n{until}"


class CompareView(WagtailAdminTemplateMixin, TemplateView):
    """Our value then, our value now, theirs; field by field."""

    template_name = "huunghi_events/confirming/compare.html"
    header_icon = "check"
    page_title = ""
    confirmation: Confirmation
    problems: dict[int, str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rounds = Confirmation.objects.select_related("partner__place", "link__share", "asked_by", "closed_by")
        self.confirmation = get_object_or_404(rounds, pk=self.kwargs["pk"])
        self.problems = {}
        targets = deciding.targets_of(self.confirmation)
        if targets is None:
            raise Http404
        if not any(may_edit(request.user, page) for page in targets.pages()):
            raise PermissionDenied
        self.targets = targets
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Confirmation: %(title)s") % {"title": self.confirmation.page_title}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        report = {"url": report_address(), "label": _("Confirmations")}
        return [*self.breadcrumbs_items, report, {"url": "", "label": self.confirmation.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        confirmation, user = self.confirmation, self.request.user
        rows = list(confirmation.fields.select_related("decided_by"))
        lines = deciding.compare(confirmation, rows, self.targets)
        finder = AdminURLFinder(user)
        shown = [self._line(line, finder) for line in lines]
        permissions = self.targets.source.permissions_for_user(user)
        state = confirmation.state
        return {
            **context,
            "confirmation": confirmation,
            "state": state,
            "groups": [(g.label, some) for g in FactGroup if (some := [x for x in shown if x["row"].group == g])],
            "is_open": state in (ConfirmationState.ANSWERED, ConfirmationState.PART),
            "may_withdraw": state not in (ConfirmationState.DONE, ConfirmationState.WITHDRAWN),
            "open_count": sum(row.is_open for row in rows),
            "may_publish": permissions.can_publish(),
            "has_drafts": any(page.has_unpublished_changes for page in self.targets.pages()),
            "locks": locks_of(self.targets, user),
            "busy": busy_editors(self.targets, user),
            "page": self.targets.source,
        }

    def _line(self, line: deciding.Comparison, finder: AdminURLFinder) -> dict[str, Any]:
        row = line.row
        sent = self.request.POST if row.pk in self.problems else {}
        return {
            "row": row,
            "line": line,
            "now": line.now or "",
            "record_url": finder.get_edit_url(line.record) if line.record is not None and row.is_open else None,
            "problem": self.problems.get(row.pk, ""),
            "chosen": sent.get(f"decision-{row.pk}", ""),
            "reason": sent.get(f"reason-{row.pk}", ""),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "withdraw" in request.POST:
            withdraw(Confirmation.objects.filter(pk=self.confirmation.pk))
            messages.success(request, _("The round is withdrawn: the partner cannot answer any more."))
            return HttpResponseRedirect(report_address())
        may_publish = self.targets.source.permissions_for_user(request.user).can_publish()
        if self.confirmation.closed_at is None:
            try:
                outcome = self._decide(may_publish and "publish" in request.POST)
            except ValidationError as error:
                messages.error(request, format_html_join(" ", "{}", ((text,) for text in error.messages)))
                return self._again()
            self.problems = outcome.problems
            self._tell(outcome)
        if may_publish and self.confirmation.closed_at:
            deciding.show(self.confirmation, "shown" in request.POST, request.user)
        return self._again() if self.problems else HttpResponseRedirect(compare_address(self.confirmation))

    def _again(self) -> HttpResponse:
        """The page as it is now: drafts may have been written, and the partner may have answered anew."""
        self.confirmation.refresh_from_db()
        self.targets = deciding.targets_of(self.confirmation) or self.targets
        return self.render_to_response(self.get_context_data())

    def _decide(self, publish: bool) -> deciding.Outcome:
        edition = self.request.POST.get("edition", "")
        rulings = []
        for row in self.confirmation.fields.filter(answer=Answer.PROPOSED, decision=""):
            decision = self.request.POST.get(f"decision-{row.pk}", "")
            if decision in Decision.values:
                reason = read_line(self.request.POST.get(f"reason-{row.pk}", ""), 500)
                now = self.request.POST.get(f"now-{row.pk}", "")
                rulings.append(deciding.Ruling(row, decision, now, reason))
        number = int(edition) if edition.isdecimal() and len(edition) < 9 else -1
        return deciding.decide(self.confirmation, number, rulings, self.request.user, publish=publish)

    def _tell(self, outcome: deciding.Outcome) -> None:
        if outcome.taken or outcome.closed:
            messages.success(self.request, _("Your decisions are stored."))
        if outcome.pages:
            titles = ", ".join(page.get_admin_display_title() for page in outcome.pages)
            text = _("Published: %(titles)s") if outcome.published else _("Written into a draft: %(titles)s")
            edit = reverse("wagtailadmin_pages:edit", args=[outcome.pages[0].pk])
            messages.success(self.request, text % {"titles": titles}, buttons=[messages.button(edit, _("Edit"))])
        if outcome.problems:
            messages.warning(self.request, _("Some values could not be decided. The reasons stand beside them."))


def may_edit(user: Any, page: EventPage) -> bool:
    return page.permissions_for_user(user).can_edit()


def locks_of(targets: deciding.Targets, user: Any) -> list[str]:
    """Titles of the pages that somebody keeps locked, so that nothing can be accepted into them."""
    locked = (page for page in targets.pages() if page.permissions_for_user(user).page_locked())
    return [page.get_admin_display_title() for page in locked]


def busy_editors(targets: deciding.Targets, user: Any) -> list[str]:
    """Names of others who have unsaved changes of these pages before them."""
    sessions = EditingSession.objects.available().filter(
        object_id__in=[str(page.pk) for page in targets.pages()],
        content_type__in=[targets.source.cached_content_type],
        is_editing=True,
    )
    others = sessions.exclude(user=user).select_related("user")
    return list(dict.fromkeys(get_user_display_name(session.user) for session in others))


def visible_rounds(user: Any) -> QuerySet[Confirmation]:
    """The rounds about pages that the user may edit."""
    rounds = Confirmation.objects.all()
    return rounds if user.is_superuser else rounds.filter(page_key__in=keys_with_permission(user, "change"))
