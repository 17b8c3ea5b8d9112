"""Edits of journey maps: what each does to the line of moves, that each takes itself back, what is refused."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from designed_maps import a_map, any_edit, edits, maps, moves
from safar.maps.anatomy import JourneyMap, Lane, LaneKind, read, told
from safar.maps.checks import MOST, EditRefused, PartTaken, UnknownPart
from safar.maps.difference import edits_between
from safar.maps.editing import apply, apply_all, checked
from safar.maps.edits import EditUnreadable, read_edits, told_edits
from safar.maps.targets import target, touching
from safar.maps.tidying import tidy
from safar.vocabulary.errors import Refusal, SafarError


@given(maps(), any_edit)
def test_an_edit_and_its_inverse_change_nothing(document: JourneyMap, edit) -> None:
    try:
        after, inverse = apply(document, edit)
    except Refusal:
        return
    assert apply_all(after, inverse)[0] == document
    assert tidy(after) == after


@given(maps(), st.lists(any_edit, max_size=12))
def test_whatever_is_accepted_can_be_kept_and_taken_back_as_a_whole(document: JourneyMap, wanted) -> None:
    after, inverse = document, ()
    for edit in wanted:
        try:
            after, back = apply(after, edit)
        except SafarError:
            continue
        inverse = (*back, *inverse)
    assert read(json.loads(json.dumps(told(after)))) == after
    assert checked(after) == after
    kept = read_edits(json.loads(json.dumps(told_edits(inverse))))
    assert apply_all(after, kept)[0] == document


@given(maps(), any_edit, any_edit)
def test_edits_of_different_targets_both_stand_in_either_order(document: JourneyMap, one, other) -> None:
    assume(not touching([target(one)])(target(other)))
    ends = []
    for first, second in ((one, other), (other, one)):
        try:
            ends.append(apply(apply(document, first)[0], second)[0])
        except SafarError as refused:
            ends.append(type(refused))
    if any(isinstance(each, type) for each in ends):
        return  # the one takes away, or adds, what the other needs
    assert _as_sets(ends[0]) == _as_sets(ends[1])
    if not {_shape(one), _shape(other)} & {"add", "move", "remove"}:
        assert ends[0] == ends[1]


def _shape(edit) -> str:
    return str(edit.__struct_config__.tag).partition(".")[2]


def _as_sets(document: JourneyMap) -> object:
    """Everything that people wrote, without the order of what stands beside each other and the moves that follow it."""
    flat = msgspec.structs.replace(document, stages=(), lanes=(), cards=(), moves=())
    stages = {stage.stage_id: msgspec.structs.replace(stage, steps=()) for stage in document.stages}
    homes = {step.step_id: (stage.stage_id, step) for stage in document.stages for step in stage.steps}
    cards = {card.card_id: card for card in document.cards}
    lanes = {lane.lane_id: lane for lane in document.lanes}
    return flat, stages, homes, cards, lanes


@given(maps(), maps())
def test_the_edits_between_two_maps_make_the_one_of_the_other(old: JourneyMap, new: JourneyMap) -> None:
    assert apply_all(old, edits_between(old, new))[0] == new


@given(maps())
def test_between_a_map_and_itself_there_is_nothing(document: JourneyMap) -> None:
    assert edits_between(document, document) == ()


def test_a_step_between_two_joined_ones_comes_into_the_line() -> None:
    after, _ = apply(a_map("a", "c"), *edits(step_added("b", before="c")))
    assert moves(after) == ["a>b", "b>c"]


def test_a_step_at_an_end_makes_the_line_longer() -> None:
    assert moves(apply(a_map("a", "b"), *edits(step_added("c")))[0]) == ["a>b", "b>c"]
    assert moves(apply(a_map("a", "b"), *edits(step_added("z", before="a")))[0]) == ["z>a", "a>b"]


def test_a_step_between_two_that_are_not_joined_stays_alone() -> None:
    assert moves(apply(a_map("a", "c", joined=False), *edits(step_added("b", before="c")))[0]) == []


def test_a_step_that_goes_joins_its_neighbours_and_takes_its_loops_along() -> None:
    document, _ = apply(a_map("a", "b", "c"), *edits({"edit": "move.add", "source": "c", "target": "b"}))
    after, inverse = apply(document, *edits({"edit": "step.remove", "of": "b"}))
    assert moves(after) == ["a>c"]
    assert moves(apply_all(after, inverse)[0]) == ["a>b", "b>c", "c>b"]


def test_a_step_that_moves_leaves_the_line_closed_and_keeps_its_branches() -> None:
    document, _ = apply(a_map("a", "b", "c", "d"), *edits({"edit": "move.add", "source": "d", "target": "b"}))
    after, _ = apply(document, *edits({"edit": "step.move", "of": "b", "stage_id": "g1", "before": "d"}))
    assert [step.step_id for step in after.steps] == ["a", "c", "b", "d"]
    assert moves(after) == ["a>c", "c>b", "b>d", "d>b"]


def test_a_stage_that_moves_takes_its_piece_of_the_line_along() -> None:
    document, _ = apply_all(
        a_map("a", "b"),
        edits(
            {"edit": "stage.add", "of": "g2"},
            {"edit": "step.add", "stage_id": "g2", "step": {"step_id": "c"}},
            {"edit": "step.add", "stage_id": "g2", "step": {"step_id": "d"}},
            {"edit": "stage.add", "of": "g3"},
            {"edit": "step.add", "stage_id": "g3", "step": {"step_id": "e"}},
        ),
    )
    assert moves(document) == ["a>b", "b>c", "c>d", "d>e"]
    after, _ = apply(document, *edits({"edit": "stage.move", "of": "g2"}))
    assert [step.step_id for step in after.steps] == ["a", "b", "e", "c", "d"]
    assert moves(after) == ["a>b", "b>e", "e>c", "c>d"]


def test_taking_a_stage_away_takes_its_steps_and_cards_and_comes_back_whole() -> None:
    document = a_map("a", "b", cards={"k1": "a", "k2": "b"})
    after, inverse = apply(document, *edits({"edit": "stage.remove", "of": "g1"}))
    assert (after.stages, after.cards, after.moves) == ((), (), ())
    assert apply_all(after, inverse)[0] == document


def test_an_empty_text_takes_the_text_away() -> None:
    document = a_map("a", cards={"k": "a"})
    after, _ = apply(document, *edits({"edit": "card.text", "of": "k", "language": "en", "text": ""}))
    assert after.cards[0].text == {}


def test_a_card_comes_before_another_one_of_its_cell_only() -> None:
    document = a_map("a", "b", cards={"k1": "a", "k2": "a", "other": "b"})
    for before, wanted in (
        ("k2", ["k1", "new", "k2"]),
        ("other", ["k1", "k2", "new"]),
        ("gone", ["k1", "k2", "new"]),
    ):
        card = {"card_id": "new", "step_id": "a", "lane_id": "pain"}
        after, _ = apply(document, *edits({"edit": "card.add", "card": card, "before": before}))
        assert [each.card_id for each in after.cards_at("a", "pain")] == wanted


@pytest.mark.parametrize(
    ("edit", "refusal", "code"),
    [
        ({"edit": "step.name", "of": "gone", "language": "en", "text": "x"}, UnknownPart, "map.unknown_part"),
        ({"edit": "card.remove", "of": "gone"}, UnknownPart, "map.unknown_part"),
        ({"edit": "stage.add", "of": "g1"}, PartTaken, "map.part_taken"),
        ({"edit": "step.add", "stage_id": "g1", "step": {"step_id": "a"}}, PartTaken, "map.part_taken"),
        ({"edit": "step.add", "stage_id": "gone", "step": {"step_id": "n"}}, UnknownPart, "map.unknown_part"),
        ({"edit": "move.add", "source": "a", "target": "a"}, EditRefused, "map.edit_refused"),
        ({"edit": "card.emotion", "of": "k", "value": 1}, EditRefused, "map.edit_refused"),
        ({"edit": "map.pause", "value": "0s"}, EditRefused, "map.edit_refused"),
        ({"edit": "map.pause", "value": "soon"}, Refusal, "duration.unreadable"),
        ({"edit": "map.languages", "value": ["en", "en"]}, EditRefused, "map.edit_refused"),
        ({"edit": "map.name", "language": "en", "text": "a\x00b"}, EditRefused, "map.edit_refused"),
        ({"edit": "step.owner", "of": "a", "value": "\ud800"}, EditRefused, "map.edit_refused"),
        ({"edit": "step.events", "of": "a", "value": "a ["}, Refusal, "rule.unreadable"),
        (
            {"edit": "step.promises", "of": "a", "value": [
                {"promise_id": "p", "begins": "", "kept_by": "b", "within": "2d"}]},
            EditRefused, "map.edit_refused",
        ),
        ({"edit": "card.evidence", "of": "k", "value": [{"kind": "anecdote", "n": 2**60}]}, EditRefused,
         "map.edit_refused"),
    ],
)  # fmt: skip
def test_what_is_no_good_is_refused_by_its_code(edit, refusal, code) -> None:
    with pytest.raises(refusal) as caught:
        apply(a_map("a", cards={"k": "a"}), *edits(edit))
    assert caught.value.code == code


def test_no_card_lies_in_a_lane_that_shows_what_is_computed() -> None:
    document = msgspec.structs.replace(a_map("a"), lanes=(Lane(lane_id="river", kind=LaneKind.FLOW),))
    with pytest.raises(EditRefused, match="computed"):
        apply(
            document,
            *edits({"edit": "card.add", "card": {"card_id": "k", "step_id": "a", "lane_id": "river"}}),
        )


def test_a_promise_stands_on_a_map_once() -> None:
    promise = {"promise_id": "p", "begins": "a", "kept_by": "b", "within": "2d"}
    document, _ = apply(a_map("a", "b"), *edits({"edit": "step.promises", "of": "a", "value": [promise]}))
    with pytest.raises(PartTaken):
        apply(document, *edits({"edit": "step.promises", "of": "b", "value": [promise]}))
    apply(document, *edits({"edit": "step.promises", "of": "a", "value": [{**promise, "within": "3d"}]}))


def test_a_map_has_an_end() -> None:
    full = a_map(*(f"s{number}" for number in range(MOST["step"])))
    with pytest.raises(EditRefused, match="at most 200"):
        apply(full, *edits(step_added("more")))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([{"edit": "card.shout", "of": "k"}], "Invalid value 'card.shout'"),
        ([{"edit": "card.text", "of": "k", "language": "en"}], "missing required field `text`"),
        ([{"edit": "card.remove", "of": "k", "more": 1}], "unknown field `more`"),
        ([{"edit": "card.remove", "of": "k\n"}], "matching regex"),
        ([{"edit": "card.emotion", "of": "k", "value": 3}], "`float` <= 2"),
        ({"edit": "card.remove"}, "Expected `array`"),
        ([{"edit": "card.remove", "of": "k"}] * 501, "501 edits"),
    ],
)
def test_what_are_no_edits_says_why(data, words: str) -> None:
    with pytest.raises(EditUnreadable) as caught:
        read_edits(data)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        ({"edit": "card.text", "of": "c1", "language": "fa", "text": "x"}, "card/c1/text/fa"),
        ({"edit": "map.name", "language": "fa", "text": "x"}, "map/name/fa"),
        ({"edit": "step.events", "of": "s", "value": ""}, "step/s/binding.events"),
        ({"edit": "step.move", "of": "s", "stage_id": "g"}, "step/s/place"),
        ({"edit": "card.add", "card": {"card_id": "c", "step_id": "s", "lane_id": "l"}}, "card/c"),
        ({"edit": "stage.remove", "of": "g"}, "stage/g"),
        ({"edit": "move.add", "source": "a", "target": "b"}, "move/a/b"),
        ({"edit": "move.remove", "source": "a", "target": "b"}, "move/a/b"),
    ],
)
def test_each_edit_says_what_it_writes(edit, wanted: str) -> None:
    assert target(*edits(edit)) == wanted


def step_added(step_id: str, before: str = "") -> dict:
    return {"edit": "step.add", "stage_id": "g1", "step": {"step_id": step_id}, "before": before}
