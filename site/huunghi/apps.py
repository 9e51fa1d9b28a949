from django.apps import AppConfig
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

# Django does not know Lao. It must before any app is made ready: Wagtail asks for the names of all locales.
LANG_INFO.setdefault("lo", {"bidi": False, "code": "lo", "name": "Lao", "name_local": "ພາສາລາວ"})


class HuunghiConfig(AppConfig):
    name = "huunghi"
    label = "huunghi"
    verbose_name = _("Friendship archive")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from huunghi.search.feeding import bell

        from . import (
            checks,  # noqa: F401  registers the system checks
            files,
            redirects,
            sqlite,
        )
        from .admin_search import updating
        from .caching import purging
        from .caching import signals as caching_signals
        from .feeds import signals as feeds_signals
        from .webhooks import delivering
        from .webhooks import signals as webhook_signals

        updating.connect()
        files.install(self)
        redirects.install()
        sqlite.install()
        webhook_signals.connect()
        bell.also("webhooks", delivering.deliver_due)
        caching_signals.connect()
        feeds_signals.connect()
        if purging.is_configured():
            bell.also("purging", purging.purge_due)
