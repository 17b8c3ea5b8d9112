"""Proposals: which events and questions of a log belong to which step of a map, and which steps a map lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.explain.kano_rows import MISSING, THERE
from safar.listen.answer_counts import answers
from safar.listen.surveys import QUESTION
from safar.observe.rule_text import rule_of, text_of
from safar.observe.steps import StepRule
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import COST_RECORDED, SURVEY_ANSWERED, SURVEY_SENT
from safar.vocabulary.window import Window, from_microseconds

from .anatomy import JourneyMap, Step, Words
from .step_words import TOPICS, Topic, alike, stems, topics_of

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import Paths, PathShard

#: Events that are no steps: questions are bound by their keys, costs by money rules, ids are nobody's step.
_NO_STEPS: Final = SURVEY_SENT | SURVEY_ANSWERED | COST_RECORDED | {"alias", "group"}
#: What each reason adds to a score at most; together 1.
_KNOWN_NAME: Final = 0.45
_SAME_TOPIC: Final = 0.3
_SAME_WORDS: Final = 0.4
#: What is left of a topic's part for a step of its kin.
_KIN: Final = 0.7
_POSITION: Final = 0.1
_CHANNEL: Final = 0.05
#: Below this score nothing is proposed.
LEAST_SCORE: Final = 0.25
#: So many persons of each shard tell where in a path an event usually lies.
_SAMPLE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a step could be bound to.

    Attributes
    ----------
    step_id
        Of the step.
    rule
        As text, for `Binding.events`; empty where only questions are proposed.
    event_names
        Which the rule takes, the surest first.
    question_keys
        For `Binding.question_keys`, the surest first.
    why
        ``proposal.known_name``, ``proposal.same_words``, ``proposal.same_topic``, ``proposal.position``,
        ``proposal.channel``, each with the ``event`` it speaks of; ``proposal.question`` with the ``question``.
    score
        0…1, of the surest name.
    """

    step_id: str
    rule: str
    event_names: tuple[str, ...]
    question_keys: tuple[str, ...]
    why: tuple[Note, ...]
    score: float


@dataclass(frozen=True, slots=True)
class StepProposal:
    """A step that a map lacks.

    Attributes
    ----------
    topic
        What it is about; see `step_words.TOPICS`.
    name
        In three languages.
    rule
        As text, for `Binding.events`.
    event_names
        Which the rule takes, the most frequent first.
    after
        Id of the step of the map that it could follow; empty where it could be the first.
    events
        How many events it takes.
    """

    topic: str
    name: Words
    rule: str
    event_names: tuple[str, ...]
    after: str
    events: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the log knows of an event's name."""

    name: str
    events: int
    place: float
    channels: tuple[str, ...]


def propose(log: Log, document: JourneyMap) -> tuple[Proposal, ...]:
    """Return what steps could be bound to, in the order of the map; steps for which nothing is found are left out.

    Parameters
    ----------
    log
        Whose events and questions.
    document
        The map, or a template. Steps that have event rules get no others, names that a rule takes go to no other step;
        the same holds for questions.

    Notes
    -----
    An event goes to the step that it is most like: by a name that every page understands (`vocabulary.lifecycle`), by
    words in common with the step's name and description in any language, by what both are about (`step_words`), by
    where it usually comes in customers' paths, and by its channel. Nothing is bound by itself: a person decides.
    """
    paths = log.paths()
    seen = _seen(paths)
    taken = _bound_names(document)
    free = [each for each in seen if each.name not in taken and each.name not in _NO_STEPS]
    steps = document.steps
    profiles = {step.step_id: _profile(step, place, len(steps)) for place, step in enumerate(steps)}
    events: dict[str, list[tuple[float, str]]] = defaultdict(list)
    why: dict[str, list[Note]] = defaultdict(list)
    unbound = [step for step in steps if not step.binding.events.strip()]
    for each in free:
        ranked = [(*_likeness(each, profiles[step.step_id]), step.step_id) for step in unbound]
        score, reasons, step_id = max(ranked, key=lambda found: found[0], default=(0.0, [], ""))
        if score >= LEAST_SCORE:
            events[step_id].append((score, each.name))
            why[step_id] += reasons
    questions = _questions(log, paths, document, profiles)
    for step_id, keys in questions.items():
        why[step_id] += [Note.of("proposal.question", question=key) for _, key in keys]
    return tuple(
        _proposal(step.step_id, events[step.step_id], questions.get(step.step_id, []), why[step.step_id])
        for step in steps
        if events[step.step_id] or questions.get(step.step_id)
    )


def propose_steps(log: Log, document: JourneyMap) -> tuple[StepProposal, ...]:
    """Return steps that a map could have for events that none of its steps takes, in the order of journeys.

    Parameters
    ----------
    log
        Whose events.
    document
        The map. Events that `propose` would bind to its steps are theirs.
    """
    seen = _seen(log.paths())
    taken = _bound_names(document) | {
        name for proposal in propose(log, document) for name in proposal.event_names
    }
    groups: dict[str, list[_Seen]] = defaultdict(list)
    for each in seen:
        topic = _topic_of(each.name)
        if topic is not None and each.name not in taken | _NO_STEPS:
            groups[topic.topic_id].append(each)
    places = _places(document, seen)
    found = []
    for topic in TOPICS:
        if members := groups.get(topic.topic_id):
            names = tuple(each.name for each in sorted(members, key=lambda each: (-each.events, each.name)))
            before = [step_id for step_id, place in places.items() if place <= topic.place]
            rule = text_of(StepRule(topic.name["en"], names))
            found.append(
                StepProposal(
                    topic.topic_id,
                    topic.name,
                    rule,
                    names,
                    before[-1] if before else "",
                    sum(each.events for each in members),
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Profile:
    """What a step says of itself."""

    stems: frozenset[str]
    topics: Mapping[str, int]
    place: float


def _profile(step: Step, place: int, count: int) -> _Profile:
    of_name = stems(" ".join([step.step_id, *step.name.values()]))
    topics = topics_of(of_name) or topics_of(stems(" ".join(step.about.values())))
    return _Profile(of_name, topics, place / max(count - 1, 1))


def _likeness(event: _Seen, step: _Profile) -> tuple[float, list[Note]]:
    """Return how alike an event and a step are, and why."""
    score, why = 0.0, []
    of_event = stems(event.name)
    topic = _topic_of(event.name)
    known = topic is not None and event.name in topic.event_names
    part = 0.0
    if topic is not None:
        # Of a step about two things both are a little less its own.
        most = max(step.topics.values(), default=1)
        part = max(step.topics.get(topic.topic_id, 0), _KIN * step.topics.get(topic.kin, 0)) / most
    if topic is not None and part:
        score += (_SAME_TOPIC + (_KNOWN_NAME if known else 0.0)) * part
        why.append(Note.of("proposal.known_name" if known else "proposal.same_topic", event=event.name))
    shared = sum(any(alike(stem, other) for other in step.stems) for stem in of_event)
    if shared:
        score += _SAME_WORDS * shared / len(of_event)
        why.append(Note.of("proposal.same_words", event=event.name))
    if not score:
        return 0.0, []
    nearness = 1 - abs(event.place - step.place)
    score += _POSITION * nearness
    if nearness > 1 - _POSITION:
        why.append(Note.of("proposal.position", event=event.name))
    if any(
        alike(stem, other) for channel in event.channels for stem in stems(channel) for other in step.stems
    ):
        score += _CHANNEL
        why.append(Note.of("proposal.channel", event=event.name))
    return min(score, 1.0), why


def _topic_of(name: str) -> Topic | None:
    """Return what an event, or a question, is about: by a name that is known, else by most of its words."""
    known = next((topic for topic in TOPICS if name in topic.event_names), None)
    counts = topics_of(stems(name))
    if known is not None or not counts:
        return known
    # Of equal ones the later: "order delivered" is about the delivery, "payment for returns" about the return.
    best = max(counts.values())
    return [topic for topic in TOPICS if counts.get(topic.topic_id) == best][-1]


def asked_keys(log: Log, paths: Paths) -> frozenset[str]:
    """Return the keys of the questions that were answered."""
    span = paths.span
    if span is None:
        return frozenset()
    rows = answers(log, Window(from_microseconds(span[0]), from_microseconds(span[1] + 1)))
    asked = rows.fields[QUESTION]
    return frozenset(asked.texts[code] for code in np.unique(asked.values).tolist()) - {""}


def _questions(
    log: Log, paths: Paths, document: JourneyMap, profiles: Mapping[str, _Profile]
) -> dict[str, list[tuple[float, str]]]:
    """Return question keys by step; what is asked of features that might be is felt at no step."""
    keys = sorted(key for key in asked_keys(log, paths) if not key.endswith((THERE, MISSING)))
    bound = {key for step in document.steps for key in step.binding.question_keys}
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for key in keys:
        if key not in bound:
            seen = _Seen(key, 0, 0.5, ())
            scores = [(_likeness(seen, profile)[0], step_id) for step_id, profile in profiles.items()]
            score, step_id = max(scores, key=lambda each: each[0], default=(0.0, ""))
            if score >= LEAST_SCORE:
                found[step_id].append((score, key))
    return found


def _proposal(
    step_id: str, events: list[tuple[float, str]], questions: list[tuple[float, str]], why: Sequence[Note]
) -> Proposal:
    names = tuple(name for _, name in sorted(events, key=lambda each: (-each[0], each[1])))
    keys = tuple(key for _, key in sorted(questions, key=lambda each: (-each[0], each[1])))
    rule = text_of(StepRule(step_id, names)) if names else ""
    return Proposal(step_id, rule, names, keys, tuple(why), max(score for score, _ in (*events, *questions)))


def _bound_names(document: JourneyMap) -> set[str]:
    """Return the names that the rules of a map's steps take; a rule that cannot be read takes none."""
    found: set[str] = set()
    for step in document.steps:
        try:
            found.update(rule_of(step.binding.events).event_names)
        except Refusal:
            continue
    return found


def _places(document: JourneyMap, seen: Collection[_Seen]) -> dict[str, float]:
    """Return where in a journey each step usually lies: by its topic, else by its place on the map."""
    usual = {topic.topic_id: topic.place for topic in TOPICS}
    steps = document.steps
    found = {}
    for place, step in enumerate(steps):
        profile = _profile(step, place, len(steps))
        of_topics = [usual[topic] for topic in profile.topics]
        found[step.step_id] = max(of_topics) if of_topics else profile.place
    return found


def _seen(paths: Paths) -> list[_Seen]:
    """Return what the paths know of each event's name, by name."""
    events: dict[str, float] = defaultdict(float)
    places: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    channels: dict[str, set[str]] = defaultdict(set)
    for shard in paths.shards:
        some = shard.of(slice(0, _SAMPLE))
        factor = shard.events / max(some.events, 1)
        code, channel, place = _sampled(some)
        width = len(shard.channels)
        counts = np.bincount(code, minlength=len(shard.event_names))
        sums = np.bincount(code, place, len(shard.event_names))
        pairs = np.bincount(code.astype(np.int64) * width + channel, minlength=width)
        for number, name in enumerate(shard.event_names):
            if counts[number]:
                events[name] += float(counts[number]) * factor
                places[name][0] += float(sums[number])
                places[name][1] += float(counts[number])
        for pair in np.flatnonzero(pairs).tolist():
            channels[shard.event_names[pair // width]].add(shard.channels[pair % width])
    return [
        _Seen(name, round(events[name]), places[name][0] / places[name][1], tuple(sorted(channels[name])))
        for name in sorted(events)
    ]


def _sampled(shard: PathShard) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return for each row of the persons its codes of name and channel, and where in its path it lies, 0…1."""
    starts = shard.first.astype(np.int64)
    lengths = shard.end.astype(np.int64) - starts
    begins = np.cumsum(lengths) - lengths
    spots = np.arange(int(lengths.sum())) - np.repeat(begins, lengths)
    rows = spots + np.repeat(starts, lengths)
    place = spots / np.maximum(np.repeat(lengths, lengths) - 1, 1)
    return shard.code[rows].astype(np.int64), shard.channel_code[rows].astype(np.int64), place
