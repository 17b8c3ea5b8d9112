"""The registry of a home: which workspaces there are, and their rules for ids and settings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from safar.vocabulary.errors import Refusal

LANGUAGES: Final = ("fa", "ar", "en")

#: Folder names that some file systems keep for devices.
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?", re.ASCII)
#: A century: longer is for ever.
LONGEST_RETENTION_DAYS: Final = 36_525
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

MIGRATIONS: Final = (
    """
    CREATE TABLE workspace (
        workspace_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        language TEXT NOT NULL,
        calendar TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        currency TEXT NOT NULL,
        created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE key (
        key_id TEXT PRIMARY KEY,
        workspace_id TEXT NOT NULL REFERENCES workspace,
        secret_digest BLOB NOT NULL UNIQUE,
        name TEXT NOT NULL,
        channel TEXT NOT NULL,
        origins TEXT NOT NULL,
        requests_per_second REAL,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX key_name ON key (workspace_id, name) WHERE revoked_at IS NULL;
    """,
    """
    ALTER TABLE workspace ADD COLUMN retention_days INTEGER;
    ALTER TABLE workspace ADD COLUMN forgotten_at INTEGER;
    """,
)


class InvalidWorkspaceId(Refusal, ValueError):
    """A workspace id is not a slug; it names a folder, so nothing else is allowed."""

    code = "workspace.invalid_id"


class UnknownWorkspace(Refusal, LookupError):
    """No workspace has this id."""

    code = "workspace.unknown"


class WorkspaceExists(Refusal, ValueError):
    """The id is taken, by a workspace or by a folder that still holds files."""

    code = "workspace.exists"


class InvalidWorkspaceSetting(Refusal, ValueError):
    """A name, language, calendar, time zone, currency or number of days that cannot be."""

    code = "workspace.invalid_setting"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An isolation boundary: one company's events, keys and settings.

    Attributes
    ----------
    workspace_id
        A slug, 1 to 48 of ``a-z``, ``0-9`` and ``-``; also the name of its folder. Never changes.
    name
        As people read it, any script.
    language
        ``fa``, ``ar`` or ``en``.
    calendar
        ``gregorian``, ``jalali`` or ``hijri``: how its days, weeks and months are grouped.
    time_zone
        IANA name, such as ``Asia/Tehran``.
    currency
        ISO 4217 code of the amounts it reports in.
    created_at
        Aware UTC instant.
    retention_days
        Events that occurred longer ago than so many days are forgotten, once a day, by `safar serve`; 1 to 36,525.
        None keeps them for ever.
    """

    workspace_id: str
    name: str
    language: str
    calendar: str
    time_zone: str
    currency: str
    created_at: datetime
    retention_days: int | None = None


def checked_workspace_id(text: str) -> str:
    """Return ``text`` when it is a workspace id; it can then safely name a folder.

    Raises
    ------
    InvalidWorkspaceId
        Anything but lower-case ASCII letters, digits and inner hyphens: no separators, no dots, no capitals
        (file systems that ignore case would join two workspaces), no letters of other scripts (the same).

    Examples
    --------
    >>> checked_workspace_id("tehran-shop")
    'tehran-shop'
    """
    if _ID.fullmatch(text) and text not in _RESERVED:
        return text
    raise InvalidWorkspaceId(
        f"{text[:80]!r} is not a workspace id.",
        hint="Use 1 to 48 small Latin letters, digits and inner hyphens, such as tehran-shop.",
        workspace_id=text[:80],
    )


def slug_of(name: str) -> str:
    """Return a workspace id made of ``name``: its Latin letters and digits, or ``workspace`` without any.

    Examples
    --------
    >>> slug_of("Café Safar, Tehran"), slug_of("فروشگاه")
    ('cafe-safar-tehran', 'workspace')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-")
    return slug if slug and slug not in _RESERVED else "workspace"


def checked_settings(workspace: Workspace) -> Workspace:
    """Return ``workspace`` when each of its settings is one that Safar knows.

    Raises
    ------
    InvalidWorkspaceSetting
        Says which setting, its value and what is allowed.
    """
    # loaded when a workspace is made or changed; a key's lookup needs no calendars
    from safar.vocabulary.calendar import calendar  # noqa: PLC0415 - a key's lookup needs no calendars
    from safar.vocabulary.money import exponent  # noqa: PLC0415 - a key's lookup needs no calendars
    from safar.vocabulary.time_zone import time_zone  # noqa: PLC0415 - a key's lookup needs no calendars

    if not workspace.name.strip() or len(workspace.name) > 200 or not is_one_line(workspace.name):
        raise _invalid("name", workspace.name, "Use 1 to 200 characters on one line.")
    if workspace.language not in LANGUAGES:
        raise _invalid("language", workspace.language, f"Use one of {', '.join(LANGUAGES)}.")
    days = workspace.retention_days
    if days is not None and not 1 <= days <= LONGEST_RETENTION_DAYS:
        raise _invalid(
            "retention_days",
            str(days),
            f"Use 1 to {LONGEST_RETENTION_DAYS:,} days, or none to keep everything.",
        )
    for setting, value, check in (
        ("calendar", workspace.calendar, calendar),
        ("time_zone", workspace.time_zone, time_zone),
        ("currency", workspace.currency, exponent),
    ):
        try:
            check(value)
        except Refusal as refusal:
            raise _invalid(setting, value, refusal.hint) from refusal
    return workspace


def is_one_line(text: str) -> bool:
    """Tell whether ``text`` has no control characters and line breaks; the joiners of Persian are welcome."""
    return not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text)


def _invalid(setting: str, value: str, hint: str) -> InvalidWorkspaceSetting:
    return InvalidWorkspaceSetting(
        f"{value[:200]!r} is not a workspace's {setting.replace('_', ' ')}.",
        hint=hint,
        setting=setting,
        value=value[:200],
    )


def microseconds(instant: datetime) -> int:
    """Return an aware instant as microseconds since 1970-01-01 UTC."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(count: int) -> datetime:
    """Return the aware UTC instant ``count`` microseconds after 1970-01-01 UTC."""
    return _EPOCH + timedelta(microseconds=count)
