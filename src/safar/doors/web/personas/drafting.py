"""Drafts of personas as the app keeps them: what was asked and what was found, as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec

from safar.act.habit_choice import telling_rules
from safar.act.persona_drafts import DraftsAnswer, DraftsQuestion, drafts
from safar.observe.among import Among, Segment
from safar.observe.executors import shared_executor
from safar.observe.rule_text import rule_of, text_of
from safar.observe.segment_text import segment_text_of
from safar.store.log import Log
from safar.vocabulary.window import Window

#: Days that habits are counted in, where nothing else is asked: they are compared with as many later.
USUAL_DAYS: Final = 90


class Asked(msgspec.Struct, frozen=True):
    """What groups are looked for by.

    Attributes
    ----------
    segment_id
        Among whom; among all customers when empty.
    days
        Before the last event of the log.
    habits
        Rules as text; those that tell customers apart best when empty.
    groups
        How many; the best number when None.
    """

    segment_id: str = ""
    days: int = USUAL_DAYS
    habits: tuple[str, ...] = ()
    groups: int | None = None


class FoundHabit(msgspec.Struct, frozen=True):
    """One habit that sets a group apart: see `safar.act.persona_drafts.Apart`."""

    name: str
    here: float
    elsewhere: float
    effect: float


class FoundGroup(msgspec.Struct, frozen=True):
    """One group: see `safar.act.persona_drafts.Draft`; ``text`` defines it."""

    share: float
    low: float
    high: float
    text: str
    precision: float
    recall: float
    apart: tuple[FoundHabit, ...]


class Tried(msgspec.Struct, frozen=True):
    """One number of groups: see `safar.act.clusters.Considered`."""

    groups: int
    silhouette: float
    null_silhouette: float
    stability: float
    stands: bool


class Found(msgspec.Struct, frozen=True):
    """What was found."""

    groups: tuple[FoundGroup, ...]
    tried: tuple[Tried, ...]
    looked_at: int
    customers: int
    habits: tuple[str, ...]
    notes: tuple[tuple[str, dict[str, int | str]], ...]


def latest_days(log: Log, days: int) -> Window | None:
    """Return so many days up to the last event of a log; None without events."""
    last_at = log.info().last_at
    if last_at is None:
        return None
    end = last_at + timedelta(microseconds=1)
    return Window(end - timedelta(days=days), end)


def find(log: Log, asked: Asked, segment: Segment | None) -> Found:
    """Look for groups; see `safar.act.persona_drafts.drafts`."""
    window, among = latest_days(log, asked.days), Among(segment=segment)
    rules = tuple(rule_of(text) for text in asked.habits) or telling_rules(
        log, window=window, among=among, executor=shared_executor()
    )
    if len(rules) < 2:  # nobody differs in anything
        return Found((), (), 0, 0, (), (("personas.no_habits", {}),))
    question = DraftsQuestion(rules, window, groups=asked.groups, among=among)
    answer = drafts(log, question, executor=shared_executor())
    return _told(answer, tuple(map(text_of, rules)), timedelta(days=asked.days))


def _told(answer: DraftsAnswer, habits: tuple[str, ...], last: timedelta) -> Found:
    groups = tuple(
        FoundGroup(
            draft.share.value,
            draft.share.interval.low,
            draft.share.interval.high,
            segment_text_of(_rolling(draft.segment, last)),
            draft.precision,
            draft.recall,
            tuple(FoundHabit(each.name, each.here, each.elsewhere, each.effect) for each in draft.apart),
        )
        for draft in answer.drafts
    )
    tried = tuple(
        Tried(each.groups, each.silhouette, each.null_silhouette, each.stability, each.stands)
        for each in answer.considered
    )
    notes = tuple((note.code, dict(note.facts)) for note in answer.notes)
    return Found(groups, tried, answer.looked_at, answer.customers, habits, notes)


def _rolling(segment: Segment, last: timedelta) -> Segment:
    """Return the segment of what was done in the last days, whichever these are: who is asked tomorrow, is too."""
    return replace(segment, did=tuple(replace(did, window=None, last=last) for did in segment.did))
