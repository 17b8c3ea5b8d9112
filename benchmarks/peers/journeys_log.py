"""Generated journeys: where the logs that were generated are kept, and what is in them.

Thirty event names, six channels, two properties; events a customer follow a power law with a mean of 9.7; pauses are
minutes within a visit and days between visits. No two events of a customer share an instant, so that engines without an
order of their own can be asked too. `journeys_generate` makes them.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build" / "journeys"
FORMAT = 1
EVENTS = [f"event_{number:02d}" for number in range(30)]
CHANNELS = ["web", "app", "store", "phone", "chat", "sms"]
PLANS = ["free", "pro", "team"]
#: A Monday.
START_AT = datetime(2025, 1, 6, tzinfo=UTC)
START = int(START_AT.timestamp()) * 1_000_000
DAY = 86_400 * 1_000_000


@dataclass(frozen=True)
class Made:
    """A generated log."""

    events: int
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def parquet(self) -> Path:
        return self.folder / "events.parquet"


def made(events: int, *, with_lanes: bool = False) -> Made:
    """Return the log of so many events, generated when it is not there yet; see `maps_lanes` for one with lanes."""
    found = Made(events, BUILD / (f"{events}-lanes" if with_lanes else str(events)))
    done = found.folder / "done"
    if done.exists() and done.read_text() == str(FORMAT):
        return found
    shutil.rmtree(found.folder, ignore_errors=True)
    found.folder.mkdir(parents=True)
    start = time.perf_counter()
    from .journeys_generate import columns_of, write  # who only reads a log needs none of it
    from .maps_lanes import dressed

    write(found, dressed if with_lanes else columns_of)
    done.write_text(str(FORMAT))
    print(f"generated {events:,} events in {time.perf_counter() - start:,.0f} s", flush=True)
    return found
