"""Who proves to be asking for a customer: a server of the company, or a page that holds what such a server signed.

Ids of customers and browsers are known to many: they stand in addresses, e-mails, exports. An id alone proves nothing.
"""

from __future__ import annotations

from typing import Final

from safar.store.home import Home

from .problems import SignatureRefused

#: What was signed for one purpose is of no use for another.
_PURPOSE: Final = "recommendations"
#: So long a signature may hold: what is left of it in a log or a history is soon nothing. And so far clocks may differ.
LONGEST_SECONDS: Final = 86_400
_SKEW_SECONDS: Final = 300


def signed_text(customer_id: str, until: int) -> str:
    """Return what a server signs for a customer's page, until an instant (seconds since 1970 UTC)."""
    return f"{_PURPOSE}.{until}.{customer_id}"


def check_signature(
    home: Home, workspace_id: str, customer_id: str, until: str, signature: str, *, now: float
) -> None:
    """Let a customer's id pass when a server of the workspace signed it.

    Parameters
    ----------
    until, signature
        As the page shows them: seconds since 1970 UTC in digits, and hexadecimal; see `KeyRing.signer`.
    now
        Seconds since 1970 UTC.

    Raises
    ------
    SignatureRefused
    """
    seconds = int(until) if until.isascii() and until.isdecimal() and len(until) <= 12 else 0
    if not now < seconds <= now + LONGEST_SECONDS + _SKEW_SECONDS:
        raise SignatureRefused(
            "The signature is over, or would hold for more than a day.",
            hint="Sign anew for each page, with until= at most 86,400 seconds from now.",
        )
    if home.signer(workspace_id, signed_text(customer_id, seconds), signature) is None:
        raise SignatureRefused(
            "No server's key of the workspace made this signature.",
            hint=f"Sign {_PURPOSE}.<until>.<customer> with the SHA-256 of the secret of a key without origins.",
        )
