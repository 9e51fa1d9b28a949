"""The form with which an editor makes a link; what may be asked for depends on the page, the purpose and the share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput
from wagtail.models import Locale, Page

from huunghi.partners.access import OpenedPage, readable_pages, reader_for_partner, reader_of_link
from huunghi.partners.models import Share, ShareLink
from huunghi.partners.models.links import LinkPurpose
from huunghi.partners.sharing.links import make_link

LATEST, AS_IT_IS = "latest", "as-it-is"


class NewLinkForm(forms.ModelForm):
    """`mint` makes the link when the form is valid. A preview has no choice of languages, a draft has one."""

    which = forms.ChoiceField(
        label=_("Which draft"),
        choices=[(LATEST, _("The latest draft, whenever the link is opened")), (AS_IT_IS, _("The draft as it is now"))],
        initial=LATEST,
        widget=forms.RadioSelect,
    )
    languages = forms.ModelMultipleChoiceField(
        Locale.objects.none(),
        label=_("Languages"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The link opens these translations and no other."),
        error_messages={"required": _("Choose at least one language.")},
    )

    field_order = ("which", "languages", "expires_at", "most_uses", "password", "note")

    class Meta:
        model = ShareLink
        fields = ("expires_at", "most_uses", "password", "note")
        widgets = {
            "expires_at": AdminDateTimeInput,
            "password": forms.TextInput(attrs={"autocomplete": "off"}),
            "note": AdminAutoHeightTextInput,
        }

    def __init__(self, *args: Any, page: Any, purpose: str, share: Share | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.purpose, self.share = page, LinkPurpose(purpose), share
        self.fields["password"].max_length = 128
        if self.purpose == LinkPurpose.PREVIEW:
            del self.fields["languages"]
            return
        del self.fields["which"]
        offered = locales_to_open(page, share)
        self.fields["languages"].queryset = offered
        self.fields["languages"].label_from_instance = lambda locale: locale.get_display_name()
        self.initial.setdefault("languages", [locale.pk for locale in offered])

    def mint(self, user: Any) -> tuple[ShareLink, str]:
        """The link and its token."""
        data = self.cleaned_data
        return make_link(
            self.page,
            data.get("languages", ()),
            purpose=self.purpose,
            share=self.share,
            pinned=data.get("which") == AS_IT_IS,
            password=data["password"],
            user=user,
            expires_at=data["expires_at"],
            most_uses=data["most_uses"],
            note=data["note"],
        )


def locales_to_open(page: Any, share: Share | None) -> Any:
    """The languages in which a link could open the page now: published, and behind no password or group."""
    versions = Page.objects.filter(translation_key=page.translation_key, alias_of__isnull=True)
    locales = Locale.objects.all()
    if share:
        locales = locales.filter(pk__in=share.languages.values("pk"))
        versions = readable_pages(versions, reader_for_partner(share.partner))
    opened = OpenedPage(page.translation_key, frozenset(locales.values_list("pk", flat=True)))
    readable = readable_pages(versions, reader_of_link(opened, share.partner if share else None))
    return locales.filter(pk__in=readable.values("locale"))


def may_use_share(share: Share, page: Any) -> bool:
    """Whether the share gives this page today, itself or with a section above it."""
    keys = [page.translation_key, *page.get_ancestors().values_list("translation_key", flat=True)]
    return share.page_key in keys and share.is_active(timezone.localdate())
