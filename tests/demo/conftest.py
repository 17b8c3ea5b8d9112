"""One simulated company for all tests of the room, and a way to read its events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from safar.demo.company import Company, simulate
from safar.vocabulary.event import EventColumns

UNTIL = datetime(2026, 11, 21, tzinfo=UTC)
UNTIL_US = int(UNTIL.timestamp()) * 1_000_000


@dataclass(frozen=True)
class Told:
    """Events as an analyst reads them."""

    batch: EventColumns

    @cached_property
    def names(self) -> np.ndarray:
        return np.array(self.batch.event_name.values, dtype=object)[self.batch.event_name.codes]

    @cached_property
    def ids(self) -> np.ndarray:
        return np.array(self.batch.customer_id.values, dtype=object)[self.batch.customer_id.codes]

    @cached_property
    def channels(self) -> np.ndarray:
        return np.array(self.batch.channel.values, dtype=object)[self.batch.channel.codes]

    @cached_property
    def currencies(self) -> np.ndarray:
        return np.array(self.batch.currency.values, dtype=object)[self.batch.currency.codes]

    def rows(self, *names: str) -> np.ndarray:
        return np.flatnonzero(np.isin(self.names, names))

    def properties(self, rows: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
        texts, codes = self.batch.properties.values, self.batch.properties.codes
        return [json.loads(texts[codes[row]]) for row in rows]

    def of(self, *names: str) -> list[dict[str, Any]]:
        return self.properties(self.rows(*names))


@pytest.fixture(scope="session")
def told() -> Told:
    """A company of 2,000 customers."""
    (batch,) = simulate(2_000, seed=11, until=UNTIL)
    return Told(batch)


@pytest.fixture(scope="session")
def lived():
    """The same company's lives: world, people, attempts to order."""
    company = Company.of(2_000, seed=11, until=UNTIL)
    world = company.world()
    return world, *company.live(world, 0)
