from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HuunghiConfig(AppConfig):
    name = "huunghi"
    label = "huunghi"
    verbose_name = _("Friendship archive")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks
