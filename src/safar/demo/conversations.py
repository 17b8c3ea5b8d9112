"""Conversations with support: asked, answered, handed over and asked again, resolved, come back."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
import numpy as np

from safar.vocabulary.money import exponent
from safar.vocabulary.time_zone import DAY_US

from .baskets import price_units
from .block import Block
from .catalogue import LANGUAGES
from .chance import Flags, Floats, Ints
from .identities import phone_numbers
from .lives import TOPICS
from .sheet import Sheet, as_json, channel_codes

_MINUTE_US: Final = 60_000_000
_HOUR_US: Final = 60 * _MINUTE_US
#: Agents are at work between these local hours; what comes in the night waits for the morning.
_OPENS, _CLOSES = 8, 22
_MORNING_QUEUE_US: Final = 50 * _MINUTE_US
_SPREAD: Final = 0.8
_AGENTS: Final = 24
_REPEATED_TAKES_LONGER: Final = 2.0
_REPEATED_THANKS_LESS: Final = 0.4

#: What is said, by language, move and topic.
Talk = dict[str, dict[str, dict[str, list[str]]]]


@dataclass(frozen=True)
class Conversations:
    """Conversations as columns.

    Attributes
    ----------
    order
        Row of the order that each is about.
    resolved_at
        Microseconds.
    ids
        One a conversation.
    """

    order: Ints
    resolved_at: Ints
    ids: list[str]


@cache
def talk() -> Talk:
    """Return what is said in conversations."""
    text = files("safar.demo").joinpath("words/talk.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Talk)


def converse(sheet: Sheet, block: Block) -> Conversations:
    """Add the conversations of those who turned to support."""
    truth, chance = block.world.truth, block.world.chance
    moves = _Moves(sheet, block, np.flatnonzero(block.orders.contacted))
    number, attempt, repeated = moves.number, moves.attempt, moves.repeated
    everybody = np.ones(len(number), dtype=bool)
    started = moves.started()
    answered, resolved = moves.answered_and_resolved(started)
    hands = repeated | (
        chance.uniform("handover", number, attempt) < truth.exposure.handover_without_question
    )
    handed = moves.at_work(answered + ((resolved - answered) * 0.4).astype(np.int64))
    resolved = np.where(hands, np.maximum(resolved, handed + 8 * _MINUTE_US), resolved)
    thanks = chance.uniform("thanks", number, attempt) < truth.support.thanks * np.where(
        repeated, _REPEATED_THANKS_LESS, 1.0
    )
    likely = np.where(repeated, truth.support.reopen_if_repeated, truth.support.reopen)
    back = chance.uniform("reopen", number, attempt) < likely
    days = 1.0 + 3.0 * chance.uniform("reopened after", number, attempt)
    reopened = moves.at_work(resolved + (days * DAY_US).astype(np.int64))

    moves.tell("conversation_started", started, everybody)
    moves.say("ask", started + 1_000_000, everybody)
    moves.say("answer", answered, everybody)
    moves.say("handover", handed, hands)
    moves.tell("conversation_handed_over", handed + 5_000_000, hands)
    moves.say("askagain", handed + 3 * _MINUTE_US, repeated)
    moves.say("again", handed + 5 * _MINUTE_US, repeated)
    moves.say("solve", resolved - 20_000_000, everybody)
    cost = moves.cost(hands)
    moves.tell("conversation_resolved", resolved, everybody, cost=cost)
    moves.say("thanks", resolved + 2 * _MINUTE_US, thanks)
    moves.tell("conversation_reopened", reopened, back)
    moves.say("back", reopened + 1_000_000, back)
    moves.say("answer", reopened + 40 * _MINUTE_US, back)
    again = cost * truth.support.reopened_costs
    moves.tell("conversation_resolved", reopened + 26 * _HOUR_US, back, cost=again)
    return Conversations(moves.order, resolved, moves.ids)


#: Who makes each move.
_SAID_BY: Final = {
    "ask": "message_received",
    "again": "message_received",
    "thanks": "message_received",
    "back": "message_received",
    "answer": "message_sent",
    "handover": "message_sent",
    "askagain": "message_sent",
    "solve": "message_sent",
}


class _Moves:
    """Adds what happens in conversations, with the words of each language.

    Parameters
    ----------
    order
        Rows of the orders that the conversations are about.
    """

    def __init__(self, sheet: Sheet, block: Block, order: Ints) -> None:
        self._sheet, self._block = sheet, block
        self.order = order
        self.number, self.attempt = block.number[order], block.orders.attempt[order]
        self.repeated: Flags = block.orders.happened["repeated_explanation"][order]
        self.ids = [f"T{block.order_ids[row][1:]}" for row in order.tolist()]
        self._who = block.orders.who[order]
        self._country = block.people.country[self._who]
        self._language = block.language[order].tolist()
        self._topics = [TOPICS[topic] for topic in block.orders.topic[order].tolist()]
        self._product = block.baskets.product[block.baskets.first_line[order]].tolist()
        channels = block.world.truth.support_channels
        which = block.orders.support_channel[order]
        self._channel = channel_codes(list(channels))[which]
        self._minutes = np.array([each.minutes for each in channels.values()])[which]
        self._hours = np.array([each.hours for each in channels.values()])[which]
        self._dollars = np.array([each.cost for each in channels.values()])[which]
        phones = phone_numbers(block.world, block.people)
        self._phones = [phones[person] for person in self._who.tolist()]

    def started(self) -> Ints:
        """Return when they turn to support: after the failed payment, the day promised, the delivery, or the order."""
        orders, promises = self._block.orders, self._block.promises
        topic, at = orders.topic[self.order], orders.at[self.order]
        wait = self._block.world.chance.exponential("contact after", self.number, self.attempt)
        payment, late = topic == TOPICS.index("payment"), topic == TOPICS.index("delivery")
        undelivered = (topic == TOPICS.index("question")) | ~orders.delivered[self.order]
        since = np.select(
            [payment, late, undelivered],
            [at, promises.promised_at[self.order], at + _HOUR_US],
            promises.delivered_at[self.order],
        )
        return since + 4 * _MINUTE_US + (np.where(payment, 0.6, 14.0) * wait * _HOUR_US).astype(np.int64)

    def answered_and_resolved(self, started: Ints) -> tuple[Ints, Ints]:
        """Return first answer and resolution: log-normal around the medians of the channel, never at night."""
        hours = self._hours * np.where(self.repeated, _REPEATED_TAKES_LONGER, 1.0)
        answered = self.at_work(started + self._spread("first answer", self._minutes * _MINUTE_US))
        return answered, self.at_work(answered + self._spread("resolution", hours * _HOUR_US))

    def _spread(self, purpose: str, median: Floats) -> Ints:
        normal = self._block.world.chance.normal(purpose, self.number, self.attempt)
        return (median * np.exp(_SPREAD * normal)).astype(np.int64)

    def at_work(self, at: Ints) -> Ints:
        """Return the instants, those of the night put off to the morning, where they queue."""
        clock = self._block.world.clock
        local = clock.local(self._country, at)
        hour, midnight = local % DAY_US, local // DAY_US * DAY_US
        opening = midnight + np.where(hour >= _CLOSES * _HOUR_US, DAY_US, 0) + _OPENS * _HOUR_US
        asleep = (hour < _OPENS * _HOUR_US) | (hour >= _CLOSES * _HOUR_US)
        queue = self._block.world.chance.uniform("queue", self.number, self.attempt) * _MORNING_QUEUE_US
        return np.where(asleep, clock.utc(self._country, opening) + queue.astype(np.int64), at)

    def cost(self, handed: Flags) -> Floats:
        """Return what each costs, in the currency of its customer: log-normal around the mean of the channel."""
        world, support = self._block.world, self._block.world.truth.support
        spread = support.cost_spread
        normal = world.chance.normal("cost", self.number, self.attempt)
        dollars = self._dollars * np.exp(spread * normal - spread**2 / 2)
        _step, rate = price_units(world, self._block.people, self._block.orders)
        found: Floats = dollars * np.where(handed, support.handed_over_costs, 1.0) * rate[self.order]
        return found

    def tell(self, event: str, at: Ints, of: Flags, *, cost: Floats | None = None) -> None:
        """Add an event of the conversations that ``of`` names, with what they cost where it says so."""
        rows = np.flatnonzero(of)
        countries = self._block.world.where.countries
        texts = []
        for row, order in zip(rows.tolist(), self.order[rows].tolist(), strict=True):
            about: dict[str, object] = {"conversation_id": self.ids[row], "topic": self._topics[row]}
            if self._block.orders.placed[order]:
                about["order_id"] = self._block.order_ids[order]
            if cost is not None:
                currency = countries[self._country[row]].currency
                about |= {"cost": round(float(cost[row]), exponent(currency)), "currency": currency}
            texts.append(as_json(about))
        self._sheet.add(event, self._who[rows], at[rows], self._channel[rows], self._sheet.texts.each(texts))

    def say(self, move: str, at: Ints, of: Flags) -> None:
        """Add a message of the conversations that ``of`` names."""
        chance, rows = self._block.world.chance, np.flatnonzero(of)
        drawn = chance.uniform(f"says {move}", self.number[rows], self.attempt[rows]).tolist()
        agents = chance.words("agent", self.number[rows], self.attempt[rows]) % np.uint64(_AGENTS)
        texts = []
        for row, share, agent in zip(rows.tolist(), drawn, agents.tolist(), strict=True):
            by_topic = talk()[LANGUAGES[self._language[row]]][move]
            listed = by_topic.get(self._topics[row]) or by_topic["any"]
            told: dict[str, object] = {
                "conversation_id": self.ids[row],
                "text": self._filled(listed[int(share * len(listed))], row),
                "language": LANGUAGES[self._language[row]],
            }
            if _SAID_BY[move] == "message_sent":
                told["agent"] = f"agent-{agent + 1:02d}"
            texts.append(as_json(told))
        codes = self._sheet.texts.each(texts)
        self._sheet.add(_SAID_BY[move], self._who[rows], at[rows], self._channel[rows], codes)

    def _filled(self, sentence: str, row: int) -> str:
        return sentence.format(
            order=self._block.order_ids[self.order[row]],
            item=self._block.world.goods.nouns[self._language[row]][self._product[row]],
            phone=self._phones[row],
        )
