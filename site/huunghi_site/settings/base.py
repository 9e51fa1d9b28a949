"""Settings that every way of running the site shares; docs/reference/environment.md lists the environment variables."""

import os
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from huunghi.conf import archive_languages, search_settings
from huunghi_site.cors import cors_settings
from huunghi_site.secret import secret_key

env = environ.Env()

PROJECT_DIR = Path(__file__).resolve().parent.parent
BASE_DIR = PROJECT_DIR.parent.parent
VAR_DIR = Path(env("HUUNGHI_VAR", default=str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env("SECRET_KEY", default="") or secret_key(VAR_DIR)
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BASE_URL = env("BASE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "huunghi_site",
    "huunghi",
    "huunghi.partners",
    "huunghi.events",
    "huunghi.search",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.locales",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "huunghi.middleware.RequestIdMiddleware",
    "huunghi.middleware.HeadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "huunghi.middleware.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huunghi.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "huunghi_site.urls"
WSGI_APPLICATION = "huunghi_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'huunghi.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Autosave, the feeding of the index and a second worker write at the same time.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Pages of the file are read where the system keeps them, once for all threads; a cache for each would only
        # hold them a second time.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA mmap_size=1073741824; PRAGMA cache_size=-1024;",
    }
else:
    DATABASES["default"]["ENGINE"] = "huunghi_site.postgresql"
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if not DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS"):  # a pooler between takes no options
        # The questions of a site are short: compiling one, or having processes share it, takes longer than it does.
        DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
            "options", "-c jit=off -c max_parallel_workers_per_gather=0"
        )
# Opening SQLite and setting it up takes longer than most questions that a request asks.
DATABASES["default"]["CONN_MAX_AGE"] = 60

CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://huunghi")}
if CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    # Each neighbourhood of readers that is counted is an entry; Django's 300 would soon push out everything else.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 20_000}

AUTHENTICATION_BACKENDS = [
    "huunghi.partners.doors.ThrottledBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = archive_languages("vi", "km", "en")
# Without these formats Django reads 03/02/2026 as 2 March in Vietnamese and Khmer.
FORMAT_MODULE_PATH = ["huunghi.formats"]
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

WAGTAIL_SITE_NAME = _("Friendship archive")
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_I18N_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("km", "ភាសាខ្មែរ")]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]},
    }
}
# The admin's own search stays on the database; the public archive has an index of its own.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "huunghi.admin_search"}}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an event with 53 venues has about 600 fields
SILENCED_SYSTEM_CHECKS: list[str] = []

HUUNGHI_SEARCH = search_settings(env, VAR_DIR)
HUUNGHI_PROXIES = env.int("PROXIES", default=0)
HUUNGHI_SENDFILE = env("HUUNGHI_SENDFILE", default="stream")
HUUNGHI_API_RATE = env("HUUNGHI_API_RATE", default="600/min")
HUUNGHI_API_KEY_RATE = env("HUUNGHI_API_KEY_RATE", default="3000/min")

API_CORS = cors_settings(env.list("HUUNGHI_API_ORIGINS", default=[]))
if API_CORS:
    INSTALLED_APPS.append("corsheaders")
    MIDDLEWARE.insert(1, "corsheaders.middleware.CorsMiddleware")  # its headers are on every answer below it
    vars().update(API_CORS)

if PURGED_PROXIES := env.list("HUUNGHI_PURGE", default=[]):
    WAGTAILFRONTENDCACHE = {
        f"proxy-{number}": {"BACKEND": "huunghi.caching.backend.ProxyBackend", "LOCATION": address}
        for number, address in enumerate(PURGED_PROXIES, start=1)
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "huunghi.middleware.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}]: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
