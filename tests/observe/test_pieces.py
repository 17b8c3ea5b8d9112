"""However persons are cut into shards and in whatever order these are merged, every answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from logs import write
from safar.observe import among as among_module
from safar.observe.among import Among, Did, Segment
from safar.observe.flow import FlowQuestion, flow
from safar.observe.funnel import FunnelBreakdown, FunnelQuestion, funnel
from safar.observe.retention import RetentionQuestion, retention
from safar.observe.sessions import SessionsQuestion, sessions
from safar.observe.steps import StepRule
from safar.observe.variants import VariantsQuestion, variants
from safar.observe.walk import Pieces, mapped, pieces
from safar.store.log import Log
from safar.store.paths import Paths, PathShard
from walks import Walked, walks

A, B = (StepRule(name, (name,)) for name in "ab")
SECONDS = timedelta(seconds=1)
SOME = Among(segment=Segment("some", (Did(A),)))


@dataclass(frozen=True)
class Cut:
    """Paths whose persons lie in other shards."""

    cut: Paths

    def paths(self) -> Paths:
        return self.cut


def scattered(paths: Paths, rng: np.random.Generator) -> Paths:
    found = []
    for shard in paths.shards:
        group = rng.integers(0, 3, len(shard.first))
        found += [shard.of(group == number) for number in range(3)]
    return Paths(paths.version, tuple(found[place] for place in rng.permutation(len(found))))


def asked(walked: Walked) -> list[tuple[Callable, object]]:
    window, pause = walked.window, walked.pause
    return [
        (flow, FlowQuestion(window=window, pause=pause)),
        (flow, FlowQuestion((B, A), among=SOME)),
        (variants, VariantsQuestion(100, window=window, pause=pause)),
        (sessions, SessionsQuestion(pause or 30 * SECONDS, window=window)),
        (retention, RetentionQuestion(window, "day", most=2)),
        (retention, RetentionQuestion(window, "day", most=3, every=60 * SECONDS, among=SOME)),
        (funnel, FunnelQuestion((A, B), 60 * SECONDS, window=window, pause=pause)),
        (funnel, FunnelQuestion((A, B), 60 * SECONDS, by=FunnelBreakdown("plan"))),
    ]


@given(walked=walks(), seed=st.integers(0, 9), few=st.sampled_from([0, 2_000_000]))
def test_answers_do_not_know_how_persons_are_cut(
    tmp_path_factory, walked: Walked, seed: int, few: int
) -> None:
    with (
        walked.log(tmp_path_factory.mktemp("pieces")) as log,
        patch("safar.observe.flow.FEW_ROWS", few),
        patch("safar.observe.sessions.FEW_ROWS", few),
        patch("safar.observe.walk._FEW_ROWS", 1),
        patch.object(among_module, "_WORTH_KEEPING", 0),
        ThreadPoolExecutor(2) as executor,
    ):
        other = Cut(scattered(log.paths(), np.random.default_rng(seed)))
        for ask, question in asked(walked):
            answer = ask(log, question)
            assert ask(other, question) == answer
            assert ask(log, question, executor=executor) == answer


@given(walked=walks(), cut=st.integers(0, 60))
def test_late_events_change_answers_as_a_rebuild_would(tmp_path_factory, walked: Walked, cut: int) -> None:
    early = Walked(walked.events[:cut], walked.span, walked.pause_seconds, walked.shards, walked.cuts)
    whole = Walked(walked.events, walked.span, walked.pause_seconds, 1, frozenset())
    with (
        early.log(tmp_path_factory.mktemp("late")) as log,
        whole.log(tmp_path_factory.mktemp("whole")) as built,
    ):
        questions = asked(walked)
        for ask, question in questions:
            ask(log, question)
        late = Walked(walked.events[cut:], walked.span, walked.pause_seconds, walked.shards, frozenset())
        late.into(log, first=cut)
        for ask, question in questions:
            assert plain(ask(log, question)) == plain(ask(built, question))


def plain(answer: object) -> list[object]:
    names = [name for name in answer.__dataclass_fields__ if name != "provenance"]
    return [getattr(answer, name) for name in names]


def test_large_shards_are_cut_for_threads_alone(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=1) as log:
        for customer in range(10):
            write(log, a_path("visit 09:00 > cart 09:05", customer=f"c{customer}"))
        log.compact()
        (shard,) = log.paths().shards
    with ThreadPoolExecutor(2) as executor:
        assert pieces(executor, [shard]) == (shard,)
        with patch("safar.observe.walk._FEW_ROWS", 6):
            cut = pieces(executor, [shard])
            assert [len(piece.first) for piece in cut] == [3, 3, 4]
            assert pieces(executor, cut) is not None
            assert isinstance(pieces(executor, cut), Pieces)
            assert list(mapped(executor, _persons, [shard])) == [3, 3, 4]
            assert list(mapped(executor, _persons, cut)) == [3, 3, 4]
        assert np.concatenate([piece.person for piece in cut]).tolist() == shard.person.tolist()
    assert pieces(None, [shard]) == (shard,)


def _persons(shard: PathShard) -> int:
    return len(shard.first)


def test_who_is_in_a_segment_is_kept_and_not_mistaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(among_module, "_WORTH_KEEPING", 0)
    with Log.create(tmp_path / "log", shard_count=1) as log:
        for customer, steps in (("a", "visit 09:00"), ("b", "cart 09:05"), ("c", "visit 09:00 > cart 09:05")):
            write(log, a_path(steps, customer=customer))
        log.compact()
        (shard,) = log.paths().shards
        buyers = Segment("buyers", (Did(StepRule("cart", ("cart",))),))
        lookers = Segment("lookers", (Did(StepRule("visit", ("visit",))),))
        whole = buyers.of(shard)
        assert buyers.of(shard).first is whole.first
        every = [int(key) for key in shard.person]
        for part in (slice(0, 2), slice(1, 3), slice(0, 1), slice(0, 3)):
            expected = [key for key in every[part] if key in whole.person]
            assert buyers.of(shard.of(part)).person.tolist() == expected
        both = {int(key) for key in lookers.of(whole).person}
        assert log.ids_of(np.array(sorted(both), np.uint64)) == ["c"]
