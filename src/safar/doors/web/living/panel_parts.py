"""What panels are made of: terms, sections, and what several of them say alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.page import address_of
from safar.maps.anatomy import Step
from safar.maps.emotion import Emotion, gap
from safar.maps.lived import PromiseKept, StepReading
from safar.observe.conformance import MoveKind, MoveLived

from .cells import Item
from .lanes import promise_item, score_item, voice_item
from .number_words import (
    emotion_sure,
    emotion_value,
    joined,
    people,
    score_sure,
    score_value,
    sure_of_share,
)
from .pain_words import pain_words
from .scene import Scene

#: Ways and events that a list of the panel shows.
MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Term:
    """A name and a value, which may lead on."""

    name: str
    value: str
    sure: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with terms, quotes or bars below it."""

    heading: str
    terms: tuple[Term, ...] = ()
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class AddOffer:
    """What can be brought onto the map by one press.

    Attributes
    ----------
    key
        Of the way or the event.
    words
        On the button.
    """

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class PanelShown:
    """What stands beside a sheet.

    Attributes
    ----------
    key
        Of the number.
    kicker, title
        Where it is, and what it is.
    value, sure
        The number, how sure it is and of how many; empty for a panel without one.
    meaning, method
        What it means and how it is counted.
    sections
        What else is known.
    rows_href, question_href
        The customers behind it, and the same asked on a page of the desk; empty where there is neither.
    question_keys
        What customers are asked here: each leads to its survey.
    add
        What can be brought onto the map; None for nothing, or for who may not edit it.
    """

    key: str
    title: str
    kicker: str = ""
    value: str = ""
    sure: str = ""
    meaning: str = ""
    method: str = ""
    sections: tuple[Section, ...] = ()
    rows_href: str = ""
    question_href: str = ""
    add: AddOffer | None = None
    question_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class PanelScene:
    """What a panel is made from.

    Attributes
    ----------
    scene
        The map, how it was lived, who looks.
    can_edit
        Whether the reader may bring something onto the map.
    rows
        Returns where the customers behind a key are listed; empty for nowhere.
    comments
        Returns how many open comments a step has, and where they are read.
    nested
        Returns what the map says that shows a step in detail.
    sounds
        Returns how the words sound that customers wrote at a step, and where they are read.
    cases
        Returns how many cases of customers stand open at a step, and where they are dealt with.
    """

    scene: Scene
    can_edit: bool
    rows: Callable[[str], str] = field(default=lambda _key: "")
    comments: Callable[[str], Term | None] = field(default=lambda _step: None)
    nested: Callable[[Step], Section | None] = field(default=lambda _step: None)
    cases: Callable[[str], Term | None] = field(default=lambda _step: None)
    sounds: Callable[[str], Term | None] = field(default=lambda _step: None)


def known(*sections: Section | None) -> tuple[Section, ...]:
    """Return the sections that say something."""
    return tuple(each for each in sections if each is not None and (each.terms or each.items))


def stage_of(scene: Scene, step: Step) -> str:
    """Return the name of the stage of a step."""
    return next((scene.stage_name(stage) for stage, each in scene.columns if each is step), "")


def kind_words(kind: MoveKind) -> str:
    """Return what the design says of a way; empty where it is on the map."""
    if kind is MoveKind.OFF_MAP:
        return _("not on the map")
    return _("past some steps") if kind is MoveKind.SKIP else ""


def way_term(scene: Scene, move: MoveLived, *, both: bool = False) -> Term:
    """Return a way from one step to another; its kind is said too, but not where both ends are: a heading says it."""
    target = scene.step_name(move.target)
    name = f"{scene.step_name(move.source)} – {target}" if both else target
    kind = "" if both else kind_words(move.kind)
    share = (
        scene.locale.number(move.count)
        if move.share is None
        else scene.locale.percent(move.share.value, decimals=int(0 < move.share.value < 0.01))
    )
    times = "" if not both or move.share is None else _times(scene, move)
    return Term(joined(name, kind), share, times, href=scene.about(f"move.{move.source}.{move.target}"))


def _times(scene: Scene, move: MoveLived) -> str:
    return filled(
        ngettext("%(count)s time", "%(count)s times", move.count), count=scene.locale.number(move.count)
    )


def pains_section(scene: Scene, reading: StepReading) -> Section:
    """Return what hurts at a step."""
    return Section(
        _("What hurts here"),
        tuple(
            Term(
                pain_words(scene, pain),
                people(pain.people, scene.locale),
                href=scene.about(f"pain.{pain.step}.{place}"),
            )
            for place, pain in enumerate(reading.pains)
        ),
    )


def pains_at(scene: Scene, step_id: str) -> Section | None:
    """Return what hurts at the step of an id."""
    reading = scene.reading(step_id)
    return None if reading is None else pains_section(scene, reading)


def voices_section(scene: Scene, reading: StepReading | None) -> Section:
    """Return some of what customers wrote."""
    voices = reading.voices if reading else ()
    return Section(
        _("What customers said"),
        items=tuple(
            voice_item(scene, reading.step if reading else "", each, is_whole=True) for each in voices[:4]
        ),
    )


def promises_section(scene: Scene, reading: StepReading | None, step: Step) -> Section:
    """Return the promises of a step."""
    kept = {each.promise_id: each for each in (reading.promises if reading else ())}
    items = tuple(
        promise_item(scene, scene.promise_words(each), each.goal, kept.get(each.promise_id))
        for each in step.binding.promises
    )
    return Section(pgettext("lane", "Promises"), items=items)


def scores_section(scene: Scene, reading: StepReading, step: Step) -> Section:
    """Return the scores here, and the same metric elsewhere on the map."""
    terms = []
    for score in reading.scores:
        here = score_item(scene, step.step_id, score)
        terms.append(Term(f"{here.name} · {score.question_key}", here.text, here.sure, here.href))
        others = [
            (other.step, each)
            for other in (scene.lived.steps if scene.lived else ())
            for each in other.scores
            if other.step != step.step_id and each.metric == score.metric and each.estimate is not None
        ]
        terms += [
            Term(
                filled(_("elsewhere: %(step)s"), step=scene.step_name(name)),
                score_value(each.metric, each.estimate.value, scene.locale),
                score_sure(each, scene.locale),
                scene.about(f"score.{name}.{each.question_key}"),
            )
            for name, each in others[:3]
            if each.estimate is not None
        ]
    return Section(_("Scores here and elsewhere"), tuple(terms))


def feelings_section(scene: Scene, step_id: str) -> Section | None:
    """Return how a step feels, three ways, and how far belief lies above what is said."""
    reading, locale = scene.reading(step_id), scene.locale
    believed = scene.beliefs.get(step_id)
    rows: list[tuple[str, str, Emotion | None]] = [
        ("said", _("Said in answers and comments"), reading.said if reading else None),
        ("behaved", _("Shown by behaviour"), reading.behaved if reading else None),
        ("believed", _("Believed by the team"), believed),
    ]
    terms = [
        Term(
            name,
            emotion_value(emotion.value, locale),
            emotion_sure(emotion, locale),
            scene.about(f"emotion.{step_id}.{line}"),
        )
        for line, name, emotion in rows
        if emotion is not None
    ]
    distance = gap(believed, reading.said if reading else None)
    if distance is not None:
        terms.append(
            Term(
                _("Belief above what they say"),
                emotion_value(distance.value, locale),
                emotion_sure(distance, locale),
            )
        )
    return Section(_("How it feels"), tuple(terms))


def walks_section(scene: Scene, step: Step) -> Section | None:
    """Return how a step is walked."""
    walked, locale = scene.walked(step.step_id), scene.locale
    if walked is None:
        return None
    names = {
        "began": _("Walks that began here"),
        "lost": _("Lost here"),
        "again": _("Came back to it later"),
        "skipped": _("Walks that went past it"),
        "retried": _("Tried the same again and again"),
        "went_back": _("Went back beside the map"),
        "contacted": _("Turned to support"),
        "open": _("Walks that stand here now"),
    }
    terms = [Term(_("Walks here"), locale.number(walked.passages))]
    for number, name in names.items():
        if number == "lost":
            if walked.lost is not None:
                terms.append(
                    Term(
                        name,
                        locale.percent(walked.lost.value),
                        sure_of_share(walked.lost, locale),
                        scene.about(f"lost.{step.step_id}"),
                    )
                )
        elif count := getattr(walked, number):
            terms.append(Term(name, locale.number(count), href=scene.about(f"{number}.{step.step_id}")))
    if walked.median_to_next is not None:
        terms.append(
            Term(
                _("Time to the next step (half are faster)"),
                locale.duration(walked.median_to_next),
                href=scene.about(f"time.{step.step_id}"),
            )
        )
    return Section(_("How it is walked"), tuple(terms))


def ways_section(scene: Scene, step: Step) -> Section:
    """Return where customers go from a step."""
    conformance = scene.lived.conformance if scene.lived else None
    moves = [move for move in (conformance.moves if conformance else ()) if move.source == step.step_id]
    return Section(
        _("Where they go next"),
        tuple(way_term(scene, move) for move in moves[:MOST] if move.kind is not MoveKind.STAY),
    )


def sounds_section(at: PanelScene, step_id: str) -> Section | None:
    """Return how the words sound that customers wrote with their answers at a step."""
    found = at.sounds(step_id)
    return None if found is None else Section(_("How their words sound"), (found,))


def comments_section(at: PanelScene, step_id: str) -> Section | None:
    """Return how much is said about a step within the company."""
    found = at.comments(step_id)
    return None if found is None else Section(_("Comments on the step"), (found,))


def cases_section(at: PanelScene, step_id: str) -> Section | None:
    """Return how many customers of a step somebody has to get back to."""
    found = at.cases(step_id)
    return None if found is None else Section(_("Cases"), (found,))


def design_section(scene: Scene, step: Step) -> Section:
    """Return what a step is bound to."""
    terms = [
        Term(_("Answers for it"), step.owner) if step.owner else None,
        Term(_("Rule of events"), step.binding.events) if step.binding.events else None,
        Term(_("Questions asked"), " · ".join(step.binding.question_keys))
        if step.binding.question_keys
        else None,
        Term(_("Tags of conversations"), " · ".join(step.binding.tags)) if step.binding.tags else None,
    ]
    return Section(_("As designed"), tuple(each for each in terms if each is not None))


def signs_section(scene: Scene, step_id: str) -> Section | None:
    """Return how the step of an id is walked."""
    step = scene.document.step(step_id)
    return None if step is None else walks_section(scene, step)


def kept_of(scene: Scene, step: Step, promise_id: str) -> PromiseKept | None:
    """Return how a promise of a step is kept; None where nobody knows."""
    reading = scene.reading(step.step_id)
    return next(
        (each for each in (reading.promises if reading else ()) if each.promise_id == promise_id), None
    )


def period_pairs(scene: Scene) -> list[tuple[str, str]]:
    """Return the period of the sheet as the questions of the desk understand it."""
    return list(scene.state.period)


def funnel_to(at: PanelScene, steps: Sequence[str]) -> str:
    """Return the funnel from the first step of the map to one of its steps."""
    bound = [step.step_id for step in at.scene.document.steps if step.binding.events]
    if not bound or steps[0] not in bound:
        return ""
    return funnel_of(at, (bound[0], steps[0])) if bound[0] != steps[0] else ""


def funnel_of(at: PanelScene, steps: Sequence[str]) -> str:
    """Return the same asked as a funnel; empty where a step is bound to nothing."""
    rules = [found.binding.events for name in steps if (found := at.scene.document.step(name)) is not None]
    if len(rules) != len(steps) or not all(rules):
        return ""
    pairs = [("step", rule) for rule in rules] + period_pairs(at.scene)
    return f"{address_of(at.scene.workspace, 'funnel')}?{urlencode(pairs)}"
