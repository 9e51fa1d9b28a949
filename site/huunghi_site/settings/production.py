"""A public host behind a proxy that ends TLS."""

from django.core.exceptions import ImproperlyConfigured

from .base import *

if not env("SECRET_KEY", default=""):
    raise ImproperlyConfigured("Set SECRET_KEY in the environment: production does not make one of its own.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
