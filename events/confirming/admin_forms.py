"""The form in which an editor asks a partner."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Locale

from huunghi.conf import content_languages, language_name
from huunghi.partners.models import Share, ShareLink
from huunghi.partners.models.links import LONGEST_LIFE, LinkPurpose
from huunghi.partners.sharing.links import live_links, make_link

from ..models import EventPage
from .asking import language_of, usual_last_day

UNBOUND = "unbound"


class AskForm(forms.Form):
    """Through which link, in which language, until when."""

    through = forms.ChoiceField(
        label=_("Through"),
        widget=forms.RadioSelect,
        help_text=_("Of a partner's link, what is withheld from the partner is not asked either."),
    )
    language = forms.ChoiceField(
        label=_("Language of the form"),
        help_text=_("Names and texts are shown in it where the page has them in this language."),
    )
    until = forms.DateField(
        label=_("Until"), widget=AdminDateInput, help_text=_("The last day on which the partner can answer.")
    )

    def __init__(self, *args: Any, page: EventPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        partner_shares = Share.objects.active().filter(page_key=page.translation_key)
        self.shares = {f"share-{share.pk}": share for share in partner_shares.select_related("partner__place")}
        links = live_links().filter(page_key=page.translation_key, purpose=LinkPurpose.VIEW)
        self.links = {f"link-{link.pk}": link for link in links}
        self.fields["through"].choices = [
            *(
                (value, _("New link for %(partner)s") % {"partner": share.partner})
                for value, share in self.shares.items()
            ),
            (UNBOUND, _("New link that belongs to no partner: it opens the whole page")),
            *((value, _link_label(link)) for value, link in self.links.items()),
        ]
        self.fields["language"].choices = [(code, language_name(code)) for code in content_languages()]
        first = next(iter(self.shares.values()), None)
        self.initial.setdefault("through", next(iter(self.shares), UNBOUND))
        self.initial.setdefault("language", language_of(first.partner if first else self._only_side()))
        self.initial.setdefault("until", usual_last_day())

    def _only_side(self) -> Any:
        sides = list(self.page.partner_sides.select_related("partner__place"))
        return sides[0].partner if len(sides) == 1 else None

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= until < today + LONGEST_LIFE:
            raise ValidationError(_("Choose a day within the next 90 days."))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        link, until = self.links.get(data.get("through", "")), data.get("until")
        if link and until and timezone.localdate(link.expires_at) < until:
            self.add_error("until", _("This link ends before that day. Choose an earlier day, or a new link."))
        share = self.shares.get(data.get("through", ""))
        if share and until and share.until and share.until < until:
            self.add_error("until", _("The share ends before that day. Choose an earlier day, or extend the share."))
        return data

    def link_and_token(self, user: Any) -> tuple[ShareLink, str]:
        """The chosen link; with its token, which nobody can show again, when it is a new one."""
        through = self.cleaned_data["through"]
        if through in self.links:
            return self.links[through], ""
        share = self.shares.get(through)
        languages = share.languages.all() if share else self._live_languages()
        return make_link(self.page, languages, share=share, user=user, expires_at=self._end_of_last_day())

    def _live_languages(self) -> Any:
        live = EventPage.objects.filter(translation_key=self.page.translation_key, live=True, alias_of=None)
        return Locale.objects.filter(pk__in=live.values("locale"))

    def _end_of_last_day(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"] + timedelta(days=1), time.min))


def _link_label(link: ShareLink) -> str:
    whose = str(link.share.partner) if link.share else _("no partner")
    ends = f"{timezone.localtime(link.expires_at):%d/%m/%Y}"
    made = f"{timezone.localtime(link.created_at):%d/%m/%Y}"
    label = _("Link made on %(made)s for %(partner)s, ends on %(ends)s")
    return label % {"made": made, "partner": whose, "ends": ends}
