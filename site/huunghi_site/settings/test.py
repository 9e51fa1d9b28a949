"""The test suite: nothing it writes lies in the checkout's own var/."""

import atexit
import os
import shutil
import tempfile

if "HUUNGHI_VAR" not in os.environ:
    os.environ["HUUNGHI_VAR"] = tempfile.mkdtemp(prefix="huunghi-test-")
    atexit.register(shutil.rmtree, os.environ["HUUNGHI_VAR"], ignore_errors=True)
os.environ.setdefault("SECRET_KEY", "only-for-tests")

from .base import *

ALLOWED_HOSTS = ["*"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
HUUNGHI_SEARCH["FEED"] = "inline"
