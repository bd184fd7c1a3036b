"""Settings of the portal, in one file. See `.env.example` for what can be set."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from platform_portal.environment import Environment, stop

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = os.environ.get("PORTAL_ENV") == "test"

if TESTING:
    os.environ.setdefault("PORTAL_SECRET_KEY", "tests-only-" + "x" * 50)
    os.environ.setdefault("PORTAL_ORIGIN", "http://testserver")
    os.environ.setdefault("PORTAL_ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
    os.environ.setdefault("PORTAL_EMBEDDED", "true")
    os.environ.setdefault("PORTAL_VAR_DIR", str(BASE_DIR / "var" / "test"))

# openpyxl would read sheets with lxml, now that a library brings it: past defusedxml, which refuses entity bombs.
# Decided when it is first imported.
os.environ["OPENPYXL_LXML"] = "False"

env = Environment(BASE_DIR)

# --- Where it runs ---------------------------------------------------------------------------
SECRET_KEY = env.secret("PORTAL_SECRET_KEY")
DEBUG = env.flag("PORTAL_DEBUG", False)
PORTAL_ORIGIN = env.origin("PORTAL_ORIGIN")
_host = urlsplit(PORTAL_ORIGIN).hostname or ""
# Keys that were in use before; what they encrypted or signed stays readable.
SECRET_KEY_FALLBACKS = env.words("PORTAL_SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.words("PORTAL_ALLOWED_HOSTS", [_host])
CSRF_TRUSTED_ORIGINS = [PORTAL_ORIGIN]
VAR_DIR = Path(env.text("PORTAL_VAR_DIR", str(BASE_DIR / "var")))
# Number of reverse proxies in front; the client address is read that many steps from the right.
PORTAL_TRUSTED_PROXIES = env.number("PORTAL_TRUSTED_PROXIES", 0)
# Only a portal for showing and trying may have accounts with a password that is printed.
PORTAL_DEMO = env.flag("PORTAL_DEMO", False)
IS_HTTPS = PORTAL_ORIGIN.startswith("https://")

# --- Applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "platform_portal",
    "platform_portal.audit",
    "platform_portal.mail",
    "platform_portal.region",
    "members",
    "consultations",
    "meetings",
    "newsletters",
    "reports",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "pgtrigger",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "platform_portal.middleware.HeadMiddleware",
    # Above everything that builds a page: a page from the cache costs one Redis round trip.
    "platform_portal.page_cache.PublicPageCacheMiddleware",
    "csp.middleware.CSPMiddleware",
    "platform_portal.middleware.PrivacyHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "platform_portal.middleware.SignInRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "members.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "platform_portal.urls"
WSGI_APPLICATION = "platform_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "platform_portal.context_processors.portal",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL and Redis --------------------------------------------------------------------
_database_url = env.text("DATABASE_URL", "")
_redis_url = env.text("REDIS_URL", "")
if not (_database_url and _redis_url):
    if not env.flag("PORTAL_EMBEDDED", False):
        stop("DATABASE_URL と REDIS_URL がありません（手元で試すだけなら PORTAL_EMBEDDED=true）")
    from platform_portal.embedded import EmbeddedError, ensure_services

    try:
        _services = ensure_services(VAR_DIR, durable=not TESTING)
    except EmbeddedError as error:
        stop(str(error))
    _database_url = _database_url or _services.database_url
    _redis_url = _redis_url or _services.redis_url


def _database(url: str) -> dict[str, object]:
    """Django's settings from `postgresql://user:password@host:port/name?host=/socket/dir`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        stop("DATABASE_URL は postgresql:// で始めてください")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or _database_password(),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


def _database_password() -> str:
    return env.secret("DATABASE_PASSWORD") if os.environ.get("DATABASE_PASSWORD_FILE") else ""


DATABASES = {"default": _database(_database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if TESTING:
    # Each test process has a Redis database of its own, so that one may empty it under the other.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    _redis_url = f"{_redis_url.split('?')[0]}?db={_worker}"
REDIS_URL = _redis_url

CACHE_TIMEOUTS = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds
CACHES = {
    "default": {
        "BACKEND": "platform_portal.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "test" if TESTING else "portal",
        "OPTIONS": CACHE_TIMEOUTS,
    },
}

# --- Celery ----------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A request that queues a task learns within a second that Redis is away; kombu would try for six.
    "socket_connect_timeout": 1,
    # One that hangs is given up, by requests and workers alike; kombu would wait for ever. A worker that waits for
    # work is not hurried by it: Redis itself ends that wait after a second.
    "socket_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = TESTING
CELERY_TASK_EAGER_PROPAGATES = TESTING
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Kilobytes. A report of hundreds of pages leaves its worker large: another takes its place when the file is there.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_TIMEZONE = "Asia/Tokyo"
# Printing takes memory and seconds: no mail shall wait for it.
CELERY_TASK_ROUTES = {
    "meetings.tasks.renderings.*": {"queue": "pdf"},
    "reports.tasks.*": {"queue": "pdf"},
    # Sending to thousands takes long: no other work shall wait for it.
    "newsletters.tasks.sending.*": {"queue": "mail"},
}

# --- Accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# So long takes every answer to "forgotten password": longer than writing a mail, so that it does not show.
PORTAL_RESET_SECONDS = 0.0 if TESTING else 0.4
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "members.forms.account.LoginForm",
    "reauthenticate": "members.forms.account.ReauthenticateForm",
    "reset_password": "members.forms.account.ResetPasswordForm",
    "reset_password_from_key": "members.forms.account.ResetPasswordKeyForm",
    "change_password": "members.forms.account.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an accepted invitation is the verification
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tell people when the way they sign in has changed
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "members.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "members.forms.account.AuthenticateForm",
    "reauthenticate": "members.forms.account.ReauthenticateCodeForm",
    "activate_totp": "members.forms.account.ActivateTOTPForm",
    "login_webauthn": "members.forms.account.LoginWebAuthnForm",
    "authenticate_webauthn": "members.forms.account.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "members.forms.account.ReauthenticateWebAuthnForm",
    "add_webauthn": "members.forms.account.AddWebAuthnForm",
    "edit_webauthn": "members.forms.account.EditWebAuthnForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # every address was verified by the invitation sent to it
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # one step of 30 seconds: telephones' clocks differ
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
PORTAL_REQUIRE_MFA = env.flag("PORTAL_REQUIRE_MFA", True)

# --- Residents' safety -----------------------------------------------------------------------
# Where 「ページを離れる」 leads: an everyday page that says nothing about who was looking for what.
PORTAL_EXIT_URL = env.text("PORTAL_EXIT_URL", "https://weather.yahoo.co.jp/weather/")

# --- Open data -------------------------------------------------------------------------------
# Address of the terms under which published records may be reused. Empty: the portal says nothing of it.
PORTAL_DATA_LICENCE = env.text("PORTAL_DATA_LICENCE", "")

# --- Cookies: only for people who sign in ----------------------------------------------------
SESSION_COOKIE_NAME = "desk_session"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True  # no CSRF cookie can reach a resident's device
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "platform_portal.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- What browsers are told ------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_HTTPS and not TESTING
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=(), browsing-topics=(), interest-cohort=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)

# --- Uploads ---------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# Largest paper of a meeting, and largest minutes to be taken in, in MB. The proxy has a limit of its own.
PORTAL_PAPER_MB = env.number("PORTAL_PAPER_MB", 20)
MEDIA_ROOT = Path(env.text("PORTAL_MEDIA_ROOT", str(VAR_DIR / "media")))

# --- Mail ------------------------------------------------------------------------------------
# Every mail is a row first; the sender hands the rows to PORTAL_MAIL_BACKEND.
EMAIL_BACKEND = "platform_portal.mail.backend.OutboxBackend"
_email = urlsplit(env.text("PORTAL_EMAIL_URL", f"file://{VAR_DIR / 'mail'}"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("PORTAL_FROM_EMAIL", f"portal@{_host}")
if _email.scheme == "file":
    PORTAL_MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = unquote(_email.path)
elif _email.scheme in {"smtp", "smtps"}:
    PORTAL_MAIL_BACKEND = "platform_portal.mail.smtp.CarefulBackend"
    EMAIL_HOST = _email.hostname or ""
    EMAIL_PORT = _email.port or (465 if _email.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_email.username or "")
    EMAIL_HOST_PASSWORD = unquote(_email.password or "")
    EMAIL_USE_SSL = _email.scheme == "smtps"
    EMAIL_USE_TLS = _email.scheme == "smtp" and _email.hostname not in {"localhost", "127.0.0.1"}
else:
    stop("PORTAL_EMAIL_URL は smtp:// か smtps:// か file:// で始めてください")
# Most mails that one run of the sender hands over; a run begins every minute.
PORTAL_MAILS_PER_RUN = env.number("PORTAL_MAILS_PER_RUN", 200)
# Days after which the text of a mail is erased; those with a link in them lose it when they are sent.
PORTAL_MAIL_BODY_DAYS = env.number("PORTAL_MAIL_BODY_DAYS", 90)
# Days after which it is erased to whom it went.
PORTAL_MAIL_ADDRESS_DAYS = env.number("PORTAL_MAIL_ADDRESS_DAYS", 365)

# The domain of the addresses that notices of undelivered newsletters come back to (Return-Path).
PORTAL_BOUNCE_DOMAIN = env.text("PORTAL_BOUNCE_DOMAIN", _host)
# Where they are read every five minutes: maildir:///path or imaps://user:password@host/folder; empty: nowhere.
PORTAL_BOUNCE_MAILBOX = env.text("PORTAL_BOUNCE_MAILBOX", "")
# Lets a mail server hand them over at /newsletters/bounces/ instead; without it there is no such page.
PORTAL_BOUNCE_SECRET = env.text("PORTAL_BOUNCE_SECRET", "")
# Most newsletter mails a minute, all machines together; what the relay of the prefecture bears.
PORTAL_NEWSLETTERS_PER_MINUTE = env.number("PORTAL_NEWSLETTERS_PER_MINUTE", 600)
# Connections to the mail server that one worker uses for an issue at once.
PORTAL_NEWSLETTER_SENDERS = env.number("PORTAL_NEWSLETTER_SENDERS", 4)

# --- Links of windows ------------------------------------------------------------------------
# Whether the portal opens the links of windows to see if they still lead anywhere. A trial stays at home.
PORTAL_CHECK_LINKS = env.flag("PORTAL_CHECK_LINKS", not (PORTAL_DEMO or TESTING))
# host:port that may be asked although they are not public. For tests; empty everywhere else.
PORTAL_LINK_CHECK_ALLOWED = env.words("PORTAL_LINK_CHECK_ALLOWED", [])

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# --- Static files ----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("PORTAL_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = TESTING or DEBUG

# --- Limits on public forms ------------------------------------------------------------------
RATELIMIT_ENABLE = True
RATELIMIT_FAIL_OPEN = True  # a resident must be heard even while Redis is down
RATELIMIT_IP_META_KEY = "platform_portal.public_forms.client_address"
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

# --- Logs: no query string, no form field, no address of a resident --------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"privacy": {"()": "platform_portal.logging.PrivacyFilter"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["privacy"]},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handler would print the whole request, form fields included.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # Two lines for every task, many a minute; celery's own option is not heard, since the handlers are ours.
        "celery": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
