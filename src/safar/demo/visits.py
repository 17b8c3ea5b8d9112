"""Visits that end without an order: who comes when, from where, and what he does until he goes.

A visit is a walk: from the first page, step by step, by the probabilities of `truth.toml`. All visits of a block take
their n-th step together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from .catalogue import Catalogue
from .chance import Chance, Floats, Ints
from .pages import FIRST_LIST, HOME, Pages, ProductTexts
from .parameters import Steps
from .sheet import Sheet, channel_codes, event_code
from .world import World

#: Columns of a visit's steps, in the order of `truth.toml`; the row of a search without result comes last.
_HOME, _LIST, _SEARCH, _PRODUCT, _CART_ADD, _CART, _CHECKOUT, _HELP, _END, _ZERO = range(10)
_ROWS: Final = ("home", "list", "search", "product", "cart_add", "cart", "checkout", "help", "zero")
_ROW_OF_STATE: Final = np.array([0, 1, 2, 3, 4, 5, 6, 7, -1, 8])
_MOST_STEPS: Final = 24
#: Random addresses set apart for each visit.
_ADDRESSES: Final = 32
_SECOND_US: Final = 1_000_000
_MEDIAN_STEP_SECONDS: Final = 27.0
_STEP_SPREAD: Final = 0.95
_LONGEST_STEP_SECONDS: Final = 1_300.0
#: Channels and page events, by 0 on the web and 1 in the app.
WEB_AND_APP: Final = channel_codes(["web", "app"])
PAGE_AND_SCREEN: Final = np.array([event_code("page"), event_code("screen")])
_STATE_EVENT: Final = np.array(
    [
        0,
        0,
        event_code("search_performed"),
        event_code("product_viewed"),
        event_code("cart_added"),
        event_code("cart_viewed"),
        event_code("checkout_started"),
        0,
        0,
        event_code("search_performed"),
    ]
)


@dataclass(frozen=True)
class Visits:
    """Visits as columns.

    Attributes
    ----------
    who
        Row of the person in the block.
    number, count
        Address of their random numbers: the person, and the count of the visit (each kind counts apart).
    at
        Microseconds.
    language, app
        Place of the language; 1 in the app.
    origin, campaign
        Place in `ORIGINS`; place of the campaign + 1 or 0.
    """

    who: Ints
    number: Ints
    count: Ints
    at: Ints
    language: Ints
    app: Ints
    origin: Ints
    campaign: Ints

    def __len__(self) -> int:
        return len(self.who)


def walk(sheet: Sheet, world: World, pages: Pages, visits: Visits, steps: Steps) -> None:
    """Add the events of visits that follow the given probabilities."""
    chance, goods = world.chance, world.goods
    address = visits.count * _ADDRESSES
    state = chance.choice("landing", steps.landing, visits.number, address)
    product = browsed_product(goods, chance, visits.number, address)
    page = _page(pages, goods, state, product)
    properties = pages.first(
        sheet.texts, page, visits.language, visits.app, origin=visits.origin, campaign=visits.campaign
    )
    sheet.add(PAGE_AND_SCREEN[visits.app], visits.who, visits.at, WEB_AND_APP[visits.app], properties)

    # on a product, a search or the cart there is more to tell than the page; it follows at once
    telling = np.isin(state, (_PRODUCT, _SEARCH, _CART))
    trail = [
        _Steps(np.flatnonzero(telling), state[telling], product[telling], visits.at[telling] + _SECOND_US)
    ]
    table = _Table(steps)
    row, at = np.arange(len(visits)), visits.at + _SECOND_US
    for step in range(1, _MOST_STEPS):
        number, place = visits.number[row], address[row] + step
        state = table.next(state, chance.uniform("step", number, place))
        going = state != _END
        row, number, place, state, product, at = (
            column[going] for column in (row, number, place, state, product, at)
        )
        if not len(row):
            break
        nothing = chance.uniform("nothing found", number, place) < world.truth.visits.zero_result_share
        state = np.where((state == _SEARCH) & nothing, _ZERO, state)
        product = np.where(state == _PRODUCT, browsed_product(goods, chance, number, place), product)
        seconds = _MEDIAN_STEP_SECONDS * np.exp(_STEP_SPREAD * chance.normal("gap", number, place))
        at = at + (np.minimum(seconds, _LONGEST_STEP_SECONDS) * _SECOND_US).astype(np.int64)
        trail.append(_Steps(row, state, product, at))
    _tell(sheet, world, pages, visits, _Steps(*map(np.concatenate, zip(*trail, strict=True))))


class _Steps(NamedTuple):
    """Steps of visits: row of the visit, state, product in view, instant."""

    row: Ints
    state: Ints
    product: Ints
    at: Ints


class _Table:
    """Transition probabilities, ready to be looked up for many states at once."""

    def __init__(self, steps: Steps) -> None:
        rows = np.array([getattr(steps, name) for name in _ROWS])
        bounds = np.cumsum(rows, axis=1)
        bounds /= bounds[:, -1:]
        self._width = rows.shape[1]
        self._bounds = (bounds + np.arange(len(_ROWS))[:, None]).ravel()

    def next(self, state: Ints, uniform: Floats) -> Ints:
        row = _ROW_OF_STATE[state]
        found = np.searchsorted(self._bounds, row + uniform, side="right") - row * self._width
        return np.asarray(np.minimum(found, _END))


def _page(pages: Pages, goods: Catalogue, state: Ints, product: Ints) -> Ints:
    """Return the page of each state: a product's own, the list of its category, a help page, else home."""
    category = goods.category[product]
    return np.select(
        [state == _PRODUCT, state == _LIST, state == _HELP],
        [pages.first_product + product, FIRST_LIST + category, pages.first_help + product % pages.help_count],
        HOME,
    )


def browsed_product(goods: Catalogue, chance: Chance, number: Ints, place: Ints) -> Ints:
    """Return a product that somebody looks at: by category, then the first of its products rather than the last."""
    category = chance.choice("browsed category", goods.category_share, number, place)
    count = goods.kind_count[category] * Catalogue.PER_KIND
    return goods.first_product[category] + (count * chance.uniform("browsed", number, place) ** 1.6).astype(
        np.int64
    )


def _tell(sheet: Sheet, world: World, pages: Pages, visits: Visits, steps: _Steps) -> None:
    """Add the events of steps."""
    texts, goods, products = sheet.texts, world.goods, ProductTexts(world.goods)
    language, app, number = visits.language[steps.row], visits.app[steps.row], visits.number[steps.row]
    codes = np.zeros(len(steps.row), dtype=np.int64)

    rows = np.flatnonzero(np.isin(steps.state, (_HOME, _LIST, _HELP)))
    page = _page(pages, goods, steps.state[rows], steps.product[rows])
    codes[rows] = pages.later(texts, page, language[rows], app[rows])
    rows = np.flatnonzero(steps.state == _PRODUCT)
    codes[rows] = products.viewed(texts, steps.product[rows], language[rows])
    rows = np.flatnonzero(steps.state == _CART_ADD)
    codes[rows] = products.added(
        texts, steps.product[rows], language[rows], np.ones(len(rows), dtype=np.int64)
    )
    for state, listed in ((_SEARCH, goods.searches_found), (_ZERO, goods.searches_missing)):
        rows = np.flatnonzero(steps.state == state)
        words = np.array([len(each) for each in listed])[language[rows]]
        word = (words * world.chance.uniform("query", number[rows], rows) ** 1.4).astype(np.int64)
        found = np.full(len(rows), int(state == _SEARCH))
        codes[rows] = products.searched(texts, word, language[rows], found)
    event = np.where(
        np.isin(steps.state, (_HOME, _LIST, _HELP)), PAGE_AND_SCREEN[app], _STATE_EVENT[steps.state]
    )
    sheet.add(event, visits.who[steps.row], steps.at, WEB_AND_APP[app], codes)
