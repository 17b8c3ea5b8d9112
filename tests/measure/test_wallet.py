"""Share of wallet out of answers: by hand, elsewhere alone, those who say too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders import an_event, together
from logs import write
from safar.measure.wallet import WalletQuestion, WalletRefused, wallet
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def _order(customer: str, day: int, dollars: int) -> EventColumns:
    at = BEGIN + timedelta(days=day)
    told = {"order_id": f"{customer} {day}"}
    return an_event(
        "order_placed", at, customer=customer, amount=100 * dollars, currency="USD", properties=told
    )


def _says(customer: str, day: int, dollars: float, key: str = "spend_everywhere") -> EventColumns:
    told = {"question_key": key, "metric": "number", "value": dollars}
    return an_event("survey_answered", BEGIN + timedelta(days=day), customer=customer, properties=told)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Ali spent 20 of 100 here, sara 30 of 40, mina 50 though she says 10; omid nothing here, of 50."""
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(
            log,
            together(
                *(_order("ali", 1, 500), _order("ali", 50, 20), _says("ali", 20, 999), _says("ali", 60, 100)),
                *(_order("sara", 50, 30), _order("sara", 61, 70), _says("sara", 60, 40)),
                *(_order("mina", 55, 50), _says("mina", 60, 10)),
                *(_says("omid", 60, 50), _says("omid", 60, 7, key="nps")),
            ),
        )
        yield log


def test_by_hand(log: Log) -> None:
    found = wallet(log, WalletQuestion())
    assert found.share is not None
    assert found.share.value == pytest.approx((20 + 30 + 50 + 0) / (100 + 40 + 50 + 50))
    assert found.share.n == 4
    assert found.notes[0] == Note.of("wallet.said_less", count=1)
    assert found.customer_table.rows()[:2] == [("ali", 20.0, 100.0, 80.0), ("omid", 0.0, 50.0, 50.0)]
    assert "customer_id" not in found.table.names


def test_a_question_may_ask_what_is_spent_elsewhere_and_in_longer(log: Log) -> None:
    found = wallet(log, WalletQuestion(asks="elsewhere", days=365))
    assert found.share is not None
    assert found.share.value == pytest.approx((520 + 30 + 50) / (520 + 30 + 50 + 100 + 40 + 10 + 50))
    assert found.notes == ()


def test_without_answers_nothing_is_known(log: Log) -> None:
    found = wallet(log, WalletQuestion("other"))
    assert (found.share, len(found.here), found.elsewhere) == (None, 0, ())
    with pytest.raises(WalletRefused, match="0 days"):
        replace(WalletQuestion(), days=0)
