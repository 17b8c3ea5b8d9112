"""Time zones by the names that readers give them: a city or a country of theirs, in any of the three languages."""

from __future__ import annotations

from functools import cache
from typing import Final

from safar.vocabulary.text import fold
from safar.vocabulary.time_names import Language

#: The first name of a zone is the one that is shown; the others are only understood.
_NAMES: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "Africa/Cairo": "Cairo; Egypt",
        "Asia/Bahrain": "Manama; Bahrain",
        "Asia/Dubai": "Dubai; Abu Dhabi; Sharjah; UAE",
        "Asia/Kolkata": "Delhi; New Delhi; Mumbai; India",
        "Asia/Muscat": "Muscat; Oman",
        "Asia/Qatar": "Doha; Qatar",
        "Asia/Riyadh": "Riyadh; Jeddah; Mecca; Saudi Arabia",
        "Asia/Shanghai": "Shanghai; Beijing",
        "Asia/Tehran": "Tehran; Mashhad; Isfahan; Shiraz; Tabriz; Iran",
        "Europe/Berlin": "Berlin; Frankfurt; Hamburg; Munich; Germany",
        "Europe/Istanbul": "Istanbul; Ankara; Turkey",
    },
    "fa": {
        "UTC": "زمان هماهنگ جهانی; گرینویچ",
        "Africa/Cairo": "قاهره; مصر",
        "America/Chicago": "شیکاگو",
        "America/Los_Angeles": "لس‌آنجلس",
        "America/New_York": "نیویورک; واشنگتن",
        "America/Toronto": "تورنتو",
        "America/Vancouver": "ونکوور",
        "Asia/Aden": "عدن; صنعا; یمن",
        "Asia/Amman": "امان; اردن",
        "Asia/Ashgabat": "عشق‌آباد; ترکمنستان",
        "Asia/Baghdad": "بغداد; عراق",
        "Asia/Bahrain": "منامه; بحرین",
        "Asia/Baku": "باکو",
        "Asia/Beirut": "بیروت; لبنان",
        "Asia/Damascus": "دمشق; سوریه",
        "Asia/Dubai": "دبی; دوبی; ابوظبی; شارجه; امارات",
        "Asia/Dushanbe": "دوشنبه; تاجیکستان",
        "Asia/Jerusalem": "قدس",
        "Asia/Kabul": "کابل; هرات; افغانستان",
        "Asia/Karachi": "کراچی; اسلام‌آباد; پاکستان",
        "Asia/Kolkata": "دهلی; دهلی نو; بمبئی; هند",
        "Asia/Kuala_Lumpur": "کوالالامپور; مالزی",
        "Asia/Kuwait": "کویت",
        "Asia/Muscat": "مسقط; عمان",
        "Asia/Qatar": "دوحه; قطر",
        "Asia/Riyadh": "ریاض; جده; مکه; مدینه; عربستان; عربستان سعودی",
        "Asia/Shanghai": "شانگهای; پکن; چین",
        "Asia/Singapore": "سنگاپور",
        "Asia/Tashkent": "تاشکند",
        "Asia/Tbilisi": "تفلیس; گرجستان",
        "Asia/Tehran": "تهران; مشهد; اصفهان; شیراز; تبریز; ایران",
        "Asia/Tokyo": "توکیو; ژاپن",
        "Asia/Yerevan": "ایروان; ارمنستان",
        "Australia/Melbourne": "ملبورن",
        "Australia/Sydney": "سیدنی",
        "Europe/Amsterdam": "آمستردام; هلند",
        "Europe/Athens": "آتن; یونان",
        "Europe/Berlin": "برلین; فرانکفورت; هامبورگ; مونیخ; آلمان",
        "Europe/Istanbul": "استانبول; آنکارا; ترکیه",
        "Europe/London": "لندن; انگلستان; انگلیس; بریتانیا",
        "Europe/Madrid": "مادرید; اسپانیا",
        "Europe/Moscow": "مسکو",
        "Europe/Paris": "پاریس; فرانسه",
        "Europe/Rome": "رم; ایتالیا",
        "Europe/Stockholm": "استکهلم; سوئد",
        "Europe/Vienna": "وین; اتریش",
        "Europe/Zurich": "زوریخ; سوئیس",
    },
    "ar": {
        "UTC": "التوقيت العالمي المنسق; غرينتش",
        "Africa/Algiers": "الجزائر",
        "Africa/Cairo": "القاهرة; مصر",
        "Africa/Casablanca": "الدار البيضاء; الرباط; المغرب",
        "Africa/Khartoum": "الخرطوم; السودان",
        "Africa/Tripoli": "طرابلس; ليبيا",
        "Africa/Tunis": "تونس",
        "America/Chicago": "شيكاغو",
        "America/Los_Angeles": "لوس أنجلوس",
        "America/New_York": "نيويورك; واشنطن",
        "America/Toronto": "تورونتو",
        "Asia/Aden": "عدن; صنعاء; اليمن",
        "Asia/Amman": "عمّان; الأردن",
        "Asia/Baghdad": "بغداد; البصرة; أربيل; العراق",
        "Asia/Bahrain": "المنامة; البحرين",
        "Asia/Beirut": "بيروت; لبنان",
        "Asia/Damascus": "دمشق; حلب; سوريا; سورية",
        "Asia/Dubai": "دبي; أبوظبي; الشارقة; الإمارات",
        "Asia/Jerusalem": "القدس",
        "Asia/Kabul": "كابول; كابل; أفغانستان",
        "Asia/Karachi": "كراتشي; إسلام آباد; باكستان",
        "Asia/Kolkata": "دلهي; نيودلهي; مومباي; الهند",
        "Asia/Kuala_Lumpur": "كوالالمبور; ماليزيا",
        "Asia/Kuwait": "الكويت",
        "Asia/Muscat": "مسقط; سلطنة عمان",
        "Asia/Qatar": "الدوحة; قطر",
        "Asia/Riyadh": "الرياض; جدة; مكة; المدينة; السعودية",
        "Asia/Shanghai": "شنغهاي; بكين; الصين",
        "Asia/Singapore": "سنغافورة",
        "Asia/Tehran": "طهران; إيران",
        "Asia/Tokyo": "طوكيو; اليابان",
        "Australia/Sydney": "سيدني",
        "Europe/Amsterdam": "أمستردام; هولندا",
        "Europe/Athens": "أثينا; اليونان",
        "Europe/Berlin": "برلين; فرانكفورت; هامبورغ; ميونخ; ألمانيا",
        "Europe/Istanbul": "إسطنبول; أنقرة; تركيا",
        "Europe/London": "لندن; بريطانيا",
        "Europe/Madrid": "مدريد; إسبانيا",
        "Europe/Moscow": "موسكو; روسيا",
        "Europe/Paris": "باريس; فرنسا",
        "Europe/Rome": "روما; إيطاليا",
        "Europe/Stockholm": "ستوكهولم; السويد",
        "Europe/Vienna": "فيينا; النمسا",
        "Europe/Zurich": "زيورخ; سويسرا",
    },
}


def zone_name(zone: str, language: Language) -> str:
    """Return what readers of a language call a zone; empty where only its own name is known.

    >>> zone_name("Asia/Tehran", "ar"), zone_name("Asia/Oral", "fa")
    ('طهران', '')
    """
    return _NAMES[language].get(zone, "").partition(";")[0]


def zone_called(text: str, language: Language) -> str | None:
    """Return the zone that a name means, first to readers of this language; None for a name that is not known.

    >>> zone_called("تهران", "fa"), zone_called("طهران", "fa"), zone_called("عمان", "fa"), zone_called("عمان", "ar")
    ('Asia/Tehran', 'Asia/Tehran', 'Asia/Muscat', 'Asia/Amman')
    """
    key = _key(text)
    found = (_zones(each).get(key) for each in sorted(_NAMES, key=lambda each: each != language))
    return next(filter(None, found), None)


@cache
def _zones(language: Language) -> dict[str, str]:
    return {_key(name): zone for zone, names in _NAMES[language].items() for name in names.split(";")}


def _key(text: str) -> str:
    """Return a name without what typists write in several ways: blanks, half-blanks, the forms of letters."""
    return fold(text).replace(" ", "")
