"""The row of facts above a sheet: score, fit, promises, evidence, customers. Each opens what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.maps.anatomy import EvidenceKind
from safar.maps.evidence import MapEvidence
from safar.maps.lived import LivedMap, PromiseKept
from safar.maps.scores import StepScore
from safar.observe.conformance import MoveKind
from safar.vocabulary.interval import difference, is_clear
from safar.vocabulary.money import Money

from .cells import USUAL_GOAL
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
from .scene import Scene


@dataclass(frozen=True, slots=True)
class FactCard:
    """One fact.

    Attributes
    ----------
    key
        Unique on the page.
    name, value
        In the reader's words.
    change, change_spoken
        Against the stretch of time before; empty without one.
    tone
        Of the change, or of the value where there is none: ``better``, ``worse`` or empty.
    sure
        How sure, and of how many.
    more
        What else is worth a line.
    href
        Opens it.
    """

    key: str
    name: str
    value: str
    sure: str = ""
    more: str = ""
    href: str = ""
    change: str = ""
    change_spoken: str = ""
    tone: Literal["", "better", "worse"] = ""


@dataclass(frozen=True, slots=True)
class HeadScore:
    """The score of a map: its NPS where it has one, else its last score; and the same before."""

    step_id: str
    score: StepScore
    before: StepScore | None = None


def head_score(lived: LivedMap) -> tuple[str, StepScore] | None:
    """Return the score that stands for a map: the NPS asked last on it, else the last score; None without any."""
    found = [
        (step.step, score) for step in lived.steps for score in step.scores if score.estimate is not None
    ]
    nps = [each for each in found if each[1].metric == "nps"]
    ranked = nps or found
    return ranked[-1] if ranked else None


def facts(scene: Scene, head: HeadScore | None = None) -> tuple[FactCard, ...]:
    """Return the row of facts."""
    found = []
    if scene.lived is not None:
        found += [_customers(scene, scene.lived), _score(scene, head), _fitness(scene, scene.lived)]
        found.append(_promises(scene, scene.lived))
    found.append(_evidence(scene, scene.whole_evidence))
    return tuple(each for each in found if each is not None)


def _score(scene: Scene, head: HeadScore | None) -> FactCard | None:
    if head is None or head.score.estimate is None:
        return None
    locale, score, now = scene.locale, head.score, head.score.estimate
    step = scene.step_name(head.step_id)
    card = FactCard(
        "score",
        metric_name(score.metric),
        score_value(score.metric, now.value, locale),
        score_sure(score, locale),
        filled(_("asked at “%(step)s”"), step=step),
        scene.about(f"score.{head.step_id}.{score.question_key}"),
    )
    before = head.before.estimate if head.before is not None else None
    if before is None:
        return card
    change = difference(now, before)
    shown = (
        locale.points(change.value, decimals=1)
        if score.metric == "csat"
        else locale.signed(round(change.value, 1), decimals=None if abs(change.value) < 10 else 0)
    )
    arrow = "▲" if change.value > 0 else "▼" if change.value < 0 else "="
    spoken = filled(_("%(change)s against the time before"), change=shown)
    if not is_clear(change):
        spoken = filled(_("%(change)s against the time before, not clear"), change=shown)
    return FactCard(
        card.key,
        card.name,
        card.value,
        card.sure,
        card.more,
        card.href,
        change=f"{arrow} {shown}",
        change_spoken=spoken,
        tone="" if not is_clear(change) else "better" if change.value > 0 else "worse",
    )


def _fitness(scene: Scene, lived: LivedMap) -> FactCard | None:
    found = lived.conformance
    if found is None or found.fitness is None:
        return None
    beside = sum(1 for move in found.moves if move.kind is MoveKind.OFF_MAP)
    more = filled(
        ngettext("%(count)s lived way is not on the map", "%(count)s lived ways are not on the map", beside),
        count=scene.locale.number(beside),
    )
    return FactCard(
        "fitness",
        _("Map fits reality"),
        scene.locale.percent(found.fitness.value),
        sure_of_share(found.fitness, scene.locale),
        more,
        scene.about("fitness"),
    )


def _promises(scene: Scene, lived: LivedMap) -> FactCard | None:
    kept = [each for step in lived.steps for each in step.promises if each.kept is not None]
    if not kept:
        return None
    value, half, decided = pooled(kept)
    locale = scene.locale
    worst = min(kept, key=lambda each: each.kept.value if each.kept else 1.0)
    words = next(
        (
            scene.promise_words(promise)
            for step in scene.document.steps
            for promise in step.binding.promises
            if promise.promise_id == worst.promise_id
        ),
        worst.promise_id,
    )
    return FactCard(
        "promises",
        _("Promises kept"),
        locale.percent(value),
        sure_of_kept(half, decided, locale),
        filled(_("worst: %(promise)s"), promise=words),
        scene.about("promises"),
        tone="worse" if value < USUAL_GOAL else "",
    )


def pooled(kept: list[PromiseKept]) -> tuple[float, float, int]:
    """Return the share of all promises kept, half the width of its interval, and of how many that are decided.

    Promises to one customer may be kept or broken together, whatever they are about: the interval is the sum of theirs,
    weighted by what is decided of each, which is as wide as if they were.
    """
    decided = sum(each.decided for each in kept)
    value = sum(each.decided - each.broken for each in kept) / decided
    half = (
        sum(half_width(each.kept.interval) * each.decided for each in kept if each.kept is not None) / decided
    )
    return value, half, decided


def _evidence(scene: Scene, evidence: MapEvidence | None) -> FactCard | None:
    if evidence is None or evidence.share is None:
        return None
    assumed = dict(evidence.counts).get(EvidenceKind.ASSUMPTION, 0)
    more = filled(
        ngettext("%(count)s card is still an assumption", "%(count)s cards are still assumptions", assumed),
        count=scene.locale.number(assumed),
    )
    cards = filled(
        ngettext("of %(count)s card", "of %(count)s cards", evidence.cards),
        count=scene.locale.number(evidence.cards),
    )
    return FactCard(
        "evidence",
        _("Evidence behind the map"),
        scene.locale.percent(evidence.share),
        joined(cards, _("in this period") if scene.lived is not None else _("without what was lived")),
        more,
        scene.about("evidence"),
    )


def _customers(scene: Scene, lived: LivedMap) -> FactCard | None:
    if lived.conformance is None:
        return None
    locale = scene.locale
    walks = filled(
        ngettext("%(count)s walk", "%(count)s walks", lived.conformance.passages),
        count=locale.number(lived.conformance.passages),
    )
    sums = money_words(brought(lived), locale)
    return FactCard(
        "customers",
        _("On the journey"),
        people(lived.conformance.customers, locale),
        walks,
        "" if not sums else joined(filled(_("brought %(money)s"), money=sums[0]), *sums[1:]),
        scene.about("customers"),
    )


def brought(lived: LivedMap) -> tuple[Money, ...]:
    """Return what the steps brought together, one sum for each currency."""
    sums: dict[str, int] = {}
    for step in lived.steps:
        for money in step.revenue:
            sums[money.currency] = sums.get(money.currency, 0) + money.minor
    return tuple(Money(minor, currency) for currency, minor in sums.items() if minor)
