"""Step experience: who came through a step, what he lived through there, what he said, and what he did afterwards.

It is the table that the question "what is it worth" is asked of: one row an occasion, with what was known before it,
the experiences at it, the answers after it, and orders and money in the months that follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import Which, all_answers, given
from safar.measure.ordered import PurchasesQuestion, purchases
from safar.observe.among import EVERYBODY, Among
from safar.observe.steps import StepRule
from safar.observe.walk import mapped
from safar.store.orders import ORDERS
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.window import Window

from .columns import Floats, enough
from .occasions import (
    ByPerson,
    Experience,
    ExperienceRefused,
    Occasions,
    checked_experiences,
    occasions_of,
    together,
)

if TYPE_CHECKING:
    from safar.measure.purchases import Purchases
    from safar.store.log import Log

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StepExperienceQuestion:
    """What did people live through at a step, and what did they do afterwards?

    Parameters
    ----------
    step
        The events that are an occasion: somebody is at the step.
    experiences
        What may happen there.
    same
        A property that occasion and experience have in common, such as ``order_id``. Where empty, what shows an
        experience belongs to the customer's last occasion up to it.
    pause
        Events of the step sooner than this after the one before are the same occasion.
    horizon
        How long afterwards orders and money are counted.
    known
        Properties of the occasion's event that were settled before the experience: ``city``, ``payment_method``,
        ``items.0.category`` (of the first item), ``@channel``. Season, earlier orders, money, occasions, experiences
        and answers come by themselves.
    answers
        Question keys: the first answer after the occasion, and before the customer's next one, counts.
    answers_within
        At most so long after the occasion.
    currency
        ISO 4217 code of the money; the one with most orders when None. Customers who first ordered in another one are
        left out.
    margin_share
        As of `safar.measure.ordered.PurchasesQuestion`.
    window
        Occasions in this stretch of time; all of them when None.
    among
        Among whom.

    Raises
    ------
    ExperienceRefused, UnknownCurrency
    """

    step: StepRule
    experiences: tuple[Experience, ...]
    same: str = ""
    pause: timedelta = timedelta(0)
    horizon: timedelta = timedelta(days=180)
    known: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answers_within: timedelta = timedelta(days=30)
    currency: str | None = field(default=None, kw_only=True)
    margin_share: float = field(default=1.0, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        checked_experiences(self.experiences)
        PurchasesQuestion(currency=self.currency, margin_share=self.margin_share)
        if self.horizon <= timedelta(0) or self.pause < timedelta(0) or self.answers_within < timedelta(0):
            raise ExperienceRefused(
                f"A horizon of {self.horizon}, a pause of {self.pause} and {self.answers_within} for answers "
                "cannot be.",
                hint="Give durations above zero, such as 180 days.",
            )


@dataclass(frozen=True, slots=True)
class StepExperienceAnswer:
    """One row an occasion, by customer and time.

    Attributes
    ----------
    person
        ``uint64``: key of the customer; `Log.ids_of` tells the id.
    at
        ``int64``: microseconds UTC.
    had
        By experience: 1 or 0; NaN where it cannot be known.
    known
        What was known before, by name: numbers (NaN missing) or texts. Beside what was asked for: ``earlier_orders``,
        ``earlier_value``, ``since_last_order_days``, ``earlier_occasions``, ``since_last_days``, ``since_first_days``,
        ``month``, ``day``, ``earlier:<experience>``, ``last:<question key>``.
    answers
        By question key: the answer as it was given; NaN where there is none.
    followed
        Whether the log knows all of the horizon. Otherwise ``orders``, ``value`` and ``returned`` are NaN.
    orders, value
        Orders placed after the occasion and within the horizon, and what they brought (less refunds), in whole units of
        ``currency``.
    returned
        Whether there is any such order: 1 or 0.
    currency
        ISO 4217 code; None where no order has an amount.
    horizon
        As asked.
    notes
        Those of the purchases; ``experience.other_currency``: occasions of customers of another currency, left out;
        ``experience.no_order``: occasions of customers who never ordered, left out since their currency is not known;
        ``experience.not_followed``: occasions too late to be followed for the horizon.
    """

    person: NDArray[np.uint64]
    at: NDArray[np.int64]
    had: Mapping[str, Floats]
    known: Mapping[str, NDArray[Any]]
    answers: Mapping[str, Floats]
    followed: NDArray[np.bool_]
    orders: Floats
    value: Floats
    returned: Floats
    currency: str | None
    horizon: timedelta
    notes: tuple[Note, ...]
    provenance: Provenance

    def __len__(self) -> int:
        return len(self.at)

    def known_for(self, experience: str) -> dict[str, NDArray[Any]]:
        """Return what was known before an experience: before the occasion, and the experiences that come before it.

        Raises
        ------
        ExperienceRefused
        """
        question = self.provenance.question
        assert isinstance(question, StepExperienceQuestion)
        for each in question.experiences:
            if each.name == experience:
                return {**self.known, **{f"had:{name}": self.had[name] for name in each.before}}
        raise ExperienceRefused(
            f"There is no experience {experience!r}.", hint=f"There are {', '.join(self.had)}."
        )

    @property
    def table(self) -> Table:
        """One row an occasion; the customer as its key."""
        return Table.of(
            {
                "person": self.person,
                "occurred_at": self.at.astype("datetime64[us]"),
                **{f"had_{name}": values for name, values in self.had.items()},
                **{f"known_{name}": values for name, values in self.known.items()},
                **{f"answer_{name}": values for name, values in self.answers.items()},
                "followed": self.followed,
                "orders": self.orders,
                "value": self.value,
                "returned": self.returned,
            }
        )


def step_experience(
    log: Log, question: StepExperienceQuestion, *, executor: Executor | None = None
) -> StepExperienceAnswer:
    """Answer what people lived through at a step and what they did afterwards.

    Parameters
    ----------
    log
        Whose events.
    question
        Which step, which experiences, how long afterwards.
    executor
        What walks the shards side by side; one after another when None.

    Raises
    ------
    NothingBought
        Nobody ever ordered.
    NoSuchScore, MixedScales
        A question key has no answers, or some on different scales.
    TooFewRows
        Nobody came through the step.
    """
    paths = log.paths()
    work = partial(
        occasions_of,
        step=question.step,
        experiences=question.experiences,
        same=question.same,
        pause=question.pause,
        known=question.known,
        among=question.among,
    )
    parts = [part for part in mapped(executor, work, paths.shards) if len(part.at)]
    enough(len(parts), 1, [f"occasions of {question.step.name}"])
    found = together(parts)
    bought = purchases(log, PurchasesQuestion(currency=question.currency, margin_share=question.margin_share))
    kept, notes = _ours(log, found, bought, question.window)
    enough(int(kept.sum()), 1, [f"occasions of {question.step.name}"])
    known, orders, value, followed = _bought(found, bought, question, (paths.span or (0, 0))[1])
    answers, before = _answers(log, found, question)
    known |= {
        f"earlier:{each.name}": found.had_before[:, place] for place, each in enumerate(question.experiences)
    }
    known |= {f"last:{name}": values for name, values in before.items()}
    known |= dict(zip(question.known, found.known, strict=True))
    if not followed[kept].all():
        notes = (*notes, Note.of("experience.not_followed", count=int((kept & ~followed).sum())))
    return StepExperienceAnswer(
        found.person[kept],
        found.at[kept],
        {each.name: found.had[kept, place] for place, each in enumerate(question.experiences)},
        {name: values[kept] for name, values in known.items()},
        {name: values[kept] for name, values in answers.items()},
        followed[kept],
        orders[kept],
        value[kept],
        np.where(np.isnan(orders), np.nan, orders > 0)[kept],
        bought.currency,
        question.horizon,
        (*bought.notes, *notes),
        Provenance(question, paths.version, int(kept.sum())),
    )


def _ours(
    log: Log, found: Occasions, bought: Purchases, window: Window | None
) -> tuple[NDArray[np.bool_], tuple[Note, ...]]:
    """Return which occasions are of customers of the currency, in the window."""
    kept = np.ones(len(found.at), np.bool_)
    if window is not None:
        kept = (found.at >= window.start_us) & (found.at < window.end_us)
    if not any(note.code == "purchases.other_currency" for note in bought.notes):
        return kept, ()
    everything = log.rows(ORDERS, Window.from_us(-(1 << 55), 1 << 55))
    orders = everything.where(everything.are(ORDER_PLACED))
    persons, first = np.unique(orders.person, return_index=True)  # rows are by time: the first one
    currencies = orders.fields["currency"]
    code = currencies.texts.index(bought.currency or "")
    pays_here = currencies.values[first] == code
    place = np.minimum(np.searchsorted(persons, found.person), len(persons) - 1)
    ever = persons[place] == found.person
    ours = ever & pays_here[place]
    counts = {
        "experience.other_currency": int((kept & ever & ~ours).sum()),
        "experience.no_order": int((kept & ~ever).sum()),
    }
    return kept & ours, tuple(Note.of(code, count=count) for code, count in counts.items() if count)


def _bought(
    found: Occasions, bought: Purchases, question: StepExperienceQuestion, end: int
) -> tuple[dict[str, NDArray[Any]], Floats, Floats, NDArray[np.bool_]]:
    """Return what was bought before, and the orders and money after; NaN where they cannot be known yet."""
    rows = ByPerson.of(bought.customers[bought.customer], bought.time)
    margin = np.append(0.0, np.cumsum(np.nan_to_num(bought.margin)[rows.order]))
    begin, before = rows.up_to(found.person, found.at, itself=False)
    _, now = rows.up_to(found.person, found.at, itself=True)
    horizon = question.horizon // _MICROSECOND
    _, after = rows.up_to(found.person, found.at + horizon, itself=True)
    followed = found.at + horizon <= end
    time = bought.time[rows.order]
    last = np.where(before > begin, (found.at - time[np.maximum(before - 1, 0)]) / 86_400_000_000, np.nan)
    days = found.at // 86_400_000_000
    known: dict[str, NDArray[Any]] = {
        "earlier_orders": np.log1p((before - begin).astype(np.float64)),
        "earlier_value": _squeezed(margin[before] - margin[begin]),
        "since_last_order_days": last,
        "earlier_occasions": np.log1p(found.earlier),
        "since_last_days": found.since_last_days,
        "since_first_days": found.since_first_days,
        "month": days.astype("datetime64[D]").astype("datetime64[M]").astype(str),
        "day": days.astype(np.float64),
    }
    orders = np.where(followed, (after - now).astype(np.float64), np.nan)
    value = np.where(followed, margin[after] - margin[now], np.nan)
    return known, orders, value, followed


def _squeezed(values: Floats) -> Floats:
    """Return sums of money on a scale where the large ones do not outweigh all others."""
    typical = float(np.median(np.abs(values[values != 0]))) if (values != 0).any() else 1.0
    return np.asarray(np.arcsinh(values / typical))


def _answers(
    log: Log, found: Occasions, question: StepExperienceQuestion
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return by question key the first answer after each occasion and the last one before it, as they were given."""
    after: dict[str, Floats] = {}
    before: dict[str, Floats] = {}
    if not question.answers:
        return after, before
    everything = all_answers(log, Window.from_us(-(1 << 55), 1 << 55))
    within = question.answers_within // _MICROSECOND
    following = np.append(found.at[1:], 0)
    following = np.where(np.append(found.person[1:] == found.person[:-1], False), following, 1 << 62)
    until = np.minimum(found.at + within, following - 1)
    for key in question.answers:
        those = given(everything, Which(key))
        rows = ByPerson.of(those.rows.person, those.rows.time)
        values = those.values[rows.order]
        begin, here = rows.up_to(found.person, found.at, itself=False)
        _, there = rows.up_to(found.person, until, itself=True)
        after[key] = np.where(there > here, values[np.minimum(here, len(values) - 1)], np.nan)
        before[key] = np.where(here > begin, values[np.maximum(here - 1, 0)], np.nan)
    return after, before
