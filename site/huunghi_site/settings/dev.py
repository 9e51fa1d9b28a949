"""A person at a computer: the demonstration and development."""

from .base import *

# Static files come from the apps' folders, so that nothing has to be collected before the first page.
WHITENOISE_USE_FINDERS = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
