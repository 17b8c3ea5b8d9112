"""Evidence of who is who, for tests."""

from __future__ import annotations

import random

from builders import an_event, together
from safar.store.identity import Identity
from safar.vocabulary.event import EventColumns

AT = "2026-03-21T09:00"
PHONE, OTHER_PHONE = "09123456781", "09351112233"


def identify(
    customer: str,
    anonymous: str | None = None,
    *,
    phone: str | None = None,
    email: str | None = None,
    at: str = AT,
) -> EventColumns:
    said = {"$anonymous_id": anonymous, "phone": phone, "email": email}
    return an_event(
        "identify",
        at,
        customer=customer,
        properties={name: text for name, text in said.items() if text is not None},
    )


def alias(customer: str, previous: str) -> EventColumns:
    return an_event("alias", AT, customer=customer, properties={"$previous_id": previous})


def persons(identity: Identity) -> dict[str, list[str]]:
    """Return the persons of more than one id, by the id they go by."""
    return {person: identity.ids_of(person) for person in {person for _, person in identity.aliases()}}


def a_crowd() -> list[EventColumns]:
    luck = random.Random(7)
    return [
        together(
            *[
                identify(
                    f"u{luck.randrange(60)}",
                    f"a{luck.randrange(10**6)}",
                    phone=f"0912345{luck.randrange(5000, 5400)}",
                )
                for _ in range(8)
            ]
        )
        for _ in range(12)
    ]
