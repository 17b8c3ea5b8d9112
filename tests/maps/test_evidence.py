"""Evidence: what is noted decays, what is lived supports or contradicts, and how much of a map is assumption."""

from __future__ import annotations

from datetime import date

import pytest

from bound_map import a_step
from builders import a_path, an_event, together
from logs import write
from safar.maps.anatomy import Card, Evidence, EvidenceKind, JourneyMap, Lane, LaneKind, Stage
from safar.maps.evidence import MapEvidence, evidence_of, map_evidence
from safar.maps.lived import LivedMap, lived_map
from safar.maps.lived_question import lived_question
from safar.store.log import Log
from safar.vocabulary.answer import Note

TODAY = date(2026, 9, 1)
LANES = tuple(Lane(lane_id=kind.value, kind=kind) for kind in LaneKind if kind is not LaneKind.OWN)
MAP = JourneyMap(
    lanes=LANES,
    stages=(Stage(stage_id="s", steps=(a_step("pay", "pay", question_keys=("q",)), a_step("end"))),),
)


def a_card(lane: LaneKind, *evidence: Evidence, step: str = "pay", emotion: float | None = None) -> Card:
    return Card(
        card_id=f"{lane}-{step}", step_id=step, lane_id=lane.value, emotion=emotion, evidence=evidence
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> LivedMap:
    """Thirty who paid, all of whom answered: twenty 4 and ten 5 of 5."""
    events = [a_path("pay 09:00", customer=f"c{place}") for place in range(30)]
    for place in range(30):
        told = {
            "question_key": "q",
            "metric": "csat",
            "scale_min": 1,
            "scale_max": 5,
            "value": 4 + (place < 10),
        }
        events.append(an_event("survey_answered", "2026-03-22", customer=f"c{place}", properties=told))
    with Log.create(tmp_path_factory.mktemp("log") / "log") as log:
        write(log, together(*events))
        return lived_map(log, lived_question(MAP))


@pytest.mark.parametrize(
    ("evidence", "kind", "strength"),
    [
        ((), "assumption", 0.0),
        ((Evidence(kind=EvidenceKind.ASSUMPTION),), "assumption", 0.0),
        ((Evidence(kind=EvidenceKind.EXPERIMENT, seen_on="2026-09-01"),), "experiment", 1.0),
        ((Evidence(kind=EvidenceKind.EXPERIMENT, seen_on="2026-03-05"),), "experiment", 0.5),
        ((Evidence(kind=EvidenceKind.ANSWERS, n=30, seen_on="2026-09-01"),), "answers", 0.35),
        ((Evidence(kind=EvidenceKind.BEHAVIOUR, n=270, seen_on="2026-09-01"),), "behaviour", 0.72),
        ((Evidence(kind=EvidenceKind.BEHAVIOUR),), "behaviour", 0.2),
        ((Evidence(kind=EvidenceKind.ANECDOTE, seen_on="2026-09-01"),), "anecdote", 0.3),
        (
            (Evidence(kind=EvidenceKind.ANECDOTE, seen_on="2024-09-01"),),
            "assumption",
            0.3 * 0.5 ** (730 / 180),
        ),
        (
            (
                Evidence(kind=EvidenceKind.ANECDOTE, seen_on="2026-09-01"),
                Evidence(kind=EvidenceKind.ANSWERS, n=30, seen_on="2026-09-01"),
            ),
            "answers",
            1 - 0.7 * 0.65,
        ),
        # a day to come does not make it stronger
        ((Evidence(kind=EvidenceKind.EXPERIMENT, seen_on="2027-09-01"),), "experiment", 1.0),
    ],
)
def test_what_is_noted(evidence: tuple[Evidence, ...], kind: str, strength: float) -> None:
    found = evidence_of(a_card(LaneKind.NEED, *evidence), MAP, None, TODAY)
    assert (found.kind, found.strength) == (EvidenceKind(kind), pytest.approx(strength, abs=1e-12))
    assert [reason.code for reason in found.reasons] == ["evidence.noted"] * len(evidence)


def test_half_a_year_halves_it() -> None:
    fresh, old = (
        evidence_of(
            a_card(LaneKind.NEED, Evidence(kind=EvidenceKind.EXPERIMENT, seen_on=day)), MAP, None, TODAY
        )
        for day in ("2026-09-01", "2026-03-05")
    )
    assert (TODAY - date(2026, 3, 5)).days == 180
    assert old.strength == fresh.strength / 2


def test_what_is_lived_speaks_of_actions_scores_and_feelings(lived: LivedMap) -> None:
    action = evidence_of(a_card(LaneKind.ACTION), MAP, lived, TODAY)
    assert (action.kind, action.strength) == (EvidenceKind.BEHAVIOUR, pytest.approx(0.8 * 0.5))
    assert action.reasons == (Note.of("evidence.behaviours", count=30),)
    score = evidence_of(a_card(LaneKind.SCORE), MAP, lived, TODAY)
    assert (score.kind, score.strength) == (EvidenceKind.ANSWERS, pytest.approx(0.7 * 0.5))
    thought = evidence_of(a_card(LaneKind.THINKING), MAP, lived, TODAY)
    assert (thought.kind, thought.strength, thought.reasons) == (EvidenceKind.ASSUMPTION, 0.0, ())
    nobody = evidence_of(a_card(LaneKind.ACTION, step="end"), MAP, lived, TODAY)
    assert nobody.kind is EvidenceKind.ASSUMPTION


def test_a_belief_is_supported_or_contradicted(lived: LivedMap) -> None:
    said = lived.steps[0].said
    assert said is not None
    assert said.interval is not None
    assert said.value == pytest.approx(4 / 3)
    inside = evidence_of(a_card(LaneKind.EMOTION, emotion=1.3), MAP, lived, TODAY)
    assert (inside.kind, inside.strength) == (EvidenceKind.ANSWERS, pytest.approx(0.35))
    assert inside.reasons[0].code == "evidence.supported"
    assert dict(inside.reasons[0].facts) == {
        "low": f"{said.interval.low:.2f}",
        "high": f"{said.interval.high:.2f}",
        "count": 30,
    }
    noted = Evidence(kind=EvidenceKind.EXPERIMENT, seen_on="2026-09-01")
    outside = evidence_of(a_card(LaneKind.EMOTION, noted, emotion=-1.0), MAP, lived, TODAY)
    assert (outside.kind, outside.strength) == (EvidenceKind.EXPERIMENT, 0.25)
    assert outside.reasons[-1].code == "evidence.contradicted"
    alone = evidence_of(a_card(LaneKind.EMOTION, emotion=-1.0), MAP, lived, TODAY)
    assert (alone.kind, alone.strength) == (EvidenceKind.ASSUMPTION, 0.0)


def test_how_much_of_a_map_is_assumption(lived: LivedMap) -> None:
    cards = (
        a_card(LaneKind.ACTION),
        a_card(LaneKind.THINKING),
        a_card(LaneKind.EMOTION, emotion=1.3),
        a_card(LaneKind.NEED, Evidence(kind=EvidenceKind.ANECDOTE, seen_on="2026-08-31")),
        a_card(LaneKind.OWNER),
        a_card(LaneKind.NOTE),
    )
    document = JourneyMap(lanes=LANES, stages=MAP.stages, cards=cards)
    found = map_evidence(document, lived, TODAY)
    assert found == MapEvidence(
        0.75,
        (
            (EvidenceKind.ASSUMPTION, 1),
            (EvidenceKind.ANECDOTE, 1),
            (EvidenceKind.ANSWERS, 1),
            (EvidenceKind.BEHAVIOUR, 1),
            (EvidenceKind.EXPERIMENT, 0),
        ),
        4,
    )
    assert map_evidence(document, None, TODAY).share == 0.25
    assert map_evidence(MAP, lived, TODAY).share is None
