"""The fast way for a batch of plain track calls: the same verdicts, reached for all of them together.

Each step either holds for every event of the batch or gives up; then `verdicts` takes the events one by one. Bounds
come from counting bytes, so that nothing inside ``properties`` is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence

from safar.vocabulary.errors import Refusal

from . import spec
from .accepted import Accepted, Terms
from .amounts import NO_AMOUNT, amount_of, may_have_amount
from .calls import ABSENT, PlainTrack, Request
from .contexts import ContextKeeper, KeptContext
from .instants import behind_by, many_microseconds, microseconds
from .limits import Limits
from .shapes import are_small_and_flat, check_shape


def plain_events(request: Request, terms: Terms, limits: Limits, contexts: ContextKeeper) -> Accepted | None:
    """Return the events of a batch, or None where any of them needs a closer look.

    Parameters
    ----------
    request
        Its calls are all `PlainTrack`.
    """
    calls: Sequence[PlainTrack] = request.calls  # type: ignore[assignment]
    count = len(calls)
    customers = [call.user_id or call.anonymous_id or "" for call in calls]
    names = [call.event for call in calls]
    message_ids = [call.message_id for call in calls]
    if len(set(message_ids)) < count or not _are_usable(customers, names, message_ids, request):
        return None
    try:
        context = _one_context(request, calls, contexts)
        channel = spec.channel(context.channel, terms.channel, limits)
        properties = _properties(calls, context, limits)
        occurred_at = _instants(request, calls, terms, limits)
        amounts, currencies = _amounts(properties, terms)
    except (Refusal, ValueError):
        return None
    return Accepted(
        terms.received_at,
        terms.source,
        message_ids,
        customers,
        names,
        occurred_at,
        [channel] * count,
        amounts,
        currencies,
        properties,
    )


def _are_usable(customers: list[str], names: list[str], message_ids: list[str], request: Request) -> bool:
    """Whether all ids and names pass, their lengths apart: those were checked while reading."""
    ids = "".join(customers) + "".join(message_ids)
    distinct = set(names)
    if "" in customers or " " in ids or not all(map(str.strip, distinct)):
        return False
    return request.has_plain_text or (
        ids.isprintable() and "\ufffd" not in ids and "".join(distinct).isprintable()
    )


def _one_context(request: Request, calls: Sequence[PlainTrack], contexts: ContextKeeper) -> KeptContext:
    """Return the context that all calls share, or raise."""
    raws = [call.context for call in calls]
    if raws.count(ABSENT) == len(raws):
        return contexts.kept(request.context)
    (only,) = set(map(bytes, raws))
    return contexts.kept(only or request.context)


def _properties(calls: Sequence[PlainTrack], context: KeptContext, limits: Limits) -> list[bytes]:
    """Return the properties with what is kept of the context, or raise."""
    properties = [bytes(call.properties) or spec.EMPTY for call in calls]
    unusual = [text for text in properties if not text.startswith(b'{"')]
    if unusual and set(unusual) != {spec.EMPTY}:
        raise ValueError("Something that is no object, or an object with white space first.")
    if not are_small_and_flat(properties, limits):
        for text in properties:
            check_shape(text, limits)
    if context.member:
        if unusual or b'"context"' in b"".join(properties):
            properties = [spec.with_context(text, context) for text in properties]
        else:
            rest = b",%b}" % context.member
            properties = [text[:-1] + rest for text in properties]
    return properties


def _instants(request: Request, calls: Sequence[PlainTrack], terms: Terms, limits: Limits) -> list[int]:
    """Return when they happened by our clock, or raise."""
    happened = many_microseconds([call.timestamp for call in calls])
    behind = 0 if not request.sent_at else behind_by(microseconds(request.sent_at), terms.received_at, limits)
    if behind:
        happened = [instant + behind for instant in happened]
    if max(happened) > terms.received_at + limits.future_microseconds or min(happened) < limits.earliest:
        raise ValueError("A time out of bounds.")
    return happened


def _amounts(properties: list[bytes], terms: Terms) -> tuple[list[int], list[str]]:
    """Return amounts and currencies, or raise."""
    count = len(properties)
    if not may_have_amount(b"".join(properties)):
        return [0] * count, [""] * count
    both = [amount_of(text, terms.currency) if may_have_amount(text) else NO_AMOUNT for text in properties]
    return [amount for amount, _ in both], [currency for _, currency in both]
