"""Where the app tables are: a SQLite file in the home, or a PostgreSQL server that ``SAFAR_DATABASE_URL`` names.

``postgresql://name:password@host:5432/database?sslmode=verify-full``. What the address leaves open is as libpq has it:
its environment variables, its password file, its service file.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from safar.store.findings import Finding
from safar.vocabulary.errors import Fault, Refusal, nearest

#: What may stand behind the question mark, as libpq names it.
_OPTIONS: Final = frozenset(
    {"connect_timeout", "host", "service", "sslcert", "sslcrl", "sslkey", "sslmode", "sslrootcert"}
)
_SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SCHEMES: Final = ("postgresql", "postgres")
#: A statement of a page or a job may take this long. Long work is made of many short ones.
_STATEMENT_MILLISECONDS: Final = 60_000
#: A forgotten transaction may hold its locks this long.
_IDLE_MILLISECONDS: Final = 120_000
_CONNECT_SECONDS: Final = 10
#: So long a thread waits for another one's lock on SQLite's file, and so long for readers before its log is emptied.
_LOCKED_SECONDS: Final = 20
_EMPTYING_MILLISECONDS: Final = 500
_KEPT_SECONDS: Final = 600


class DatabaseAddressRefused(Refusal, ValueError):
    """``SAFAR_DATABASE_URL`` names no database that Safar can use."""

    code = "database.address_refused"


class DatabaseDriverMissing(Refusal, ModuleNotFoundError):
    """PostgreSQL is asked for, and its driver is not installed."""

    code = "database.driver_missing"


class DatabaseUnreachable(Fault, ConnectionError):
    """The database does not answer, or does not let Safar in."""

    code = "database.unreachable"


def database_settings(home: Path, address: str = "") -> dict[str, Any]:
    """Return Django's settings of the database.

    Parameters
    ----------
    home
        Holds the SQLite file when no address is given.
    address
        Of a PostgreSQL server; empty for SQLite.

    Raises
    ------
    DatabaseAddressRefused
        The address cannot be read, or names what Safar does not know. Its password is never repeated.
    DatabaseDriverMissing
        There is no psycopg.
    """
    return _postgresql(address.strip()) if address.strip() else _sqlite(home)


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / "app.sqlite",
        "OPTIONS": {
            # What is deleted is overwritten: a file may hold no word of who asked to be forgotten.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
            # A writer takes the lock at once instead of failing half-way through a transaction.
            "transaction_mode": "IMMEDIATE",
            "timeout": _LOCKED_SECONDS,
        },
        "CONN_MAX_AGE": None,
    }


def _postgresql(address: str) -> dict[str, Any]:
    parts = _parts(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    for name in options:
        if name not in _OPTIONS:
            hint = nearest(name, _OPTIONS) or f"Safar knows {', '.join(sorted(_OPTIONS))}."
            raise _refused(f'It has an option "{name}".', hint)
    mode = options.get("sslmode", "prefer")
    if mode not in _SSL_MODES:
        raise _refused(f'There is no sslmode "{mode}".', f"Choose one of {', '.join(_SSL_MODES)}.")
    if "connect_timeout" in options and not options["connect_timeout"].isdecimal():
        raise _refused("Its connect_timeout is not a number of seconds.", "Write connect_timeout=10.")
    name = unquote(parts.path.removeprefix("/"))
    if (not name or "/" in name) and "service" not in options:
        raise _refused("It does not name the database.", "End it with the name: …@host/safar.")
    if find_spec("psycopg") is None:
        raise DatabaseDriverMissing(
            "SAFAR_DATABASE_URL names a PostgreSQL database, and its driver is not installed.",
            hint="Install it: pip install 'safar[postgresql]', or in a checkout run `make serve` again.",
        )
    host = options.pop("host", "") or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {
            "connect_timeout": int(options.pop("connect_timeout", _CONNECT_SECONDS)),
            "application_name": "safar",
            "options": f"-c statement_timeout={_STATEMENT_MILLISECONDS}"
            f" -c idle_in_transaction_session_timeout={_IDLE_MILLISECONDS}",
            **options,
        },
        # Each thread keeps its connection and looks at it before a request; a restart of the server goes unnoticed.
        "CONN_MAX_AGE": _KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }


def _parts(address: str) -> Any:
    try:
        parts = urlsplit(address)
        _ = parts.port  # read only when asked for
        if parts.query:
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise _refused(
            "It cannot be read as an address.",
            "Write postgresql://name:password@host:5432/database; signs in the password are percent-encoded.",
        ) from None
    if parts.scheme not in _SCHEMES:
        # Without "://" the first word may be a password that lost its beginning.
        raise _refused(
            f'It is of the kind "{parts.scheme}".' if "://" in address else "It names no kind of database.",
            "Write postgresql://…; leave the variable out for SQLite in the home.",
        )
    if parts.fragment:
        raise _refused(
            "It has a part behind a number sign.",
            "A # in the password is written %23.",
        )
    return parts


def _refused(what: str, hint: str) -> DatabaseAddressRefused:
    return DatabaseAddressRefused(
        f"SAFAR_DATABASE_URL names no database that Safar can use. {what}", hint=hint
    )


def empty_write_ahead_log() -> bool:
    """Let SQLite's file beside the tables, which holds rows as they were, be emptied; return whether nothing is left.

    A reader may be in its way; then the next call does it. PostgreSQL empties its own by itself.
    """
    from django.db import connection  # noqa: PLC0415 - needs Django configured

    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        # Writers wait meanwhile, so no longer than they notice.
        cursor.execute(f"PRAGMA busy_timeout={_EMPTYING_MILLISECONDS}")
        try:
            (was_busy, _pages, _moved) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={_LOCKED_SECONDS * 1000}")
    return not was_busy


def unreachable(error: Exception) -> DatabaseUnreachable:
    """Return the error to raise where the database could not be reached; what its driver says names no password."""
    said = " ".join(str(error).split())
    return DatabaseUnreachable(
        f"The database that SAFAR_DATABASE_URL names does not let Safar in: {said}",
        hint="Check that the server runs, and its host, port, name and password.",
    )


def look_at_server(home: Path) -> list[Finding]:
    """Return what is wrong with the database server that the settings name; nothing where they name none."""
    if not os.environ.get("SAFAR_DATABASE_URL", "").strip():
        return []
    from .setup import configure  # noqa: PLC0415 - settings come from here

    try:
        configure(home)
        from django.db import OperationalError, connection  # noqa: PLC0415 - needs Django configured

        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError as error:
            raise unreachable(error) from error
        finally:
            connection.close()
    except (DatabaseAddressRefused, DatabaseDriverMissing, DatabaseUnreachable) as error:
        return [Finding("doctor.server_unreachable", home, error.message)]
    return []
