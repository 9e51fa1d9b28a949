"""`make serve` and `make demo`: served like production, on this computer, without TLS."""

from .base import *

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# Brotli at its best takes 20 s for the admin's files; on this computer gzip does.
STORAGES["staticfiles"] = {"BACKEND": "huunghi_site.static_files.GzipManifestStorage"}
