"""Names of zones and currencies mean what there is, and one thing to each reader."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from safar.show import currency_names, zone_names
from safar.show.locale import LANGUAGES
from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.text import fold


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_zone_means_one_zone_that_there_is(language) -> None:
    named = zone_names._NAMES[language]
    assert set(named) <= available_timezones()
    for zone, names in named.items():
        for name in names.split(";"):
            assert zone_names.zone_called(f" {name} ", language) == zone
        assert zone_names.zone_name(zone, language) == names.split(";")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_currency_means_one_currency_that_there_is(language) -> None:
    named = currency_names._NAMES
    assert set(named) <= set(EXPONENTS)
    for code, names in (*named.items(), *currency_names._SHORT[language].items()):
        for name in names.split(";"):
            assert currency_names.currency_called(fold(name), language) == code
