"""What the desk Customers refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownCustomer(Refusal, LookupError):
    """No event and no identity of the workspace has this id."""

    code = "customer.unknown"


class UnknownErasure(Refusal, LookupError):
    """There is no such erasure in the workspace, or it is done."""

    code = "customer.unknown_erasure"
