"""Surveys to begin with: the keys that combine over waves, words in three languages, what a pulse must hide."""

from __future__ import annotations

import pytest

from safar.demo.surveys import SCALES
from safar.explain.kano import ANSWERS
from safar.explain.kano_rows import MISSING, THERE
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import read, told
from safar.listen.questionnaire.checks_of_keys import Measure, measures_of
from safar.listen.questionnaire.templates import TEMPLATES, UnknownTemplate, template, templates
from safar.listen.questionnaire.texts import texts


def test_there_are_ten() -> None:
    assert [(each.key, each.questions, each.minutes) for each in templates()] == [
        ("relational", 4, 1),
        ("post_purchase", 4, 1),
        ("delivery", 5, 1),
        ("support", 4, 1),
        ("onboarding", 4, 1),
        ("exit", 5, 1),
        ("servqual", 7, 3),
        ("kano", 5, 2),
        ("employee_pulse", 4, 2),
        ("benchmark", 6, 2),
    ]
    with pytest.raises(UnknownTemplate, match="Did you mean"):
        template("relation")


@pytest.mark.parametrize("key", TEMPLATES)
def test_every_text_is_written_in_every_language(key: str) -> None:
    survey = template(key)
    assert read(told(survey)) == survey
    for path, words in texts(survey).items():
        assert set(words) == {"fa", "ar", "en"}, path
        assert all(text.strip() == text and text for text in words.values()), path
        persian = words["fa"]
        assert not set("يكة") & set(persian), path
        assert not set("یکپچژگ") & set(words["ar"]), path


def test_keys_are_those_of_the_simulated_company_on_its_scales() -> None:
    found: dict[str, Measure] = {}
    for key in TEMPLATES:
        for name, measure in measures_of(template(key)).items():
            assert found.setdefault(name, measure) == measure
    for name in ("nps", "csat_delivery", "csat_product", "csat_support", "ces_checkout", "ces_support"):
        metric = name.partition("_")[0]
        assert found[name] == Measure(metric, SCALES[metric], "higher_is_better")


def test_servqual_asks_twenty_two_statements_twice() -> None:
    duals = [each for each in template("servqual").questions if isinstance(each, kinds.Dual)]
    assert [(each.question_id, len(each.rows)) for each in duals] == [
        ("tangibles", 4),
        ("reliability", 5),
        ("responsiveness", 4),
        ("assurance", 4),
        ("empathy", 5),
    ]
    assert {each.pair for each in duals} == {"expectation_perception"}


def test_kano_asks_about_each_feature_as_the_analysis_reads_it() -> None:
    tables = [each for each in template("kano").questions if isinstance(each, kinds.Matrix)]
    assert len(tables) == 5
    for each in tables:
        assert [f".{row.choice_id}" for row in each.rows] == [THERE, MISSING]
        assert tuple(column.choice_id for column in each.columns) == ANSWERS
        assert (each.is_multiple, each.is_scale, each.is_shuffled) == (False, False, False)


def test_a_pulse_of_employees_hides_fewer_than_five() -> None:
    assert [template(key).least_cell for key in TEMPLATES] == [1] * 8 + [5, 1]


def test_nobody_elses_score_is_taken_for_ours() -> None:
    for key in ("employee_pulse", "benchmark"):
        assert not any(
            isinstance(each, kinds.Nps | kinds.Csat | kinds.Ces) for each in template(key).questions
        )
