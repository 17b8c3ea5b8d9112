"""What a definition names that the log has never seen: said at once, for nobody fits what never happens."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, happening, visible
from safar.observe.among import Segment
from safar.observe.conditions import Condition
from safar.observe.segment_parts import Did, DidInOrder, Has, leaves
from safar.observe.steps import StepRule
from safar.vocabulary.text import fold

from .choices import Choices

_LONG: Final = 80


def unheard(segment: Segment, choices: Choices) -> Iterator[str]:
    """Yield a sentence for each event, channel and property that the log does not have, with the nearest it has.

    Such a definition can be kept: what it names may come later. An empty log tells nothing.
    """
    told: dict[str, None] = {}
    for leaf in leaves(segment.parts) if choices.event_names else ():
        rules: tuple[StepRule, ...] = ()
        if isinstance(leaf, Did):
            rules = (leaf.what,)
        elif isinstance(leaf, DidInOrder):
            rules = leaf.steps
        elif isinstance(leaf, Has):
            told.update(dict.fromkeys(_properties((leaf.trait,), choices)))
        for rule in rules:
            told.update(dict.fromkeys(_of_rule(rule, choices)))
    yield from told


def _of_rule(rule: StepRule, choices: Choices) -> Iterator[str]:
    for name in rule.event_names:
        if name not in choices.event_names:
            near = nearest(name, choices.event_names, lambda each: str(happening(each).words))
            yield _event(name, near)
    for channel in rule.channels:
        if channel not in choices.channels:
            yield _channel(channel, nearest(channel, choices.channels, channel_in_words))
    yield from _properties(rule.where, choices)


def _properties(conditions: Iterable[Condition], choices: Choices) -> Iterator[str]:
    for condition in conditions:
        # Of a property within another only the outer one is looked at, and ``@amount`` is no property.
        of = condition.of
        if of.startswith("@") or not choices.properties:
            continue
        if of not in choices.properties and of.partition(".")[0] not in choices.properties:
            yield _property(of, nearest(of, choices.properties, str))


def nearest(name: str, known: Iterable[str], words: Callable[[str], str]) -> str:
    """Return what somebody means who wrote a name that nothing has, by its name or its words; empty if none is near.

    >>> nearest("order_place", ["order_placed", "page"], str), nearest("zzz", ["order_placed", "page"], str)
    ('order_placed', '')
    >>> nearest("order_placed at least 2 times", ["order_placed", "page"], str)
    'order_placed'
    """
    wanted = fold(name)
    called = {fold(called): each for each in known for called in (each, words(each))}
    near = difflib.get_close_matches(wanted, sorted(called), n=1)
    if near:
        return called[near[0]]
    # What begins alike: a word of several, or a name with more behind it.
    alike = [
        each for each in called if each and wanted and (each.startswith(wanted) or wanted.startswith(each))
    ]
    return called[min(alike, key=lambda each: (abs(len(each) - len(wanted)), each))] if alike else ""


def _event(name: str, near: str) -> str:
    told = {"name": cut(visible(name), _LONG), "nearest": _with_name(near, str(happening(near).words))}
    if near:
        return filled(_("The data hold no event “%(name)s”. Did you mean “%(nearest)s”?"), **told)
    return filled(_("The data hold no event “%(name)s”: nobody did it so far."), **told)


def _channel(name: str, near: str) -> str:
    told = {"name": cut(visible(name), _LONG), "nearest": _with_name(near, channel_in_words(near))}
    if near:
        return filled(_("The data hold no channel “%(name)s”. Did you mean “%(nearest)s”?"), **told)
    return filled(_("The data hold no channel “%(name)s”."), **told)


def _property(name: str, near: str) -> str:
    told = {"name": cut(visible(name), _LONG), "nearest": visible(near)}
    if near:
        return filled(_("No property “%(name)s” was seen so far. Did you mean “%(nearest)s”?"), **told)
    return filled(_("No property “%(name)s” was seen so far."), **told)


def _with_name(name: str, words: str) -> str:
    return words if words == visible(name) else f"{words} · {visible(name)}"
