"""A designed map in a notebook: its numbers as tables, its sheet, the customers behind; only a log has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import safar
from builders import together
from safar.act.questions import NeedsALog
from safar.doors.notebook.journeys import Journeys
from safar.maps.anatomy import JourneyMap, Stage, Step, told
from safar.maps.sheet_file import write_sheet
from safar.observe.behind import CellRefused
from safar.show.locale import Locale
from safar.store.log import Log
from shop_maps import VOICE, a_shop_map, lived_events


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journeys]:
    folder = tmp_path_factory.mktemp("shop") / "log"
    with Log.create(folder, shard_count=2) as log, log.writer() as writer:
        writer.append(together(*lived_events()))
        writer.sync()
    with safar.open(folder) as journeys:
        yield journeys


def test_a_row_is_a_step_of_the_map(shop: Journeys) -> None:
    table = shop.lived_map(a_shop_map()).table
    assert table.column("step") == ["visit", "order", "parcel"]
    assert table.column("stage") == ["Before", "Purchase", "Purchase"]
    assert table.column("name") == ["Visit", "Order", "Parcel"]
    assert table.column("customers") == [12, 8, 6]
    assert table.column("lost")[2] is None, "a journey may end at its last step"
    assert table.column("kept") == [None, 0.5, None]
    assert table.column("said") == [None, None, pytest.approx(-1.0)], "2 of 1 to 5"
    assert table.column("said_n") == [0, 0, 2]
    assert table.column("believed") == [None, 1.5, None]
    assert table.column("gap") == [None, None, None], "nobody was asked where the team believes something"


def test_scores_promises_pains_voices_and_moves_are_tables(shop: Journeys) -> None:
    found = shop.lived_map(a_shop_map())
    assert found.scores.rows() == [("parcel", "after", "csat", 0.0, 0.0, pytest.approx(0.658, abs=1e-3), 2)]
    kept = found.promises
    assert kept.names == [
        "step", "promise", "kept", "kept_low", "kept_high", "decided", "broken", "broken_customers", "open", "goal",
        "median",
    ]  # fmt: skip
    (row,) = kept.rows()
    assert (*row[:3], *row[5:]) == ("order", "p1", 0.5, 8, 4, 4, 0, 0.9, timedelta(days=1))
    assert found.moves is not None
    moves = found.moves
    assert list(zip(moves.column("source"), moves.column("target"), moves.column("count"), strict=True)) == [
        ("visit", "order", 8), ("order", "parcel", 6),
    ]  # fmt: skip
    assert found.voices.column("text") == [VOICE, VOICE]
    assert found.pains.rows() == []  # four people are no pain yet
    assert found.notes == (
        "The journey was walked by 12 customers only: the intervals are rough.",
        "12 passages may still go on; they are not counted as ended.",
    )


def test_files_json_and_tables_are_the_same_map(shop: Journeys, tmp_path: Path) -> None:
    document = a_shop_map()
    as_json, as_table = tmp_path / "map.json", tmp_path / "map.csv"
    as_json.write_text(json.dumps(told(document), ensure_ascii=False), encoding="utf-8")
    as_table.write_bytes(write_sheet(document))
    wanted = shop.lived_map(document)
    for given in (as_json, str(as_table), told(document)):
        found = shop.lived_map(given)
        assert found.table.rows() == wanted.table.rows()
        assert {card.card_id for card in found.document.cards} == {"late", "glad", "try"}


def test_a_segment_and_a_time_narrow_it(shop: Journeys) -> None:
    some = shop.lived_map(a_shop_map(), segment="did order_delivered").table
    assert some.column("customers") == [6, 6, 6]
    never = shop.lived_map(a_shop_map(), window="2001-01-01..2001-02-01").table
    assert never.column("customers") == [0, 0, 0]


def test_customers_stand_behind_steps_moves_and_promises(shop: Journeys) -> None:
    found = shop.lived_map(a_shop_map())
    assert sorted(found.customers(step="parcel")) == [f"c{number}" for number in range(6)]
    assert sorted(found.customers(source="visit", target="order")) == [f"c{number}" for number in range(8)]
    assert sorted(found.customers(promise="p1", number="broken")) == ["c4", "c5", "c6", "c7"]
    with pytest.raises(CellRefused, match="no promise 'p2'"):
        found.customers(promise="p2", number="broken")
    bare = shop.lived_map(JourneyMap(stages=(Stage(stage_id="all", steps=(Step(step_id="one"),)),)))
    assert bare.moves is None
    with pytest.raises(CellRefused, match="bound to events"):
        bare.customers(step="one")


def test_the_sheet_is_drawn_in_the_readers_digits_and_names(shop: Journeys, tmp_path: Path) -> None:
    found = shop.lived_map(a_shop_map())
    english, persian = found.chart().svg, found.chart(Locale("fa")).svg
    for words in ("Buying: a &lt;journey&gt;", "Parcel", "12 people", "Delivered in two days", "CSAT"):
        assert words in english
    assert "سفر خرید" in persian
    assert "۱۲ people" in persian
    assert found.chart().save(tmp_path / "shop.svg").stat().st_size > 1_000
    shown = found._repr_html_()
    assert shown.startswith("<div")
    assert "<table" in shown
    assert repr(found).startswith("<LivedMap: Table(3 rows")


def test_only_a_log_says_how_a_map_is_lived() -> None:
    days = pd.to_datetime(["2026-03-21", "2026-03-22"], utc=True)
    frame = pd.DataFrame(
        {"who": ["a", "a"], "what": ["page", "order_placed"], "when": days, "n": np.arange(2)}
    )
    paths = safar.from_dataframe(frame, customer="who", time="when", event="what")
    with pytest.raises(NeedsALog):
        paths.lived_map(a_shop_map())
