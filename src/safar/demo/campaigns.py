"""Campaigns: messages the company sends, who opens them, and whom they bring.

They have no effect on orders. Whoever buys more also has more time to be sent messages, so a naive comparison of those
who clicked with those who did not says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from safar.vocabulary.calendar import GREGORIAN, HIJRI, JALALI
from safar.vocabulary.time_zone import DAY_US

from .block import Block
from .chance import Ints
from .identities import Identities
from .pages import ORIGINS
from .sheet import Sheet, as_json, channel_codes
from .visits import Visits
from .world import World

_CHANNELS: Final = ("email", "sms", "app")
_HOUR_US: Final = 3_600_000_000
_SENT_AT_UTC: Final = 7 * _HOUR_US
_SPREAD_US: Final = 2 * _HOUR_US
#: Visits that a click brings are counted apart from a customer's other visits.
_CLICK_VISITS: Final = 1 << 20
_APP: Final = 2
_MESSAGES: Final = (ORIGINS.index("email"), ORIGINS.index("sms"))
_PAID: Final = (ORIGINS.index("google_ads"), ORIGINS.index("instagram"))


@dataclass(frozen=True)
class Schedule:
    """The company's campaigns in order of time.

    Attributes
    ----------
    names
        One a campaign: an occasion, or news of a day. Campaigns of one occasion share the name.
    at
        When sending begins, microseconds.
    channel
        Place in e-mail, SMS, app: by turns.
    """

    names: tuple[str, ...]
    at: Ints
    channel: Ints

    def running(self, at: Ints, origin: Ints) -> Ints:
        """Return place + 1 of the campaign that visits of an origin stem from, 0 for none.

        A visit by e-mail or SMS stems from the last campaign of that channel, one by advertisement from the last of
        any.
        """
        found = np.where(np.isin(origin, _PAID), np.searchsorted(self.at, at, side="right"), 0)
        for channel, name in enumerate(_CHANNELS[:_APP]):
            own = np.flatnonzero(self.channel == channel)
            rows = np.flatnonzero(origin == ORIGINS.index(name))
            place = np.searchsorted(self.at[own] + _SPREAD_US + _HOUR_US, at[rows], side="right")
            found[rows] = np.concatenate([[0], own + 1])[place]
        return found


def schedule_campaigns(world: World) -> Schedule:
    """Return the campaigns of the history: every so many days, by turns by e-mail, SMS and in the app."""
    every = world.truth.campaigns.every_days * DAY_US
    # counted from the epoch, not from the start, so that a later `until` finds the same campaigns
    first = world.clock.start // every + 1
    turns = np.arange(first, world.clock.until // every + 1)
    at = turns * every + _SENT_AT_UTC
    turns, at = turns[at < world.clock.until], at[at < world.clock.until]
    return Schedule(tuple(_occasion(day) for day in (at // DAY_US).tolist()), at, turns % len(_CHANNELS))


def _occasion(day: int) -> str:
    jalali, hijri, gregorian = JALALI.date(day), HIJRI.date(day), GREGORIAN.date(day)
    if jalali.month == 12 or (jalali.month, jalali.day) < (1, 6):
        return f"nowruz-{jalali.year + (jalali.month == 12)}"
    if jalali.month == 9 and jalali.day > 15:
        return f"yalda-{jalali.year}"
    if hijri.month == 9:
        return f"ramadan-{hijri.year}"
    if gregorian.month == 11 and gregorian.day > 12:
        return f"white-friday-{gregorian.year}"
    return f"news-{gregorian.year}-{gregorian.month:02d}-{gregorian.day:02d}"


@dataclass(frozen=True)
class Brought:
    """Visits that a message brought: who, by which campaign, when."""

    who: Ints
    which: Ints
    at: Ints

    @classmethod
    def of(cls, who: Ints, origin: Ints, campaign: Ints, at: Ints) -> Brought:
        """Return those visits that came by e-mail or SMS from a campaign."""
        rows = np.flatnonzero(np.isin(origin, _MESSAGES) & (campaign > 0))
        return cls(who[rows], campaign[rows] - 1, at[rows])

    def and_(self, other: Brought) -> Brought:
        """Return these visits and those."""
        mine, others = vars(self), vars(other)
        return Brought(**{name: np.concatenate([mine[name], others[name]]) for name in mine})


def send_campaigns(
    sheet: Sheet, block: Block, known: Identities, schedule: Schedule, brought: Brought
) -> Visits:
    """Add what was sent, opened and clicked, and return the further visits that clicks bring.

    Visits that a message brought already (see ``brought``) get their click, and the message that led to it.
    """
    people, chance, truth = block.people, block.world.chance, block.world.truth.campaigns
    number, count = people.number, len(schedule.names)
    consents = np.stack(
        [
            chance.uniform("email consent", number) < truth.email_consent,
            chance.uniform("sms consent", number) < truth.sms_consent,
            people.has_app,
        ],
        axis=1,
    )
    since = known.identified_at[:, None] + DAY_US
    who, which = np.nonzero(consents[:, schedule.channel] & (since < schedule.at[None, :]))
    reached = chance.uniform("reached", number[who], which) < truth.reach
    pairs = np.union1d((who * count + which)[reached], brought.who * count + brought.which)
    who, which = np.divmod(pairs, count)
    sent_at = schedule.at[which] + (_SPREAD_US * chance.uniform("sent", number[who], which)).astype(np.int64)
    later = (4 * _HOUR_US * chance.exponential("opened", number[who], which)).astype(np.int64) + 60_000_000
    by_mail = schedule.channel[which] == 0
    clicks = chance.uniform("clicks", number[who], which) < truth.clicked
    opens = by_mail & ((chance.uniform("opens", number[who], which) < truth.opened) | clicks)

    def tell(event: str, who: Ints, which: Ints, at: Ints) -> None:
        texts = sheet.texts.keyed("campaign", which, lambda key: as_json({"campaign": schedule.names[key]}))
        sheet.add(event, who, at, channel_codes(_CHANNELS)[schedule.channel[which]], texts)

    tell("campaign_sent", who, which, sent_at)
    tell("campaign_opened", who[opens], which[opens], (sent_at + later)[opens])
    mailed = schedule.channel[brought.which] == 0
    tell("campaign_opened", brought.who[mailed], brought.which[mailed], brought.at[mailed] - 40_000_000)
    tell("campaign_clicked", brought.who, brought.which, brought.at - 2_000_000)
    who, which, at = who[clicks], which[clicks], (sent_at + later)[clicks] + 45_000_000
    tell("campaign_clicked", who, which, at)
    return Visits(
        who=who,
        number=number[who],
        count=_CLICK_VISITS + which,
        at=at + 2_000_000,
        language=people.language[who],
        app=(schedule.channel[which] == _APP).astype(np.int64),
        origin=np.array([*_MESSAGES, ORIGINS.index("direct")])[schedule.channel[which]],
        campaign=np.where(schedule.channel[which] == _APP, 0, which + 1),
    )
