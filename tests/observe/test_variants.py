"""Variants: by hand and against a plain reference."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.variants import VariantsQuestion, VariantsRefused, adds_to_variant, variants
from safar.store.log import Log
from walks import Walked, walks


def test_four_customers_by_hand(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        for customer in "ab":
            write(log, a_path("visit 09:00 > cart 09:05", customer=customer))
        write(log, a_path("visit 09:00 > visit 09:01 > cart 09:05", customer="c"))
        write(log, a_path("cart 09:05", customer="d"))
        answer = variants(log, VariantsQuestion(2))
        assert [(each.steps, each.count, each.share, each.coverage) for each in answer.variants] == [
            (("visit", "cart"), 2, 0.5, 0.5),
            (answer.variants[1].steps, 1, 0.25, 0.75),
        ]
        assert (answer.different, answer.paths) == (3, 4)
        folded = variants(log, VariantsQuestion(collapse_repeats=True))
        assert [(each.steps, each.count) for each in folded.variants] == [
            (("visit", "cart"), 3),
            (("cart",), 1),
        ]


def test_no_variants_are_no_question() -> None:
    with pytest.raises(VariantsRefused):
        VariantsQuestion(0)


def test_an_empty_log_has_no_variants(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        answer = variants(log, VariantsQuestion())
    assert (answer.variants, answer.different, answer.paths) == ((), 0, 0)


@given(walked=walks(), collapse=st.booleans(), most=st.sampled_from([1, 3, 50]))
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, collapse: bool, most: int) -> None:
    with walked.log(tmp_path_factory.mktemp("variants")) as log:
        question = VariantsQuestion(most, window=walked.window, pause=walked.pause, collapse_repeats=collapse)
        answer = variants(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert variants(log, question, executor=executor) == answer
    counts: Counter[tuple[str, ...]] = Counter()
    for _, path in walked.paths():
        names = [name for name, _ in path]
        counts[tuple(name for name, _ in groupby(names)) if collapse else tuple(names)] += 1
    assert (answer.different, answer.paths) == (len(counts), counts.total())
    assert [each.count for each in answer.variants] == [count for _, count in counts.most_common(most)]
    assert all(counts[each.steps] == each.count for each in answer.variants)
    assert len({each.steps for each in answer.variants}) == min(most, len(counts))


@given(walked=walks(), collapse=st.booleans())
def test_who_took_a_variant(tmp_path_factory, walked: Walked, collapse: bool) -> None:
    with walked.log(tmp_path_factory.mktemp("behind")) as log:
        question = VariantsQuestion(3, window=walked.window, pause=walked.pause, collapse_repeats=collapse)
        paths = log.paths()
        for variant in variants(log, question).variants:
            adds = adds_to_variant(paths, question, {"variant": variant.key})
            who = {
                f"c{customer}"
                for customer, path in walked.paths()
                if variant.steps == _names(path, collapse=collapse)
            }
            assert set(log.ids_of(persons_behind(paths.shards, adds).persons)) == who
        for wrong in ("", "[]", '["gone"]', "1", "[[1]]"):
            with pytest.raises(CellRefused):
                adds_to_variant(paths, question, {"variant": wrong})


def _names(path: list[tuple[str, int]], *, collapse: bool) -> tuple[str, ...]:
    names = [name for name, _ in path]
    return tuple(name for name, _ in groupby(names)) if collapse else tuple(names)
