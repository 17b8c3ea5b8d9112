"""Two members at one map: whoever was first stands, nobody's work is thrown away, everything else merges."""

from __future__ import annotations

from itertools import count

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from designed_maps import a_map, any_edit, edits, maps
from safar.maps.anatomy import JourneyMap
from safar.maps.checks import UnknownPart
from safar.maps.editing import apply, apply_all
from safar.maps.edits import AddCard, Remove, WriteCard
from safar.maps.merging import Merged, merge, told_conflict
from safar.maps.targets import target, touching
from safar.vocabulary.errors import SafarError


def merged(base: JourneyMap, theirs: list[dict], mine: list[dict], **more: bool) -> Merged:
    """Do my edits on what theirs have made of the same map."""
    since = edits(*theirs)
    now, inverse = apply_all(base, since)
    gone = [edit.card for edit in inverse if isinstance(edit, AddCard)]
    numbers = count(1)
    return merge(now, edits(*mine), since=since, gone=gone, new_id=lambda: f"new{next(numbers)}", **more)


def texts(document: JourneyMap, step: str = "a") -> list[tuple[str, dict[str, str]]]:
    return [(card.card_id, card.text) for card in document.cards_at(step, "pain")]


def write(card: str, text: str, language: str = "en") -> dict:
    return {"edit": "card.text", "of": card, "language": language, "text": text}


DOCUMENT = a_map("a", "b", cards={"k": "a", "l": "a"})


def test_texts_of_two_languages_merge() -> None:
    found = merged(DOCUMENT, [write("k", "دیر رسید", "fa")], [write("k", "came late")])
    assert texts(found.document)[0] == ("k", {"en": "came late", "fa": "دیر رسید"})
    assert found.conflicts == ()


def test_a_text_that_loses_is_kept_as_a_second_card_behind_the_first() -> None:
    found = merged(DOCUMENT, [write("k", "theirs")], [write("k", "mine")])
    assert texts(found.document) == [("k", {"en": "theirs"}), ("new1", {"en": "mine"}), ("l", {"en": "l"})]
    (conflict,) = found.conflicts
    assert (conflict.target, conflict.kept, conflict.second_card) == ("card/k/text/en", "theirs", "new1")
    assert told_conflict(conflict)["edit"] == write("k", "mine")
    assert apply_all(found.document, found.inverse)[0] == apply(DOCUMENT, *edits(write("k", "theirs")))[0]


def test_the_same_text_twice_is_no_conflict() -> None:
    found = merged(DOCUMENT, [write("k", "late")], [write("k", "late")])
    assert (found.conflicts, found.edits) == ((), ())


def test_a_text_for_a_card_that_was_taken_away_comes_back_as_a_card() -> None:
    found = merged(DOCUMENT, [{"edit": "card.remove", "of": "k"}], [write("k", "mine")])
    assert texts(found.document) == [("l", {"en": "l"}), ("new1", {"en": "mine"})]
    (conflict,) = found.conflicts
    assert (conflict.is_gone, conflict.kept, conflict.second_card) == (True, None, "new1")


def test_a_text_for_a_card_of_a_step_that_was_taken_away_stays_in_the_conflict() -> None:
    found = merged(DOCUMENT, [{"edit": "step.remove", "of": "a"}], [write("k", "mine")])
    assert [step.step_id for step in found.document.steps] == ["b"]
    (conflict,) = found.conflicts
    assert (conflict.is_gone, conflict.second_card, conflict.edit.text) == (True, "", "mine")


@pytest.mark.parametrize("removal", ["card/k", "step/a", "stage/g1", "lane/pain"])
def test_what_somebody_else_has_just_changed_is_not_taken_away(removal: str) -> None:
    kind, part = removal.split("/")
    found = merged(DOCUMENT, [write("k", "theirs")], [{"edit": f"{kind}.remove", "of": part}])
    assert texts(found.document)[0] == ("k", {"en": "theirs"})
    assert [each.target for each in found.conflicts] == [removal]


def test_a_step_is_not_taken_away_from_under_a_card_that_just_came() -> None:
    card = {"card_id": "n", "step_id": "b", "lane_id": "pain", "text": {"en": "new"}}
    found = merged(DOCUMENT, [{"edit": "card.add", "card": card}], [{"edit": "step.remove", "of": "b"}])
    assert texts(found.document, "b") == [("n", {"en": "new"})]
    assert found.conflicts[0].kept["step_id"] == "b"


def test_what_is_gone_already_need_not_be_taken_away() -> None:
    gone = [{"edit": "card.remove", "of": "k"}]
    found = merged(DOCUMENT, gone, gone)
    assert (found.edits, found.conflicts) == ((), ())


def test_what_was_sent_twice_is_done_once() -> None:
    card = {"card_id": "n", "step_id": "b", "lane_id": "pain", "text": {"en": "new"}}
    found = merged(DOCUMENT, [{"edit": "card.add", "card": card}], [{"edit": "card.add", "card": card}])
    assert (found.edits, found.conflicts, len(found.document.cards)) == ((), (), 3)


def test_values_that_meet_come_back_with_what_stands() -> None:
    owner = {"edit": "step.owner", "of": "a"}
    found = merged(DOCUMENT, [{**owner, "value": "Care"}], [{**owner, "value": "Sales"}])
    assert found.document.steps[0].owner == "Care"
    assert [(each.target, each.kept, each.edit.value) for each in found.conflicts] == [
        ("step/a/owner", "Care", "Sales")
    ]


def test_steps_that_two_add_at_the_same_place_both_stand_on_the_line() -> None:
    def added(step: str) -> dict:
        return {"edit": "step.add", "stage_id": "g1", "step": {"step_id": step}, "before": "b"}

    found = merged(DOCUMENT, [added("m")], [added("n")])
    assert [step.step_id for step in found.document.steps] == ["a", "m", "n", "b"]
    assert [(move.source, move.target) for move in found.document.moves] == [
        ("a", "m"),
        ("m", "n"),
        ("n", "b"),
    ]


def test_what_builds_on_an_edit_that_lost_comes_back_with_it() -> None:
    mine = [
        {"edit": "step.add", "stage_id": "g1", "step": {"step_id": "n"}},
        {"edit": "step.owner", "of": "n", "value": "Care"},
        write("l", "still done"),
    ]
    found = merged(
        DOCUMENT, [{"edit": "stage.add", "of": "g2"}, {"edit": "stage.remove", "of": "g1"}], mine[:2]
    )
    assert [each.is_gone for each in found.conflicts] == [True, True]
    assert merged(DOCUMENT, [], mine).conflicts == ()


def test_what_never_was_there_is_refused() -> None:
    with pytest.raises(UnknownPart):
        merged(DOCUMENT, [write("k", "theirs")], [write("never", "mine")])


def test_an_undo_makes_no_second_cards() -> None:
    found = merged(DOCUMENT, [write("k", "theirs")], [write("k", "before")], keeps_texts=False)
    assert texts(found.document)[0] == ("k", {"en": "theirs"})
    assert (found.edits, len(found.conflicts)) == ((), 1)


@given(maps(), st.lists(any_edit, max_size=4), st.lists(any_edit, max_size=4))
def test_no_text_of_a_card_that_anybody_wrote_is_lost(base: JourneyMap, theirs, mine) -> None:
    """Whatever the two do, each text one of them wrote last stands on the map, or in a conflict."""
    assume(not any(isinstance(edit, Remove) for edit in mine))
    theirs, mine = _done(base, theirs), _done(base, mine)
    now, _ = apply_all(base, theirs)
    numbers = count(1)
    try:
        found = merge(now, mine, since=theirs, new_id=lambda: f"new{next(numbers)}")
    except SafarError:
        return  # one of them added what the other added too, a card into a lane that is another now …
    there = {text for card in found.document.cards for text in card.text.values()}
    there |= {msgspec.to_builtins(each.edit).get("text") for each in found.conflicts}
    last = {target(edit): edit for edit in mine if isinstance(edit, WriteCard)}
    assert {edit.text for edit in last.values() if edit.text} <= there
    assert apply_all(found.document, found.inverse)[0] == now


@given(maps(), st.lists(any_edit, max_size=4), st.lists(any_edit, max_size=4))
def test_edits_that_do_not_touch_never_conflict(base: JourneyMap, theirs, mine) -> None:
    theirs, mine = _done(base, theirs), _done(base, mine)
    assume(not any(isinstance(edit, Remove) for edit in (*theirs, *mine)))
    touches = touching(map(target, theirs))
    assume(not any(touches(target(each)) for each in mine))
    now, _ = apply_all(base, theirs)
    try:
        found = merge(now, mine, since=theirs, new_id=str)
    except SafarError:
        return
    assert found.conflicts == ()
    assert apply_all(now, mine)[0] == found.document


target_paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@given(st.lists(target_paths, max_size=5), target_paths)
def test_what_is_written_is_touched_by_itself_by_what_it_stands_within_and_by_what_stands_within_it(
    written: list[str], mine: str
) -> None:
    expected = any(f"{mine}/".startswith(f"{each}/") or f"{each}/".startswith(f"{mine}/") for each in written)
    assert touching(written)(mine) is expected


def _done(document: JourneyMap, wanted) -> list:
    """Return those of some edits that can be done one after the other."""
    done = []
    for edit in wanted:
        try:
            document, _ = apply(document, edit)
        except SafarError:
            continue
        done.append(edit)
    return done
