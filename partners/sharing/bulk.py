"""Shares many pages at once, from the lists of pages and events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from ..models import Share
from .changes import Terms, share_page
from .forms import BulkShareForm
from .shared_pages import may_share, versions_of
from .withholdable import changes_nothing_now


class ShareBulkAction(PageBulkAction):
    display_name = gettext_lazy("Share with partners")
    action_type = "huunghi_share"
    aria_label = gettext_lazy("Share selected pages with partners")
    template_name = "huunghi_partners/sharing/bulk.html"
    action_priority = 60
    form_class = BulkShareForm

    def check_perm(self, page: Any) -> bool:
        return may_share(self.request.user, page)

    def object_context(self, obj: Any) -> dict[str, Any]:
        return {**super().object_context(obj), "changes_nothing_now": changes_nothing_now(obj.specific)}

    @classmethod
    def get_queryset(cls, model: Any, object_ids: Any) -> Any:
        # Not a 404 when nothing was chosen: the page says so.
        return model.objects.filter(pk__in=object_ids)

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        # In a list that is not of one section "all" means every page of the site, whatever the list shows.
        return super().get_all_objects_in_listing_query(parent_id) if parent_id else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "media": context["form"].media}

    def get_execution_context(self) -> dict[str, Any]:
        form = self.cleaned_form
        return {
            **super().get_execution_context(),
            "partners": list(form.cleaned_data["partners"]),
            "terms": form.terms(),
        }

    @classmethod
    def execute_action(
        cls, objects: Sequence[Any], user: Any = None, partners: Sequence[Any] = (), terms: Any = None, **kwargs: Any
    ) -> tuple[int, int]:
        """Returns how many shares were made, and how many were left out because there was one or no such language."""
        made = left_out = 0
        for page in {page.translation_key: page for page in objects}.values():
            missing = _without_share(page, partners)
            own_terms = _terms_for(page, terms, user)
            if own_terms.languages:
                made += len(share_page(page, missing, own_terms, user))
                left_out += len(partners) - len(missing)
            else:
                left_out += len(partners)
        return made, left_out

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        made, left_out = num_parent_objects, num_child_objects
        text = ngettext("%(count)d share was made.", "%(count)d shares were made.", made) % {"count": made}
        if left_out:
            because = ngettext(
                "%(count)d was left out: the page is shared with the partner, or does not exist in the language.",
                "%(count)d were left out: pages are shared with the partners, or do not exist in the languages.",
                left_out,
            )
            text = f"{text} {because % {'count': left_out}}"
        return text


def _without_share(page: Any, partners: Sequence[Any]) -> list[Any]:
    shares = Share.objects.filter(page_key=page.translation_key, revoked_at__isnull=True)
    shared = set(shares.values_list("partner", flat=True))
    return [partner for partner in partners if partner.pk not in shared]


def _terms_for(page: Any, terms: Terms, user: Any) -> Terms:
    existing = {version.locale_id for version in versions_of(page.translation_key) if may_share(user, version)}
    languages = [locale for locale in terms.languages if locale.pk in existing]
    return Terms(terms.since, terms.until, languages, terms.note)
