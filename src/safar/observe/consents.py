"""Consents: for what a customer may be written to, since when, and every time that changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safar.vocabulary.text import fold

from .events import LoggedEvent

#: Traits that hold consents, as they are sent: by purpose, or one for everything.
CONSENT_TRAITS: Final = ("consent", "consents")
#: The purpose of a consent that names none.
EVERYTHING: Final = ""

_GIVEN: Final = frozenset(
    {"true", "yes", "given", "granted", "accepted", "opted_in", "opted-in", "opt_in", "subscribed", "1"}
)
_WITHDRAWN: Final = frozenset(
    {
        "false",
        "no",
        "withdrawn",
        "denied",
        "revoked",
        "opted_out",
        "opted-out",
        "opt_out",
        "unsubscribed",
        "0",
    }
)
_STATES: Final = ("given", "granted", "status", "state", "value")


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """One time that a consent was given or withdrawn.

    Attributes
    ----------
    is_given
        Whether it was given; withdrawn, or refused from the start, when not.
    event
        The `identify` event that said so: its instant, source and channel.
    """

    is_given: bool
    event: LoggedEvent


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent of one customer to one purpose.

    Attributes
    ----------
    purpose
        As it was sent (``email``, ``sms``, ``analytics``); `EVERYTHING` where no purpose was named.
    changes
        Newest first, never two of the same kind after each other; the first one tells how it stands.
    confirmed
        The newest event that said how it stands; it may have said the same again.
    """

    purpose: str
    changes: tuple[ConsentChange, ...]
    confirmed: LoggedEvent

    @property
    def is_given(self) -> bool:
        """Whether the consent stands."""
        return self.changes[0].is_given


def consents_told(told: Iterable[tuple[LoggedEvent, Mapping[str, Any]]]) -> tuple[Consent, ...]:
    """Return the consents that the `identify` events of one customer tell, in the order of purposes.

    Parameters
    ----------
    told
        Events with their traits, newest first.

    Notes
    -----
    A consent may be a truth or a word (``"granted"``, ``"opted_out"``), by purpose or for everything, or an object
    that holds one (``{"status": "granted"}``). A list names what is given: what was given before and is not in it is
    withdrawn. What says neither is passed over.
    """
    changes: dict[str, list[ConsentChange]] = {}
    confirmed: dict[str, LoggedEvent] = {}
    for event, traits in reversed(list(told)):
        given = {purpose for purpose, of in changes.items() if of[-1].is_given}
        for purpose, is_given in _said(traits, given):
            own = changes.setdefault(purpose, [])
            if not own or own[-1].is_given is not is_given:
                own.append(ConsentChange(is_given, event))
            confirmed[purpose] = event
    return tuple(
        Consent(purpose, tuple(reversed(changes[purpose])), confirmed[purpose]) for purpose in sorted(changes)
    )


def standing(told: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Return how consents stand by purpose after traits were told, oldest first.

    What is said about everything holds for every purpose that was named before; what is said later about one purpose
    holds for that one.

    Examples
    --------
    >>> standing([{"consent": {"email": True}}, {"consent": False}, {"consent": {"sms": "granted"}}])
    {'email': False, '': False, 'sms': True}
    """
    found: dict[str, bool] = {}
    for traits in told:
        for purpose, is_given in _said(traits, {each for each, stands in found.items() if stands}):
            if purpose == EVERYTHING:
                found = dict.fromkeys(found, is_given)
            found[purpose] = is_given
    return found


def _said(traits: Mapping[str, Any], given: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield what the traits of one event say about purposes; ``given`` are those that stand before it."""
    for name in CONSENT_TRAITS:
        value = traits.get(name)
        if isinstance(value, list):
            named = {each for each in value if isinstance(each, str)}
            yield from ((purpose, True) for purpose in sorted(named))
            yield from ((purpose, False) for purpose in sorted(given - named))
        elif isinstance(value, dict) and not any(state in value for state in _STATES):
            for purpose, each in value.items():
                is_given = _state(each)
                if is_given is not None:
                    yield purpose, is_given
        else:
            is_given = _state(value)
            if is_given is not None:
                yield EVERYTHING, is_given


def _state(value: Any) -> bool | None:
    """Return whether a value says that a consent is given; None where it says nothing of the kind."""
    if isinstance(value, dict):
        found = (_state(value[name]) for name in _STATES if name in value)
        return next((each for each in found if each is not None), None)
    if isinstance(value, bool):
        return value
    word = fold(str(value)).strip() if isinstance(value, str | int) else ""
    return True if word in _GIVEN else False if word in _WITHDRAWN else None
