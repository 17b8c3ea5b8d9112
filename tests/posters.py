"""Posters as tests have them: as many steps as asked for, one row of each kind."""

from __future__ import annotations

from safar.show.maps.blocks import Chip, Figure, Meter, Quote, Words
from safar.show.maps.emotion import EmotionPoint, EmotionStep, EmotionWords, draw_emotion
from safar.show.maps.poster import (
    CellRow,
    Poster,
    PosterFact,
    PosterPersona,
    PosterStage,
    PosterStep,
    StripRow,
)
from safar.show.maps.river import RiverLoss, RiverMove, RiverStep, draw_river

CARD = {
    "fa": "سه بار به درگاه رفتم و برگشتم؛ نمی‌دانم پول کِی برمی‌گردد",
    "ar": "ذهبت إلى بوابة الدفع ثلاث مرات ورجعت ولا أعرف متى يعود المال",
    "en": "Sent to the gateway three times and back again, and nobody knows when the money returns",
}


def a_poster(
    count: int = 6, *, language: str = "en", stages: int = 3, card: str | None = None, **more
) -> Poster:
    direction = "ltr" if language == "en" else "rtl"
    said = CARD[language] if card is None else card
    steps = [
        RiverStep(f"s{place}", f"Step {place}", 1000 / (place + 1), loss=RiverLoss(count=20, text="−20"))
        for place in range(count)
    ]
    moves = [RiverMove(f"s{place}", f"s{place + 1}", 900 / (place + 2)) for place in range(count - 1)]
    feelings = [
        EmotionStep(f"Step {place}", said=EmotionPoint(value=place % 3 - 1)) for place in range(count)
    ]

    def river(window, column, is_fluid, drawing_id):
        return draw_river(
            steps,
            moves,
            title="River",
            direction=direction,
            window=window,
            column=column,
            is_fluid=is_fluid,
            drawing_id=drawing_id,
        )

    def emotion(window, column, is_fluid, drawing_id):
        return draw_emotion(
            feelings,
            EmotionWords("Emotion"),
            direction=direction,
            window=window,
            column=column,
            is_fluid=is_fluid,
            drawing_id=drawing_id,
        )

    rows = (
        StripRow("Flow", "customers", river, (("band", "on"), ("arc", "beside the map"))),
        StripRow("Emotion", "", emotion, (("whole", "Said"),)),
        CellRow("Scores", "with n", ((Figure("CSAT", "64%", "±2.1% · n = 640"),),) * count),
        CellRow("Touchpoints", "", ((Chip("SMS 7"), Chip("Courier", "bad")),) * count),
        CellRow("Voices", "", ((Quote(said, "CSAT 2"),),) * count),
        CellRow("Pains", "", ((Words(said, has_dot=True),), *((),) * (count - 1))),
        CellRow("Promises", "kept", ((Meter("In two days", 0.58, "58%", 0.9, "n = 12"),),) * count),
    )
    each, rest = divmod(count, stages)
    parts = [each + (place < rest) for place in range(stages)]
    poster = {
        "title": "Online purchase",
        "about": "As lived, over as designed",
        "language": language,
        "direction": direction,
        "state": "As it is",
        "stages": tuple(PosterStage(f"Stage {place}", "", size) for place, size in enumerate(parts)),
        "steps": tuple(PosterStep(f"Step {place}", "", place == 1) for place in range(count)),
        "rows": rows,
        "facts": tuple(PosterFact(f"Fact {place}", "81%", "n = 40") for place in range(5)),
        "personas": (PosterPersona("Mina", "38%", is_chosen=True), PosterPersona("Saeed")),
        "foot": ("Made on a day.",),
        **more,
    }
    return Poster(**poster)
