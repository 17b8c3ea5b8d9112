"""A real survey of eight years, imported through the door and its mapping: the figures that others computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safar.collect.importing import import_file
from safar.collect.mapping_file import parse_mapping
from safar.listen.answer_rows import RESPONSE, Given, Which, all_answers, given
from safar.listen.distribution import distribution
from safar.listen.score import ScoreAnswer, ScoreQuestion, score
from safar.listen.weighting import Weighting
from safar.store.log import Log
from safar.vocabulary.window import Window

pytestmark = pytest.mark.data

MAPPING = Path(__file__).parents[2] / "examples" / "surveys" / "airport_survey.toml"
YEARS = tuple(range(2010, 2018))
#: Attributes of the questionnaire of 2017 as their keys in the mapping.
ATTRIBUTES = {
    "Q7LTPARKING": "long_term_parking",
    "Q7PARK": "parking",
    "Q7RENTAL": "rental_cars",
    "Q7INFOUP": "information_above",
    "Q7INFODOWN": "information_below",
    "Q7AIRTRAIN": "airtrain",
    "Q7SIGN": "signs",
    "Q7STORE": "stores",
    "Q7FOOD": "food",
    "Q7SCREENS": "screens",
    "Q7WALKWAYS": "walkways",
    "Q7ROADS": "roads",
    "Q7ART": "art",
    "Q7WIFI": "wifi",
}


def of_year(year: int) -> Window:
    return Window(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def oracle(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "sfo_survey" / "oracle.json").read_text())


@pytest.fixture(scope="module")
def airport(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    folder = tmp_path_factory.mktemp("airport")
    text = MAPPING.read_text()
    with Log.create(folder / "log") as log:
        for year in YEARS:
            respondent = "*RESPNUM" if year == 2016 else "RESPNUM"
            mapping = parse_mapping(text.replace("YEAR", str(year)).replace("RESPNUM", respondent))
            path = shared_data / "sfo_survey" / f"sfo_{year}.csv.gz"
            with log.writer() as writer:
                report = import_file(path, mapping, writer, folder=folder / "imports")
            assert report.rejected_by_reason == {}
        yield log


def asked(log: Log, key: str, *years: int, weighting: Weighting | None = None) -> ScoreAnswer:
    return score(log, ScoreQuestion(Which(key), tuple(map(of_year, years)), weighting=weighting))


def test_eight_years_under_five_names_are_one_question(airport: Log, oracle: dict[str, Any]) -> None:
    found = asked(airport, "airport_overall", *YEARS)
    for year, one in zip(YEARS, found.scores, strict=True):
        expected = oracle[str(year)]
        assert one is not None
        spread = distribution(one.counts, found.scoring.scale)
        assert spread is not None
        assert spread.mean is not None
        assert one.estimate is not None
        assert one.n == expected["overall_n"]
        assert round(spread.mean.value, 4) == expected["overall_mean"]
        assert round(one.estimate.value, 4) == expected["overall_top2"]
        counts = {point: expected["overall_counts"].get(str(point), 0) for point in range(1, 6)}
        assert dict(one.counts) == counts


@pytest.mark.parametrize("year", YEARS)
def test_codes_for_missing_are_counted_not_scored(airport: Log, oracle: dict[str, Any], year: int) -> None:
    counts = oracle[str(year)]["overall_counts"]
    missing = counts.get("0", 0) + counts.get("6", 0)
    notes = {note.code: dict(note.facts)["count"] for note in asked(airport, "airport_overall", year).notes}
    assert notes.get("score.unreadable", 0) == missing


@pytest.mark.parametrize("year", [2014, 2015, 2016, 2017])
def test_weighted_means(airport: Log, oracle: dict[str, Any], year: int) -> None:
    rows = all_answers(airport, of_year(year))
    found = given(rows, Which("airport_overall", "csat:1-5"))
    weights = found.rows.fields["weight"].values
    mean = float((weights * found.values).sum() / weights.sum())
    assert round(mean, 4) == oracle[str(year)]["overall_weighted_mean"]


def test_nps_of_2017_with_code_11_missing(airport: Log, oracle: dict[str, Any]) -> None:
    expected = oracle["2017"]
    found = asked(airport, "airport_recommend", 2017)
    one = found.scores[0]
    assert one is not None
    assert one.estimate is not None
    assert one.n == expected["nps_n_0_10"]
    assert round(one.estimate.value, 4) == expected["nps"]
    counts = {int(value): count for value, count in one.counts}
    assert counts == {int(code): count for code, count in expected["netpro_counts"].items() if code != "11"}
    assert dict(found.notes[0].facts)["count"] == expected["netpro_counts"]["11"]
    promoters, detractors = counts[9] + counts[10], sum(counts[point] for point in range(7))
    assert (promoters, detractors) == (expected["promoters"], expected["detractors"])
    without = one.n - counts[0]
    assert round(100 * (promoters - detractors + counts[0]) / without, 4) == expected["nps_excluding_code_0"]


def test_weighted_nps_of_2017(airport: Log, oracle: dict[str, Any]) -> None:
    plain = asked(airport, "airport_recommend", 2017).scores[0]
    found = asked(airport, "airport_recommend", 2017, weighting=Weighting()).scores[0]
    assert plain is not None
    assert found is not None
    assert found.estimate is not None
    assert round(found.estimate.value, 4) == oracle["2017"]["nps_weighted"]
    assert found.effective_n < found.n
    assert found.standard_error > plain.standard_error


def test_attributes_beside_the_whole(airport: Log, oracle: dict[str, Any]) -> None:
    rows = all_answers(airport, of_year(2017))

    def by_response(found: Given) -> dict[int, float]:
        return dict(zip(found.rows.fields[RESPONSE].values.tolist(), found.values.tolist(), strict=True))

    whole = by_response(given(rows, Which("airport_overall")))
    for column, (n, mean, correlation) in oracle["2017"]["drivers_attr_n_mean_corr_with_Q7ALL"].items():
        own = by_response(given(rows, Which(f"airport_{ATTRIBUTES[column]}")))
        pairs = np.array([(own[each], whole[each]) for each in own.keys() & whole.keys()])
        assert len(pairs) == n
        assert round(float(pairs[:, 0].mean()), 4) == mean
        assert round(float(np.corrcoef(pairs.T)[0, 1]), 4) == correlation
