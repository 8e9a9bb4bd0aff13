"""All settings, read from the environment. deploy/env.example lists each name with its meaning."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import dj_database_url

from config import env

ROOT = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.folder("DATA_DIR", ROOT / "var")

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY and (DEBUG or DEMO):
    # The first run keeps a key of its own, so that a restart does not sign everyone out.
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    key_file = DATA_DIR / "secret-key"
    if not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_text(secrets.token_urlsafe(50), encoding="ascii")
    SECRET_KEY = key_file.read_text(encoding="ascii").strip()
if not SECRET_KEY:
    raise env.stop(
        "SECRET_KEY is missing. With DEBUG off it must be set: "
        "python -c 'import secrets; print(secrets.token_urlsafe(50))' makes one."
    )

# Addresses. Public hosts are data (a sub-site each), so the host check is our own: an unknown host gets 404.
ALLOWED_HOSTS = ["*"]
ADMIN_HOSTS = env.names("ADMIN_HOSTS", ("admin.localhost", "127.0.0.1", "localhost"))
PUBLIC_SCHEME = env.choice("PUBLIC_SCHEME", "http" if DEBUG or DEMO else "https", among=("http", "https"))
PUBLIC_PORT = env.number(
    "PUBLIC_PORT",
    8000 if DEBUG or DEMO else {"http": 80, "https": 443}[PUBLIC_SCHEME],
    least=1,
    most=65535,
)
_port = "" if PUBLIC_PORT == {"http": 80, "https": 443}[PUBLIC_SCHEME] else f":{PUBLIC_PORT}"
WAGTAILADMIN_BASE_URL = f"{PUBLIC_SCHEME}://{ADMIN_HOSTS[0]}{_port}"
CSRF_TRUSTED_ORIGINS = [f"{PUBLIC_SCHEME}://{host}{_port}" for host in ADMIN_HOSTS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_SCHEME == "https" else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_SCHEME == "https"
SECURE_HSTS_SECONDS = 31_536_000 if PUBLIC_SCHEME == "https" else 0
X_FRAME_OPTIONS = "SAMEORIGIN"

INSTALLED_APPS = [
    "provisioning",
    "sites",
    "tenants",
    "wagtail.contrib.redirects",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sites.middleware.SiteMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sites.middleware.OperatorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
except (ValueError, KeyError) as error:
    raise env.stop(
        f"DATABASE_URL cannot be read ({error}). Write postgres://user:password@host:5432/name or sqlite:////path/file."
    ) from None
if DATABASES["default"]["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
    raise env.stop("DATABASE_URL names a database that is not supported. Use postgres:// or sqlite:///.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # With SQLite's defaults most concurrent publishes fail with "database is locked"; with these none does.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
    if DATABASES["default"]["NAME"] != ":memory:":
        Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Small work (index rows) runs at once; long work (opening sites, roll-outs) runs in the background:
# in a thread of this process on the first run, in workers (manage.py db_worker) in production.
BACKGROUND = env.choice("BACKGROUND", "thread", among=("thread", "worker"))
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {
        "BACKEND": {"thread": "config.background.ThreadBackend", "worker": "django_tasks_db.DatabaseBackend"}[
            BACKGROUND
        ],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = False
LOCALE_PATHS = [ROOT / "platform" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "tenants.backends.MembershipBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
MEDIA_URL = "/media/"
MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")
SERVE_MEDIA = env.flag("SERVE_MEDIA", default=DEBUG or DEMO)
# The first run has no collectstatic step: files are served from where they stand.
WHITENOISE_USE_FINDERS = DEBUG or DEMO
if WHITENOISE_USE_FINDERS:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

WAGTAIL_SITE_NAME = "政府网站集约化平台"
WAGTAIL_PAGE_MODEL = "govsites.SitePage"
WAGTAILIMAGES_IMAGE_MODEL = "govsites.SiteImage"
WAGTAILDOCS_DOCUMENT_MODEL = "govsites.SiteFile"
WAGTAILDOCS_EXTENSIONS = [
    "csv", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "ofd", "pdf", "odt", "ods",
    "txt", "zip", "rar", "7z", "jpg", "jpeg", "png",
]  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "sites.search_backend"}}
WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_USAGE_COUNT_ENABLED = False
# sites.signals makes the redirects: Wagtail's own find no host for a sub-site mounted below another.
WAGTAILREDIRECTS_AUTO_CREATE = False

# The product's own figures; each is a default that an operator may change.
COLUMN_TEMPLATE_DIRS = [Path(part).expanduser().resolve() for part in env.names("COLUMN_TEMPLATE_DIRS")]
CLOSING_NOTICE_DAYS = env.number("CLOSING_NOTICE_DAYS", 30, least=1, most=365)
REOPEN_AFTER_DAYS = env.number("REOPEN_AFTER_DAYS", 365, least=0, most=3650)
LOCAL_HOSTS = env.flag("LOCAL_HOSTS", default=DEBUG or DEMO)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "WARNING", among=("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}
os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
