"""The pages of the people's door, once: what pictures are taken of, what accessibility and weight are tested on, and
what the time to the first paint is measured of.

A new page adds a line here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes
    ----------
    name
        Of its pictures and tests.
    address
        With ``{w}`` for the workspace.
    states
        Further addresses of the same page by the state they show: ``empty``, ``failing``, ``loading``. ``{empty}`` is
        a workspace without events.
    signed_in
        Whether a member looks at it, or a stranger.
    needs_data
        Whether it is only there in a workspace with the events of the pictures' shop.
    """

    name: str
    address: str
    states: dict[str, str] = field(default_factory=dict)
    signed_in: bool = True
    needs_data: bool = False


PLACES = (
    Place(
        "today",
        "/w/{w}/today",
        {
            "year": "/w/{w}/today?period=year",
            "empty": "/w/{empty}/today",
            "failing": "/w/{w}/today?period=31d",
            "missing": "/w/nobody/today",
        },
    ),
    Place("design", "/design", {"failing": "/design?after=x"}),
    Place("design-confirm", "/design/confirm"),
    Place("sign-in", "/sign-in", {"failing": "/sign-in/not-a-link"}, signed_in=False),
)
