"""Value in a notebook: each question is a method, its caveats are sentences, a table of events is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import safar
from builders import an_event, together
from safar.act.questions import NeedsALog
from safar.store.log import Log


def bought(at: str, who: str, amount: int, *held: str):
    items = [{"product_id": each, "name": each.title()} for each in held]
    return an_event(
        "order_placed", at, customer=who, amount=amount, currency="USD", properties={"items": items}
    )


def test_value_of_a_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    with Log.create(folder, shard_count=2) as log, log.writer() as writer:
        writer.append(
            together(
                *(
                    bought(f"2026-0{month}-{day:02}T09:00", f"c{day}", 900 + 10 * day + month, "tea", "cup")
                    for day in range(1, 21)
                    for month in range(1, 3 + day % 4)
                )
            )
        )
        writer.sync()
    with safar.open(folder) as journeys:
        worth = journeys.clv(horizon_days=90, margin_share=0.5, model="mbgnbd", draws=50, until="2026-06-01")
        sorted_ = journeys.rfm(until="2026-06-01")
        held = journeys.baskets(fewest_orders=1)
        apart = journeys.clv_by_segment("Often: did order_placed >= 4", until="2026-06-01", model="mbgnbd")
    assert worth.answer.total.customers == 20
    assert worth.table.names[:2] == ["tenth", "customers"]
    assert "Later money is discounted by 10 % a year." in worth.notes
    assert worth.json == {
        "kind": "clv", "until": "2026-06-01", "margin_share": 0.5, "horizon_days": 90, "model": "mbgnbd", "draws": 50,
    }  # fmt: skip
    assert apart.json == {
        "kind": "clv_by_segment", "until": "2026-06-01", "model": "mbgnbd",
        "segments": ["Often: did order_placed >= 4"],
    }  # fmt: skip
    assert apart.table.column("segment") == ["", "Often"]
    assert apart.table.column("customers") == [20, 10]
    assert sum(sorted_.table.column("customers")) == 20
    assert (held.answer.bundles[0].one_name, held.answer.bundles[0].orders) == ("Cup", 70)


def test_a_table_of_events_has_no_value() -> None:
    frame = pd.DataFrame(
        {"who": ["a"], "at": pd.to_datetime(["2026-01-01"], utc=True), "what": ["order_placed"]}
    )
    with pytest.raises(NeedsALog):
        safar.from_dataframe(frame, customer="who", time="at", event="what").clv()
