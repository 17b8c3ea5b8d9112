"""What happened, in words: the names of events that pages know, with a mark each. Other names stand as they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.words import filled
from safar.observe.customers import CustomerFacts
from safar.show.locale import Locale
from safar.vocabulary import lifecycle
from safar.vocabulary.event import ALIAS, GROUP, IDENTIFY


@dataclass(frozen=True, slots=True)
class Happening:
    """What an event is to a reader.

    Attributes
    ----------
    kind
        Which mark it bears: a name in ``events/mark.html``.
    words
        In the reader's language.
    tells
        Properties that say the most, the best first.
    """

    kind: str
    words: Promise | str
    tells: tuple[str, ...] = ()


#: Letters of a customer's name, and of the id.
_LONGEST_NAME: Final = 60
_PLACE: Final = ("title", "path", "url", "page", "store", "name")
_PRODUCT: Final = ("product_name", "name", "title", "product_id", "sku")
_ORDER: Final = ("order_id",)
_TALK: Final = ("text", "message", "subject", "topic", "conversation_id")
_SURVEY: Final = ("comment", "verbatim", "survey", "question_key", "metric")
_MAIL: Final = ("subject", "campaign", "campaign_name", "campaign_id", "title")
_HAPPENINGS: Final[tuple[tuple[frozenset[str], Happening], ...]] = (
    (lifecycle.VISITED, Happening("visit", _("Visited"), _PLACE)),
    (frozenset({"screen"}), Happening("visit", _("Opened a screen of the app"), _PLACE)),
    (frozenset({"store_visited"}), Happening("visit", _("Came to a store"), _PLACE)),
    (lifecycle.SEARCHED, Happening("search", _("Searched"), ("query", "search_term", "q"))),
    (lifecycle.PRODUCT_VIEWED, Happening("product", _("Looked at a product"), _PRODUCT)),
    (lifecycle.WISHED, Happening("product", _("Put on the wish list"), _PRODUCT)),
    (lifecycle.CART_ADDED, Happening("cart", _("Put into the cart"), _PRODUCT)),
    (frozenset({"cart_viewed", "Cart Viewed"}), Happening("cart", _("Looked into the cart"))),
    (lifecycle.CHECKOUT_STARTED, Happening("cart", _("Started to pay"), _ORDER)),
    (
        frozenset({"payment_started", "Payment Info Entered"}),
        Happening("cart", _("Went on to the payment"), _ORDER),
    ),
    (lifecycle.PAYMENT_FAILED, Happening("trouble", _("Payment failed"), ("reason", "error", "order_id"))),
    (lifecycle.ORDER_PLACED, Happening("order", _("Placed an order"), _ORDER)),
    (lifecycle.ORDER_SHIPPED, Happening("parcel", _("Order sent"), _ORDER)),
    (lifecycle.ORDER_DELIVERED, Happening("parcel", _("Order delivered"), _ORDER)),
    (lifecycle.ORDER_RETURNED, Happening("trouble", _("Order returned"), ("reason", "order_id"))),
    (lifecycle.CONVERSATION_STARTED, Happening("talk", _("Conversation began"), _TALK)),
    (frozenset({"conversation_handed_over"}), Happening("talk", _("Conversation handed over"), _TALK)),
    (frozenset({"conversation_reopened"}), Happening("talk", _("Conversation opened again"), _TALK)),
    (lifecycle.CONVERSATION_RESOLVED, Happening("talk", _("Conversation resolved"), _TALK)),
    (lifecycle.MESSAGE_RECEIVED, Happening("talk", _("Message from the customer"), _TALK)),
    (lifecycle.MESSAGE_SENT, Happening("talk", _("Message to the customer"), _TALK)),
    (lifecycle.SURVEY_SENT, Happening("survey", _("Invited to answer"), _SURVEY)),
    (lifecycle.SURVEY_ANSWERED, Happening("survey", _("Answered a survey"), _SURVEY)),
    (frozenset({"survey_completed"}), Happening("survey", _("Came to the end of a survey"), ("survey",))),
    (frozenset({"survey_stopped"}), Happening("survey", _("Left a survey before its end"), ("survey",))),
    (frozenset({"told_what_was_done"}), Happening("talk", _("Was told what was done"), ("title",))),
    (lifecycle.CAMPAIGN_SENT, Happening("mail", _("Campaign sent"), _MAIL)),
    (lifecycle.CAMPAIGN_OPENED, Happening("mail", _("Campaign opened"), _MAIL)),
    (lifecycle.CAMPAIGN_CLICKED, Happening("mail", _("Campaign clicked"), _MAIL)),
    (lifecycle.COUPON_REDEEMED, Happening("coupon", _("Coupon used"), ("coupon", "code", "coupon_code"))),
    (
        lifecycle.EXPERIMENT_VIEWED,
        Happening("visit", _("Was shown an arm of an experiment"), ("variation", "experiment")),
    ),
    (lifecycle.REFERRAL_MADE, Happening("person", _("Brought somebody"), ("code", "referral_code"))),
    (
        lifecycle.EXPERIMENT_VIEWED,
        Happening("visit", _("Took part in an experiment"), ("experiment", "variation")),
    ),
    (lifecycle.ACTION_DECIDED, Happening("event", _("Something was chosen to be done"), ("action",))),
    (lifecycle.RECOMMENDATIONS_SHOWN, Happening("product", _("Was shown recommendations"))),
    (lifecycle.RECOMMENDATION_CLICKED, Happening("product", _("Followed a recommendation"), _PRODUCT)),
    (lifecycle.ITEM_CHANGED, Happening("event", _("An item of the catalogue changed"), _PRODUCT)),
    (lifecycle.COST_RECORDED, Happening("event", _("A cost was written down"), ("reason",))),
    (
        frozenset({"subscription_started", "Subscription Started"}),
        Happening("order", _("Contract began"), ("plan",)),
    ),
    (
        frozenset({"subscription_cancelled"}),
        Happening("trouble", _("Contract was cancelled"), ("reason", "plan")),
    ),
    (frozenset({"conversation_paused"}), Happening("talk", _("Conversation paused"), _TALK)),
    (frozenset({"conversation_resumed"}), Happening("talk", _("Conversation went on"), _TALK)),
    (frozenset({IDENTIFY}), Happening("person", _("Told who it is"), ("name", "email", "phone"))),
    (frozenset({ALIAS}), Happening("person", _("Two ids became one"), ("$previous_id",))),
    (frozenset({GROUP}), Happening("person", _("Joined a group"), ("name", "$group_id"))),
)
#: What comes later in the list is the closer word for a name that stands in two sets.
_BY_NAME: Final = {name: happening for names, happening in _HAPPENINGS for name in names}
#: What channels are called that most senders name alike; others stand as they are.
_CHANNELS: Final[dict[str, Promise | str]] = {
    "web": pgettext_lazy("channel", "web"),
    "app": pgettext_lazy("channel", "app"),
    "store": pgettext_lazy("channel", "store"),
    "phone": pgettext_lazy("channel", "phone"),
    "chat": pgettext_lazy("channel", "chat"),
    "email": pgettext_lazy("channel", "email"),
    "sms": pgettext_lazy("channel", "sms"),
    "social": pgettext_lazy("channel", "social"),
    "courier": pgettext_lazy("channel", "courier"),
    "kiosk": pgettext_lazy("channel", "kiosk"),
    "import": pgettext_lazy("channel", "brought in"),
}
#: Before a Latin name, so that the line runs as its sentence does.
_RIGHT_TO_LEFT_MARK: Final = "\u200f"
#: Longest run of a text that a line of a list shows.
SHOWN: Final = 120


def happening(event_name: str) -> Happening:
    """Return what an event of this name is; its own name where no page knows it."""
    return _BY_NAME.get(event_name) or Happening(
        "event", visible(event_name), ("title", "name", "id", "value")
    )


def in_words(event_name: str) -> str:
    """Return what an event is in words, with its own name beside them: to choose from, or to tell apart."""
    words, name = str(happening(event_name).words), visible(event_name)
    return words if words == name else f"{words} · {name}"


def channel_in_words(channel: str) -> str:
    """Return what a channel is called; its own name where no page knows it."""
    return str(_CHANNELS.get(channel, visible(channel)))


def telling(event_name: str, properties: str, locale: Locale) -> str:
    """Return the property of an event that says the most, as one line; empty when none does."""
    try:
        found = json.loads(properties)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    if event_name in lifecycle.SURVEY_ANSWERED:
        return _answer(found, locale)
    for name in happening(event_name).tells:
        text = as_text(found.get(name))
        if text:
            return cut(visible(text))
    return ""


def _answer(found: dict[str, Any], locale: Locale) -> str:
    metric, value, most = as_text(found.get("metric")).upper(), found.get("value"), found.get("scale_max")
    number = locale.number(value) if isinstance(value, int | float) else as_text(value)
    if number and isinstance(most, int):
        number = filled(gettext("%(value)s of %(most)s"), value=number, most=locale.number(most))
        metric = f"{_RIGHT_TO_LEFT_MARK}{metric}" if locale.direction == "rtl" else metric
    comment = next((as_text(found[name]) for name in ("comment", "verbatim", "text") if found.get(name)), "")
    return cut(
        visible(" · ".join(part for part in (" ".join(filter(None, (metric, number))), comment) if part))
    )


def customer_in_words(facts: CustomerFacts) -> str:
    """Return how a customer is called: the name that their traits say with the id, or the id alone."""
    known_as = cut(visible(facts.customer_id), _LONGEST_NAME)
    if not facts.name:
        return known_as
    return filled("%(name)s · %(known_as)s", name=cut(visible(facts.name), _LONGEST_NAME), known_as=known_as)


def as_text(value: Any) -> str:
    """Return a value of a property as text: JSON but for texts themselves."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def cut(text: str, most: int = SHOWN) -> str:
    """Return a text in at most so many characters, on one line."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[:most]}…"


def visible(text: str) -> str:
    """Return a text whose control characters are seen: HTML has no place for them.

    >>> visible("a\\x00b")
    'a␀b'
    """
    if text.isprintable():
        return text
    return "".join(
        chr(0x2400 + ord(each))
        if ord(each) < 0x20 and each not in "\n\t"
        else "␡"
        if each == "\x7f"
        else each
        for each in text
    )
