"""From calls to events: a verdict on each, and the columns of those accepted.

`Judge.judge` takes the calls of a request one by one through the rules. A batch of plain track calls in which nothing
needs a closer look goes a faster way (`plain.plain_events`), which comes to the same events; a test says so.
"""

from __future__ import annotations

from safar.vocabulary.errors import Refusal

from . import spec
from .accepted import Accepted, Judged, Terms
from .amounts import NO_AMOUNT, amount_of, may_have_amount
from .calls import Call, Request
from .contexts import ContextKeeper
from .instants import behind_by, microseconds
from .limits import Limits
from .plain import plain_events
from .rejections import InFuture, OnlyFromServers, TimestampUnreadable, TooOld, UnknownCall, shown
from .shapes import check_shape

#: An event: the fields of `Accepted` from ``message_ids`` on.
_Row = tuple[str, str, str, int, str, int, str, bytes]


class Judge:
    """Gives verdicts, in several threads at once if need be."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._contexts = ContextKeeper()

    def judge(self, request: Request, terms: Terms) -> Judged:
        """Return the verdict on each event of a request; an event refused leaves its neighbours alone."""
        plain = plain_events(request, terms, self._limits, self._contexts) if request.is_plain else None
        return Judged(plain, 0, {}) if plain is not None else self._one_by_one(request, terms)

    def _one_by_one(self, request: Request, terms: Terms) -> Judged:
        rows: list[_Row] = []
        rejected: dict[int, Refusal] = dict(request.rejected)
        seen: set[str] = set()
        duplicates = 0
        places = range(len(request.calls)) if request.places is None else request.places
        for place, call in zip(places, request.calls, strict=True):
            try:
                message_id = spec.message_id(call, self._limits)
                if message_id in seen:
                    duplicates += 1
                    continue
                rows.append(self._accepted(message_id, call, request, terms))
            except Refusal as refusal:
                rejected[place] = refusal
            else:
                seen.add(message_id)
        columns = map(list, zip(*rows, strict=True))
        accepted = Accepted(terms.received_at, terms.source, *columns)
        return Judged(accepted, duplicates, rejected)

    def _accepted(self, message_id: str, call: Call, request: Request, terms: Terms) -> _Row:
        """Return one event, or raise the reason why it is none."""
        limits = self._limits
        if call.type is None:
            raise UnknownCall("The event has no type.", hint="Send the type of call, such as track.")
        context = self._contexts.kept(bytes(call.context) or request.context)
        customer_id, event_name, properties = spec.said(call, context, limits)
        if terms.is_public and event_name in spec.OF_SERVERS:
            raise OnlyFromServers(
                f"{event_name} was sent with a key that pages of a site show.",
                hint="Send it from a server, with a key without origins; or import a file.",
            )
        whole = spec.with_context(properties, context)
        check_shape(whole, limits)
        occurred_at = self._occurred_at(call, request, terms)
        channel = spec.channel(call.channel or context.channel, terms.channel, limits)
        amount, currency = amount_of(properties, terms.currency) if may_have_amount(properties) else NO_AMOUNT
        return message_id, customer_id, event_name, occurred_at, channel, amount, currency, whole

    def _occurred_at(self, call: Call, request: Request, terms: Terms) -> int:
        """Return when it happened, by our clock.

        The sender's clock is corrected by ``received_at - sentAt`` (Segment's rule). A call that has both ``timestamp``
        and ``originalTimestamp`` was corrected already, by whoever forwards it.
        """
        text = call.timestamp or call.original_timestamp
        if not text:
            return terms.received_at
        happened = _instant("timestamp" if call.timestamp else "originalTimestamp", text)
        sent_at = call.sent_at or request.sent_at
        if sent_at and not (call.timestamp and call.original_timestamp):
            happened += behind_by(_instant("sentAt", sent_at), terms.received_at, self._limits)
        if happened > terms.received_at + self._limits.future_microseconds:
            raise InFuture(
                f"The timestamp {shown(text)} is more than an hour ahead of the server's clock.",
                hint="Send sentAt beside it, so that a clock that is wrong can be corrected.",
            )
        if happened < self._limits.earliest:
            raise TooOld(
                f"The timestamp {shown(text)} is before 1990.",
                hint="Send a Gregorian date in ISO 8601; older history comes in with `safar import`.",
            )
        return happened


def _instant(name: str, text: str) -> int:
    try:
        return microseconds(text)
    except ValueError as error:
        raise TimestampUnreadable(
            f"The {name} {shown(text)} is not an ISO 8601 instant.",
            hint="Send date, time and zone, such as 2026-11-21T22:30:00.000+03:30.",
        ) from error
