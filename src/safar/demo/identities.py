"""Under which ids people's events come in, and what they tell of themselves when they say who they are.

Everybody begins with an anonymous id, one on the web and one in the app. Customers say who they are at the first
checkout or when they register (`identify`); some order as guests first, and their guest id is joined at the second
order (`alias`). Strangers never say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.event import ANONYMOUS_ID, PREVIOUS_ID, Coded

from .catalogue import LANGUAGES
from .chance import Chance, Floats, Ints
from .lives import APP, CHANNELS, WEB, Orders
from .people import People
from .places import Name, Phone
from .sheet import CHANNELS as SHEET_CHANNELS
from .sheet import Sheet, as_json, channel_codes
from .world import World

_SECOND_US: Final = 1_000_000
#: Country codes where nobody dials a zero in front.
_NO_TRUNK_ZERO: Final = frozenset({"965"})
_NOT_A_GUEST: Final = np.iinfo(np.int64).min
_APP_CHANNEL: Final = SHEET_CHANNELS.index("app")
_ENGLISH: Final = LANGUAGES.index("en")
#: Persian digits for those who type them.
_PERSIAN: Final = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Identities:
    """Ids of the customers and strangers of a block.

    Attributes
    ----------
    identified_at
        By customer: when he said who he is, microseconds.
    channel
        By customer: where, as a place in the sheet's channels.
    joined_at
        By customer: when his guest id was joined; before all time for those who were no guests.
    ids
        Customer, web, app and guest ids of the customers, then the ids of the strangers.
    """

    identified_at: Ints
    channel: Ints
    joined_at: Ints
    ids: list[str]

    @property
    def is_guest(self) -> NDArray[np.bool_]:
        """Which customers ordered as guests first."""
        return self.joined_at > _NOT_A_GUEST

    def of_rows(self, who: Ints, at: Ints, channel: Ints) -> Coded:
        """Return the id each event came with: the stranger's, the anonymous, the guest's or the customer's."""
        count = len(self.identified_at)
        customer = np.minimum(who, count - 1)
        anonymous = np.where(channel == _APP_CHANNEL, 2 * count + who, count + who)
        known = np.where(at < self.joined_at[customer], 3 * count + who, who)
        code = np.where(at < self.identified_at[customer], anonymous, known)
        return Coded(np.where(who < count, code, who + 3 * count).astype(np.int32), self.ids)


def make_identities(world: World, people: People, orders: Orders, stranger_numbers: Ints) -> Identities:
    """Return the ids of a block's customers and strangers, and since when each customer is known."""
    chance, count = world.chance, len(people)
    minutes = 1.0 + 7.0 * chance.uniform("registers", people.number)
    identified = people.first_visit_at + (minutes * 60 * _SECOND_US).astype(np.int64)
    first = orders.rows(orders.attempt == 0)
    online = (first.channel == WEB) | (first.channel == APP)
    identified[first.who] = first.at - online * 25 * _SECOND_US
    channel = np.full(count, SHEET_CHANNELS.index("web"))
    channel[first.who] = channel_codes(CHANNELS)[first.channel]

    joined = np.full(count, _NOT_A_GUEST)
    second = orders.rows(orders.attempt == 1)
    guest = chance.uniform("guest", people.number[second.who]) < world.truth.people.guest_first
    joined[second.who[guest]] = second.at[guest] - 40 * _SECOND_US
    # a second order within a minute of the first leaves no time to be a guest
    joined[joined <= identified] = _NOT_A_GUEST
    numbers = people.number.tolist()
    ids = [customer_id(number) for number in numbers]
    ids += _anonymous(chance, "web id", people.number) + _anonymous(chance, "app id", people.number)
    ids += [f"guest-{number:07d}" for number in numbers]
    return Identities(identified, channel, joined, ids + _anonymous(chance, "stranger id", stranger_numbers))


def customer_id(number: int) -> str:
    """Return the id that the shop gives its n-th customer."""
    return f"cus-{number:07d}"


def _anonymous(chance: Chance, purpose: str, number: Ints) -> list[str]:
    return [f"anon-{word:016x}" for word in chance.words(purpose, number).tolist()]


def tell_identities(
    sheet: Sheet, world: World, people: People, known: Identities, referral_codes: list[str]
) -> None:
    """Add `identify` and `alias` events: traits, and which ids are one person's."""
    count = len(people)
    everyone = np.arange(count)
    traits = _traits(world, people, known.identified_at, referral_codes)
    web, app, guest = (known.ids[place * count : (place + 1) * count] for place in (1, 2, 3))

    # guests leave their traits, too, only with the account they open at the second order
    at = np.where(known.is_guest, known.joined_at, known.identified_at)
    in_app = known.channel == _APP_CHANNEL
    texts = [
        as_json({**traits[row], ANONYMOUS_ID: app[row] if at_hand else web[row]})
        for row, at_hand in enumerate(in_app.tolist())
    ]
    sheet.add("identify", everyone, at, known.channel, sheet.texts.each(texts))
    joining = np.flatnonzero(known.is_guest)
    texts = [as_json({PREVIOUS_ID: guest[row]}) for row in joining.tolist()]
    sheet.add("alias", joining, at[joining] + _SECOND_US, known.channel[joining], sheet.texts.each(texts))
    # the other device signs in as well
    both = np.flatnonzero(people.has_app)
    texts = [as_json({ANONYMOUS_ID: web[row] if in_app[row] else app[row]}) for row in both.tolist()]
    channel = np.where(in_app[both], SHEET_CHANNELS.index("web"), _APP_CHANNEL)
    sheet.add("identify", both, at[both] + 2 * _SECOND_US, channel, sheet.texts.each(texts))


def phone_numbers(world: World, people: People) -> list[str]:
    """Return a mobile number for each customer, in E.164: right in form, one to each, of a range that stands out."""
    return [
        _phone(world.where.countries[country].phone, number)
        for country, number in zip(people.country.tolist(), people.number.tolist(), strict=True)
    ]


def _phone(phone: Phone, number: int) -> str:
    """Return ``+``, country code, prefix, zeros, and digits that go through all values before repeating."""
    serial, place = divmod(number, len(phone.prefixes))
    free = phone.digits - phone.zeros
    # 7,368,787 is prime and so has no factor in common with a power of ten: the step visits every value
    mixed = serial * 7_368_787 % 10**free
    return f"+{phone.code}{phone.prefixes[place]}{mixed:0{phone.digits}d}"


def names(world: World, people: People) -> list[tuple[Name, Name]]:
    """Return given and family name of each customer, as written and in Latin letters."""
    chance = world.chance
    first, family = chance.uniform("first name", people.number), chance.uniform("family name", people.number)
    found = []
    for row, (country, woman) in enumerate(zip(people.country.tolist(), people.woman.tolist(), strict=True)):
        given, last = world.where.first_names[country][woman], world.where.family_names[country]
        found.append((_popular(given, first, row), _popular(last, family, row)))
    return found


def _popular(listed: tuple[Name, ...], uniform: Floats, row: int) -> Name:
    """Return a name, the first of the list about three times as often as the last."""
    return listed[int(len(listed) * uniform[row] ** 1.35)]


def _traits(
    world: World, people: People, identified_at: Ints, referral_codes: list[str]
) -> list[dict[str, object]]:
    """Return what each customer tells: not everybody gives everything."""
    chance, where, number = world.chance, world.where, people.number
    gives_phone = (chance.uniform("gives phone", number) < world.truth.people.gives_phone).tolist()
    gives_email = (chance.uniform("gives email", number) < world.truth.people.gives_email).tolist()
    gives_email = [email or not phone for email, phone in zip(gives_email, gives_phone, strict=True)]
    style = chance.uniform("phone style", number).tolist()
    domain = (chance.uniform("domain", number) * len(where.mail_domains)).astype(np.int64).tolist()
    email_consent = (chance.uniform("email consent", number) < world.truth.campaigns.email_consent).tolist()
    sms_consent = (chance.uniform("sms consent", number) < world.truth.campaigns.sms_consent).tolist()
    since = np.datetime_as_string(identified_at.view("datetime64[us]"), unit="s").tolist()
    phones = phone_numbers(world, people)
    rows = []
    for row, (given, family) in enumerate(names(world, people)):
        language, country = int(people.language[row]), int(people.country[row])
        script = 1 if language == _ENGLISH else 0
        trait: dict[str, object] = {
            "first_name": given[script].capitalize() if script else given[script],
            "last_name": family[script].capitalize() if script else family[script],
            "language": LANGUAGES[language],
            "country": where.country_codes[country],
            "city": where.city_keys[people.city[row]],
            "city_name": where.city_names[language][people.city[row]],
            "since": f"{since[row]}Z",
            "consent": {"email": email_consent[row], "sms": sms_consent[row]},
        }
        if gives_phone[row]:
            code = where.countries[country].phone.code
            trait["phone"] = _as_typed(phones[row], code, style[row], LANGUAGES[language])
        if gives_email[row]:
            trait["email"] = f"{given[1]}.{family[1]}{int(number[row])}@{where.mail_domains[domain[row]]}"
        if referral_codes[row]:
            trait["referral_code"] = referral_codes[row]
        rows.append(trait)
    return rows


def _as_typed(number: str, code: str, style: float, language: str) -> str:
    """Return a number as people type it: with +, with 00, without the country's code, in Persian digits."""
    if style < 0.3:
        return number
    if style < 0.4:
        return "00" + number[1:]
    national = number[1 + len(code) :]
    typed = national if code in _NO_TRUNK_ZERO else "0" + national
    return typed.translate(_PERSIAN) if language == "fa" and style > 0.85 else typed
