"""Customers look real and are nobody."""

import re
from collections import Counter

import numpy as np
import phonenumbers
import pytest

from safar.demo.catalogue import catalogue
from safar.demo.company import Company
from safar.demo.identities import phone_numbers
from safar.demo.places import TIERS, places
from safar.vocabulary.email import fold_email
from safar.vocabulary.phone import e164

from .conftest import UNTIL, Told

PERSIAN = re.compile(r"[\u0600-\u06FF\u200c ]+\Z")
LATIN = re.compile(r"[A-Za-z ]+\Z")


@pytest.fixture(scope="module")
def traits(told: Told) -> list[dict]:
    return [each for each in told.of("identify") if "first_name" in each]


def test_every_prefix_makes_valid_mobile_numbers_of_its_country() -> None:
    company = Company.of(2_000, seed=1, until=UNTIL)
    world = company.world()
    people, _ = company.live(world, 0)
    seen = set()
    for number, country in zip(phone_numbers(world, people), people.country.tolist(), strict=True):
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed), number
        assert phonenumbers.region_code_for_number(parsed) == world.where.country_codes[country]
        prefixes = world.where.countries[country].phone.prefixes
        code = world.where.countries[country].phone.code
        seen.add((country, next(each for each in prefixes if number[1 + len(code) :].startswith(each))))
        # the subscriber's part begins with zero: nobody's number
        assert number[-world.where.countries[country].phone.digits] == "0"
    assert len(seen) == sum(len(each.phone.prefixes) for each in places().countries)


def test_no_two_customers_share_a_number_up_to_the_largest_size() -> None:
    for country in places().countries:
        phone = country.phone
        free = phone.digits - phone.zeros
        assert len(phone.prefixes) * 10**free >= 1_000_000


def test_phones_and_mails_are_one_to_a_customer_after_folding(traits: list[dict]) -> None:
    by_phone: dict[str, set] = {}
    by_mail: dict[str, set] = {}
    for each in traits:
        name = (each["first_name"], each["last_name"], each["since"])
        assert "phone" in each or "email" in each
        if "phone" in each:
            by_phone.setdefault(e164(each["phone"], each["country"]), set()).add(name)
        if "email" in each:
            by_mail.setdefault(fold_email(each["email"]), set()).add(name)
            assert each["email"].endswith(".example")
    assert len(by_phone) > 1_400
    assert max(map(len, by_phone.values())) == 1
    assert max(map(len, by_mail.values())) == 1


def test_phones_are_typed_in_many_ways(traits: list[dict]) -> None:
    phones = [each["phone"] for each in traits if "phone" in each]
    assert any(each.startswith("+") for each in phones)
    assert any(each.startswith("00") for each in phones)
    assert any(each.startswith("09") for each in phones)
    assert any(each.startswith("۰۹") for each in phones)


def test_names_are_written_in_the_script_of_the_language(traits: list[dict]) -> None:
    for each in traits:
        script = LATIN if each["language"] == "en" else PERSIAN
        assert script.match(each["first_name"]), each
        assert script.match(each["last_name"]), each
    assert len({(each["first_name"], each["last_name"]) for each in traits}) > 1_000


def test_people_live_where_the_weights_say(traits: list[dict]) -> None:
    people = {each["since"] + each["last_name"]: each for each in traits}
    countries = Counter(each["country"] for each in people.values())
    where = places()
    for code, country in zip(where.country_codes, where.countries, strict=True):
        share = country.weight
        error = (share * (1 - share) / len(people)) ** 0.5
        assert abs(countries[code] / len(people) - share) < 4 * error
    cities = set(where.city_keys)
    assert {each["city"] for each in people.values()} <= cities
    assert set(np.unique(where.city_tier)) == set(range(len(TIERS)))


def test_the_catalogue_has_three_hundred_products_in_three_languages() -> None:
    goods = catalogue()
    assert len(goods) == 300
    assert len(set(goods.product_ids)) == 300
    for names in goods.names:
        assert len(set(names)) == 300
    assert (goods.price_usd > 2).all()
    assert goods.category_share.sum() == pytest.approx(1.0)
    for category, first in enumerate(goods.first_product.tolist()):
        own = goods.category[first : first + int(goods.kind_count[category]) * goods.PER_KIND]
        assert (own == category).all()
    assert not set(goods.searches_found[0]) & set(goods.searches_missing[0])
