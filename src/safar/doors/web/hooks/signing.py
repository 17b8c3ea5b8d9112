"""Signatures of webhooks, as the Standard Webhooks specification has them (standardwebhooks.com, version 1).

``webhook-id``, ``webhook-timestamp`` (seconds since 1970) and ``webhook-signature``: ``v1,`` and the base64 of the
HMAC-SHA256 of ``<id>.<timestamp>.<body>``; several, parted by blanks, while a secret is being rotated. Any library of
that specification checks them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def secret_of(installation_secret: str, workspace_id: str, public_id: str, generation: int) -> str:
    """Return the secret of a webhook: nobody keeps it, for it follows from the installation's own secret.

    Returns
    -------
    str
        ``whsec_`` and the base64 of 32 bytes.
    """
    place = f"safar.webhook:{workspace_id}:{public_id}:{generation}"
    made = hmac.new(installation_secret.encode(), place.encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(made[:_BYTES]).decode()


def signature(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature`` for a message.

    Examples
    --------
    The example of the specification's reference libraries:

    >>> body = b'{"test": 2432232314}'
    >>> signature(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = (base64.b64decode(secret.removeprefix(PREFIX)) for secret in secrets)
    made = (hmac.new(key, signed, hashlib.sha256).digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(each).decode()}" for each in made)


def is_signed(
    secret: str,
    message_id: str,
    timestamp: int,
    body: bytes,
    signatures: str,
    *,
    now: float,
    tolerance: float = 300.0,
) -> bool:
    """Whether one of some signatures is that of the message, and the message not older or newer than tolerated.

    What a receiver does; in constant time.

    Parameters
    ----------
    tolerance
        Seconds.
    """
    if abs(now - timestamp) > tolerance:
        return False
    expected = signature([secret], message_id, timestamp, body)
    return any(hmac.compare_digest(expected, each) for each in signatures.split(" "))
