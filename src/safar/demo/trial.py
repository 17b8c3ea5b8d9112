"""An experiment of the company: who was shown which arm, and who did what it was to bring.

A heart beside each product puts it on a wish list. Chance decides who sees it. It makes more people keep a wish; on
orders it has no effect at all, and both are true by construction.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .pages import ProductTexts
from .sheet import Sheet, as_json
from .visits import WEB_AND_APP, Visits, browsed_product

_SECOND_US: Final = 1_000_000
#: Between the page and the first wish, and between wishes, in the mean.
_WISH_AFTER_US: Final = 90 * _SECOND_US
_MOST_WISHES: Final = 6
#: Addresses of products, far from those of visits.
_WISHED: Final = 1 << 30


def try_out(sheet: Sheet, block: Block, visits: Visits) -> None:
    """Add who was shown which arm with the first visit while the experiment ran, and what was wished for then.

    Parameters
    ----------
    visits
        Of the block's customers.
    """
    world, chance, truth = block.world, block.world.chance, block.world.truth.trial
    began = world.clock.until - truth.from_days * DAY_US
    ended = world.clock.until - truth.to_days * DAY_US
    came = np.flatnonzero((visits.at >= began) & (visits.at < ended))
    came = came[np.lexsort((visits.at[came], visits.who[came]))]
    who, place = np.unique(visits.who[came], return_index=True)
    first = came[place]
    number, language = block.people.number[who], visits.language[first]
    names, arms = list(truth.arms), list(truth.arms.values())
    arm = chance.choice("trial", [each.share for each in arms], number)
    at, channel = visits.at[first] + 3 * _SECOND_US, WEB_AND_APP[visits.app[first]]
    shown = sheet.texts.keyed(
        "trial", arm, lambda key: as_json({"experiment": truth.name, "variation": names[key]})
    )
    sheet.add("experiment_viewed", who, at, channel, shown, is_apart=True)

    moment = at.copy()
    wishes = chance.uniform("wishes", number) < np.array([each.wishes for each in arms])[arm]
    more = chance.geometric("further wishes", truth.further_wish, number)
    texts = ProductTexts(world.goods)
    for turn in range(_MOST_WISHES):
        rows = np.flatnonzero(wishes & (more >= turn))
        pause = 20 * _SECOND_US + _WISH_AFTER_US * chance.exponential("wish after", number[rows], turn)
        moment[rows] += pause.astype(np.int64)
        product = browsed_product(world.goods, chance, number[rows], np.array(_WISHED + turn))
        told = texts.viewed(sheet.texts, product, language[rows])
        sheet.add("wishlist_added", who[rows], moment[rows], channel[rows], told, is_apart=True)
