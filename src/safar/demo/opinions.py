"""Two surveys of what customers want and spend: features asked about twice (Kano), and what they spend in all shops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from safar.vocabulary.money import exponent
from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .catalogue import LANGUAGES
from .chance import Floats, Ints
from .purchases import major
from .sheet import Sheet, as_json

KANO: Final = "kano"
WALLET: Final = "wallet"
SPENT_EVERYWHERE: Final = "spend_everywhere"
_HOUR_US: Final = 3_600_000_000
#: Answers to both questions about a feature, by how somebody sees it; each pair is as likely.
_PAIRS: Final = {
    "must_be": (("expect", "dislike"), ("neutral", "dislike"), ("live_with", "dislike")),
    "one_dimensional": (("like", "dislike"),),
    "attractive": (("like", "neutral"), ("like", "live_with"), ("like", "expect")),
    "indifferent": (("neutral", "neutral"), ("neutral", "live_with"), ("live_with", "neutral")),
    "reverse": (("dislike", "like"), ("neutral", "like")),
}
#: The least part of their spending that customers leave here: nobody says a sum that is no sum.
_LEAST_SHARE: Final = 0.04


def ask_opinions(sheet: Sheet, block: Block) -> None:
    """Add the invitations and answers of both surveys."""
    _ask_features(sheet, block)
    _ask_spending(sheet, block)


def _ask_features(sheet: Sheet, block: Block) -> None:
    """Ask some of those who ordered of late how they would feel about features, there and missing."""
    chance, truth = block.world.chance, block.world.truth.kano
    sent_on = block.world.clock.until - truth.before_days * DAY_US
    who = _buyers(block, sent_on - truth.of_days * DAY_US, sent_on)
    who = who[chance.uniform("features asked", block.people.number[who]) < truth.asked]
    wave = _Wave(sheet, block, KANO, 0, who)
    rows, at = wave.invite(sent_on, truth.answered)
    number = block.people.number[who[rows]]
    for place, (feature, seen) in enumerate(truth.features.items()):
        kinds = [_PAIRS[kind] for kind in seen]
        kind = chance.choice("how seen", list(seen.values()), number, place).tolist()
        drawn = chance.uniform("said of it", number, place).tolist()
        pairs = [
            kinds[which][int(share * len(kinds[which]))] for which, share in zip(kind, drawn, strict=True)
        ]
        for side, end in enumerate(("there", "missing")):
            said: list[dict[str, object]] = [
                {"question_key": f"{feature}.{end}", "metric": "choice", "choices": [pair[side]]}
                for pair in pairs
            ]
            wave.answer(rows, at + (place * 2 + side) * 6_000_000, said)


def _ask_spending(sheet: Sheet, block: Block) -> None:
    """Ask buyers of one country, month after month, what they spent in all shops in the last 30 days."""
    world, chance, truth = block.world, block.world.chance, block.world.truth.wallet
    country = world.where.country_codes.index(truth.country)
    digits = exponent(world.where.countries[country].currency)
    for month in range(truth.waves):
        sent_on = world.clock.until - (truth.of_days * month + truth.before_days) * DAY_US
        who = _buyers(block, sent_on - (truth.of_days - truth.before_days) * DAY_US, sent_on)
        who = who[block.people.country[who] == country]
        who = who[chance.uniform("spending asked", block.people.number[who], month) < truth.asked]
        wave = _Wave(sheet, block, WALLET, month, who)
        rows, at = wave.invite(sent_on, truth.answered)
        share = np.maximum(
            chance.beta("wallet", truth.a, truth.b, block.people.number[who[rows]]), _LEAST_SHARE
        )
        here = _spent(block, who[rows], at, truth.of_days)
        everywhere = _as_people_round(here / share, here)
        said: list[dict[str, object]] = [
            {"question_key": SPENT_EVERYWHERE, "metric": "number", "value": major(amount, digits)}
            for amount in everywhere.tolist()
        ]
        wave.answer(rows, at, said)


def _buyers(block: Block, since: int, until: int) -> Ints:
    """Return the rows of those who placed an order in a time."""
    orders = block.orders
    return np.unique(orders.who[orders.placed & (orders.at >= since) & (orders.at < until)])


@dataclass(frozen=True)
class _Wave:
    """Those who are asked one survey at one time, and what they say."""

    sheet: Sheet
    block: Block
    survey: str
    turn: int
    who: Ints

    @cached_property
    def _ids(self) -> list[str]:
        letter = self.survey[0].upper()
        return [f"{letter}{number:07d}-{self.turn}" for number in self.block.people.number[self.who].tolist()]

    def invite(self, sent_on: int, likely: float) -> tuple[Ints, Ints]:
        """Add invitations within two days; return the places of those who answer, and when."""
        chance, survey, number = self.block.world.chance, self.survey, self.block.people.number[self.who]
        drawn = chance.uniform(f"{survey} sent", number, self.turn)
        sent_at = sent_on + (drawn * 2 * DAY_US).astype(np.int64)
        texts = [as_json({"survey": survey, "invitation_id": each}) for each in self._ids]
        self.sheet.add("survey_sent", self.who, sent_at, "email", self.sheet.texts.each(texts), is_apart=True)
        rows = np.flatnonzero(chance.uniform(f"{survey} answered", number, self.turn) < likely)
        wait = 0.1 + 20 * chance.exponential(f"{survey} answered after", number[rows], self.turn)
        return rows, sent_at[rows] + (wait * _HOUR_US).astype(np.int64)

    def answer(self, rows: Ints, at: Ints, said: Sequence[dict[str, object]]) -> None:
        """Add what those at some places say."""
        who = self.who[rows]
        texts = [
            as_json(
                {
                    "survey": self.survey,
                    **each,
                    "invitation_id": self._ids[row],
                    "language": LANGUAGES[language],
                }
            )
            for each, row, language in zip(
                said, rows.tolist(), self.block.people.language[who].tolist(), strict=True
            )
        ]
        self.sheet.add("survey_answered", who, at, "email", self.sheet.texts.each(texts), is_apart=True)


def _spent(block: Block, who: Ints, at: Ints, days: int) -> Floats:
    """Return what each spent here in so many days before an instant, in minor units."""
    orders = block.orders
    place = np.full(len(block.people), -1, dtype=np.int64)
    place[who] = np.arange(len(who))
    of = place[orders.who]
    until = at[of] if len(at) else orders.at
    inside = (of >= 0) & orders.placed & (orders.at < until) & (orders.at >= until - days * DAY_US)
    found: Floats = np.bincount(of[inside], block.baskets.amount[inside], minlength=len(who)).astype(
        np.float64
    )
    return found


def _as_people_round(amount: Floats, least: Floats) -> Ints:
    """Return amounts to two digits, but none below the least: nobody remembers less than he spent here."""
    power = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(amount, 1.0))) - 1, 0)
    rounded: Ints = np.maximum(np.rint(amount / power) * power, least).astype(np.int64)
    return rounded
