"""Why one event of a request is not accepted, while its neighbours may be: one class and one stable code a reason.

Each class's docstring gives the reason for the rule.
"""

from __future__ import annotations

from safar.vocabulary.errors import Refusal

_SHOWN = 80


def shown(text: str) -> str:
    """Return ``text`` quoted for a message, cut after 80 characters, control characters escaped."""
    return (
        ascii(text) if not text.isprintable() else repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
    )


class Rejected(Refusal, ValueError):
    """An event that is not accepted."""

    code = "event.rejected"


class Malformed(Rejected):
    """A field has the wrong type: nothing can be read from it with certainty."""

    code = "event.malformed"


class UnknownCall(Rejected):
    """The ``type`` is no call of the Segment spec: guessing would file it under a wrong name."""

    code = "event.unknown_type"


class NameMissing(Rejected):
    """A track call without ``event`` says that something happened, not what."""

    code = "event.no_name"


class OnlyFromServers(Rejected):
    """With a key that anybody can read in a page, anybody could say where items lead, or what was decided."""

    code = "event.only_from_servers"


class CustomerMissing(Rejected):
    """Neither ``userId`` nor ``anonymousId``: an event of nobody cannot stand in anyone's path."""

    code = "event.no_customer"


class PreviousIdMissing(Rejected):
    """An alias call without ``previousId`` joins nothing."""

    code = "event.no_previous_id"


class GroupIdMissing(Rejected):
    """A group call without ``groupId`` names no group."""

    code = "event.no_group_id"


class IdRefused(Rejected):
    """An id that is too long, or has control or invisible characters, would name a customer nobody can find again."""

    code = "event.invalid_id"


class TextUnusable(Rejected):
    """An event name or channel that is too long or has control characters cannot be shown or chosen from a list."""

    code = "event.invalid_text"


class NotAnObject(Rejected):
    """``properties`` (or ``traits``, ``context``) is not a JSON object: it has no names to ask for."""

    code = "event.properties_not_object"


class TooLarge(Rejected):
    """One event may not fill the log; large content belongs in a file that the event points to."""

    code = "event.too_large"


class TooManyProperties(Rejected):
    """Names made of data (a key per product) make each event its own schema, which nothing can be asked of."""

    code = "event.too_many_properties"


class TooDeep(Rejected):
    """Nesting beyond any use costs every later reader."""

    code = "event.too_deep"


class TimestampUnreadable(Rejected):
    """A time that is no ISO 8601 text would have to be guessed."""

    code = "event.timestamp_unreadable"


class InFuture(Rejected):
    """An event later than now would stay the customer's last one for good."""

    code = "event.in_future"


class TooOld(Rejected):
    """Before 1990: a zero, seconds read as days, or a Jalali year sent as a Gregorian one."""

    code = "event.too_old"


class AmountUnreadable(Rejected):
    """A revenue that is no number, or beyond what 64 bits count, would vanish from every sum."""

    code = "event.amount_unreadable"
