"""A survey that asks every kind of question, in Persian, Arabic and English."""

from __future__ import annotations

from typing import Any


def words(fa: str, ar: str, en: str) -> dict[str, str]:
    return {"fa": fa, "ar": ar, "en": en}


def choice(choice_id: str, fa: str, ar: str, en: str, **more: object) -> dict[str, object]:
    return {"choice_id": choice_id, "words": words(fa, ar, en), **more}


LOW = words("اصلاً", "إطلاقًا", "Not at all")
HIGH = words("کاملاً", "تمامًا", "Fully")
CITIES = [
    choice("tehran", "تهران", "طهران", "Tehran"),
    choice("riyadh", "ریاض", "الرياض", "Riyadh"),
    choice("london", "لندن", "لندن", "London"),
    choice("other", "جای دیگر", "مكان آخر", "Elsewhere", is_other=True, stays=True),
]
PARTS = [
    choice("price", "قیمت", "السعر", "Price"),
    choice("speed", "سرعت ارسال", "سرعة التوصيل", "Speed of delivery"),
    choice("support", "پشتیبانی", "الدعم", "Support"),
    choice("packing", "بسته‌بندی", "التغليف", "Packing"),
]
AGREE = [
    choice("no", "مخالفم", "أعارض", "Disagree"),
    choice("rather_no", "کمی مخالفم", "أعارض قليلًا", "Rather disagree"),
    choice("half", "نه این و نه آن", "محايد", "Neither"),
    choice("rather_yes", "کمی موافقم", "أوافق قليلًا", "Rather agree"),
    choice("yes", "موافقم", "أوافق", "Agree"),
]
POLES = [
    choice("slow", "کند", "بطيء", "Slow", opposite=words("تند", "سريع", "Fast")),
    choice("dear", "گران", "غالٍ", "Dear", opposite=words("ارزان", "رخيص", "Cheap")),
    choice("cold", "سرد", "بارد", "Cold", opposite=words("صمیمی", "ودود", "Warm")),
]


def question(kind: str, question_id: str, fa: str, ar: str, en: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "question_id": question_id, "title": words(fa, ar, en), **more}


def every_kind(*, picture: str = "", required: bool = False) -> dict[str, Any]:
    """The document; ``picture`` is the id of one that was kept."""
    scale = {"low_words": LOW, "high_words": HIGH}
    pictured = [{**each, "picture": picture} for each in CITIES[:3]]
    pages = [
        [
            question("nps", "nps", "چقدر احتمال دارد ما را به دوستی معرفی کنید؟", "ما مدى احتمال أن توصي بنا صديقًا؟",
                     "How likely are you to recommend us to a friend?", is_required=True, **scale),
            question("text", "why", "چرا این نمره را دادید؟", "ما سبب هذه الدرجة؟",
                     "What is the reason for your score?",
                     is_long=True, comments_on="nps"),
        ],
        [
            question("csat", "csat", "از آخرین خریدتان چقدر راضی هستید؟", "ما مدى رضاك عن آخر مشترياتك؟",
                     "How satisfied are you with your last purchase?", can_not_apply=True, **scale),
            question("ces", "ces", "فروشگاه کارم را آسان کرد.", "سهّل المتجر أمري.",
                     "The shop made it easy for me.", **scale),
            question("rating", "stars", "به تحویل چند ستاره می‌دهید؟", "كم نجمة تعطي للتوصيل؟",
                     "How many stars for the delivery?"),
            question("rating", "points", "به بسته‌بندی چه نمره‌ای می‌دهید؟", "ما درجتك للتغليف؟",
                     "How do you rate the packing?", look="numbers", points=7, **scale),
        ],
        [
            question("single", "city", "از کجا خرید کردید؟", "من أين اشتريت؟", "Where did you buy?", choices=CITIES,
                     is_required=required),
            question("multiple", "liked", "چه چیزی را پسندیدید؟", "ما الذي أعجبك؟", "What did you like?",
                     choices=[*PARTS, choice("none", "هیچ‌کدام", "لا شيء مما سبق", "None of these",
                      is_exclusive=True)],
                     at_most=3),
            question("single", "city_list", "در کدام شهر زندگی می‌کنید؟", "في أي مدينة تسكن؟", "Where do you live?",
                     choices=CITIES[:3], look="dropdown"),
            question("single", "city_picture", "کدام را می‌شناسید؟", "أيها تعرف؟", "Which do you know?",
                     choices=pictured if picture else CITIES[:3], look="pictures"),
        ],
        [
            question("matrix", "agree", "چقدر موافقید؟", "ما مدى موافقتك؟", "How far do you agree?",
                     rows=PARTS[:3], columns=AGREE, is_scale=True),
            question("dual", "gap", "این‌ها چقدر مهم‌اند و چقدر راضی هستید؟", "ما مدى أهمية هذه وما مدى رضاك؟",
                     "How important are these, and how satisfied are you?", rows=PARTS[:2], **scale),
            question("differential", "image", "ما را چگونه می‌بینید؟", "كيف ترانا؟", "How do you see us?",
                     rows=POLES),
        ],
        [
            question("ranking", "rank", "از مهم به کم‌اهمیت بچینید.", "رتّبها من الأهم إلى الأقل.",
                     "Put these in order of importance.", choices=PARTS, is_shuffled=False),
            question("constant_sum", "sum", "۱۰۰ امتیاز را میان این‌ها تقسیم کنید.", "وزّع ١٠٠ نقطة بينها.",
                     "Divide 100 points among these.", choices=PARTS[:3],
                     unit=words("امتیاز", "نقطة", "points")),
            question("slider", "slider", "چند درصد کارتان انجام شد؟", "ما نسبة ما أنجزته؟",
                     "How much of it did you get done?", **scale),
        ],
        [
            question("number", "number", "چند بار خرید کرده‌اید؟", "كم مرة اشتريت؟", "How often have you bought?",
                     lowest=0, highest=500, is_whole=True, unit=words("بار", "مرة", "times")),
            question("date", "date", "آخرین خریدتان کی بود؟", "متى كانت آخر مشترياتك؟", "When did you buy last?"),
            question("phone", "phone", "شماره تلفنتان", "رقم هاتفك", "Your telephone number", region="IR"),
            question("email", "email", "نشانی ایمیلتان", "بريدك الإلكتروني", "Your e-mail address"),
            question("file", "file", "عکسی از کالا بفرستید.", "أرسل صورة للمنتج.", "Send a picture of the goods.",
                     at_most=2),
            question("consent", "consent", "آیا می‌توانیم با شما تماس بگیریم؟", "هل يمكننا التواصل معك؟",
                     "May we contact you about it?", purpose="contact"),
        ],
        [
            question("statement", "note", "دو کار کوچک مانده است.", "بقيت مهمتان صغيرتان.",
                     "Two small tasks are left."),
            question("tree_test", "tree", "کالایی را کجا پس می‌دهید؟", "أين تعيد منتجًا؟",
                     "Where would you return goods?",
                     nodes=[
                         {"node_id": "shop", "words": words("فروشگاه", "المتجر", "Shop"), "nodes": [
                             {"node_id": "new", "words": words("تازه‌ها", "الجديد", "New")},
                             {"node_id": "sale", "words": words("حراج", "التخفيضات", "Sale")}]},
                         {"node_id": "help", "words": words("راهنما", "المساعدة", "Help"), "nodes": [
                             {"node_id": "returns", "words": words("بازگرداندن کالا", "إعادة المنتجات", "Returns")},
                             {"node_id": "contact", "words": words("تماس با ما", "اتصل بنا", "Contact")}]},
                     ], right=["returns"]),
            question("first_click", "click", "برای پرداخت کجا را می‌زنید؟", "أين تنقر للدفع؟",
                     "Where would you click to pay?",
                     picture=picture,
                     areas=[{"area_id": "pay", "words": words("پرداخت", "الدفع", "Pay"), "x": 0.5, "y": 0.5,
                             "width": 0.5, "height": 0.5, "is_right": True}]),
            question("goal", "goal", "برای چه آمده بودید؟", "لماذا أتيت؟", "What did you come for?",
                     choices=[choice("buy", "خرید", "الشراء", "To buy"), choice("look", "دیدن", "الاطلاع",
                      "To look around")]),
        ],
    ]  # fmt: skip
    return {
        "format": "safar.survey/1",
        "key": "every-kind",
        "name": words("همهٔ گونه‌های پرسش", "كل أنواع الأسئلة", "Every kind of question"),
        "about": words(
            "پاسخ‌دادن سه دقیقه زمان می‌برد.", "تستغرق الإجابة ثلاث دقائق.", "It takes three minutes."
        ),
        "languages": ["fa", "ar", "en"],
        "pages": [
            {"page_id": f"p{place}", "questions": questions} for place, questions in enumerate(pages, 1)
        ],
        "endings": [
            {
                "ending_id": "thanks",
                "title": words("سپاس از شما", "شكرًا لك", "Thank you"),
                "about": words("پاسختان به ما رسید.", "وصلتنا إجابتك.", "Your answers have reached us."),
                "redirect": "https://shop.example/",
            }
        ],
    }
