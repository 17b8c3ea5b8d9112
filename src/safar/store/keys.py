"""Keys: what a machine shows at the ingest door, and what it may do there.

A key has a public id, which appears in lists and logs, and a secret, shown once and kept as a digest.
The secret is 256 random bits, so a plain SHA-256 keeps it: there is nothing to guess that salt would protect.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from safar.vocabulary.errors import Refusal

from .registry import instant_of, is_one_line, microseconds
from .sqlite_file import SqliteFile

SECRET_PREFIX: Final = "sfr_"  # noqa: S105 - a prefix, so that a leaked secret can be found by a scanner
KEY_ID_PREFIX: Final = "key_"

#: How often the door asks whether another process has changed the keys.
CHECK_SECONDS: Final = 0.5

_HOST: Final = re.compile(r"[a-z0-9.:\[\]-]+", re.ASCII)
_COLUMNS: Final = (
    "key_id, workspace_id, name, channel, origins, requests_per_second, created_at, revoked_at, secret_digest"
)


class InvalidKeySetting(Refusal, ValueError):
    """A key's name, channel, origin or rate is not usable."""

    code = "key.invalid_setting"


class KeyExists(Refusal, ValueError):
    """A key of this name is already in use in the workspace."""

    code = "key.exists"


class UnknownKey(Refusal, LookupError):
    """No key has this id."""

    code = "key.unknown"


@dataclass(frozen=True, slots=True)
class Key:
    """Leave to send events into one workspace.

    Attributes
    ----------
    key_id
        Public id, ``key_…``.
    workspace_id
        Where its events go.
    name
        Unique among the workspace's keys in use.
    channel
        The channel of events that name none; may be empty.
    origins
        Web origins that a browser may send from (CORS), such as ``https://shop.example``; ``("*",)`` for any;
        empty for none.
    requests_per_second
        Rate limit; None for the door's own.
    created_at, revoked_at
        Aware UTC instants; ``revoked_at`` is None while the key works.
    """

    key_id: str
    workspace_id: str
    name: str
    channel: str
    origins: tuple[str, ...]
    requests_per_second: float | None
    created_at: datetime
    revoked_at: datetime | None

    @property
    def source(self) -> str:
        """The source of the events that the key brings."""
        return f"key:{self.name}"


class KeyRing:
    """The keys of a home, with the ones in use held in memory for the door.

    `of` costs a digest and a dictionary lookup. What another process changes is seen within `CHECK_SECONDS`,
    what this one changes at once.
    """

    def __init__(self, registry: SqliteFile) -> None:
        self._registry = registry
        self._refreshing = threading.Lock()
        self._in_use: Mapping[bytes, Key] = {}
        self._origins: frozenset[str] = frozenset()
        self._seen_changes: int | None = None
        self._check_at = -math.inf

    def of(self, secret: str) -> Key | None:
        """Return the key that ``secret`` opens, or None for an unknown or revoked one.

        The secret is looked up by its digest, so the time taken tells nothing about secrets that exist.
        """
        if time.monotonic() >= self._check_at:
            self._refresh()
        return self._in_use.get(_digest(secret))

    def signer(self, workspace_id: str, text: str, signature: str) -> Key | None:
        """Return the server's key of a workspace whose secret signed a text, or None where none did.

        A signature is HMAC-SHA256 in hexadecimal, made with the SHA-256 of the secret: that much of it is kept here.
        Keys that list origins stand in pages, where anybody reads them, and sign nothing.
        """
        if time.monotonic() >= self._check_at:
            self._refresh()
        signed, shown = text.encode("utf-8", "surrogatepass"), signature.lower().encode("utf-8", "replace")
        found = None
        for digest, key in self._in_use.items():
            if key.workspace_id == workspace_id and not key.origins:
                made = hmac.new(digest, signed, hashlib.sha256).hexdigest().encode()
                if hmac.compare_digest(made, shown):
                    found = key
        return found

    def origins(self) -> frozenset[str]:
        """Return every web origin that a key in use lists, of any workspace."""
        if time.monotonic() >= self._check_at:
            self._refresh()
        return self._origins

    def create(
        self,
        workspace_id: str,
        *,
        name: str,
        channel: str,
        origins: Iterable[str],
        requests_per_second: float | None,
    ) -> tuple[Key, str]:
        """Write a new key; return it with its secret, which nobody can read again."""
        key = Key(
            key_id=KEY_ID_PREFIX + secrets.token_hex(8),
            workspace_id=workspace_id,
            name=_checked_text("name", name),
            channel=_checked_text("channel", channel, may_be_empty=True),
            origins=tuple(dict.fromkeys(_checked_origin(origin) for origin in origins)),
            requests_per_second=_checked_rate(requests_per_second),
            created_at=datetime.now(UTC),
            revoked_at=None,
        )
        secret = SECRET_PREFIX + secrets.token_urlsafe(32)
        try:
            with self._registry.write() as connection:
                connection.execute(
                    f"INSERT INTO key ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                    (
                        key.key_id,
                        workspace_id,
                        key.name,
                        key.channel,
                        json.dumps(key.origins),
                        key.requests_per_second,
                        microseconds(key.created_at),
                        _digest(secret),
                    ),
                )
        except sqlite3.IntegrityError as error:
            raise KeyExists(
                f"Workspace {workspace_id!r} has a key named {key.name!r} in use.",
                hint="Choose another name, or revoke that key first.",
                workspace_id=workspace_id,
                name=key.name,
            ) from error
        self._forget_cache()
        return key, secret

    def revoke(self, key_id: str) -> Key:
        """Revoke a key and return it; a second time changes nothing."""
        with self._registry.write() as connection:
            connection.execute(
                "UPDATE key SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL",
                (microseconds(datetime.now(UTC)), key_id),
            )
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM key WHERE key_id = ?",
                (key_id,),
            ).fetchone()
        self._forget_cache()
        if row is None:
            raise UnknownKey(
                f"There is no key {key_id[:80]!r}.",
                hint="List the workspace's keys to see their ids.",
                key_id=key_id[:80],
            )
        return _key(row)

    def all(self, workspace_id: str) -> list[Key]:
        """Return the workspace's keys, revoked ones too, oldest first."""
        with self._registry.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM key WHERE workspace_id = ? ORDER BY created_at, key_id",
                (workspace_id,),
            ).fetchall()
        return [_key(row) for row in rows]

    def _forget_cache(self) -> None:
        with self._refreshing:
            self._seen_changes = None
            self._check_at = -math.inf

    def _refresh(self) -> None:
        with self._refreshing:
            now = time.monotonic()
            if now < self._check_at:  # another thread did it meanwhile
                return
            changes = self._registry.foreign_changes()
            if changes != self._seen_changes:
                with self._registry.read() as connection:
                    rows = connection.execute(
                        f"SELECT {_COLUMNS} FROM key WHERE revoked_at IS NULL"
                    ).fetchall()
                self._in_use = {row[-1]: _key(row) for row in rows}
                self._origins = frozenset(origin for key in self._in_use.values() for origin in key.origins)
                self._seen_changes = changes
            self._check_at = now + CHECK_SECONDS


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _key(row: tuple[str, str, str, str, str, float | None, int, int | None, bytes]) -> Key:
    key_id, workspace_id, name, channel, origins, rate, created_at, revoked_at, _ = row
    return Key(
        key_id=key_id,
        workspace_id=workspace_id,
        name=name,
        channel=channel,
        origins=tuple(json.loads(origins)),
        requests_per_second=rate,
        created_at=instant_of(created_at),
        revoked_at=None if revoked_at is None else instant_of(revoked_at),
    )


def _checked_text(setting: str, text: str, *, may_be_empty: bool = False) -> str:
    stripped = text.strip()
    if len(stripped) > 100 or not is_one_line(stripped) or not (stripped or may_be_empty):
        raise InvalidKeySetting(
            f"{text[:120]!r} is not a key's {setting}.",
            hint=f"Use {0 if may_be_empty else 1} to 100 characters on one line.",
            setting=setting,
            value=text[:120],
        )
    return stripped


def _checked_origin(origin: str) -> str:
    """Return a web origin as a browser writes it: scheme, host and port, small letters, no path."""
    if origin == "*":
        return origin
    lowered = origin.strip().lower().removesuffix("/")
    try:
        parts = urlsplit(lowered)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    shown = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    if parts.scheme not in {"http", "https"} or shown != lowered or not _HOST.fullmatch(host):
        raise InvalidKeySetting(
            f"{origin[:120]!r} is not a web origin.",
            hint="Use scheme, host and port only, like https://shop.example (other scripts as xn--…), or *.",
            setting="origins",
            value=origin[:120],
        )
    default_port = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{host}" if port == default_port else shown


def _checked_rate(rate: float | None) -> float | None:
    if rate is None:
        return None
    if not (math.isfinite(rate) and rate > 0):
        raise InvalidKeySetting(
            f"{rate} is not a rate of requests per second.",
            hint="Use a number above 0, or leave it out for the door's own limit.",
            setting="requests_per_second",
            value=str(rate),
        )
    return float(rate)
