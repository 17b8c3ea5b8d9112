"""The shop's pages and screens as properties: where one is, and on the first page of a visit where one came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .catalogue import LANGUAGES, Catalogue
from .chance import Ints
from .sheet import TextPool, as_json

SHOP: Final = "https://naranj.example"
TITLES: Final = ("نارنج", "نارنج", "Naranj")
HOME: Final = 0
FIRST_LIST: Final = 1
#: Help pages: path, and title by language.
_HELP: Final = (
    ("delivery", ("ارسال و تحویل", "الشحن والتوصيل", "Delivery")),
    ("returns", ("بازگشت کالا", "الإرجاع والاستبدال", "Returns")),
    ("payment", ("روش‌های پرداخت", "طرق الدفع", "Payment")),
    ("about", ("دربارهٔ ما", "من نحن", "About us")),
)
#: Where each origin's visits come from: referrer, utm source and medium; None is not told.
_REFERRERS: Final[dict[str, tuple[str | None, str | None, str | None]]] = {
    "direct": (None, None, None),
    "google_organic": ("https://www.google.com/", None, None),
    "google_ads": ("https://www.google.com/", "google", "cpc"),
    "instagram": ("https://l.instagram.com/", "instagram", "social"),
    "telegram": (None, "telegram", "social"),
    "comparison": ("https://prices.example/", "prices.example", "comparison"),
    "email": (None, "newsletter", "email"),
    "sms": (None, "sms", "sms"),
    "friend": (None, "friend", "referral"),
}
ORIGINS: Final = tuple(_REFERRERS)


class Pages:
    """The pages and screens of the shop, numbered: home, one list a category, help pages, one page a product.

    Parameters
    ----------
    goods
        What there is a page for.
    campaigns
        Names that visits by e-mail, SMS and advertisement may carry.
    """

    def __init__(self, goods: Catalogue, campaigns: Sequence[str]) -> None:
        self._goods = goods
        self._campaigns = ("", *campaigns)
        self.first_help = FIRST_LIST + len(goods.category_keys)
        self.help_count = len(_HELP)
        self.first_product = self.first_help + len(_HELP)

    def first(
        self, texts: TextPool, page: Ints, language: Ints, app: Ints, *, origin: Ints, campaign: Ints
    ) -> Ints:
        """Return the properties of visits' first pages.

        Parameters
        ----------
        origin
            Place in `ORIGINS`.
        campaign
            Place of the campaign + 1, 0 for none.
        """
        key = self._key(page, language, app) * len(ORIGINS) + origin
        return texts.keyed("first page", key * len(self._campaigns) + campaign, self._first)

    def later(self, texts: TextPool, page: Ints, language: Ints, app: Ints) -> Ints:
        """Return the properties of pages within a visit."""
        return texts.keyed("page", self._key(page, language, app), self._later)

    def _key(self, page: Ints, language: Ints, app: Ints) -> Ints:
        return (page * len(LANGUAGES) + language) * 2 + app

    def _first(self, key: int) -> str:
        key, campaign = divmod(key, len(self._campaigns))
        key, origin = divmod(key, len(ORIGINS))
        properties = self._properties(key)
        referrer, source, medium = _REFERRERS[ORIGINS[origin]]
        if referrer and key % 2 == 0:
            properties["referrer"] = referrer
        if source:
            told = {"source": source, "medium": medium}
            if campaign:
                told["name"] = self._campaigns[campaign]
            properties["context"] = {"campaign": told}
        return as_json(properties)

    def _later(self, key: int) -> str:
        return as_json(self._properties(key))

    def _properties(self, key: int) -> dict[str, object]:
        key, app = divmod(key, 2)
        page, language = divmod(key, len(LANGUAGES))
        path, title = self._path(page, language)
        if app:
            return {"name": title, "path": path}
        return {"path": path, "title": title, "url": f"{SHOP}/{LANGUAGES[language]}{path}"}

    def _path(self, page: int, language: int) -> tuple[str, str]:
        goods, shop = self._goods, TITLES[language]
        if page == HOME:
            return "/", shop
        if page < self.first_help:
            place = page - FIRST_LIST
            return f"/c/{goods.category_keys[place]}", f"{goods.category_names[language][place]} | {shop}"
        if page < self.first_product:
            topic, titles = _HELP[page - self.first_help]
            return f"/help/{topic}", f"{titles[language]} | {shop}"
        place = page - self.first_product
        return f"/p/{goods.product_ids[place]}", f"{goods.names[language][place]} | {shop}"


class ProductTexts:
    """Properties of events about one product, in the customer's language."""

    def __init__(self, goods: Catalogue) -> None:
        self._goods = goods

    def viewed(self, texts: TextPool, product: Ints, language: Ints) -> Ints:
        """Return the properties of looking at products."""
        return texts.keyed("product", product * len(LANGUAGES) + language, self._viewed)

    def added(self, texts: TextPool, product: Ints, language: Ints, quantity: Ints) -> Ints:
        """Return the properties of putting products into the cart."""
        key = (product * len(LANGUAGES) + language) * 8 + quantity
        return texts.keyed("added", key, self._added)

    def searched(self, texts: TextPool, word: Ints, language: Ints, found: Ints) -> Ints:
        """Return the properties of searches; ``word`` is a place in the list of those found or those missing."""
        return texts.keyed("search", (word * len(LANGUAGES) + language) * 2 + found, self._searched)

    def _viewed(self, key: int) -> str:
        return as_json(self._product(*divmod(key, len(LANGUAGES))))

    def _added(self, key: int) -> str:
        key, quantity = divmod(key, 8)
        return as_json({**self._product(*divmod(key, len(LANGUAGES))), "quantity": quantity})

    def _searched(self, key: int) -> str:
        key, found = divmod(key, 2)
        word, language = divmod(key, len(LANGUAGES))
        listed = self._goods.searches_found if found else self._goods.searches_missing
        query = listed[language][word]
        # a fixed, plausible count for each word
        return as_json({"query": query, "result_count": 6 * (1 + sum(map(ord, query)) % 7) if found else 0})

    def _product(self, product: int, language: int) -> dict[str, object]:
        goods = self._goods
        return {
            "product_id": goods.product_ids[product],
            "name": goods.names[language][product],
            "category": goods.category_keys[goods.category[product]],
        }
