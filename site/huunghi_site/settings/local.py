"""`make serve` and `make demo`: served like production, on this computer, without TLS."""

from .base import *

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
HUUNGHI_SERVE_MEDIA = True
