"""Journey maps for tests: small ones by hand, and any that Hypothesis thinks of with edits that go with them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from safar.maps.anatomy import Card, JourneyMap, Lane, LaneKind, MapState, Move, Stage, Step
from safar.maps.edits import AnyEdit, read_edits
from safar.maps.tidying import tidy

IDS = [f"x{number}" for number in range(6)]
LANGUAGES = ("en", "fa", "ar")
#: One lane of each of these kinds, in this order, where a map has that many.
KINDS = (LaneKind.PAIN, LaneKind.EMOTION, LaneKind.NOTE, LaneKind.FLOW)
RULES = ("", "order_placed", "Pay: paid, done [channel = web]")


def a_map(*steps: str, cards: dict[str, str] | None = None, joined: bool = True) -> JourneyMap:
    """Return a map of one stage with these steps on one line, a lane ``pain``, a lane ``feel`` and some cards there.

    ``cards`` has the step of each card id; their text is their id.
    """
    return tidy(
        JourneyMap(
            name={"en": "Shop"},
            stages=(Stage(stage_id="g1", steps=tuple(Step(step_id=each) for each in steps)),),
            lanes=(Lane(lane_id="pain", kind=LaneKind.PAIN), Lane(lane_id="feel", kind=LaneKind.EMOTION)),
            moves=tuple(Move(source=a, target=b) for a, b in pairwise(steps) if joined),
            cards=tuple(
                Card(card_id=card_id, step_id=step, lane_id="pain", text={"en": card_id})
                for card_id, step in (cards or {}).items()
            ),
        )
    )


def edits(*data: dict[str, Any]) -> tuple[AnyEdit, ...]:
    """Return edits of their JSON."""
    return read_edits(list(data))


def moves(document: JourneyMap) -> list[str]:
    """Return the moves of a map as ``a>b``."""
    return [f"{move.source}>{move.target}" for move in document.moves]


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_words = st.dictionaries(st.sampled_from(LANGUAGES), _texts.filter(bool), max_size=3)


@st.composite
def maps(draw: st.DrawFn) -> JourneyMap:
    """Any tidy map of up to six of each part."""
    step_ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6))
    stage_ids = draw(st.lists(st.sampled_from(IDS), unique=True, min_size=1, max_size=4))
    homes = {step: draw(st.sampled_from(stage_ids)) for step in step_ids}
    kinds = draw(st.permutations(KINDS))[: draw(st.integers(0, len(KINDS)))]
    lanes = [Lane(lane_id=f"l-{kind.value}", kind=kind, name=draw(_words)) for kind in kinds]
    fillable = [lane for lane in lanes if lane.kind is not LaneKind.FLOW]
    pairs = [(a, b) for a in step_ids for b in step_ids if a != b]
    joined = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8)) if pairs else []
    cards = []
    if step_ids and fillable:
        for card_id in draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6)):
            lane = draw(st.sampled_from(fillable))
            feels = lane.kind is LaneKind.EMOTION and draw(st.booleans())
            cards.append(
                Card(
                    card_id=card_id,
                    step_id=draw(st.sampled_from(step_ids)),
                    lane_id=lane.lane_id,
                    text=draw(_words),
                    emotion=draw(st.floats(-2, 2)) if feels else None,
                )
            )
    stages = tuple(
        Stage(
            stage_id=stage,
            name=draw(_words),
            steps=tuple(
                Step(step_id=step, name=draw(_words), owner=draw(_texts), can_begin=draw(st.booleans()))
                for step in step_ids
                if homes[step] == stage
            ),
        )
        for stage in stage_ids
    )
    return tidy(
        JourneyMap(
            name=draw(_words),
            languages=tuple(draw(st.permutations(LANGUAGES))[: draw(st.integers(1, 3))]),
            state=draw(st.sampled_from(MapState)),
            lanes=tuple(lanes),
            stages=stages,
            moves=tuple(Move(source=a, target=b) for a, b in joined),
            cards=tuple(cards),
        )
    )


def _one(tag: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"edit": st.just(tag), **fields})


_ids = st.sampled_from(IDS)
_lane_ids = st.sampled_from([f"l-{kind.value}" for kind in KINDS])
_before = st.sampled_from(["", *IDS])
_language = st.sampled_from(LANGUAGES)
_promise = st.fixed_dictionaries(
    {"promise_id": st.sampled_from(["p1", "p2"]), "begins": st.just("a"), "kept_by": st.just("b"),
     "within": st.sampled_from(["2d", "10m"])}
)  # fmt: skip
_card = st.fixed_dictionaries(
    {"card_id": _ids, "step_id": _ids, "lane_id": _lane_ids, "text": _words},
    optional={"emotion": st.floats(-2, 2)},
)
_step = st.fixed_dictionaries({"step_id": _ids, "name": _words})
_lane = st.sampled_from(KINDS).map(lambda kind: {"lane_id": f"l-{kind.value}", "kind": kind.value})

#: Any edit, most of them of parts that may be there.
any_edit = st.one_of(
    _one("map.name", language=_language, text=_texts),
    _one("map.languages", value=st.lists(_language, min_size=1, max_size=3)),
    _one("map.state", value=st.sampled_from(["as_is", "to_be"])),
    _one("map.pause", value=st.sampled_from(["30d", "2h", "never"])),
    _one("stage.add", of=_ids, name=_words, before=_before),
    _one("stage.name", of=_ids, language=_language, text=_texts),
    _one("stage.move", of=_ids, before=_before),
    _one("stage.remove", of=_ids),
    _one("step.add", stage_id=_ids, step=_step, before=_before),
    _one("step.about", of=_ids, language=_language, text=_texts),
    _one("step.move", of=_ids, stage_id=_ids, before=_before),
    _one("step.remove", of=_ids),
    _one("step.events", of=_ids, value=st.sampled_from([*RULES, "a ["])),
    _one("step.promises", of=_ids, value=st.lists(_promise, max_size=2)),
    _one("step.owner", of=_ids, value=_texts),
    _one("step.can_end", of=_ids, value=st.booleans()),
    _one("lane.add", lane=_lane, before=_lane_ids),
    _one("lane.name", of=_lane_ids, language=_language, text=_texts),
    _one("lane.move", of=_lane_ids, before=_lane_ids),
    _one("lane.remove", of=_lane_ids),
    _one("move.add", source=_ids, target=_ids),
    _one("move.remove", source=_ids, target=_ids),
    _one("card.add", card=_card, before=_before),
    _one("card.text", of=_ids, language=_language, text=_texts),
    _one("card.emotion", of=_ids, value=st.none() | st.floats(-2, 2)),
    _one("card.personas", of=_ids, value=st.lists(_texts, max_size=2)),
    _one("card.move", of=_ids, step_id=_ids, lane_id=_lane_ids, before=_before),
    _one("card.remove", of=_ids),
).map(lambda data: read_edits([data])[0])
