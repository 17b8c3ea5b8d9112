"""When a survey appears on pages of a site: where, upon what, to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from .errors import WidgetRefused

#: A path of the site that begins with a slash; ``*`` stands for anything.
Pattern = Annotated[str, msgspec.Meta(pattern=r"^/[^\s?#]*$(?!\n)", max_length=300)]


class Appears(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a survey appears, as a link keeps it.

    Parameters
    ----------
    look
        In a corner over the page, or where the page has a place for it.
    corner
        At the end or the start of a line, as the survey's language runs.
    pages
        Patterns of paths; of any page when there are none.
    trigger
        Upon opening the page, upon an event that the collector is told, upon the pointer leaving for the browser's bar.
    delay_seconds
        So long after the trigger.
    segment_id
        Only visitors who are in this segment; nobody is where nobody knows the visitor.
    share
        Of visitors, the same ones each time.
    again_after_days
        So long after it was shown to a visitor it may be shown again; never when None.
    """

    look: Literal["pop_over", "inline"] = "pop_over"
    corner: Literal["end", "start"] = "end"
    pages: Annotated[tuple[Pattern, ...], msgspec.Meta(max_length=50)] = ()
    trigger: Literal["page", "event", "exit"] = "page"
    event_name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    delay_seconds: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0
    segment_id: Annotated[str, msgspec.Meta(max_length=16)] = ""
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    again_after_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None


def read_rules(data: Mapping[str, Any]) -> Appears:
    """Return the rules that a link keeps, or a form gives.

    Raises
    ------
    WidgetRefused
        A rule is unknown or impossible, or an event is to be waited for and none is named.
    """
    try:
        found = msgspec.convert(dict(data), Appears)
    except msgspec.ValidationError as wrong:
        raise WidgetRefused(
            f"A survey cannot appear like that: {wrong}.", hint="Look at docs/concepts/widget.md."
        ) from wrong
    if found.trigger == "event" and not found.event_name:
        raise WidgetRefused(
            "No event is named that the survey waits for.", hint="Name one, such as order_placed."
        )
    return found


def told_rules(rules: Appears) -> dict[str, Any]:
    """Return rules as a link keeps them."""
    told: dict[str, Any] = msgspec.to_builtins(rules)
    return told
