"""Settings of the whole site, read from the environment.

Without any variable this is a development site on an embedded database. With ``DATABASE_URL`` or
``SECRET_KEY`` set it is production unless ``DEBUG`` says otherwise. A value that is missing or
malformed stops the start with one line that names the variable. ``docs/beheer.md`` lists them all.
"""

import os
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


def stop(name: str, problem: str) -> NoReturn:
    """End the start with one line; a traceback would bury it."""
    raise SystemExit(f"{name} {problem}")


def required(name: str) -> str:
    """The variable's value; stops the start when it is not set."""
    return os.environ.get(name) or stop(name, "is required when DEBUG is off")


def boolean(name: str, *, default: bool) -> bool:
    """``True`` or ``False``, written exactly so; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if value not in {"True", "False"}:
        stop(name, f"must be True or False, not {value!r}")
    return value == "True"


def whole_number(name: str, *, default: int) -> int:
    """A whole number of zero or more; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        stop(name, f"must be a whole number of zero or more, not {value!r}")
    return int(value)


def split(name: str, url: str) -> SplitResult:
    """The parts of a URL; stops the start when it has none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (is read from the text only when asked for)
    except ValueError as error:
        stop(name, f"is malformed: {error}")
    return parts


def base_url(name: str, *, default: str) -> str:
    """An http(s) URL without path or trailing slash; anything else stops the start."""
    if name not in os.environ:
        return default
    value = os.environ[name]
    parts = split(name, value)
    if parts.scheme not in {"http", "https"} or value != f"{parts.scheme}://{parts.netloc}":
        stop(name, f"must look like https://www.example.nl, not {value!r}")
    return value


IMPATIENCE = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""A server that is gone without a word is given up in ten seconds; by itself it takes hours."""


def database(url: str) -> dict[str, Any]:
    """Django's database settings for a ``postgres://`` URL; stops the start on any other URL."""
    if split("DATABASE_URL", url).scheme not in {"postgres", "postgresql"}:
        stop("DATABASE_URL", "must look like postgres://user:password@host:port/name")
    try:
        config: dict[str, Any] = {**dj_database_url.parse(url)}
    except ValueError as error:
        stop("DATABASE_URL", f"is malformed: {error}")
    if not config["NAME"]:
        stop("DATABASE_URL", "names no database: postgres://user:password@host:port/name")
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    prepares = {"prepare_threshold": 5}  # psycopg's own; Django's cursors prepare nothing anyway
    config["OPTIONS"] = {**prepares, **IMPATIENCE, **config.get("OPTIONS", {})}
    return config


def email(url: str) -> dict[str, Any]:
    """Django's e-mail settings for an ``smtp://`` URL; stops the start on any other URL."""
    parts = split("EMAIL_URL", url)
    if parts.scheme not in {"smtp", "smtp+tls", "smtp+ssl"} or not parts.hostname:
        stop("EMAIL_URL", "must look like smtp+tls://user:password@host:port")
    default_port = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def mailbox(url: str) -> dict[str, Any]:
    """The mailbox that an ``imaps://`` URL names; stops the start on any other URL."""
    parts = split("IMAP_URL", url)
    ports = {"imap": 143, "imaps": 993}
    if parts.scheme not in ports or not (parts.hostname and parts.username):
        stop("IMAP_URL", "must look like imaps://user:password@host/INBOX")
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "ssl": parts.scheme == "imaps",
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "folder": unquote(parts.path).strip("/") or "INBOX",
    }


def address(name: str, *, default: str) -> str:
    """A bare e-mail address, to which mail adds the firm's name; stops the start on all else."""
    value = os.environ.get(name, default)
    try:
        validate_email(value)
    except ValidationError:
        stop(name, f"must be an address such as info@example.nl, not {value!r}")
    return value


def embedded_database_url() -> str:
    """Start the development database; stops the start where its package is not installed."""
    try:
        from vitaleoverheid import embedded_postgres  # noqa: PLC0415 (development only)
    except ModuleNotFoundError:
        stop("DATABASE_URL", "is required: the embedded database is not installed here")
    return embedded_postgres.url()


def bucket(name: str, url: str) -> dict[str, Any]:
    """Django's storage settings for an S3-compatible bucket; without a URL it is Amazon's.

    Amazon's library itself reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION.
    """
    options = {
        "bucket_name": name,
        "endpoint_url": url or None,
        "file_overwrite": False,
        "max_memory_size": 1024 * 1024,  # bytes; the rest of a file waits on disk
    }
    return {"BACKEND": "vitaleoverheid.s3.BucketStorage", "OPTIONS": options}


def report_errors(dsn: str) -> None:
    """Report errors to Sentry; stops the start when there is no such address."""
    from vitaleoverheid import error_reports  # noqa: PLC0415 (most sites do without)

    try:
        error_reports.start(dsn)
    except ValueError as error:
        stop("SENTRY_DSN", f"is malformed: {error}")


# What kind of site this is

DEBUG = boolean("DEBUG", default=not {"DATABASE_URL", "SECRET_KEY"} & os.environ.keys())
SECRET_KEY = "for-development-only" if DEBUG else required("SECRET_KEY")
SECRET_KEY_FALLBACKS = os.environ.get("SECRET_KEY_FALLBACKS", "").split()
SITE_URL = base_url("SITE_URL", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
# The local names stay in production: a health check inside the machine asks for them.
ALLOWED_HOSTS = LOCAL_HOSTS if DEBUG else [*required("ALLOWED_HOSTS").split(","), *LOCAL_HOSTS]
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", default=0)

# Parts

INSTALLED_APPS = [
    "vitaleoverheid",
    "services",
    "insights",
    "contact",
    "procrastinate.contrib.django",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.settings",
    "wagtail.contrib.sitemaps",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "vitaleoverheid.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "vitaleoverheid.security_headers.SecurityHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "vitaleoverheid.limits.LimitsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vitaleoverheid.middleware.CacheControlMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "contact.middleware.AlarmMiddleware",
    "contact.middleware.RescueMiddleware",
    "vitaleoverheid.middleware.DatabaseAwayMiddleware",
]

PAGE_PARAMETERS = ["dienst", "page", "q"]
"""What pages may read from the query of an address; a visitor's page never sees anything else."""

ROOT_URLCONF = "vitaleoverheid.urls"
WSGI_APPLICATION = "vitaleoverheid.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]
# Own templates win from those of Django's form fields too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or embedded_database_url())}
CACHES = {
    "default": {"BACKEND": "vitaleoverheid.request_cache.RequestCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
MEDIA_URL = "/media/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_URL = "/static/"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if S3_BUCKET := os.environ.get("S3_BUCKET"):
    STORAGES["default"] = bucket(S3_BUCKET, base_url("S3_ENDPOINT_URL", default=""))
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # from a bucket too: documents may be private
# What browsers ask for at the root: the icon, and which pages they may fetch ahead.
WHITENOISE_ROOT = BASE_DIR / "vitaleoverheid/root"
WHITENOISE_MIMETYPES = {"speculation-rules.json": "application/speculationrules+json"}
WHITENOISE_MAX_AGE = 0 if DEBUG else 86400  # seconds; of files whose name holds no version
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
# A megabyte of text is three in a form: whoever pastes it is told so, with the text given back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a page with many blocks is a form with many fields

# Language

LANGUAGE_CODE = "nl"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [("nl", "Nederlands")]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# E-mail

DEFAULT_FROM_EMAIL = SERVER_EMAIL = address("DEFAULT_FROM_EMAIL", default="info@vitaleoverheid.nl")
EMAIL_TIMEOUT = 20  # seconds; a server that hangs must not hold the worker
if "EMAIL_URL" in os.environ:
    globals().update(email(os.environ["EMAIL_URL"]))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Where the answers of visitors arrive; without it they are only there.
IMAP = mailbox(os.environ["IMAP_URL"]) if os.environ.get("IMAP_URL") else {}

# Security

AUTHENTICATION_BACKENDS = ["vitaleoverheid.auth_backend.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked for inside the machine, over plain HTTP
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [SITE_URL]
STRICT_SCREENS = ("/admin/enquiries/", "/admin/bulk/contact/")
"""Where the admin shows what strangers wrote: no script runs there but those we wrote ourselves."""
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows its preview in a frame
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # which wants DENY there
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Signing in: a password, then an app, a passkey or a reserve code (allauth); the screens are in
# sign_in.py and templates/sign_in/.

SECOND_FACTOR_REQUIRED = not DEBUG  # in development it is offered
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "wagtailadmin_home"
ACCOUNT_ADAPTER = "vitaleoverheid.sign_in.AccountAdapter"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # who may not enter the admin may sign in as another
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "vitaleoverheid.sign_in.LoginForm"}
# Who fails five times waits five minutes: from that address, for that name. See the adapter.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key", "reset_password": "5/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Vitale Overheid"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off

# Watching: logs go to the console, where whatever runs the site collects them

METRICS_PORT = whole_number("METRICS_PORT", default=0)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{levelname} {name}: {message}", "style": "{"},
        "json": {"()": "vitaleoverheid.logs.JSONFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line" if DEBUG else "json"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own would also mail every error, with the request in it, to ADMINS.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
if SENTRY_DSN := os.environ.get("SENTRY_DSN"):
    report_errors(SENTRY_DSN)

# Wagtail

WAGTAIL_DATE_FORMAT = "%d-%m-%Y"
WAGTAIL_DATETIME_FORMAT = "%d-%m-%Y %H:%M"
WAGTAIL_SITE_NAME = "Vitale Overheid"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "vitaleoverheid.SiteImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024  # bytes
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 25 * 1024 * 1024  # bytes
WAGTAILDOCS_DOCUMENT_FORM_BASE = "vitaleoverheid.documents.DocumentForm"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # each is a download
WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT = False  # security_headers.py does more than that
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []  # nothing on this site comes from another host
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "dutch"},
}
if "PURGE_URL" in os.environ:  # a cache in front that forgets a page when sent PURGE
    INSTALLED_APPS += ["wagtail.contrib.frontend_cache"]
    WAGTAILFRONTENDCACHE = {
        "default": {
            "BACKEND": "wagtail.contrib.frontend_cache.backends.HTTPBackend",
            "LOCATION": base_url("PURGE_URL", default=""),
        }
    }
WAGTAILSEARCH_HITS_MAX_AGE = 90  # days that a search without a result stays in the report
WAGTAIL_ENABLE_UPDATE_CHECK = False  # asks another host, from the editor's browser
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # likewise
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
