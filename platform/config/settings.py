"""All settings, read from the environment. deploy/env.example lists each name with its meaning."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import dj_database_url

from config import env, mail

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
    "legacy",
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
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "captcha",
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
    "sites.doors.compact.CompactMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "tenants.accounts.middleware.AccountMiddleware",
    "sites.middleware.ScopeMiddleware",
    "sites.doors.middleware.DoorsMiddleware",
    "sites.middleware.OperatorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sites.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
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

# Small work (index rows) runs at once; the rest waits in the database for the background (tenants/tasks): threads of
# this process on the first run, workers (manage.py worker) in production.
BACKGROUND = env.choice("BACKGROUND", "thread", among=("thread", "worker"))
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {
        "BACKEND": {"thread": "config.background.ThreadBackend", "worker": "config.background.DurableBackend"}[
            BACKGROUND
        ],
    },
}

# Links to other sites are tried in the background, by workers alone: the web process never goes to the network.
LINK_CHECKS = env.flag("LINK_CHECKS", default=BACKGROUND == "worker")

# Mail. Without a server notices stay in the platform; the first run prints its mails.
_mail = mail.from_url(env.text("EMAIL_URL", "console:" if DEBUG or DEMO else ""))
MAIL_ON = _mail is not None
EMAIL_BACKEND = _mail.backend if _mail else "django.core.mail.backends.dummy.EmailBackend"
if _mail:
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 15, least=1, most=300)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", f"no-reply@{ADMIN_HOSTS[0]}")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]  # one to choose from is none to choose
WAGTAIL_I18N_ENABLED = False
LOCALE_PATHS = [ROOT / "platform" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "tenants.backends.MembershipBackend",  # the last word on rights
    "django.contrib.auth.backends.ModelBackend",  # passwords
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "last_name", "email", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tenants.accounts.passwords.MixedCharactersValidator"},
    {"NAME": "tenants.accounts.passwords.FormerPasswordsValidator", "OPTIONS": {"count": 5}},
]
PASSWORD_DAYS = env.number("PASSWORD_DAYS", 0, least=0, most=3650)
# Whoever forgot a password gets a new one from a manager: a mail to whoever asks is one more door.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False

# Sessions end after idle time and at a longest age (tenants.accounts.sessions), and with the browser.
IDLE_MINUTES = env.number("IDLE_MINUTES", 30, least=2, most=720)
SESSION_HOURS = env.number("SESSION_HOURS", 12, least=1, most=168)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tenants.accounts.views.entrance.forged"
SIGN_IN_LOG_DAYS = env.number("SIGN_IN_LOG_DAYS", 365, least=180, most=3650)

# The second step. In the demo nobody needs a telephone to look around.
SECOND_FACTOR = env.choice("SECOND_FACTOR", "off" if DEBUG or DEMO else "managers", among=("off", "managers", "all"))
OTP_TOTP_ISSUER = "政府网站集约化平台"

# Failures are counted in the database; what they mean stands in tenants.accounts.lockout.
LOCKOUT_MINUTES = env.number("LOCKOUT_MINUTES", 15, least=1, most=1440)
LOCKOUT_ADDRESS_FAILURES = env.number("LOCKOUT_ADDRESS_FAILURES", 30, least=5, most=10_000)
AXES_HANDLER = "tenants.accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_CLIENT_IP_CALLABLE = "tenants.accounts.clients.address_of"
AXES_LOCKOUT_CALLABLE = "tenants.accounts.lockout.own_answer"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# What was sent is kept with each failure: never a password, by whatever name a form calls it.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "old_password", "new_password1", "new_password2", "code"]
AXES_DISABLE_ACCESS_LOG = True  # the sign-in log is ours
AXES_VERBOSE = False
try:
    TRUSTED_PROXIES = tuple("unix" if proxy == "unix" else ip_network(proxy) for proxy in env.names("TRUSTED_PROXIES"))
except ValueError as error:
    raise env.stop(
        f"TRUSTED_PROXIES cannot be read ({error}). Write addresses or networks, such as 127.0.0.1,10.1.0.0/16, or unix."
    ) from None

# The captcha: digits, so that they can be read out.
CAPTCHA_CHALLENGE_FUNCT = "tenants.accounts.captcha.digits"
CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 10  # minutes: listening and typing take time

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
    "txt", "zip", "rar", "7z", "jpg", "jpeg", "png", "mp4",
]  # fmt: skip
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_FORM_BASE = "sites.media.forms.SiteFileForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "sites.media.forms.SiteImageForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "sites.search_backend"}}
WAGTAILADMIN_PAGE_SEARCH_FILTER_BY_PERMISSIONS = True
# A pasted address stays one: looking for its page goes through every site, and would name a neighbour's.
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = "none"
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_USAGE_COUNT_ENABLED = False
OPERATOR_HOME = "provisioning:sites"  # what /admin/ shows a platform operator
WAGTAIL_WORKFLOW_ENABLED = False  # sites.review is the one way to publication
# sites.signals makes the redirects: Wagtail's own find no host for a sub-site mounted below another.
WAGTAILREDIRECTS_AUTO_CREATE = False

# The product's own figures; each is a default that an operator may change.
COLUMN_TEMPLATE_DIRS = [Path(part).expanduser().resolve() for part in env.names("COLUMN_TEMPLATE_DIRS")]
CLOSING_NOTICE_DAYS = env.number("CLOSING_NOTICE_DAYS", 30, least=1, most=365)
REOPEN_AFTER_DAYS = env.number("REOPEN_AFTER_DAYS", 365, least=0, most=3650)
INVITATION_DAYS = env.number("INVITATION_DAYS", 7, least=1, most=90)
MEDIA_QUOTA_MB = env.number("MEDIA_QUOTA_MB", 2048, least=1, most=1_000_000)
MAX_OWN_COLUMNS = env.number("MAX_OWN_COLUMNS", 20, least=0, most=200)
# LibreOffice, which reads old Word and WPS files (.doc, .wps); empty: they are refused with advice.
SOFFICE = env.text("SOFFICE")
LOCAL_HOSTS = env.flag("LOCAL_HOSTS", default=DEBUG or DEMO)
# Old hosts can be tried as <old host>.<this domain> before they are pointed here; empty: they cannot.
LEGACY_PREVIEW_DOMAIN = env.text("LEGACY_PREVIEW_DOMAIN", "preview.localhost" if LOCAL_HOSTS else "").lower().strip(".")
# Names or addresses at which the platform answers, with which the name servers' answers for old hosts are compared.
LEGACY_PLATFORM_ADDRESSES = env.names("LEGACY_PLATFORM_ADDRESSES")
# Inner hosts, addresses or networks (10.1.0.0/16) that may be collected from: an old site inside the office network.
LEGACY_INNER_HOSTS = env.names("LEGACY_INNER_HOSTS")
# Mirrors and dumps too large to be uploaded: what lies in <this folder>/<code of the sub-site>/ can be chosen there.
LEGACY_FOLDER = env.folder("LEGACY_FOLDER", DATA_DIR / "old-sites")
JUNK_ADDRESSES = env.text("JUNK_ADDRESSES")
if JUNK_ADDRESSES and not Path(JUNK_ADDRESSES).is_file():
    raise env.stop(f"JUNK_ADDRESSES is {JUNK_ADDRESSES!r}, and there is no such file. Name a TOML file.")
SECRECY_QUESTIONS = env.text("SECRECY_QUESTIONS")
if SECRECY_QUESTIONS and not Path(SECRECY_QUESTIONS).is_file():
    raise env.stop(f"SECRECY_QUESTIONS is {SECRECY_QUESTIONS!r}, and there is no such file. Name a TOML file.")

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
