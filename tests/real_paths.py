"""Real logs whose paths others have counted: each case of a process, each session of a shop, as one customer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from file_builders import an_example
from safar.collect.importing import import_file
from safar.collect.mapping import Customer, EventRule, FileOptions, Mapping, TimeOptions
from safar.store.log import Log


def _a_log(customer: str, event: str, at: str) -> Mapping:
    return Mapping(
        name="paths",
        time=TimeOptions(time_zone="UTC"),
        customer=Customer(id=customer),
        event=[EventRule(name=f"{{{event}}}", at=at, rest=True)],
    )


#: By name: the file, and how it becomes a log.
REAL_PATHS: dict[str, tuple[str, Mapping]] = {
    "running_example": ("running_example/running-example.csv.gz", an_example("xes")),
    "receipt": ("receipt/receipt.csv.gz", an_example("xes")),
    "incident_itsm": (
        "incident_itsm/incident_event_log.csv.gz",
        Mapping(
            name="incidents",
            file=FileOptions(null=["?"]),
            time=TimeOptions(layout="dmy", time_zone="UTC"),
            customer=Customer(id="number"),
            event=[EventRule(name="{incident_state}", at="sys_updated_at")],
        ),
    ),
    "ecom": ("ecom/ecom.csv.gz", _a_log("session_id", "event", "timestamp")),
    "ecom_users": ("ecom/ecom.csv.gz", _a_log("user_id", "event", "timestamp")),
}


@contextmanager
def real_paths(name: str, shared: Path, folder: Path) -> Iterator[Log]:
    """Import a file as a person does, and lend the log."""
    file, mapping = REAL_PATHS[name]
    with Log.create(folder / "log", shard_count=4, region="ZZ") as log:
        with log.writer() as writer:
            import_file(shared / file, mapping, writer, folder=folder / "imports")
        log.compact()
        yield log
