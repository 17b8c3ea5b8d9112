"""Events as people name them in questions: by the words that pages say, or by a name that the log does not hold."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from safar.doors.web.events.words import happening, visible
from safar.observe.steps import StepRule
from safar.vocabulary.text import fold


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that no event has, and the one that is nearest to it; empty where none is near."""

    name: str
    nearest: str


def as_named(text: str, names: Iterable[str]) -> str:
    """Return the name of the event that a text calls by its words; any other text stays as it is.

    >>> as_named("Placed an order", ["order_placed"]), as_named("Pay: order_placed", ["order_placed"])
    ('order_placed', 'Pay: order_placed')
    """
    known = tuple(names)
    if text in known:
        return text
    said = fold(text)
    found = [name for name in known if fold(str(happening(name).words)) == said]
    return found[0] if said and len(found) == 1 else text


def unknown_names(rules: Iterable[StepRule], names: Iterable[str]) -> Iterator[UnknownName]:
    """Yield what rules name that the log has never seen: a rule that takes any known event is as good as it was."""
    known, told = frozenset(names), set[str]()
    for rule in rules:
        if not rule.event_names or not known.isdisjoint(rule.event_names):
            continue
        for name in rule.event_names:
            if name not in told:
                told.add(name)
                near = difflib.get_close_matches(name, sorted(known), n=1)
                yield UnknownName(visible(name), near[0] if near else "")
