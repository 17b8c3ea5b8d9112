"""Panels of scores, emotions and money."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.maps.anatomy import LaneKind
from safar.maps.emotion import Emotion

from .number_words import (
    emotion_sure,
    emotion_value,
    joined,
    metric_name,
    money_words,
    of_n,
    rule_in_words,
    score_between,
    score_sure,
    score_value,
)
from .panel_evidence import cards_section
from .panel_parts import (
    PanelScene,
    PanelShown,
    Section,
    Term,
    feelings_section,
    known,
    scores_section,
    signs_section,
    voices_section,
)
from .scene import Scene


def score_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return a score with its definition, beside those elsewhere on the map."""
    scene, locale = at.scene, at.scene.locale
    reading = scene.reading(rest[0]) if rest else None
    step = scene.document.step(rest[0]) if rest else None
    score = next(
        (each for each in (reading.scores if reading else ()) if rest[1:] == [each.question_key]), None
    )
    if reading is None or step is None or score is None:
        return None
    meanings = {
        "nps": _(
            "Net Promoter Score: the share of 9 and 10 minus the share of 0 to 6, in points from −100 to +100."
        ),
        "csat": _("Satisfaction: the share of answers in the two highest boxes."),
        "ces": _("Customer Effort Score: the mean agreement from 1 to 7 that it was easy."),
    }
    return PanelShown(
        key,
        filled(_("%(metric)s at “%(step)s”"), metric=metric_name(score.metric), step=scene.step_name(step)),
        filled(_("question %(key)s"), key=score.question_key),
        "—" if score.estimate is None else score_value(score.metric, score.estimate.value, locale),
        score_sure(score, locale),
        locale.shape(meanings[score.metric]),
        score_between(score, locale),
        known(
            Section(
                _("Answers"),
                (
                    Term(_("Answers that count"), locale.number(score.n), href=at.rows(key)),
                    Term(
                        _("Unhappy ones"),
                        locale.number(score.low),
                        href=at.rows(f"unhappy.{rest[0]}.{score.question_key}") if score.low else "",
                    ),
                ),
            ),
            scores_section(scene, reading, step),
            voices_section(scene, reading),
        ),
        at.rows(key),
        question_keys=(score.question_key,),
    )


def unhappy_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return how many answers to a question of a step are low ones."""
    scene, locale = at.scene, at.scene.locale
    reading = scene.reading(rest[0]) if rest else None
    score = next(
        (each for each in (reading.scores if reading else ()) if rest[1:] == [each.question_key]), None
    )
    if score is None or not score.low:
        return None
    return PanelShown(
        key,
        _("Unhappy ones"),
        scene.step_name(rest[0]),
        locale.number(score.low),
        of_n(score.n, locale),
        filled(_("Answers of %(highest)s or less."), highest=locale.number(score.highest_low)),
        filled(_("question %(key)s"), key=score.question_key),
        rows_href=at.rows(key),
    )


def emotion_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return how a step feels, one way of knowing it."""
    scene, locale = at.scene, at.scene.locale
    if len(rest) != 2 or scene.document.step(rest[0]) is None:
        return None
    reading = scene.reading(rest[0])
    found: Emotion | None = {
        "said": reading.said if reading else None,
        "behaved": reading.behaved if reading else None,
        "believed": scene.beliefs.get(rest[0]),
    }.get(rest[1])
    if found is None:
        return None
    titles = {
        "said": (
            _("How they say it feels"),
            _("The mean of all answers at this step, each from its own scale to the one from −2 to +2."),
        ),
        "behaved": (
            _("How behaviour shows it"),
            _(
                "How much harder than usual on this map the step is: tries again and again, ways back, contacts and "
                "losses beside those of the map’s middle step. A sign, no feeling."
            ),
        ),
        "believed": (
            _("How the team believes it feels"),
            _("The mean of the cards in the lane of emotion at this step."),
        ),
    }[rest[1]]
    return PanelShown(
        key,
        titles[0],
        scene.step_name(rest[0]),
        emotion_value(found.value, locale),
        emotion_sure(found, locale),
        locale.shape(titles[1]),
        "",
        known(
            _believed_section(scene, rest[0]) if rest[1] == "believed" else None,
            feelings_section(scene, rest[0]),
            signs_section(scene, rest[0]) if rest[1] == "behaved" else None,
            voices_section(scene, reading),
        ),
        "" if rest[1] == "believed" else at.rows(key),
    )


def _believed_section(scene: Scene, step_id: str) -> Section:
    """Return the cards that say what the team believes."""
    cards = [
        card
        for lane in scene.document.lanes
        if lane.kind is LaneKind.EMOTION
        for card in scene.cards(step_id, lane.lane_id)
        if card.emotion is not None
    ]
    return cards_section(scene, _("Cards"), cards)


def money_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return what a step brought or cost."""
    scene, locale = at.scene, at.scene.locale
    word = key.partition(".")[0]
    step = scene.document.step(rest[0]) if rest else None
    reading = scene.reading(rest[0]) if rest else None
    if step is None or reading is None:
        return None
    amounts = reading.revenue if word == "revenue" else reading.cost
    rule = step.binding.revenue if word == "revenue" else step.binding.cost
    return PanelShown(
        key,
        _("What the step brought") if word == "revenue" else _("What the step cost"),
        scene.step_name(step),
        joined(*money_words(amounts, locale)) or "—",
        "",
        _(
            "The exact sum of the amounts of the events that the rule takes, one for each currency, in this period."
        ),
        filled(_("Rule: %(rule)s"), rule=rule_in_words(rule)),
        known(
            Section(
                _("Exactly"),
                tuple(Term(locale.currency_name(each.currency), locale.money(each)) for each in amounts),
            )
        ),
        at.rows(key),
    )
