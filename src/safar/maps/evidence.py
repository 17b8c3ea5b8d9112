"""Evidence: what each card of a map rests on, computed from what was noted and from what is lived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from math import prod
from typing import Final

from safar.vocabulary.answer import Note

from .anatomy import Card, Evidence, EvidenceKind, JourneyMap, LaneKind
from .lived import LivedMap, StepReading
from .lived_question import LivedQuestion

#: So old evidence is worth half: half a year, in which shops, prices and people change. A choice of Safar's.
HALF_LIFE: Final = timedelta(days=180)
#: What perfect, fresh evidence of a kind is worth.
WORTH: Final = {
    EvidenceKind.ASSUMPTION: 0.0,
    EvidenceKind.ANECDOTE: 0.3,
    EvidenceKind.ANSWERS: 0.7,
    EvidenceKind.BEHAVIOUR: 0.8,
    EvidenceKind.EXPERIMENT: 1.0,
}
#: So many answers or customers are worth half of as many as one likes.
HALF_SIZE: Final = 30
#: Of evidence that does not say how many, or of when, so much is believed.
UNSAID: Final = 0.5
#: What measured trouble at a step is worth for a card that names its own: that something hurts, not that it is this.
NAMED_OTHERWISE: Final = 0.5
#: What is left of a belief that answers contradict.
CONTRADICTED: Final = 0.25
#: Below this strength a card is an assumption.
LEAST_STRENGTH: Final = 0.1

#: Lanes whose cards claim nothing about customers.
_NO_CLAIMS: Final = frozenset(
    {
        LaneKind.FLOW,
        LaneKind.VALUE,
        LaneKind.PICTURE,
        LaneKind.NOTE,
        LaneKind.OWNER,
        LaneKind.SYSTEM,
        LaneKind.OPPORTUNITY,
    }
)
_SIZED: Final = frozenset({EvidenceKind.ANSWERS, EvidenceKind.BEHAVIOUR})


@dataclass(frozen=True, slots=True)
class CardEvidence:
    """What one card rests on.

    Attributes
    ----------
    kind
        The strongest of it; an assumption where all of it together is weaker than `LEAST_STRENGTH`.
    strength
        0…1, after decay.
    reasons
        Why: ``evidence.noted`` (``kind``, ``days`` old and ``count`` where they are known) for each entry of the card,
        ``evidence.behaviours``, ``evidence.answers``, ``evidence.voices``, ``evidence.pains`` (``count``) for what is
        lived, ``evidence.supported`` or ``evidence.contradicted`` (``low``, ``high``, ``count``) for a believed
        emotion.
    """

    kind: EvidenceKind
    strength: float
    reasons: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class MapEvidence:
    """How much of a map is more than assumption.

    Attributes
    ----------
    share
        Of the cards that claim something about customers, those that rest on more than an assumption; None without any.
    counts
        Pairs of a kind and how many of these cards rest on it, the weakest first, each kind once.
    cards
        How many cards claim something about customers: all but those in lanes of flow, value, pictures, notes, owners,
        systems and opportunities.
    """

    share: float | None
    counts: tuple[tuple[EvidenceKind, int], ...]
    cards: int


def evidence_of(card: Card, document: JourneyMap, lived: LivedMap | None, today: date) -> CardEvidence:
    """Return what a card rests on.

    Each piece of evidence has a strength: what its kind is `WORTH`, times :math:`n/(n + 30)` of answers and customers
    (`UNSAID` where nobody says how many), times :math:`2^{-days/180}` since it was seen. Together they leave
    :math:`1 - \\prod (1 - s_i)`.

    Parameters
    ----------
    card, document
        The card and its map.
    lived
        The map as it is lived; only what was noted counts when None.
    today
        What was seen decays until then.

    Notes
    -----
    What is lived counts where it speaks of what the card claims: the customers at a bound step for actions and
    touchpoints, decided promises for promises, answers for scores, voices for quotes, measured pains for pains (half:
    it hurts, but perhaps not for that reason), and what is said for a believed emotion: inside its interval the belief
    is supported, outside it is contradicted, which leaves a quarter of its strength. Weights are Safar's choice; they
    rank cards, they are no probabilities.
    """
    parts: list[tuple[EvidenceKind, float]] = []
    reasons: list[Note] = []
    for entry in card.evidence:
        strength, reason = _noted(entry, today)
        parts.append((entry.kind, strength))
        reasons.append(reason)
    factor = 1.0
    reading = None if lived is None else lived.step(card.step_id)
    if lived is not None and reading is not None:
        age = _decay(_seen_until(lived, today), today)
        kind = next((lane.kind for lane in document.lanes if lane.lane_id == card.lane_id), LaneKind.OWN)
        for found, strength, reason in _lived(card, kind, reading):
            parts.append((found, strength * age))
            reasons.append(reason)
            if reason.code == "evidence.contradicted":
                factor = CONTRADICTED
    strength = factor * (1 - prod(1 - part for _, part in parts))
    if strength < LEAST_STRENGTH:
        return CardEvidence(EvidenceKind.ASSUMPTION, strength, tuple(reasons))
    return CardEvidence(max(parts, key=lambda part: part[1])[0], strength, tuple(reasons))


def map_evidence(document: JourneyMap, lived: LivedMap | None, today: date) -> MapEvidence:
    """Return how much of a map is more than assumption; parameters as of `evidence_of`."""
    kinds = Counter(evidence_of(card, document, lived, today).kind for card in claiming_cards(document))
    cards = kinds.total()
    more = cards - kinds[EvidenceKind.ASSUMPTION]
    return MapEvidence(
        more / cards if cards else None, tuple((kind, kinds[kind]) for kind in EvidenceKind), cards
    )


def claiming_cards(document: JourneyMap) -> tuple[Card, ...]:
    """Return the cards that claim something about customers, which `MapEvidence` counts."""
    claims = {lane.lane_id for lane in document.lanes if lane.kind not in _NO_CLAIMS}
    return tuple(card for card in document.cards if card.lane_id in claims)


def _noted(entry: Evidence, today: date) -> tuple[float, Note]:
    """Return the strength of an entry of a card, and what is said about it."""
    facts: dict[str, int | str] = {"kind": entry.kind.value}
    decay = UNSAID
    if seen_on := _day(entry.seen_on):
        decay = _decay(seen_on, today)
        facts["days"] = max((today - seen_on).days, 0)
    size = 1.0
    if entry.n is not None:
        facts["count"] = entry.n
    if entry.kind in _SIZED:
        size = UNSAID if entry.n is None else _size(entry.n)
    return WORTH[entry.kind] * size * decay, Note.of("evidence.noted", **facts)


def _lived(card: Card, kind: LaneKind, reading: StepReading) -> list[tuple[EvidenceKind, float, Note]]:
    """Return what is lived at a card's step and speaks of what the card claims: kind, strength, what is said of it."""
    behaviour, answers = WORTH[EvidenceKind.BEHAVIOUR], WORTH[EvidenceKind.ANSWERS]
    found: list[tuple[EvidenceKind, float, Note]] = []

    def add(of: EvidenceKind, worth: float, code: str, n: int) -> None:
        if n:
            found.append((of, worth * _size(n), Note.of(code, count=n)))

    match kind:
        case LaneKind.ACTION | LaneKind.TOUCHPOINT:
            add(EvidenceKind.BEHAVIOUR, behaviour, "evidence.behaviours", reading.customers or 0)
        case LaneKind.PROMISE:
            decided = sum(each.kept.n for each in reading.promises if each.kept is not None)
            add(EvidenceKind.BEHAVIOUR, behaviour, "evidence.behaviours", decided)
        case LaneKind.SCORE:
            add(EvidenceKind.ANSWERS, answers, "evidence.answers", sum(each.n for each in reading.scores))
        case LaneKind.QUOTE:
            add(EvidenceKind.ANECDOTE, WORTH[EvidenceKind.ANECDOTE], "evidence.voices", len(reading.voices))
        case LaneKind.PAIN:
            people = max((pain.people for pain in reading.pains), default=0)
            add(EvidenceKind.BEHAVIOUR, behaviour * NAMED_OTHERWISE, "evidence.pains", people)
        case LaneKind.EMOTION:
            said = reading.said
            if said is not None and said.interval is not None and card.emotion is not None:
                low, high = said.interval.low, said.interval.high
                is_inside = low <= card.emotion <= high
                facts: dict[str, int | str] = {"low": f"{low:.2f}", "high": f"{high:.2f}", "count": said.n}
                code = "evidence.supported" if is_inside else "evidence.contradicted"
                worth = answers * _size(said.n) if is_inside else 0.0
                found.append((EvidenceKind.ANSWERS, worth, Note.of(code, **facts)))
        case _:
            pass
    return found


def _seen_until(lived: LivedMap, today: date) -> date:
    """Return the day up to which a map was lived."""
    question = lived.provenance.question
    window = question.window if isinstance(question, LivedQuestion) else None
    return today if window is None else min(window.end.date(), today)


def _decay(seen_on: date, today: date) -> float:
    return float(0.5 ** (max((today - seen_on).days, 0) / HALF_LIFE.days))


def _size(n: int) -> float:
    return n / (n + HALF_SIZE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
