"""The secret that signs sessions: made once, kept in the home, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from safar.vocabulary.errors import Fault

SECRET_FILE: Final = "secret.key"  # noqa: S105 - a name, no secret
_BYTES: Final = 48


class SecretUnsafe(Fault, PermissionError):
    """Others on the machine may read the secret, so it is none."""

    code = "web.secret_unsafe"


def secret_key(home: Path) -> str:
    """Return the home's secret, making it first when there is none. Two processes may do so at once.

    Raises
    ------
    SecretUnsafe
        The file can be read by other users of the machine.
    """
    path = home / SECRET_FILE
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"{SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails where another process was first; then its secret is the one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SecretUnsafe(
            f"{path} can be read by other users of this machine.",
            hint=f"Run: chmod 600 {path}",
            path=str(path),
        )
    return path.read_text(encoding="ascii").strip()
