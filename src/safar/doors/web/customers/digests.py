"""Digests of customer ids: what the log of changes may keep of a person who may be erased."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

_LETTERS = 16


def customer_digest(workspace_id: str, customer_id: str) -> str:
    """Return the digest that stands for a customer in this installation: nobody reads the id from it.

    The same id has the same digest, so that entries about one customer can be found together by who knows the id.
    """
    key = f"safar.customers.{workspace_id}"
    return salted_hmac(key, customer_id.encode("utf-8", "surrogatepass"), algorithm="sha256").hexdigest()[
        :_LETTERS
    ]
