"""Invitations and answers: who is asked, who answers, what, and in which words.

Each answer tells how something felt: the level of the question, the customer's mood, what he lived through, and noise.
Who answers depends on how it felt, so answers are not a fair sample of customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .catalogue import LANGUAGES
from .chance import Flags, Floats, Ints, logistic
from .comments import NEGATIVE, NEUTRAL, POSITIVE, Occasion, comment
from .conversations import Conversations
from .lives import APP, WEB, Orders
from .parameters import EXPERIENCES
from .people import LOYAL, People
from .sheet import Sheet, as_json, channel_codes
from .world import World

_MINUTE_US: Final = 60_000_000
_HOUR_US: Final = 60 * _MINUTE_US
#: Lowest and highest answer by metric; a question's key begins with its metric.
SCALES: Final = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
#: Up to which answer somebody complains, and from which he praises.
_SIDES: Final = {"nps": (6, 9), "csat": (2, 4), "ces": (3, 6)}
_CHANNELS: Final = ("sms", "email", "app")
_ASKED_AGAIN_FOR_DAYS: Final = 270
#: Words about what went wrong, if something did; else about anything that belongs to the question.
_TOPIC_OF: Final = {
    "late_delivery": "delivery",
    "payment_error": "payment",
    "repeated_explanation": "support",
    "wrong_description": "product",
    "damaged_parcel": "packaging",
}
_TOPICS: Final = {
    "csat_delivery": ("delivery", "delivery", "courier", "packaging"),
    "csat_product": ("product", "product", "product", "price", "packaging"),
    "csat_support": ("support", "support", "returns"),
    "ces_checkout": ("payment", "app", "app"),
    "ces_support": ("support",),
    "nps": ("overall", "product", "delivery", "price", "app", "support", "returns"),
}
#: Which experiences speak to which question, the worst first.
_SPEAKS_TO: Final = {
    "csat_delivery": ("late_delivery", "damaged_parcel"),
    "csat_product": ("wrong_description", "damaged_parcel"),
    "csat_support": ("repeated_explanation",),
    "ces_checkout": ("payment_error",),
    "ces_support": ("repeated_explanation",),
    "nps": ("wrong_description", "damaged_parcel", "late_delivery", "repeated_explanation", "payment_error"),
}


@dataclass(frozen=True)
class _Survey:
    """A survey sent to some: which questions, about which order, when."""

    name: str
    questions: tuple[str, ...]
    order: Ints
    sent_at: Ints
    ids: list[str]
    address: Ints


def ask(sheet: Sheet, block: Block, conversations: Conversations) -> None:
    """Add all invitations and answers."""
    for survey in (*_after_orders(block), _after_conversations(block, conversations), _relational(block)):
        _run(sheet, block, survey)


def _after_orders(block: Block) -> list[_Survey]:
    """Return the surveys on ordering and on delivery; an order gets one of them or none."""
    orders, truth = block.orders, block.world.truth.invitations
    drawn = block.world.chance.uniform("invited", block.number, orders.attempt)
    online = (orders.channel == WEB) | (orders.channel == APP)
    ordering = np.flatnonzero(online & orders.placed & (drawn < truth.post_purchase))
    delivery = np.flatnonzero(
        orders.delivered
        & (drawn >= truth.post_purchase)
        & (drawn < truth.post_purchase + truth.post_delivery)
    )
    return [
        _Survey(
            "post_purchase",
            ("ces_checkout",),
            ordering,
            orders.at[ordering] + 6 * _MINUTE_US,
            [f"P{block.order_ids[row][1:]}" for row in ordering.tolist()],
            orders.attempt[ordering] * 16,
        ),
        _Survey(
            "post_delivery",
            ("csat_delivery", "csat_product"),
            delivery,
            block.promises.delivered_at[delivery] + 20 * _HOUR_US,
            [f"D{block.order_ids[row][1:]}" for row in delivery.tolist()],
            orders.attempt[delivery] * 16 + 1,
        ),
    ]


def _after_conversations(block: Block, conversations: Conversations) -> _Survey:
    of = conversations.order
    drawn = block.world.chance.uniform("support survey", block.number[of], block.orders.attempt[of])
    asked = drawn < block.world.truth.invitations.post_support
    order = of[asked]
    return _Survey(
        "post_support",
        ("csat_support", "ces_support"),
        order,
        conversations.resolved_at[asked] + _HOUR_US,
        [f"C{block.order_ids[row][1:]}" for row in order.tolist()],
        block.orders.attempt[order] * 16 + 2,
    )


def _relational(block: Block) -> _Survey:
    """Return the survey that asks buyers every quarter whether they would recommend the shop."""
    world, people, orders = block.world, block.people, block.orders
    truth = world.truth.invitations
    placed = np.flatnonzero(orders.placed)
    first = placed[orders.place[placed] == 0]
    waves = world.truth.history.days // truth.relational_every_days
    who = np.repeat(orders.who[first], waves)
    wave = np.tile(np.arange(1, waves + 1), len(first))
    since = np.repeat(orders.at[first], waves)
    hour = 8 + 11 * world.chance.uniform("asked at", people.number[who], wave)
    # on a working hour some days around the wave's date, counted from the first order
    days = (
        truth.relational_every_days * wave
        - 45
        + 30 * world.chance.uniform("asked on", people.number[who], wave)
    )
    country = people.country[who]
    local = world.clock.local(country, since) // DAY_US + days.astype(np.int64)
    sent_at = world.clock.utc(country, local * DAY_US + (hour * _HOUR_US).astype(np.int64))
    # about the last order before it
    key = orders.who.astype(np.float64) * 1e3
    scaled = (orders.at - world.clock.start) / (2e3 * DAY_US)
    line = (key + scaled)[placed]
    asked = who * 1e3 + (sent_at - world.clock.start) / (2e3 * DAY_US)
    last = placed[np.maximum(np.searchsorted(line, asked, side="right") - 1, 0)]
    wanted = (
        (world.chance.uniform("relational", people.number[who], wave) < truth.relational)
        & (sent_at < world.clock.until)
        & (sent_at - orders.at[last] < _ASKED_AGAIN_FOR_DAYS * DAY_US)
        & (sent_at > orders.at[last])
        & (orders.who[last] == who)
    )
    number = people.number[who[wanted]].tolist()
    ids = [f"R{each:07d}-{turn}" for each, turn in zip(number, wave[wanted].tolist(), strict=True)]
    return _Survey("relational", ("nps",), last[wanted], sent_at[wanted], ids, wave[wanted] * 16 + 3)


def _run(sheet: Sheet, block: Block, survey: _Survey) -> None:
    """Add the invitations of a survey and the answers of those who answer."""
    world, people, who = block.world, block.people, block.orders.who[survey.order]
    number = people.number[who]
    by_app = people.has_app[who] & (world.chance.uniform("asked in app", number, survey.address) < 0.5)
    by_mail = world.chance.uniform("asked by mail", number, survey.address) < 0.35
    channel = channel_codes(_CHANNELS)[np.where(by_app, 2, np.where(by_mail, 1, 0))]
    texts = [as_json({"survey": survey.name, "invitation_id": each}) for each in survey.ids]
    sheet.add("survey_sent", who, survey.sent_at, channel, sheet.texts.each(texts))

    orders = block.orders.rows(survey.order)
    felt = [
        felt_quality(world, people, orders, key, survey.address + 4 * place)
        for place, key in enumerate(survey.questions)
    ]
    answers = _who_answers(world, people, survey, who, felt[0])
    wait = np.exp(1.0 + 1.3 * world.chance.normal("answers after", number, survey.address))
    at = survey.sent_at + (np.minimum(wait, 120.0) * _HOUR_US).astype(np.int64) + _MINUTE_US
    rows = np.flatnonzero(answers)
    for place, key in enumerate(survey.questions):
        values = answer_values(world, key, felt[place])
        said = _words(block, survey, place, values, answers)
        low, high = SCALES[metric_of(key)]
        texts = []
        for row in rows.tolist():
            told: dict[str, object] = {
                "survey": survey.name,
                "question_key": key,
                "metric": metric_of(key),
                "scale_min": low,
                "scale_max": high,
                "direction": "higher_is_better",
                "value": int(values[row]),
                "invitation_id": survey.ids[row],
                "language": LANGUAGES[int(people.language[who[row]])],
            }
            if row in said:
                told["verbatim"] = said[row]
            texts.append(as_json(told))
        seconds = 12_000_000 * place
        sheet.add("survey_answered", who[rows], at[rows] + seconds, channel[rows], sheet.texts.each(texts))


def metric_of(question_key: str) -> str:
    """Return the metric of a question: the first word of its key."""
    return question_key.partition("_")[0]


def felt_quality(world: World, people: People, orders: Orders, key: str, address: Ints) -> Floats:
    """Return how each order felt to its customer: level, mood, what happened, noise; in standard deviations.

    Parameters
    ----------
    key
        The question that will be asked.
    address
        Of the noise, beside the customer's number.
    """
    truth, question = world.truth, world.truth.questions[key]
    if question.shift == "overall":
        shift = orders.overall
    else:
        shift = np.zeros(len(orders))
        for name in EXPERIENCES:
            weight = truth.experience[name].satisfaction.get(question.shift, 0.0)
            shift = shift + weight * orders.happened[name]
    noise = world.chance.normal("felt", people.number[orders.who], address)
    mood = truth.satisfaction.mood_weight * people.mood[orders.who]
    return np.asarray(question.level + mood + shift + truth.satisfaction.noise_sd * noise)


def answer_values(world: World, key: str, felt: Floats) -> Ints:
    """Return the answers to a question, on its scale, by those to whom it felt so: thresholds that felt exceeds."""
    low, _ = SCALES[metric_of(key)]
    return low + np.searchsorted(np.array(world.truth.questions[key].thresholds), felt, side="right")


def _who_answers(world: World, people: People, survey: _Survey, who: Ints, felt: Floats) -> Flags:
    truth = world.truth.response
    likely = logistic(
        truth.base
        + truth.extremes * np.abs(felt)
        + truth.anger * (felt < -1.0)
        + truth.loyal * (people.persona[who] == LOYAL)
    )
    return world.chance.uniform("responds", people.number[who], survey.address) < likely


def _words(block: Block, survey: _Survey, place: int, values: Ints, answers: Flags) -> dict[int, str]:
    """Return the comments on a survey's n-th question, by row of the survey."""
    truth, key = block.world.truth.response, survey.questions[place]
    bad, good = _SIDES[metric_of(key)]
    sentiment = np.where(values <= bad, NEGATIVE, np.where(values >= good, POSITIVE, NEUTRAL))
    likely = np.where(sentiment == NEGATIVE, truth.verbatim_angry, truth.verbatim)
    number, address = block.number[survey.order], survey.address + 4 * place
    writes = answers & (block.world.chance.uniform("writes", number, address) < likely)
    rows = np.flatnonzero(writes)
    seeds = block.world.chance.words("words", number[rows], address[rows])
    return {
        row: comment(_occasion(block, int(survey.order[row]), key, int(sentiment[row]), seed), seed)
        for row, seed in zip(rows.tolist(), seeds.tolist(), strict=True)
    }


def _occasion(block: Block, order: int, key: str, sentiment: int, seed: int) -> Occasion:
    """Return what a comment on an order is about."""
    orders, people, where = block.orders, block.people, block.world.where
    person, language = int(orders.who[order]), int(block.language[order])
    dialect = where.countries[int(people.country[person])].dialect
    late = int(orders.late_days[order])
    return Occasion(
        language=LANGUAGES[language],
        # whoever writes Arabic in Iran writes as on the other side of the Gulf
        dialect="gulf" if dialect == "persian" else dialect,
        topic=_topic(orders, order, key, sentiment, seed),
        sentiment=sentiment,
        # longer than a promise of two days
        days=2 + (late or 1 + seed % 4),
        item=block.world.goods.nouns[language][int(block.baskets.product[block.baskets.first_line[order]])],
        city=where.city_names[language][int(people.city[person])],
    )


def _topic(orders: Orders, order: int, key: str, sentiment: int, seed: int) -> str:
    """Return what to write about: what went wrong, if the answer is not a good one, else anything of the question."""
    if sentiment != POSITIVE:
        for name in _SPEAKS_TO[key]:
            if orders.happened[name][order]:
                return _TOPIC_OF[name]
    topics = _TOPICS[key]
    return topics[seed % len(topics)]
