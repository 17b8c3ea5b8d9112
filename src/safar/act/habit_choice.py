"""Which habits tell customers apart: what some do and others do not."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.observe.among import EVERYBODY, Among
from safar.observe.habits import MOST_RULES, HabitsQuestion, habits
from safar.observe.overview import NOT_BY_CUSTOMER
from safar.observe.steps import StepRule
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

_SAMPLE: Final = 2_000
#: Of what fewer do nothing is learned about kinds of customers.
_FEWEST_SHARE: Final = 0.03


def telling_rules(
    log: Log,
    *,
    window: Window | None = None,
    among: Among = EVERYBODY,
    most: int = 24,
    executor: Executor | None = None,
) -> tuple[StepRule, ...]:
    """Return rules that tell customers apart: events they do themselves, and channels they come by.

    Those that at least 3 % of a sample of customers did are taken, the ones first that customers differ in most: by the
    standard deviation of the logarithm of one more than the count.

    Parameters
    ----------
    log
        Whose customers.
    window, among
        When, and among whom.
    most
        So many rules at the most.
    """
    present = log.present()
    rules = [StepRule(name, (name,)) for name in present.names if name not in NOT_BY_CUSTOMER | {IDENTIFY}]
    rules += [
        StepRule(f"@{channel}", channels=(channel,))
        for channel in present.channels
        if channel and f"@{channel}" not in present.names
    ]
    if not rules:
        return ()
    among = Among(among.channels, among.where, among.segment, tuple(sorted(NOT_BY_CUSTOMER)))
    found: list[tuple[float, StepRule]] = []
    for start in range(0, len(rules), MOST_RULES):
        some = tuple(rules[start : start + MOST_RULES])
        counted = habits(
            log, HabitsQuestion(some, window, most=_SAMPLE, among=among), executor=executor
        ).counts
        if not len(counted):
            return ()
        shares = (counted > 0).mean(axis=0)
        varied = np.log1p(counted).std(axis=0)
        for rule, share, spread in zip(some, shares.tolist(), varied.tolist(), strict=True):
            if share >= _FEWEST_SHARE and spread > 0:
                found.append((spread, rule))
    found.sort(key=lambda each: -each[0])
    return tuple(rule for _, rule in found[:most])
