"""The map of a small shop, bound to its events, in three languages: for files of it and links to it."""

from __future__ import annotations

from datetime import timedelta

from a_shop import days_ago
from builders import an_event
from safar.maps.anatomy import (
    Binding,
    Card,
    Evidence,
    EvidenceKind,
    JourneyMap,
    Lane,
    LaneKind,
    Move,
    Promise,
    Stage,
    Step,
)
from safar.vocabulary.event import EventColumns

#: What stands on the map and must not leave it with a link.
OWNER = "Owner Kowsari"
EVIDENCE = "https://inner.example/why"
#: What a customer wrote.
VOICE = "خیلی دیر رسید و کسی جواب نداد"


def a_shop_map() -> JourneyMap:
    """Return a map of three steps: visit, order, delivery; orders are promised to come within two days."""
    promise = Promise(
        promise_id="p1",
        words={"fa": "تحویل دوروزه", "ar": "التوصيل في يومين", "en": "Delivered in two days"},
        begins="Ordered: order_placed",
        kept_by="Delivered: order_delivered",
        within="2d",
        goal=0.9,
    )
    return JourneyMap(
        name={"fa": "سفر خرید", "ar": "رحلة الشراء", "en": "Buying: a <journey>"},
        about={"en": "From a visit to the parcel"},
        languages=("fa", "ar", "en"),
        lanes=(
            Lane(lane_id="pain", kind=LaneKind.PAIN),
            Lane(lane_id="feel", kind=LaneKind.EMOTION),
            Lane(lane_id="own", kind=LaneKind.OWN, name={"en": "What we try", "fa": "آنچه می‌آزماییم"}),
        ),
        stages=(
            Stage(
                stage_id="before",
                name={"fa": "پیش از خرید", "ar": "قبل الشراء", "en": "Before"},
                steps=(
                    Step(
                        step_id="visit",
                        name={"fa": "دیدن", "ar": "الزيارة", "en": "Visit"},
                        binding=Binding(events="Visit: page"),
                        owner=OWNER,
                    ),
                ),
            ),
            Stage(
                stage_id="buy",
                name={"fa": "خرید", "ar": "الشراء", "en": "Purchase"},
                steps=(
                    Step(
                        step_id="order",
                        name={"fa": "سفارش", "ar": "الطلب", "en": "Order"},
                        binding=Binding(events="Order: order_placed", promises=(promise,)),
                    ),
                    Step(
                        step_id="parcel",
                        name={"fa": "دریافت", "ar": "الاستلام", "en": "Parcel"},
                        binding=Binding(events="Parcel: order_delivered", question_keys=("after",)),
                    ),
                ),
            ),
        ),
        moves=(Move(source="visit", target="order"), Move(source="order", target="parcel")),
        cards=(
            Card(
                card_id="late",
                step_id="parcel",
                lane_id="pain",
                text={
                    "fa": "**دیر** می‌رسد",
                    "ar": "يصل متأخرا",
                    "en": "It is **late**:\n- by days\n- <b>often</b>",
                },
                evidence=(Evidence(kind=EvidenceKind.ANECDOTE, link=EVIDENCE),),
            ),
            Card(card_id="glad", step_id="order", lane_id="feel", emotion=1.5),
            Card(
                card_id="try",
                step_id="visit",
                lane_id="own",
                text={"en": "A plainer page", "fa": "صفحهٔ ساده‌تر"},
            ),
        ),
    )


def lived_events() -> list[EventColumns]:
    """Twelve visit; eight order a day later; four get their parcel after a day, two after four; two say how it was."""
    events = []
    for number in range(12):
        who = f"c{number}"
        events.append(an_event("page", days_ago(20), customer=who, channel="web"))
        if number < 8:
            events.append(an_event("order_placed", days_ago(19), customer=who, channel="app"))
        if number < 6:
            late = timedelta(days=1 if number < 4 else 4)
            events.append(an_event("order_delivered", days_ago(19) + late, customer=who, channel="courier"))
        if number < 2:
            answer = {
                "metric": "csat",
                "scale_min": 1,
                "scale_max": 5,
                "direction": "higher_is_better",
                "value": 2,
                "question_key": "after",
                "invitation_id": who,
                "verbatim": VOICE,
            }
            events.append(an_event("survey_answered", days_ago(14), customer=who, properties=answer))
    return events
