"""What customers do themselves, as against what the company does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .overview import NOT_BY_CUSTOMER
from .steps import StepRule

if TYPE_CHECKING:
    from safar.store.paths import PathShard


def own_acts(shard: PathShard) -> StepRule:
    """Return the rule of all events of a shard that customers cause themselves.

    A message that the company sends opens no session, prolongs none, and keeps nobody on a page.
    """
    names = tuple(name for name in shard.event_names if name not in NOT_BY_CUSTOMER)
    return StepRule("own acts", names or ("",))  # no event has an empty name: the rule takes none
