"""Action rules: what may not be done to a customer, however much it would bring – consent, and how often at most."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from safar.observe.consents import EVERYTHING

from .decisions import NOTHING, ImpossibleDecision


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done for a customer.

    Parameters
    ----------
    name
        Stable; `NOTHING` is there without being named.
    consent
        The purpose that the customer must have agreed to, such as ``email``; empty where none is needed.
    at_most
        So many times within ``within``; any number when None.
    within
        Over which time.
    segment
        The segment the customer must be in, as `Known.segments` names it; empty for everybody.
    since, until
        From which instant on, and before which, it may be done; aware.
    """

    name: str
    consent: str = ""
    at_most: int | None = None
    within: timedelta = timedelta(days=7)
    segment: str = field(default="", kw_only=True)
    since: datetime | None = field(default=None, kw_only=True)
    until: datetime | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name == NOTHING:
            raise ImpossibleDecision(
                f"{self.name!r} is no name for an action.", hint="Give it a name of its own."
            )
        if self.at_most is not None and (self.at_most < 0 or self.within <= timedelta(0)):
            raise ImpossibleDecision(
                f"{self.name!r} at most {self.at_most} times in {self.within} is no limit.",
                hint="Give 0 or more times, in a time above 0.",
            )


@dataclass(frozen=True, slots=True)
class Known:
    """What rules must know of a customer.

    Parameters
    ----------
    consents
        Purposes he has agreed to; `safar.observe.consents.EVERYTHING` stands for all.
    done
        What was done for him before, and when; what is older than every limit may be left out.
    segments
        In which he is.
    refused
        Purposes he has not agreed to although he has to everything.
    """

    consents: frozenset[str] = frozenset()
    done: tuple[tuple[str, datetime], ...] = ()
    segments: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be done now.

    Attributes
    ----------
    actions
        Names, in the order given; `NOTHING` is the last, always.
    withheld
        Names with the rule that forbids them: ``not_now``, ``not_in_segment``, ``no_consent``, ``too_often``,
        ``too_often_in_all``.
    """

    actions: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]


def allowed_actions(
    actions: Sequence[Action],
    known: Known,
    now: datetime,
    *,
    at_most_in_all: int | None = None,
    within: timedelta = timedelta(days=7),
) -> Allowed:
    """Return what may be done for a customer now.

    Parameters
    ----------
    actions
        All there are.
    known
        His consents, and what was done before.
    now
        When.
    at_most_in_all, within
        However good they are, no more actions than these of all kinds together in that time; any number when None.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 21, tzinfo=UTC)
    >>> mail, call = Action("mail", consent="email", at_most=1), Action("call")
    >>> allowed_actions([mail, call], Known(frozenset({"email"}), (("mail", now - timedelta(days=3)),)), now)
    Allowed(actions=('call', 'nothing'), withheld=(('mail', 'too_often'),))
    """
    names: list[str] = []
    withheld: list[tuple[str, str]] = []
    in_all = sum(name != NOTHING and now - within < at <= now for name, at in known.done)
    for action in actions:
        rule = _forbidden(action, known, now)
        if not rule and at_most_in_all is not None and in_all >= at_most_in_all:
            rule = "too_often_in_all"
        if rule:
            withheld.append((action.name, rule))
        else:
            names.append(action.name)
    return Allowed((*names, NOTHING), tuple(withheld))


def _forbidden(action: Action, known: Known, now: datetime) -> str:
    if (action.since is not None and now < action.since) or (
        action.until is not None and now >= action.until
    ):
        return "not_now"
    if action.segment and action.segment not in known.segments:
        return "not_in_segment"
    if action.consent and (
        action.consent in known.refused or not known.consents & {action.consent, EVERYTHING}
    ):
        return "no_consent"
    if action.at_most is None:
        return ""
    lately = sum(name == action.name and now - action.within < at <= now for name, at in known.done)
    return "too_often" if lately >= action.at_most else ""


def checked_actions(actions: Collection[Action]) -> tuple[Action, ...]:
    """Return the actions.

    Raises
    ------
    ImpossibleDecision
        Two have one name, or there is none.
    """
    if not actions or len({each.name for each in actions}) < len(actions):
        raise ImpossibleDecision(
            "Actions need different names, and there must be one.", hint="Name each once."
        )
    return tuple(actions)
