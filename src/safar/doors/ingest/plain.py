"""The fast way for a batch of plain track calls: the same verdicts, reached for all of them together.

Each step either holds for every event of the batch or gives up; then `verdicts` takes the events one by one. Bounds
come from counting bytes, so that nothing inside ``properties`` is parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from . import spec
from .accepted import Accepted, Terms
from .amounts import NO_AMOUNT, amount_of, may_have_amount
from .calls import ABSENT, PlainTrack, Request
from .contexts import ContextKeeper, KeptContext
from .instants import behind_by, many_microseconds, microseconds
from .limits import Limits
from .shapes import are_small_and_flat, check_shape

_BETWEEN: Final = b"\x00"


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
    if terms.is_public and not spec.OF_SERVERS.isdisjoint(names):
        return None
    if len(set(message_ids)) < count or not _are_usable(customers, names, message_ids, request):
        return None
    try:
        context = _one_context(request, calls, contexts)
        channel = spec.channel(context.channel, terms.channel, limits)
        properties, joined = _objects(calls)
        amounts, currencies = _amounts(properties, terms) if may_have_amount(joined) else (None, None)
        properties = _whole(properties, joined, context.member, limits)
        occurred_at = _instants(request, calls, terms, limits)
    except (Refusal, ValueError):
        return None
    return Accepted(
        terms.received_at,
        terms.source,
        message_ids,
        customers,
        names,
        occurred_at,
        channel,
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


def _objects(calls: Sequence[PlainTrack]) -> tuple[list[bytes], bytes]:
    """Return the properties, and all of them joined by a byte that is in no JSON, or raise."""
    properties = [bytes(call.properties) for call in calls]
    joined = _BETWEEN + _BETWEEN.join(properties)
    if joined.count(_BETWEEN + b'{"') < len(properties):
        properties = [text or spec.EMPTY for text in properties]
        if not all(text.startswith(b'{"') or text == spec.EMPTY for text in properties):
            raise ValueError("Something that is no object, or an object with white space first.")
    return properties, joined


def _whole(properties: list[bytes], joined: bytes, context: bytes, limits: Limits) -> list[bytes]:
    """Return the properties with what is kept of the context, or raise."""
    if context:
        if spec.EMPTY in properties or b'"context"' in joined:
            added = KeptContext(context)
            whole = [spec.with_context(text, added) for text in properties]
        else:
            rest = b",%b}" % context
            whole = [text[:-1] + rest for text in properties]
    else:
        whole = properties
    if not are_small_and_flat(joined, len(properties), max(map(len, properties)), context, limits):
        for text in whole:
            check_shape(text, limits)
    return whole


def _instants(
    request: Request, calls: Sequence[PlainTrack], terms: Terms, limits: Limits
) -> NDArray[np.int64]:
    """Return when they happened by our clock, or raise."""
    happened = many_microseconds([call.timestamp for call in calls])
    if request.sent_at:
        happened = happened + behind_by(microseconds(request.sent_at), terms.received_at, limits)
    if happened.max() > terms.received_at + limits.future_microseconds or happened.min() < limits.earliest:
        raise ValueError("A time out of bounds.")
    return happened


def _amounts(properties: list[bytes], terms: Terms) -> tuple[list[int], list[str]]:
    """Return amounts and currencies, or raise."""
    both = [amount_of(text, terms.currency) if may_have_amount(text) else NO_AMOUNT for text in properties]
    return [amount for amount, _ in both], [currency for _, currency in both]
