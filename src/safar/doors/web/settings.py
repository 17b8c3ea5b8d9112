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
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if _public.netloc else []

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
    "safar.doors.web.customers",
    "safar.doors.web.events",
    "safar.doors.web.imports",
    "safar.doors.web.administration",
    "safar.doors.web.api",
]
MIDDLEWARE = [
    "safar.doors.web.design.headers.SecurityHeaders",
    "safar.doors.web.api.problems.Problems",
    "safar.doors.web.design.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "safar.doors.web.members.sessions.KeepSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "safar.doors.web.design.reader.ReaderMiddleware",
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

SESSION_COOKIE_NAME = "safar_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "safar_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "safar.doors.web.design.failures.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None

# Pages are shown to people who are signed in; nothing in them is worth reporting to a mail address.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # An address that is not there is no news.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "safar": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
