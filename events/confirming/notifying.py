"""Tells the editor who asked that an answer has come. Nothing depends on this: a mail that fails is logged."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.admin.utils import get_admin_base_url

from ..models.confirmations import Answer, Confirmation

logger = logging.getLogger(__name__)


def tell_the_editor(confirmation_id: int) -> None:
    """Mail to whoever asked, from Wagtail's address for notifications; without that address nothing is sent."""
    sender = getattr(settings, "WAGTAILADMIN_NOTIFICATION_FROM_EMAIL", "")
    try:
        confirmation = Confirmation.objects.select_related("asked_by", "partner__place").get(pk=confirmation_id)
        editor = confirmation.asked_by
        if not (sender and editor and editor.is_active and editor.email):
            return
        with override(_language_of(editor)):
            send_mail(_("A partner has answered"), message(confirmation), sender, [editor.email])
    except Exception:
        logger.exception("No mail was sent about the answer %s", confirmation_id)


def message(confirmation: Confirmation) -> str:
    """The mail's text in the active language: what was confirmed, how many values were proposed, where to decide."""
    proposed = confirmation.fields.filter(answer=Answer.PROPOSED).count()
    address = reverse("huunghi_confirmations:compare", args=[confirmation.pk])
    lines = [
        confirmation.page_title,
        _("Answered by: %(name)s") % {"name": ", ".join(filter(None, _who(confirmation)))},
        _("Other values proposed: %(count)s") % {"count": proposed},
        f"{(get_admin_base_url() or '').rstrip('/')}{address}",
    ]
    return "\n".join(lines)


def _who(confirmation: Confirmation) -> list[str]:
    partner = str(confirmation.partner) if confirmation.partner else ""
    return [confirmation.answered_by, confirmation.answered_as, partner]


def _language_of(user: Any) -> str:
    profile = getattr(user, "wagtail_userprofile", None)
    return profile.get_preferred_language() if profile else settings.LANGUAGE_CODE
