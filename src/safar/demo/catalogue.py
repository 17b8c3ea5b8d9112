"""What the shop sells, in three languages: 300 products of 50 kinds in 12 categories, and what people search for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

#: The languages of the company, in the order of all texts that come in three.
LANGUAGES: Final = ("fa", "ar", "en")


class _Brands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fa: tuple[str, ...]
    ar: tuple[str, ...]
    en: tuple[str, ...]


class _Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fa: str
    ar: str
    en: str
    share: float
    wrong: float
    fragile: float
    bulky: bool


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: str
    fa: str
    ar: str
    en: str
    noun: tuple[str, str, str]
    low: float
    high: float
    variants: str


class _Searches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    found: tuple[str, ...]
    missing: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    brands: _Brands
    variants: dict[str, _Brands]
    categories: dict[str, _Category]
    kind: tuple[_Kind, ...]
    searches: dict[str, _Searches]


@dataclass(frozen=True)
class Catalogue:
    """The shop's products as columns. Products of a kind stand side by side, the cheapest first.

    Attributes
    ----------
    product_ids
        One a product.
    names, nouns
        By language (see `LANGUAGES`), one a product: the full name, and what a customer calls it.
    category_keys
        The categories, and by language their names in ``category_names``.
    category
        Place of each product's category.
    price_usd
        Catalogue price in dollars, before inflation and rounding.
    category_share
        How much each category is bought; sums to 1.
    wrong, fragile, bulky
        By category: relative likelihood of a wrong description and of damage, and whether it is bulky.
    first_product, kind_count
        By category: the first product, and how many kinds (of ``PER_KIND`` products) it has.
    searches_found, searches_missing
        By language.
    """

    product_ids: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    nouns: tuple[tuple[str, ...], ...]
    category_keys: tuple[str, ...]
    category_names: tuple[tuple[str, ...], ...]
    category: NDArray[np.int64]
    price_usd: NDArray[np.float64]
    category_share: NDArray[np.float64]
    wrong: NDArray[np.float64]
    fragile: NDArray[np.float64]
    bulky: NDArray[np.bool_]
    first_product: NDArray[np.int64]
    kind_count: NDArray[np.int64]
    searches_found: tuple[tuple[str, ...], ...]
    searches_missing: tuple[tuple[str, ...], ...]

    #: Products of one kind.
    PER_KIND: Final = 6

    def __len__(self) -> int:
        return len(self.product_ids)


@cache
def catalogue() -> Catalogue:
    """Return the shop's products."""
    text = files("safar.demo").joinpath("words/catalogue.toml").read_text(encoding="utf-8")
    listed = msgspec.convert(tomllib.loads(text), _File)
    keys = tuple(listed.categories)
    kinds = [kind for key in keys for kind in listed.kind if kind.category == key]
    categories = list(listed.categories.values())
    kind_count = np.array([sum(kind.category == key for kind in kinds) for key in keys])
    share = np.array([category.share for category in categories])
    return Catalogue(
        product_ids=tuple(
            f"{kind.category[:2].upper()}{number:02d}{variant + 1}"
            for number, kind in enumerate(kinds)
            for variant in range(Catalogue.PER_KIND)
        ),
        names=tuple(
            tuple(_name(listed, kind, language, at) for kind in kinds for at in range(Catalogue.PER_KIND))
            for language in LANGUAGES
        ),
        nouns=tuple(
            tuple(kind.noun[place] for kind in kinds for _ in range(Catalogue.PER_KIND))
            for place in range(len(LANGUAGES))
        ),
        category_keys=keys,
        category_names=tuple(
            tuple(getattr(category, language) for category in categories) for language in LANGUAGES
        ),
        category=np.repeat([keys.index(kind.category) for kind in kinds], Catalogue.PER_KIND),
        price_usd=np.concatenate([np.geomspace(kind.low, kind.high, Catalogue.PER_KIND) for kind in kinds]),
        category_share=share / share.sum(),
        wrong=np.array([category.wrong for category in categories]),
        fragile=np.array([category.fragile for category in categories]),
        bulky=np.array([category.bulky for category in categories]),
        first_product=np.concatenate([[0], np.cumsum(kind_count)[:-1]]) * Catalogue.PER_KIND,
        kind_count=kind_count,
        searches_found=tuple(listed.searches[language].found for language in LANGUAGES),
        searches_missing=tuple(listed.searches[language].missing for language in LANGUAGES),
    )


def _name(listed: _File, kind: _Kind, language: str, place: int) -> str:
    """Return a product's full name: what it is, its brand, its variant, in the order of the language."""
    what = getattr(kind, language)
    brand = getattr(listed.brands, language)[place]
    variant = getattr(listed.variants[kind.variants], language)[place]
    return f"{brand} {what}, {variant}" if language == "en" else f"{what} {brand} {variant}"
