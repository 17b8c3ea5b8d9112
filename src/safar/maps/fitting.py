"""A template beside a log: what the log can answer stays bound, the rest waits for a proposal or for its events."""

from __future__ import annotations

from collections.abc import Set

from msgspec.structs import replace

from safar.observe.rule_text import rule_of
from safar.store.log import Log

from .anatomy import Binding, JourneyMap, Promise, Step
from .proposing import asked_keys


def fitted(document: JourneyMap, log: Log) -> JourneyMap:
    """Return a map whose bindings the log can answer.

    A step whose events never came would be read as a step that nobody takes, and a promise without the event that keeps
    it as one that is always broken. Rules that name an event which the log does not have are taken away: `propose`
    offers those of the log instead, and a step that nothing fits is not measured. So do questions that nobody answered,
    where others were.

    Parameters
    ----------
    document
        A template, or any map.
    log
        Whose events are looked at. An empty one says nothing about what will come: the map stays as it is.
    """
    paths = log.paths()
    known = frozenset(name for shard in paths.shards for name in shard.event_names)
    if not known:
        return document
    asked = asked_keys(log, paths)
    stages = tuple(
        replace(stage, steps=tuple(_fitted_step(step, known, asked) for step in stage.steps))
        for stage in document.stages
    )
    return replace(document, stages=stages)


def _fitted_step(step: Step, known: Set[str], asked: Set[str]) -> Step:
    binding: Binding = step.binding
    return replace(
        step,
        binding=replace(
            binding,
            events=binding.events if _answers(binding.events, known, whole=True) else "",
            # Where nobody was asked anything yet, answers may come.
            question_keys=tuple(key for key in binding.question_keys if not asked or key in asked),
            promises=tuple(each for each in binding.promises if _can_be_kept(each, known)),
            revenue=binding.revenue if _answers(binding.revenue, known) else "",
            cost=binding.cost if _answers(binding.cost, known) else "",
        ),
    )


def _can_be_kept(promise: Promise, known: Set[str]) -> bool:
    return _answers(promise.begins, known) and _answers(promise.kept_by, known)


def _answers(rule: str, known: Set[str], *, whole: bool = False) -> bool:
    """Whether a log with these events has some of what a rule names, or all of it."""
    if not rule:
        return False
    names = set(rule_of(rule).event_names)
    return names <= known if whole else not names or not names.isdisjoint(known)
