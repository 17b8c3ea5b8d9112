"""Comments with personal data of known kind and place, and comments with numbers that are nobody's.

The values are made by the rules of those who issue them (check digits, numbering plans), never by the code under test,
and typed as people type: digits of three scripts, separators, direction marks and half-spaces inside.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers

SCRIPTS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
SEPARATORS = (" ", "-", " - ", ".", "/", "\u00a0", "_")
MARKS = ("\u200e", "\u200f", "\u202a", "\u2066", "\ufeff")
BANKS = ("603799", "589210", "627353", "610433", "621986", "502229", "636214", "627412")
PHONES = {
    "IR": ("91########", "93########", "90########", "2188######", "3132######"),
    "SA": ("50#######", "55#######", "112######"),
    "AE": ("50#######", "52#######", "4#######"),
    "EG": ("10########", "11########", "12########"),
    "GB": ("79########", "2079######"),
    "US": ("212#######", "415#######"),
}
CODES = {"IR": "98", "SA": "966", "AE": "971", "EG": "20", "GB": "44", "US": "1"}

WITH = {
    "fa": (
        "لطفا با {} تماس بگیرید، سفارشم نرسیده",
        "سلام، شماره من {} هست پیگیری کنید",
        "{} رو ثبت کردم ولی جوابی نیومد",
        "برام پیام بدید به {}",
        "پشتیبانی {} رو قبول نمی‌کنه!",
    ),
    "ar": (
        "يرجى التواصل معي على {} بخصوص الطلب",
        "رقمي {} اتصلوا فيني ضروري",
        "سجلت {} وما جاني رد",
        "هذا {} حقي لو سمحتم",
    ),
    "en": (
        "Please reach me at {}, my order never came",
        "My details: {} and nobody answered",
        "I gave {} to your agent twice.",
        "{} is mine, fix it",
    ),
}
#: Words without which a number of the kind is any number, for people as well.
BESIDE = {
    ("national_id", "IR"): {"fa": "کد ملی من {}", "ar": "الرقم ({}) کد ملی", "en": "my national ID {}"},
    ("national_id", "SA"): {"fa": "شماره اقامه {}", "ar": "رقم الهوية {}", "en": "my iqama {}"},
    ("postal_code", ""): {"fa": "کد پستی {}", "ar": "الرمز البريدي {}", "en": "postal code {}"},
    ("passport", ""): {"fa": "شماره گذرنامه {}", "ar": "جواز السفر {}", "en": "passport {}"},
    ("account", ""): {"fa": "شماره حساب {}", "ar": "رقم الحساب {}", "en": "account number {}"},
}
WITHOUT = {
    "fa": (
        "سفارش شماره {order} هنوز نرسیده",
        "کد پیگیری {order} در سایت نیست",
        "مبلغ {amount} تومان از حسابم کم شد",
        "تاریخ {date} ساعت {time} ثبت کردم",
        "کد رهگیری پست {parcel}",
        "قیمتش {amount} بود، شد {amount} ریال",
        "گوشی A{small} با {small} گیگ حافظه، نسخه {version}",
        "فاکتور {order} رو اصلاح کنید",
        "از {date} تا {date} منتظر موندم، {small} بار زنگ زدم به ۱۱۸",
        "https://example.ir/menu/pizza عالیه، {small} از {small}",
        "{order} چی شد پس؟",
        "الان {long} رو زدم توی سایت چیزی نشون نداد",
    ),
    "ar": (
        "رقم الطلب {order} ما وصل",
        "المبلغ {amount} ريال غالي",
        "طلبت بتاريخ {date} الساعة {time}",
        "رقم الشحنة {order} متوقفة",
        "الفاتورة {order} غلط، خصم {small}%",
        "السعر {amount} جنيه والتوصيل {small}",
        "موديل {version} ما يشتغل",
        "وين صار {order} ؟",
        "كتبت {long} وما طلع شي",
    ),
    "en": (
        "Order {order} is late",
        "I paid ${amount} for this",
        "It came on {date} at {time}",
        "tracking {order} does not move",
        "Version {version} crashes, rated {small}/10",
        "invoice INV-{order} is wrong by {amount} USD",
        "only {small} of {small} items in parcel {order}",
        "what about {order}?",
        "I typed {long} and nothing came up",
        "see https://example.com/help/returns for the rules, section {version}",
    ),
}


@dataclass(frozen=True)
class Sample:
    text: str
    kind: str
    start: int
    end: int


def samples(rng: random.Random, count: int) -> list[Sample]:
    """Return comments with one piece of personal data each."""
    return [_sample(rng) for _ in range(count)]


def innocents(rng: random.Random, count: int) -> list[str]:
    """Return comments whose numbers tell nothing of a person."""
    return [_innocent(rng) for _ in range(count)]


def _sample(rng: random.Random) -> Sample:
    language = rng.choice(("fa", "fa", "ar", "en"))
    kind = rng.choice(list(MAKERS))
    value, place = MAKERS[kind](rng)
    typed = _typed(value, rng) if kind not in {"email", "handle", "link"} else value
    beside = BESIDE.get((kind, place))
    if beside:
        carrier = beside[language]
        tail = {"fa": " لطفا بررسی کنید", "ar": " ارجو المتابعة", "en": ", please check"}[language]
        before, after = carrier.split("{}")
        after += tail
    else:
        before, after = rng.choice(WITH[language]).split("{}")
    return Sample(before + typed + after, kind, len(before), len(before) + len(typed))


def _innocent(rng: random.Random) -> str:
    language = rng.choice(("fa", "fa", "ar", "en"))
    digits = rng.choice(
        SCRIPTS[:2] if language == "fa" else SCRIPTS[::2] if language == "ar" else SCRIPTS[:1]
    )

    def written(value: str) -> str:
        return value.translate(str.maketrans(SCRIPTS[0], digits))

    text = rng.choice(WITHOUT[language])
    while "{" in text:
        name = text[text.index("{") + 1 : text.index("}")]
        text = text.replace("{" + name + "}", written(NUMBERS[name](rng)), 1)
    return text


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _amount(rng: random.Random) -> str:
    return f"{rng.randint(1_000, 900_000_000):{rng.choice([',', ''])}d}"


def _date(rng: random.Random) -> str:
    year = rng.choice((rng.randint(1400, 1406), rng.randint(2021, 2027)))
    return rng.choice(("{}/{:02}/{:02}", "{}-{:02}-{:02}", "{}.{}.{}")).format(
        year, rng.randint(1, 12), rng.randint(1, 29)
    )


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "order": lambda rng: str(rng.randint(1, 9)) + _digits(rng, rng.randint(5, 12)),
    "long": lambda rng: str(rng.randint(1, 9)) + _digits(rng, rng.choice((9, 10, 11, 13, 15))),
    "parcel": lambda rng: str(rng.randint(1, 9)) + _digits(rng, 23),
    "amount": _amount,
    "date": _date,
    "time": lambda rng: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
    "small": lambda rng: str(rng.randint(1, 99)),
    "version": lambda rng: ".".join(str(rng.randint(0, 20)) for _ in range(rng.randint(2, 4))),
}


def _typed(value: str, rng: random.Random) -> str:
    """Return the value as somebody types it; ``|`` stands where groups may be parted."""
    separator = rng.choice(("", "", *SEPARATORS))
    text = value.replace("|", separator)
    text = text.translate(str.maketrans(SCRIPTS[0], rng.choice(SCRIPTS)))
    if rng.random() < 0.2:
        place = rng.randrange(1, len(text))
        text = text[:place] + rng.choice((*MARKS, "\u200c")) + text[place:]
    return text


def _filled(pattern: str, rng: random.Random) -> str:
    return "".join(rng.choice("0123456789") if each == "#" else each for each in pattern)


def _phone(rng: random.Random) -> tuple[str, str]:
    region = rng.choice(list(PHONES))
    while True:
        national = _filled(rng.choice(PHONES[region]), rng)
        if phonenumbers.is_valid_number(phonenumbers.parse(f"+{CODES[region]}{national}")):
            break
    parted = f"{national[:-7]}|{national[-7:-4]}|{national[-4:]}"
    if region == "US":
        return rng.choice((f"+1|{parted}", f"({national[:3]}) {national[3:6]}-{national[6:]}")), region
    forms = [
        f"+{CODES[region]}|{parted}",
        f"00{CODES[region]}|{parted}",
        f"0{parted}",
        f"0{parted}",
        f"{CODES[region]}{national}" if national[0] in "579" else f"0{parted}",
        f"+{CODES[region]} (0){parted}",
        "|".join(f"0{national}") if rng.random() < 0.3 else f"0{parted}",
    ]
    if region == "IR" and national[0] == "9":
        forms.append(parted)
    return rng.choice(forms), region


def _luhn(body: str) -> str:
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10))
        for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


def _card(rng: random.Random) -> tuple[str, str]:
    begun = rng.choice((*BANKS, "4", "51", "5412"))
    number = _luhn(begun + _digits(rng, 15 - len(begun)))
    return "|".join(number[at : at + 4] for at in range(0, 16, 4)), ""


def _iban(rng: random.Random) -> tuple[str, str]:
    country, body = rng.choice(
        (
            ("IR", "0" + _digits(rng, 21)),
            ("IR", "0" + _digits(rng, 21)),
            ("SA", _digits(rng, 20)),
            ("AE", _digits(rng, 19)),
            ("GB", "NWBK" + _digits(rng, 14)),
            ("DE", _digits(rng, 18)),
        )
    )
    as_number = "".join(str(int(each, 36)) for each in body + country + "00")
    whole = f"{country}{98 - int(as_number) % 97:02}{body}"
    if country == "IR" and rng.random() < 0.25:
        whole = whole[2:]  # the form asks for the digits alone
    return "|".join(whole[at : at + 4] for at in range(0, len(whole), 4)), country


def _national_id(rng: random.Random) -> tuple[str, str]:
    place = rng.choice(("IR", "IR", "SA", "AE", "EG", "US"))
    if place == "IR":
        body = _digits(rng, 9)
        rest = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        return body + str(rest if rest < 2 else 11 - rest), place
    if place == "SA":
        return _luhn(rng.choice("12") + _digits(rng, 8)), place
    if place == "AE":
        year = rng.randint(1950, 2008)
        number = _luhn(f"784{year}{_digits(rng, 7)}")
        return f"784|{year}|{number[7:14]}|{number[14]}", place
    if place == "EG":
        return (
            f"2{rng.randint(50, 99)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}01{_digits(rng, 5)}",
            place,
        )
    return f"{rng.randint(100, 665)}-{rng.randint(1, 99):02}-{rng.randint(1, 9999):04}", place


def _email(rng: random.Random) -> tuple[str, str]:
    name = rng.choice(("sara.ahmadi", "ali_reza", "m-hassan", "info", "x.y+shop"))
    host = rng.choice(("gmail.com", "example.co.uk", "yahoo.com", "mail.example.ir"))
    digits = _digits(rng, rng.randint(0, 3))
    return rng.choice(
        (f"{name}{digits}@{host}",) * 4
        + (f"{name}{digits} @ {host}", f"{name}{digits}[at]{host}", f"{name}{digits}\u200c@{host}")
    ), ""


MAKERS: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "national_id": _national_id,
    "email": _email,
    "postal_code": lambda rng: (f"{rng.randint(11111, 99999)}|{rng.randint(11111, 99999)}", ""),
    "passport": lambda rng: (rng.choice("ABCKLPRSY") + _digits(rng, 8), ""),
    "account": lambda rng: (str(rng.randint(1, 9)) + _digits(rng, rng.randint(7, 12)), ""),
    "handle": lambda rng: ("@" + rng.choice(("sara_ahmadi", "ali.reza", "mhassan")) + _digits(rng, 2), ""),
    "link": lambda rng: (
        rng.choice(("https://shop.example/pay?token=", "https://t.me/u", "https://x.example/r/"))
        + _digits(rng, 8),
        "",
    ),
}
