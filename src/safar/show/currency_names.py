"""Currencies by the names that readers give them, in any of the three languages."""

from __future__ import annotations

from functools import cache
from typing import Final

from safar.vocabulary.money import EXPONENTS
from safar.vocabulary.text import fold
from safar.vocabulary.time_names import Language

from .money import CURRENCY_WORDS

#: Names that mean one currency in every language. Rials are counted also where people say toman.
_NAMES: Final = {
    "AED": "درهم امارات; درهم إماراتي; UAE dirham",
    "AFN": "افغانی; أفغاني; Afghani",
    "BHD": "دینار بحرین; دينار بحريني; Bahraini dinar",
    "DZD": "دینار الجزایر; دينار جزائري; Algerian dinar",
    "EGP": "پوند مصر; جنيه مصري; Egyptian pound",
    "EUR": "یورو; يورو; euro",
    "GBP": "پوند انگلیس; جنيه إسترليني; pound sterling; sterling",
    "IQD": "دینار عراق; دينار عراقي; Iraqi dinar",
    "IRR": "تومان; تومن; ریال ایران; ريال إيراني; toman; IRT; TMN; Iranian rial",
    "JOD": "دینار اردن; دينار أردني; Jordanian dinar",
    "KWD": "دینار کویت; دينار كويتي; Kuwaiti dinar",
    "LBP": "لیر لبنان; ليرة لبنانية; Lebanese pound",
    "LYD": "دینار لیبی; دينار ليبي; Libyan dinar",
    "MAD": "درهم مراکش; درهم مغربي; Moroccan dirham",
    "OMR": "ریال عمان; ريال عماني; Omani rial",
    "QAR": "ریال قطر; ريال قطري; Qatari riyal",
    "RUB": "روبل; روبل روسی; روبل روسي; ruble",
    "SAR": "ریال سعودی; ریال عربستان; ريال سعودي; Saudi riyal",
    "SYP": "لیر سوریه; ليرة سورية; Syrian pound",
    "TND": "دینار تونس; دينار تونسي; Tunisian dinar",
    "TRY": "لیر ترکیه; ليرة تركية; Turkish lira; TL",
    "USD": "دلار; دلار آمریکا; دولار; دولار أمريكي; dollar; US dollar",
    "YER": "ریال یمن; ريال يمني; Yemeni rial",
}
#: Short names that mean one currency to readers of a language, and several or none to others.
_SHORT: Final[dict[Language, dict[str, str]]] = {
    "en": {"IRR": "rial"},
    "fa": {"IRR": "ریال", "AED": "درهم", "GBP": "پوند", "TRY": "لیر; لیره"},
    "ar": {},
}


def currency_called(text: str, language: Language) -> str | None:
    """Return the ISO code of the currency that a code or a name means; None for what is not known.

    >>> currency_called("usd", "fa"), currency_called("تومان", "fa"), currency_called("ريال سعودي", "ar")
    ('USD', 'IRR', 'SAR')
    >>> currency_called("ريال", "ar") is None
    True
    """
    code = text.strip().upper()
    return code if code in EXPONENTS else _currencies(language).get(_key(text))


@cache
def _currencies(language: Language) -> dict[str, str]:
    return {
        _key(name): code
        for names in (CURRENCY_WORDS[language], _SHORT[language], _NAMES)
        for code, several in names.items()
        for name in several.split(";")
    }


def _key(text: str) -> str:
    return fold(text).replace(" ", "")
