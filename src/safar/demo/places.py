"""Where the customers live and what they may be called: countries, cities, names, telephone prefixes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from .catalogue import LANGUAGES

#: Kinds of towns, in the order of `Places.city_tier`.
TIERS: Final = ("metro", "large", "remote")


class Phone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mobile numbers of a country: code, prefixes after it, digits after the prefix, the first of them zeros."""

    code: str
    prefixes: tuple[str, ...]
    digits: int
    zeros: int


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A town: its name in three languages, its weight within the country, its tier."""

    fa: str
    ar: str
    en: str
    weight: float
    tier: str


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A country: who lives there, what they pay with, when they rest."""

    weight: float
    currency: str
    time_zone: str
    weekend: tuple[int, int]
    names: str
    dialect: str
    languages: dict[str, float]
    phone: Phone
    gateways: tuple[str, ...]
    couriers: tuple[str, ...]
    cities: dict[str, City]


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    women: tuple[str, ...]
    men: tuple[str, ...]
    family: tuple[str, ...]


class _Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mail_domains: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    country: dict[str, Country]
    names: dict[str, _Names]
    contact: _Contact


#: A name as it is written and in Latin letters.
Name = tuple[str, str]


@dataclass(frozen=True)
class Places:
    """The file as columns.

    Attributes
    ----------
    country_codes, countries
        ISO 3166 codes and what is known of each.
    city_keys, city_names
        All cities of all countries; names by language.
    city_country, city_tier
        Place of each city's country and tier.
    city_weight
        Weight of each city within its country.
    first_names, family_names
        By country. First names of men, then of women.
    """

    country_codes: tuple[str, ...]
    countries: tuple[Country, ...]
    city_keys: tuple[str, ...]
    city_names: tuple[tuple[str, ...], ...]
    city_country: NDArray[np.int64]
    city_tier: NDArray[np.int64]
    city_weight: NDArray[np.float64]
    first_names: tuple[tuple[tuple[Name, ...], tuple[Name, ...]], ...]
    family_names: tuple[tuple[Name, ...], ...]
    mail_domains: tuple[str, ...]


@cache
def places() -> Places:
    """Return where the customers live and what they may be called."""
    text = files("safar.demo").joinpath("words/people.toml").read_text(encoding="utf-8")
    listed = msgspec.convert(tomllib.loads(text), _File)
    countries = tuple(listed.country.values())
    cities = [
        (key, city, place) for place, country in enumerate(countries) for key, city in country.cities.items()
    ]
    names = [listed.names[country.names] for country in countries]
    return Places(
        country_codes=tuple(listed.country),
        countries=countries,
        city_keys=tuple(key for key, _, _ in cities),
        city_names=tuple(tuple(getattr(city, language) for _, city, _ in cities) for language in LANGUAGES),
        city_country=np.array([place for _, _, place in cities]),
        city_tier=np.array([TIERS.index(city.tier) for _, city, _ in cities]),
        city_weight=np.array([city.weight for _, city, _ in cities]),
        first_names=tuple((_pairs(each.men), _pairs(each.women)) for each in names),
        family_names=tuple(_pairs(each.family) for each in names),
        mail_domains=listed.contact.mail_domains,
    )


def _pairs(entries: tuple[str, ...]) -> tuple[Name, ...]:
    """Split ``"سارا = sara"`` into the name as written and in Latin letters."""
    found = []
    for entry in entries:
        written, _, latin = entry.partition(" = ")
        found.append((written, latin))
    return tuple(found)
