"""Templates: whole journeys in three languages, that read, that can be walked, and whose rules can be asked."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from safar.maps.anatomy import JourneyMap, LaneKind, read, told
from safar.maps.editing import checked
from safar.maps.templates import LANGUAGES, TEMPLATES, UnknownTemplate, template
from safar.observe.rule_text import rule_of

#: Letters that belong to one of the two scripts alone.
PERSIAN, ARABIC = re.compile("[پچژگکی]"), re.compile("[ةيىكإأؤئ]")


@pytest.fixture(params=TEMPLATES)
def document(request: pytest.FixtureRequest) -> JourneyMap:
    return template(request.param)


def texts(document: JourneyMap) -> list[dict[str, str]]:
    """Every text of a map that a reader sees."""
    promises = [each.words for step in document.steps for each in step.binding.promises]
    names = [each.name for each in (document, *document.stages, *document.steps)]
    return [
        document.about,
        *names,
        *promises,
        *(card.text for card in document.cards if card.emotion is None),
    ]


def test_it_is_a_map(document: JourneyMap) -> None:
    assert read(told(document)) == document
    assert checked(document) == document
    assert 5 <= len(document.stages) <= 8
    assert 8 <= len(document.steps) <= 14


def test_every_text_is_there_in_every_language(document: JourneyMap) -> None:
    assert document.languages == LANGUAGES
    for words in texts(document):
        assert set(words) == {"fa", "ar", "en"}, words
        assert all(text == text.strip() != "" for text in words.values()), words
        assert words["en"].isprintable()
        assert not re.search("[ء-ي]", words["en"]), words
        assert not re.search("[يكة]", words["fa"]), words
        assert not PERSIAN.search(words["ar"]), words
        assert "  " not in "".join(words.values())


def test_persian_is_persian_and_arabic_is_arabic(document: JourneyMap) -> None:
    assert PERSIAN.search("".join(words["fa"] for words in texts(document)))
    assert ARABIC.search("".join(words["ar"] for words in texts(document)))


def test_every_step_says_what_is_done_where_and_how_it_feels(document: JourneyMap) -> None:
    for step in document.steps:
        for kind in (LaneKind.ACTION, LaneKind.TOUCHPOINT, LaneKind.NEED):
            assert len(document.cards_at(step.step_id, kind.value)) == 1, (step.step_id, kind)
        (feeling,) = document.cards_at(step.step_id, LaneKind.EMOTION.value)
        assert feeling.emotion is not None
    kinds = Counter(card.lane_id for card in document.cards)
    assert kinds["pain"] >= len(document.steps) * 0.6
    assert min(kinds[each] for each in ("thinking", "promise", "opportunity", "back_stage")) >= 1
    emotions = [card.emotion for card in document.cards if card.emotion is not None]
    assert max(emotions) > 0 > min(emotions)


def test_every_step_can_be_reached_and_left(document: JourneyMap) -> None:
    first = document.steps[0].step_id
    reached, waiting = {first}, [first, *(step.step_id for step in document.steps if step.can_begin)]
    while waiting:
        here = waiting.pop()
        reached.add(here)
        waiting += [
            move.target for move in document.moves if move.source == here and move.target not in reached
        ]
    assert reached == {step.step_id for step in document.steps}
    places = {step.step_id: place for place, step in enumerate(document.steps)}
    jumps = [places[move.target] - places[move.source] for move in document.moves]
    assert min(jumps) < 0, "a loop"
    assert max(jumps) > 1, "a branch"


def test_every_rule_can_be_asked(document: JourneyMap) -> None:
    bound = [step for step in document.steps if step.binding.events]
    assert len(bound) >= len(document.steps) - 1
    promises = [promise for step in document.steps for promise in step.binding.promises]
    assert promises
    for step in bound:
        rule_of(step.binding.events)
    named = [name for step in bound for name in rule_of(step.binding.events).event_names]
    assert not [name for name, times in Counter(named).items() if times > 1], "an event belongs to one step"
    for promise in promises:
        rule_of(promise.begins)
        rule_of(promise.kept_by)


def test_a_template_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownTemplate) as caught:
        template("online-shop")
    assert caught.value.hint == 'Did you mean "online_shop"?'
