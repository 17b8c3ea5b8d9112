"""A file of orders as a log of its own, for as long as a command runs: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from safar.vocabulary.errors import Refusal

from .asked import Asked
from .output import say
from .progress import progress
from .reading import Reading

if TYPE_CHECKING:
    from safar.collect.import_record import ImportReport
    from safar.collect.importing import ImportProgress
    from safar.collect.mapping import Mapping
    from safar.store.log import Log

#: In what amounts are read where nobody says of what currency they are: one with two decimals.
_PLAIN: Final = "USD"
_SHOWN_REJECTED: Final = 5


class NoOrdersInFile(Refusal, ValueError):
    """No row of the file became an order."""

    code = "cli.no_orders_in_file"


@dataclass(frozen=True, slots=True)
class Orders:
    """A log that has orders.

    Attributes
    ----------
    time_zone
        Whose civil days are meant.
    currency
        What was asked for; None for the one with the most orders.
    is_plain
        Nobody said of what currency the amounts are.
    """

    log: Log
    time_zone: str
    currency: str | None
    is_plain: bool = False


@contextmanager
def orders_of(
    asked: Asked, reading: Reading, *, file: Path | None, mapping: Path | None, currency: str | None
) -> Iterator[Orders]:
    """Yield the orders of a file, or of the workspace where no file is named.

    Columns are told from their headings as in `safar import`: in three languages, any digits, any of three calendars.

    Raises
    ------
    NoOrdersInFile
    """
    if file is None:
        with asked.open_home() as home:
            workspace_id = asked.workspace_of(home)
            zone = reading.time_zone or home.workspace(workspace_id).time_zone
            yield Orders(home.log(workspace_id), zone, currency)
        return
    from safar.store.log import Log

    rules, names_currency = _rules(file, reading, mapping, currency)
    zone = reading.time_zone or "UTC"
    with TemporaryDirectory(prefix="safar-orders-") as folder, Log.create(Path(folder) / "log") as log:
        report = _imported(file, rules, log, Path(folder) / "imports", zone=zone, currency=currency or _PLAIN)
        for row in report.first_rejected[:_SHOWN_REJECTED]:
            say(f"Row {row.row}: {row.sentence} [{row.reason}]")
        if report.rows_rejected > _SHOWN_REJECTED:
            say(f"… and {report.rows_rejected - _SHOWN_REJECTED:,} rejected rows more.")
        if not report.events:
            raise NoOrdersInFile(
                f"No row of {file.name} became an order.",
                hint=f"See how it is read: `safar import {file.name} --propose`.",
            )
        yield Orders(log, zone, currency, not (names_currency or currency))


def _rules(file: Path, reading: Reading, mapping: Path | None, currency: str | None) -> tuple[Mapping, bool]:
    """Return how the file is read, and whether that names a currency."""
    from safar.collect.look import look_at
    from safar.collect.mapping_file import load_mapping
    from safar.collect.proposing import propose_mapping
    from safar.store.foreign import parquet

    if mapping is not None:
        rules = load_mapping(mapping)
        return reading.over(rules), _names_currency(rules)
    look = look_at(file, reading.file_options(), foreign=parquet)
    proposal = propose_mapping(look, currency=currency or "")
    is_named = _names_currency(proposal.mapping)
    if not is_named:
        # an amount of no currency would be no amount
        proposal = propose_mapping(look, currency=currency or _PLAIN)
    for choice in proposal.choices:
        say(f"  {choice.place} ← {choice.column or '–'}: {choice.sentence}")
    for doubt in proposal.doubts:
        say(f"Look at this before the numbers are believed: {doubt}")
    if not (is_named or currency):
        say("Nothing says of what currency the amounts are: they are plain numbers. --currency names one.")
    return reading.over(proposal.mapping), is_named


def _names_currency(rules: Mapping) -> bool:
    return bool(rules.currency or any(rule.currency for rule in rules.event))


def _imported(
    file: Path, rules: Mapping, log: Log, folder: Path, *, zone: str, currency: str
) -> ImportReport:
    from safar.collect.importing import import_file
    from safar.store.foreign import parquet

    with log.writer() as writer, progress(f"Reading {file.name}") as tell:

        def told(at: ImportProgress) -> None:
            tell(at.done, f"{at.rows:,} rows")

        return import_file(
            file,
            rules,
            writer,
            folder=folder,
            resume=False,
            time_zone=zone,
            currency=currency,
            foreign=parquet,
            progress=told,
        )
