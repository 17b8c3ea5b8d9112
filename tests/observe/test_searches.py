"""Searches: by hand, against a plain reference, whatever letters they are typed in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from builders import an_event, together
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.searches import SearchesQuestion, SearchesRefused, adds_to_term, searches
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from safar.vocabulary.text import fold
from weblog import ACTS, Visits, visits

NINE = datetime(2026, 3, 21, 9, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def at(name: str, minute: int, customer: str, **properties: object):
    return an_event(name, NINE + timedelta(minutes=minute), customer=customer, properties=properties)


@pytest.fixture
def shop(log: Log) -> Log:
    write(
        log,
        together(
            at(
                "search_performed", 0, "a", query="کیف", result_count=0
            ),  # other words before anything is viewed
            at("page", 1, "a", path="/help"),
            at("search_performed", 2, "a", query="کفش", result_count=12),  # a result is viewed
            at("product_viewed", 3, "a"),
            at("search_performed", 0, "b", query="كيف", result_count=3),  # the same words again
            at("search_performed", 1, "b", query="کیف ", result_count=3),  # then nothing at all
            at("search_performed", 60, "b", query="کیف"),  # then something else
            at("page", 61, "b", path="/"),
            at("Products Searched", 0, "c", query="shoe", results=[]),
            at("survey_sent", 5, "c"),  # the company's own: the search was the last that c did
        ),
    )
    return log


def test_outcomes_by_hand(shop: Log) -> None:
    answer = searches(shop, SearchesQuestion())
    by_term = {term.term: term for term in answer.terms}
    assert set(by_term) == {"کیف", "کفش", "shoe"}
    bag = by_term["کیف"]
    assert (bag.searches, bag.searchers, bag.known) == (4, 2, 3)
    assert bag.zero_result_rate == share(1, 3)
    assert (bag.refinement_rate, bag.repeat_rate) == (share(1, 4), share(1, 4))
    assert (bag.exit_rate, bag.elsewhere_rate, bag.click_rate) == (share(1, 4), share(1, 4), share(0, 4))
    assert by_term["کفش"].click_rate == share(1, 1)
    assert (by_term["shoe"].zero_result_rate, by_term["shoe"].exit_rate) == (share(1, 1), share(1, 1))
    total = answer.total
    assert (total.searches, total.searchers, total.known) == (6, 3, 5)
    assert answer.notes == (Note.of("searches.dependent"), Note.of("searches.results_unknown", count=1))
    rates = (
        total.click_rate,
        total.refinement_rate,
        total.repeat_rate,
        total.exit_rate,
        total.elsewhere_rate,
    )
    assert sum(rate.value for rate in rates if rate) == pytest.approx(1)
    assert answer.table.column("searches") == [4, 1, 1]


def test_terms_are_shown_as_most_often_typed(log: Log) -> None:
    typed = ["Résumé", "resume", "resume", "RESUME", "", " ", "کتاب", "كتاب", "كتاب"]
    write(
        log,
        together(
            *(at("search_performed", place, f"c{place}", query=text) for place, text in enumerate(typed))
        ),
    )
    answer = searches(log, SearchesQuestion())
    assert [(term.term, term.searches) for term in answer.terms] == [("resume", 4), ("كتاب", 3), ("", 2)]
    assert answer.different == 3


def test_words_in_a_property_of_ones_own(log: Log) -> None:
    write(log, together(at("search", 0, "a", words="x", hits=0), at("search", 1, "b", words="x", hits="۳")))
    answer = searches(log, SearchesQuestion(terms_in=("words",), results_in=("hits",)))
    (term,) = answer.terms
    assert (term.term, term.searches, term.zero_result_rate) == ("x", 2, share(1, 2))
    with pytest.raises(SearchesRefused):
        SearchesQuestion(most=0)


def test_who_is_behind_a_term(shop: Log) -> None:
    paths = shop.paths()

    def behind(**cell: str) -> list[str]:
        found = persons_behind(paths.shards, adds_to_term(paths, SearchesQuestion(), cell))
        return sorted(shop.ids_of(found.persons))

    assert behind(label="كيف") == ["a", "b"]
    assert behind(label="کیف", number="refined") == ["a"]
    assert behind(number="zero_results") == ["a", "c"]
    assert behind(number="elsewhere") == ["b"]
    with pytest.raises(CellRefused):
        behind(number="found")


def test_an_empty_log_has_no_searches(log: Log) -> None:
    answer = searches(log, SearchesQuestion())
    assert (answer.terms, answer.total.searches, answer.total.click_rate, answer.notes) == ((), 0, None, ())


def reference(walked: Visits) -> dict[str, tuple[Counter[str], int]]:
    """Outcomes and customers of each folded term, in plain Python."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    people = defaultdict(set)
    for customer, session in walked.sessions():
        for place, (act, _) in enumerate(session):
            if "query" not in ACTS[act][1]:
                continue
            term = fold(str(ACTS[act][1]["query"]))
            people[term].add(customer)
            results = ACTS[act][1].get("result_count")
            found[term]["known"] += results is not None
            found[term]["zero"] += results == 0
            outcome = "exit" if place == len(session) - 1 else "elsewhere"
            for later, _ in session[place + 1 :]:
                if ACTS[later][0] == "product_viewed":
                    outcome = "click"
                    break
                if "query" in ACTS[later][1]:
                    outcome = "repeat" if fold(str(ACTS[later][1]["query"])) == term else "refinement"
                    break
            found[term][outcome] += 1
    return {term: (counts, len(people[term])) for term, counts in found.items()}


@settings(max_examples=60)
@given(walked=visits())
def test_as_a_plain_reference_says(tmp_path_factory, walked: Visits) -> None:
    with walked.log(tmp_path_factory.mktemp("searches")) as log:
        question = SearchesQuestion(window=walked.window)
        answer = searches(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert searches(log, question, executor=executor) == answer
    expected = reference(walked)
    assert {fold(term.term) for term in answer.terms} == set(expected)
    for term in answer.terms:
        counts, customers = expected[fold(term.term)]
        outcomes = {name: counts[name] for name in ("click", "refinement", "repeat", "exit", "elsewhere")}
        assert (term.searchers, term.known) == (customers, counts["known"])
        assert term.searches == sum(outcomes.values())
        assert term.zero_result_rate == share(counts["zero"], counts["known"])
        for name, count in outcomes.items():
            assert getattr(term, f"{name}_rate") == share(count, term.searches)
