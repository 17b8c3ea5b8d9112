"""The lanes of a sheet: first what is computed, each with the cards of the design that belong to it, then the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.maps.anatomy import Lane, LaneKind, Step
from safar.maps.lived import PromiseKept
from safar.maps.scores import StepScore
from safar.maps.voices import Voice

from .cards import cards_of, cards_row
from .cells import Cell, Item, LaneRow, dash, or_dash, share_bar
from .drawings import emotion_row, river_row
from .number_words import (
    half_width,
    joined,
    metric_name,
    money_words,
    people,
    score_sure,
    score_value,
    sure_of_kept,
    sure_of_share,
)
from .pain_words import pain_words
from .risk_words import no_risk, risk_item
from .scene import Scene

#: Of each, so many stand in a cell; the panel of the step has more.
_MOST_CHANNELS: Final = 4
_MOST_VOICES: Final = 2
_MOST_PAINS: Final = 3
_LONGEST_VOICE: Final = 110

CellOf = Callable[[Scene, Step], Sequence[Item]]


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """A lane that is computed.

    Attributes
    ----------
    key
        In addresses.
    kind
        The kind of lanes of the design whose cards stand in it; None for none.
    name, note
        At its head.
    items
        What stands in the cell of a step; None for one that is drawn.
    is_designed
        Whether it says something of a map that nobody walks yet.
    """

    key: str
    kind: LaneKind | None
    name: LazyText | str
    note: LazyText | str = ""
    items: CellOf | None = None
    is_designed: bool = False


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """A lane that can be shown or hidden."""

    key: str
    name: str
    is_shown: bool
    query: str


def people_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return how many people reach a step, and how many are lost there."""
    reading = scene.reading(step.step_id)
    if reading is None or reading.customers is None:
        return (dash(_("not bound to events"), is_seen=True),)
    items = [
        Item(
            "number",
            people(reading.customers, scene.locale),
            sure="" if reading.customers or scene.is_unwalked else _("nobody in this period"),
            href=scene.about(f"step.{step.step_id}"),
        )
    ]
    if reading.lost is not None and reading.lost.value > 0:
        items.append(
            Item(
                "number",
                scene.locale.percent(reading.lost.value),
                _("lost here"),
                sure_of_share(reading.lost, scene.locale),
                scene.about(f"lost.{step.step_id}"),
                "bad" if step.step_id in scene.hot else "",
            )
        )
    return items


def time_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return how long it takes to the next step."""
    walked = scene.walked(step.step_id)
    if walked is None or walked.median_to_next is None:
        return (dash(),)
    locale = scene.locale
    slow = (
        ""
        if walked.p90_to_next is None
        else filled(_("one in ten: over %(time)s"), time=locale.duration(walked.p90_to_next))
    )
    return (
        Item(
            "number",
            locale.duration(walked.median_to_next),
            sure=slow,
            href=scene.about(f"time.{step.step_id}"),
        ),
    )


def score_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return the scores of the questions of a step."""
    reading = scene.reading(step.step_id)
    found = [score_item(scene, step.step_id, score) for score in (reading.scores if reading else ())]
    if not found and not step.binding.question_keys:
        return (dash(_("no question asked here")),)
    return found or (dash(_("no answers")),)


def score_item(scene: Scene, step_id: str, score: StepScore) -> Item:
    """Return one score."""
    value = "—" if score.estimate is None else score_value(score.metric, score.estimate.value, scene.locale)
    return Item(
        "number",
        value,
        metric_name(score.metric),
        score_sure(score, scene.locale),
        scene.about(f"score.{step_id}.{score.question_key}"),
    )


def channel_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return by which channels events came."""
    reading = scene.reading(step.step_id)
    channels = reading.channels if reading else ()
    return or_dash(
        [
            Item(
                "chip",
                scene.locale.compact(count),
                channel_in_words(channel) if channel else _("no channel"),
                href=scene.about(f"step.{step.step_id}"),
            )
            for channel, count in channels[:_MOST_CHANNELS]
        ]
    )


def voice_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return what customers wrote."""
    reading = scene.reading(step.step_id)
    voices = reading.voices if reading else ()
    return or_dash([voice_item(scene, step.step_id, voice) for voice in voices[:_MOST_VOICES]])


def voice_item(scene: Scene, step_id: str, voice: Voice, *, is_whole: bool = False) -> Item:
    """Return one voice: its words, and what was answered when."""
    locale = scene.locale
    given = ""
    if voice.value is not None:
        given = filled(
            _("%(metric)s %(value)s"), metric=metric_name(voice.metric), value=locale.number(voice.value)
        )
    text = visible(voice.text) if is_whole else cut(visible(voice.text), _LONGEST_VOICE)
    return Item(
        "quote", text, sure=joined(given, locale.date(voice.at)), href=scene.about(f"voices.{step_id}")
    )


def pain_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return what hurts, the heaviest first."""
    reading = scene.reading(step.step_id)
    pains = reading.pains if reading else ()
    return or_dash(
        [
            Item(
                "pain",
                pain_words(scene, pain),
                sure=people(pain.people, scene.locale),
                href=scene.about(f"pain.{step.step_id}.{place}"),
                tone="bad" if step.step_id in scene.hot and place == 0 else "",
            )
            for place, pain in enumerate(pains[:_MOST_PAINS])
        ]
    )


def promise_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return how often promises were kept; as they are made where nobody knows."""
    reading = scene.reading(step.step_id)
    kept = {each.promise_id: each for each in (reading.promises if reading else ())}
    return or_dash(
        [
            promise_item(scene, scene.promise_words(promise), promise.goal, kept.get(promise.promise_id))
            for promise in step.binding.promises
        ]
    )


def promise_item(scene: Scene, words: str, goal: float | None, kept: PromiseKept | None) -> Item:
    """Return one promise."""
    locale = scene.locale
    aim = "" if goal is None else filled(_("goal %(share)s"), share=locale.percent(goal))
    if kept is None:
        return Item("bar", "", words, aim)
    href = scene.about(f"promise.{kept.promise_id}")
    if kept.kept is None:
        return Item("bar", "—", words, joined(_open_words(kept, scene), aim), href)
    bar = share_bar(kept.kept.value, goal)
    return Item(
        "bar",
        locale.percent(kept.kept.value),
        words,
        joined(
            sure_of_kept(half_width(kept.kept.interval), kept.decided, locale),
            aim,
        ),
        href,
        "bad" if bar.is_bad else "",
        bar,
    )


def _open_words(kept: PromiseKept, scene: Scene) -> str:
    if not kept.open:
        return _("never made in this period")
    return filled(
        ngettext("%(count)s not due yet", "%(count)s not due yet", kept.open),
        count=scene.locale.number(kept.open),
    )


def value_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return what a step brought and cost, and what is at risk there; why not where nobody knows."""
    reading, locale = scene.reading(step.step_id), scene.locale
    found = [
        Item("number", sums[0], name, joined(*sums[1:]), scene.about(f"{what}.{step.step_id}"))
        for what, name, amounts in (
            ("revenue", _("Brought"), reading.revenue if reading else ()),
            ("cost", _("Cost"), reading.cost if reading else ()),
        )
        if (sums := money_words(amounts, locale))
    ]
    found += [risk_item(scene, each.found) for each in (scene.risks or {}).get(step.step_id, ())[:1]]
    why, _sentence = no_risk(scene, step.step_id)
    if why:
        return (*found, dash(why, is_seen=True))
    if found:
        return found
    if step.binding.revenue or step.binding.cost:
        return (dash(_("nothing in this period")),)
    return (dash(_("no money rule")),)


def owner_items(scene: Scene, step: Step) -> Sequence[Item]:
    """Return who answers for a step."""
    if not step.owner:
        return (dash(_("nobody named")),)
    return (Item("chip", step.owner, tone="warn" if step.step_id in scene.hot else ""),)


#: What is computed, in the order of the sheet.
COMPUTED: Final = (
    LaneSpec("flow", LaneKind.FLOW, pgettext_lazy("lane", "Flow"), gettext_lazy("customers")),
    LaneSpec(
        "people",
        None,
        gettext_lazy("People and lost"),
        gettext_lazy("who get here, who end here"),
        people_items,
    ),
    LaneSpec(
        "time", None, gettext_lazy("Time to the next step"), gettext_lazy("half are faster"), time_items
    ),
    LaneSpec(
        "emotion",
        LaneKind.EMOTION,
        pgettext_lazy("lane", "Emotion"),
        gettext_lazy("believed, said, shown"),
        is_designed=True,
    ),
    LaneSpec(
        "score",
        LaneKind.SCORE,
        pgettext_lazy("lane", "Scores"),
        gettext_lazy("with interval and n"),
        score_items,
    ),
    LaneSpec(
        "touchpoint",
        LaneKind.TOUCHPOINT,
        gettext_lazy("Touchpoints"),
        gettext_lazy("events by channel"),
        channel_items,
    ),
    LaneSpec(
        "quote", LaneKind.QUOTE, gettext_lazy("Voices"), gettext_lazy("what customers wrote"), voice_items
    ),
    LaneSpec(
        "pain",
        LaneKind.PAIN,
        pgettext_lazy("lane", "Pains"),
        gettext_lazy("by people and severity"),
        pain_items,
    ),
    LaneSpec(
        "promise",
        LaneKind.PROMISE,
        pgettext_lazy("lane", "Promises"),
        gettext_lazy("kept"),
        promise_items,
        is_designed=True,
    ),
    LaneSpec(
        "value",
        LaneKind.VALUE,
        pgettext_lazy("lane", "Value"),
        gettext_lazy("in the period; at risk: over all time"),
        value_items,
    ),
    LaneSpec("owner", LaneKind.OWNER, gettext_lazy("Who answers for it"), "", owner_items, is_designed=True),
)


def lane_rows(scene: Scene, thread: Sequence[str] = ()) -> tuple[tuple[LaneRow, ...], tuple[LaneChoice, ...]]:
    """Return the rows of a sheet, and which lanes can be shown or hidden. Hidden ones are not made at all."""
    rows: list[LaneRow] = []
    choices: list[LaneChoice] = []
    taken: set[str] = set()
    hidden = set(scene.state.hidden)

    def offer(key: str, name: str) -> bool:
        is_shown = key not in hidden
        others = tuple(sorted(hidden - {key} if not is_shown else hidden | {key}))
        choices.append(LaneChoice(key, name, is_shown, scene.state.query(hidden=others)))
        return is_shown

    for spec in COMPUTED:
        if scene.lived is None and not spec.is_designed:
            continue
        lane = next((each for each in scene.document.lanes if each.kind is spec.kind), None)
        if lane is not None:
            taken.add(lane.lane_id)
        if offer(spec.key, str(spec.name)):
            rows += _computed(scene, spec, lane, thread)
    for lane in scene.document.lanes:
        if lane.lane_id in taken or lane.kind in (LaneKind.FLOW, LaneKind.VALUE):
            continue
        row = cards_row(scene, lane)
        if offer(row.key, row.name):
            rows.append(row)
    return tuple(rows), tuple(choices)


def _computed(scene: Scene, spec: LaneSpec, lane: Lane | None, thread: Sequence[str]) -> list[LaneRow]:
    """Return the rows of a computed lane: the numbers, with the cards of the design in the same cells."""
    if spec.items is not None:
        return [_row(scene, spec, lane)]
    drawn = river_row(scene, thread) if spec.key == "flow" else emotion_row(scene)
    rows = [] if drawn is None else [drawn]
    if lane is not None and any(scene.cards(step.step_id, lane.lane_id) for _stage, step in scene.columns):
        row = cards_row(scene, lane)
        rows.append(replace(row, name=_("As the team sees it")) if drawn is not None else row)
    return rows


def _row(scene: Scene, spec: LaneSpec, lane: Lane | None) -> LaneRow:
    assert spec.items is not None
    cells = []
    for stage, step in scene.columns:
        cards = cards_of(scene, step.step_id, lane)
        items = tuple(_because(scene, step, item) for item in spec.items(scene, step))
        if cards and all(item.kind == "dash" for item in items):
            items = ()
        cells.append(
            Cell(
                step.step_id,
                stage.stage_id,
                stage.stage_id == scene.open_stage,
                step.step_id in scene.hot,
                items,
                cards,
            )
        )
    return LaneRow(spec.key, str(spec.name), str(spec.note), tuple(cells))


def _because(scene: Scene, step: Step, item: Item) -> Item:
    """Return a dash with its reason where that is that nobody did the step."""
    reading = scene.reading(step.step_id)
    if item.kind != "dash" or item.sure or reading is None or reading.customers != 0:
        return item
    return dash(_("nobody in this period"))
