"""The test suite: nothing it writes lies in the checkout's own var/."""

import os
import tempfile

os.environ.setdefault("HUUNGHI_VAR", tempfile.mkdtemp(prefix="huunghi-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests")

from .base import *

ALLOWED_HOSTS = ["*"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
HUUNGHI_SERVE_MEDIA = True
