"""What a rule would have done: run over the last days of the log, without opening anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from safar.act.loop_rules import Heard, LoopRule, OneOf, Opened, decide, leaves_of
from safar.doors.web.homes import current_home
from safar.listen.text.redaction import redact
from safar.store.registry import Workspace
from safar.vocabulary.window import from_microseconds

from .hearing import heard_of, not_heard, places_of, worth_of
from .reading import MOST_HEARD, heard_events
from .silences import silences

#: So many days are looked back.
DAYS: Final = 30
_EXAMPLES: Final = 5
#: What only a label tells.
_LABELS: Final = frozenset({"topic", "sentiment", "emotion", "comment", "language"})


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done.

    Attributes
    ----------
    heard
        Answers and comments, or silences, that were looked at.
    fits
        How many of them are as the rule wants.
    opened
        How many cases that would have been: one a customer within the quiet time, as if each stayed open for it.
    customers
        Of whom.
    busiest
        The most cases of one day.
    examples
        Some of what would have opened them, the newest first.
    since, until
        What was looked at, up to the newest event of the log.
    is_cut
        Whether there was more than was looked at.
    """

    heard: int
    fits: int
    opened: int
    customers: int
    busiest: int
    examples: tuple[Heard, ...]
    since: datetime
    until: datetime
    is_cut: bool


def tried(workspace: Workspace, rule: LoopRule) -> Trial:
    """Run a rule over the last days of the log. What customers are worth and their segments are those of now."""
    log = current_home().log(workspace.workspace_id)
    present = log.sight().present
    until = datetime.now(UTC) if present is None else min(from_microseconds(present), datetime.now(UTC))
    since = until - timedelta(days=DAYS)
    if rule.trigger == "answer":
        events = heard_events(log, since, until)
        asks_labels = any(isinstance(each, OneOf) and each.field in _LABELS for each in leaves_of(rule.when))
        heard = heard_of(workspace, events, places_of(workspace), with_labels=asks_labels)
        is_cut = len(events) >= MOST_HEARD
    else:
        silent = list(silences(log, rule.trigger, rule.silent_days or 0, now=until, noticed=until - since))
        worth, is_cut = worth_of(workspace, [each.customer_id for each in silent]), False
        wait = timedelta(days=rule.silent_days or 0)
        heard = [not_heard(each, worth[each.customer_id], now=each.since + wait) for each in silent]
    fitting = [each for each in sorted(heard, key=lambda each: each.at) if rule.when.holds(each)]
    before: defaultdict[str, list[Opened]] = defaultdict(list)
    opening = []
    for each in fitting:
        if decide(rule, each, before[each.customer_id], now=each.at) == "opens":
            before[each.customer_id].append(Opened(each.at, is_open=False))
            opening.append(each)
    days = Counter(each.at.date() for each in opening)
    return Trial(
        heard=len(heard),
        fits=len(fitting),
        opened=len(opening),
        customers=len({each.customer_id for each in opening}),
        busiest=max(days.values(), default=0),
        examples=tuple(
            replace(each, words=redact(each.words).text) for each in opening[: -_EXAMPLES - 1 : -1]
        ),
        since=since,
        until=until,
        is_cut=is_cut,
    )
