"""The forms in which a page is shared, a share is changed, and many pages are shared at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput
from wagtail.models import Locale

from ..models import Partner, Share
from ..widgets import FilteredSelectMultiple
from .changes import Terms
from .shared_pages import may_share, versions_of
from .withholdable import can_withhold, chosen, groups_of, unnamed_draft_rows, withheld_values


class PartnersField(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        partners = Partner.objects.filter(active=True).select_related("place")
        super().__init__(
            partners,
            label=_("Partners"),
            help_text=_("One or several. Each of them gets a share of its own."),
            widget=FilteredSelectMultiple,
            **kwargs,
        )

    def label_from_instance(self, partner: Partner) -> str:
        return (
            str(partner) if partner.readers_id else gettext("%(partner)s (has no readers yet)") % {"partner": partner}
        )


class LanguagesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Locale.objects.none(),
            label=_("Languages"),
            error_messages={"required": _("Choose at least one language.")},
            **kwargs,
        )
        self.drafts: set[int] = set()  # locales in which nothing is published yet

    def label_from_instance(self, locale: Locale) -> str:
        name = locale.get_display_name()
        return gettext("%(language)s (not published)") % {"language": name} if locale.pk in self.drafts else name


class TermsForm(forms.ModelForm):
    """From, until and a note: what every share has. `clean` of the model says what is wrong with the days."""

    languages = LanguagesField()
    field_order = ("partners", "languages", "since", "until", "note")

    class Meta:
        model = Share
        fields = ("since", "until", "note")
        widgets = {"since": AdminDateInput, "until": AdminDateInput, "note": AdminAutoHeightTextInput}

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(data["since"], data["until"], list(data["languages"]), data["note"])


class PageTermsForm(TermsForm):
    """The terms for one page: the languages in which it exists, and what of it is withheld."""

    withheld = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, page: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        self._offer_languages([version for version in versions_of(page.translation_key) if may_share(user, version)])
        self.withheld_groups = self._offer_withholding()
        self.unnamed_rows = unnamed_draft_rows(page) if self.withheld_groups is not None else 0

    def _offer_languages(self, versions: list[Any]) -> None:
        field = self.fields["languages"]
        live = {version.locale_id for version in versions if version.live}
        existing = {version.locale_id for version in versions}
        kept = set(self._kept_languages())
        field.queryset = Locale.objects.filter(pk__in=existing | kept)
        field.drafts = existing - live
        self.missing_languages = [
            locale.get_display_name() for locale in Locale.objects.exclude(pk__in=existing | kept)
        ]
        self.initial["languages"] = kept or live or existing

    def _kept_languages(self) -> list[int]:
        return [locale.pk for locale in self.instance.languages.all()] if self.instance.pk else []

    def _offer_withholding(self) -> list[Any] | None:
        if not can_withhold(self.page):
            del self.fields["withheld"]
            return None
        share = self.instance if self.instance.pk else None
        groups = groups_of(self.page, share)
        self.fields["withheld"].choices = [(item.value, item.label) for group in groups for item in group.items]
        if share is not None:
            self.initial["withheld"] = withheld_values(groups, share)
        return groups

    @property
    def withheld_checked(self) -> list[str]:
        """Which boxes are ticked: as they were sent, else as it is."""
        return self["withheld"].value() or [] if "withheld" in self.fields else []

    def terms(self) -> Terms:
        terms = super().terms()
        if self.withheld_groups is None:
            return terms
        items = chosen(self.withheld_groups, self.cleaned_data["withheld"])
        return Terms(terms.since, terms.until, terms.languages, terms.note, items)


class NewShareForm(PageTermsForm):
    partners = PartnersField()

    def clean_partners(self) -> Any:
        """One share for each partner: two of them would withhold together and end apart."""
        partners = self.cleaned_data["partners"]
        shared = Partner.objects.filter(
            pk__in=partners, shares__page_key=self.page.translation_key, shares__revoked_at__isnull=True
        )
        if names := ", ".join(map(str, shared.select_related("place").distinct())):
            message = gettext("There is a share with %(partners)s already. Change that one, or revoke it first.")
            raise forms.ValidationError(message % {"partners": names})
        return partners


class ChangeShareForm(PageTermsForm):
    """The partner of a share never changes."""


class BulkShareForm(TermsForm):
    """The same terms for several pages; nothing is withheld of them."""

    partners = PartnersField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].queryset = Locale.objects.all()
        self.fields["languages"].help_text = _("Each page is shared in those of them in which it exists.")
        self.initial.setdefault("languages", [locale.pk for locale in Locale.objects.all()])
        self.initial.setdefault("since", timezone.localdate())
