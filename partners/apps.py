from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "huunghi.partners"
    label = "huunghi_partners"
    verbose_name = _("Partners")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import doors, signal_handlers
        from .sharing import logs

        logs.install()
        doors.connect()
        signal_handlers.connect()
