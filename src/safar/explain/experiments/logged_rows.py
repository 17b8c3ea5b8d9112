"""The rows of an experiment in the log: who was shown which arm, and what they did from then on and before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.errors import nearest
from safar.vocabulary.lifecycle import EXPERIMENT_VIEWED
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.window import Window

from .experiment import Metric
from .refusals import TooFewCustomers, UnknownExperiment

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

    from .logged import Counted, ExperimentQuestion, LoggedMetric

_ARM: Final = "arm"
_EXPERIMENT: Final = "experiment"
_AMOUNT: Final = "amount"
_CURRENCY: Final = "currency"
DAY_US: Final = 86_400_000_000
_NAMES: Final = ("experiment", "experiment_name", "experiment_id")
_ARMS: Final = ("variation", "variation_name", "variation_id", "variant", "arm")
#: Before and behind all events.
_FIRST_US: Final = -62_104_060_800_000_000
_LAST_US: Final = 253_370_764_800_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Who was shown which arm first, and when; persons ascending."""

    name: str
    person: NDArray[np.uint64]
    arm: list[str]
    since: NDArray[np.int64]
    end: int
    in_two: int
    not_over: int
    others: tuple[str, ...]
    rows_read: int

    @classmethod
    def of(cls, log: Log, question: ExperimentQuestion) -> Seen:
        """Return those who were shown one arm alone and have been watched as long as asked."""
        rows = log.rows(
            Extract(
                frozenset(question.event_names) or EXPERIMENT_VIEWED,
                (
                    Field(_EXPERIMENT, _said(question.name_property, _NAMES), "text"),
                    Field(_ARM, _said(question.arm_property, _ARMS), "text"),
                ),
            ),
            question.window or Window.from_us(_FIRST_US, _LAST_US),
        )
        known = sorted(text for text in rows.fields[_EXPERIMENT].texts if text)
        name = question.name or _most_shown(rows)
        if not len(rows) or (known and name not in known):
            raise UnknownExperiment(
                f"The log shows no experiment {name!r}." if name else "The log shows no experiment.",
                hint=nearest(name, known)
                or (
                    f"There are: {', '.join(known[:10])}."
                    if known
                    else "Send `experiment_viewed` with `experiment` and `variation` whenever an arm is shown."
                ),
            )
        mine = rows.where(_texts(rows, _EXPERIMENT) == name) if known else rows
        mine = mine.where(_texts(mine, _ARM) != "")
        persons, first, whose = np.unique(mine.person, return_index=True, return_inverse=True)
        if not len(persons):
            raise TooFewCustomers("Nobody was shown an arm.", hint="Say which property names the arm.")
        arms = mine.fields[_ARM].values
        in_two = np.zeros(len(persons), np.bool_)
        in_two[whose[arms != arms[first][whose]]] = True
        since = mine.time[first]
        present = log.sight().present or 0
        watched = question.within_days is None or since + int((question.within_days or 0) * DAY_US) <= present
        kept = ~in_two & watched
        return cls(
            name,
            persons[kept],
            _texts(mine, _ARM)[first][kept].tolist(),
            since[kept],
            present + 1,
            int(in_two.sum()),
            int((~in_two & ~np.broadcast_to(watched, in_two.shape)).sum()),
            tuple(other for other in known if other != name),
            len(rows),
        )


class Outcomes:
    """What customers of an experiment did, counted after they were shown their arm, and before.

    Attributes
    ----------
    currency
        Of the metrics that count amounts: the one asked for, else that of most events; None without such metrics.
    in_other_currencies
        Amounts of other currencies, which are not counted.
    rows_read, version
        How many events were read, and of which version of the log.
    """

    def __init__(
        self, log: Log, seen: Seen, question: ExperimentQuestion, metrics: Sequence[LoggedMetric]
    ) -> None:
        rows = log.rows(
            Extract(
                frozenset(name for metric in metrics for name in metric.event_names),
                (Field(_AMOUNT, "amount", "number"), Field(_CURRENCY, "currency", "text")),
            ),
            Window.from_us(_FIRST_US, _LAST_US),
        )
        self.rows_read, self.version = len(rows), rows.version
        money = any(metric.counted in {"amount", "amount_by_event"} for metric in metrics)
        self.currency = currency = (question.currency or _commonest_currency(rows)) if money else None
        place = np.searchsorted(seen.person, rows.person)
        place = np.minimum(place, max(len(seen.person) - 1, 0))
        self._mine = seen.person[place] == rows.person if len(seen.person) else np.zeros(len(rows), np.bool_)
        self._place = place
        self._rows = rows
        self._away = rows.time - seen.since[place] if len(seen.person) else rows.time
        self._count = len(seen.person)
        within = question.within_days
        self._within = _LAST_US - _FIRST_US if within is None else int(within * DAY_US)
        self._before = int(question.before_days * DAY_US)
        in_currency = _texts(rows, _CURRENCY) == (currency or "")
        self._in_currency = in_currency
        scale = 10 ** EXPONENTS[currency] if currency else 1
        self._amount = np.where(in_currency, rows.fields[_AMOUNT].values / scale, 0.0)
        has_other = (rows.fields[_AMOUNT].values != 0) & ~in_currency & self._mine & (self._away >= 0)
        self.in_other_currencies = int(has_other.sum()) if currency else 0

    def metric(self, metric: LoggedMetric) -> Metric:
        """Return one metric of every customer, with what the time before says of it."""
        counts = self._rows.are(frozenset(metric.event_names)) & self._mine
        after = counts & (self._away >= 0) & (self._away < self._within)
        before = counts & (self._away < 0) & (self._away >= -self._before)
        if metric.counted == "amount_by_event":
            paid = after & self._in_currency
            return Metric(metric.name, self._sum(paid, "amount"), denominators=self._sum(paid, "how_many"))
        past = self._sum(before, "how_many" if metric.counted == "any" else metric.counted)
        values = self._sum(after, metric.counted)
        if metric.counted == "any":
            values = np.minimum(values, 1.0)
        return Metric(metric.name, values, before=past if past.any() else None)

    def _sum(self, mask: NDArray[np.bool_], counted: Counted) -> NDArray[np.float64]:
        weights = self._amount[mask] if counted == "amount" else np.ones(int(mask.sum()))
        return np.bincount(self._place[mask], weights, minlength=self._count).astype(np.float64)


def _said(name: str, usual: tuple[str, ...]) -> str:
    """Return what reads a property, or the first there is of the usual ones."""
    quoted = [each.replace("'", "''") for each in ([name] if name else usual)]
    read = ", ".join(f"properties->>'{each}'" for each in quoted)
    return f"coalesce({read}, '')"


def _texts(rows: Rows, name: str) -> NDArray[Any]:
    column = rows.fields[name]
    return np.array(column.texts or ("",), object)[column.values] if len(rows) else np.zeros(0, object)


def _most_shown(rows: Rows) -> str:
    """Return the experiment that was shown most; empty where events name none."""
    texts = _texts(rows, _EXPERIMENT)
    names, counts = np.unique(texts[texts != ""].astype(str), return_counts=True)
    return str(names[counts.argmax()]) if len(names) else ""


def _commonest_currency(rows: Rows) -> str | None:
    column = rows.fields[_CURRENCY]
    counts = {text: int((column.values == code).sum()) for code, text in enumerate(column.texts)}
    known = {text: count for text, count in counts.items() if text in EXPONENTS}
    return max(known, key=lambda text: (known[text], text)) if known else None
