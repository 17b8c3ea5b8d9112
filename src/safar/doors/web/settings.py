"""Django's settings, all from the home folder and the environment.

| variable | meaning | default |
|---|---|---|
| `SAFAR_HOME` | the folder with everything | `./var/safar` |
| `SAFAR_BACKUPS` | the folder that backups are made in from the pages | beside the home, `<home>-backups` |
| `SAFAR_DATABASE_URL` | a PostgreSQL database for the app tables, `postgresql://…` | SQLite in the home |
| `SAFAR_PUBLIC_URL` | the address people type; `https://…` makes cookies secure and turns HSTS on | none |
| `SAFAR_HOSTS` | further host names the pages answer to, parted by commas | none |
| `SAFAR_EMAIL_URL` | the mail server, `smtp://…` or `smtps://…`; without it no mail is sent | none |
| `SAFAR_EMAIL_FROM` | whom mails are from | `safar@` and the host of `SAFAR_PUBLIC_URL` |
| `SAFAR_UPLOAD_MB` | how large a file pages take, in MB of 1,048,576 bytes | 2048 |
| `SAFAR_QUERY_MB` | how much memory a query of a member in SQL may take, in the same MB | 1024 |
| `SAFAR_API_REQUESTS_PER_SECOND` | how often a token of the API may ask in the long run, of each process | 10 |
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import safar

from .database import database_settings
from .mail import mail_settings
from .secret import secret_key
from .setup import chosen_home

HOME = chosen_home()
#: Backups made from the pages stand here.
BACKUPS = Path(os.environ.get("SAFAR_BACKUPS") or f"{HOME}-backups").absolute()
SECRET_KEY = secret_key(HOME)
DEBUG = False

_public = urlsplit(os.environ.get("SAFAR_PUBLIC_URL", ""))
_https = _public.scheme == "https"
_further_hosts = [host.strip() for host in os.environ.get("SAFAR_HOSTS", "").split(",")]
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *filter(None, [_public.hostname, *_further_hosts])]
#: For links in mails; empty where nobody said it.
PUBLIC_URL = f"{_public.scheme}://{_public.netloc}" if _public.netloc else ""
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_tasks",
    "safar.doors.web.design",
    "safar.doors.web.members",
    "safar.doors.web.audit",
    "safar.doors.web.work",
    "safar.doors.web.today",
    "safar.doors.web.maps",
    "safar.doors.web.living",
    "safar.doors.web.journeys",
    "safar.doors.web.value",
    "safar.doors.web.offering",
    "safar.doors.web.estimates",
    "safar.doors.web.segments",
    "safar.doors.web.personas",
    "safar.doors.web.customers",
    "safar.doors.web.surveys",
    "safar.doors.web.answering",
    "safar.doors.web.inviting",
    "safar.doors.web.results",
    "safar.doors.web.scores",
    "safar.doors.web.comments",
    "safar.doors.web.cases",
    "safar.doors.web.hooks",
    "safar.doors.web.events",
    "safar.doors.web.imports",
    "safar.doors.web.administration",
    "safar.doors.web.api",
]
MIDDLEWARE = [
    "safar.doors.web.design.headers.SecurityHeaders",
    "safar.doors.web.api.problems.Problems",
    "safar.doors.web.design.streams.BoundedStreams",
    "safar.doors.web.design.static_files.StaticFiles",
    "safar.doors.web.design.compression.CompressedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "safar.doors.web.members.sessions.KeepSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "safar.doors.web.design.reader.ReaderMiddleware",
    "safar.doors.web.design.failures.PlainAddresses",
    "safar.doors.web.design.failures.FailurePages",
]
ROOT_URLCONF = "safar.doors.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "safar.doors.web.design.templatetags.page",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "safar.doors.web.design.context.reader_context",
                "safar.doors.web.members.context.member_context",
                "safar.doors.web.work.context.work_context",
            ],
        },
    }
]

DATABASES = {"default": database_settings(HOME, os.environ.get("SAFAR_DATABASE_URL", ""))}
#: Background work: `safar.doors.web.work`.
TASKS = {"default": {"BACKEND": "safar.doors.web.work.backend.SafarTasks", "QUEUES": ["default", "heavy"]}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: How large a file the import takes through a page.
UPLOAD_MB = int(os.environ.get("SAFAR_UPLOAD_MB", "2048"))
#: What a query through the API may take, and how often a token may ask in the long run.
QUERY_MB = int(os.environ.get("SAFAR_QUERY_MB") or 1024)
API_REQUESTS_PER_SECOND = float(os.environ.get("SAFAR_API_REQUESTS_PER_SECOND") or 10)

#: Said to the member on the next page, as a toast.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["safar.doors.web.members.backend.MemberBackend"]
PASSWORD_HASHERS = ["safar.doors.web.members.passwords.Hasher"]
LOGIN_URL = "sign-in"
OTP_TOTP_ISSUER = "Safar"
# Codes are counted like passwords are (`members.throttle`): the plug-in's own waits grow without an end.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0

globals().update(
    mail_settings(
        os.environ.get("SAFAR_EMAIL_URL", ""),
        os.environ.get("SAFAR_EMAIL_FROM", ""),
        _public.hostname or "localhost",
    )
)

LANGUAGE_CODE = "en"
LOCALE_PATHS = [Path(safar.__file__).parent / "locale"]
LANGUAGES = [("fa", "فارسی"), ("ar", "العربية"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "UTC"

# A cookie of this prefix is taken by browsers from this very host alone, over TLS, for all its addresses.
_cookie_prefix = "__Host-" if _https else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}safar_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = f"{_cookie_prefix}safar_csrf"
CSRF_FAILURE_VIEW = "safar.doors.web.design.failures.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None

# A form is small; files come by `imports`, which has its own measure. What is over is answered with 413.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 8
#: In the home, which is closed to others, and on the disk that is watched; backups pass over it.
FILE_UPLOAD_TEMP_DIR = HOME / "uploads.tmp"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Pages are shown to people who are signed in; nothing in them is worth reporting to a mail address.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "safe": {
            "()": "safar.doors.web.logs.SafeFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "safe"}},
    # What libraries say, the server's own log among them.
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # An address that is not there is no news.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "safar": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
