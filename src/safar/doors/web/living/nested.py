"""The map that shows a step in detail, in a few numbers: one level deep, so that maps of each other end."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from safar.maps.anatomy import Step
from safar.maps.roll_up import RolledUp, roll_up

from . import queries
from .number_words import half_width, metric_name, people, score_sure, score_value, sure_of_kept
from .pain_words import pain_words
from .panel_parts import Section, Term
from .reading import Reading
from .scene import Scene
from .sheet import sheet_address


def nested_section(reading: Reading, step: Step | None) -> Section | None:
    """Return what the map says that shows a step in detail; None where there is none any more.

    It is asked of the same customers and time. While its numbers are not known it is named alone.
    """
    if step is None or not step.nested or step.nested == reading.opened.public_id:
        return None
    opened = queries.opened(reading.workspace, step.nested)
    if opened is None or opened.facts.is_archived:
        return None
    inner = replace(reading, opened=opened)
    is_designed = reading.state.mode == "designed"
    scene = inner.scene(is_lived=not is_designed)
    address = sheet_address(reading.workspace, step.nested)
    query = reading.state.query()
    name = scene.words(opened.document.name) or _("Journey map")
    link = Term(_("Journey map"), name, href=f"{address}?{query}" if query else address)
    numbers = () if scene.lived is None else _numbers(scene, roll_up(scene.lived), address)
    return Section(_("In detail"), (link, *numbers))


def _numbers(scene: Scene, found: RolledUp, address: str) -> tuple[Term, ...]:
    locale, terms = scene.locale, []
    if found.customers is not None:
        terms.append(
            Term(
                _("On the journey"),
                people(found.customers, locale),
                href=f"{address}{scene.about('customers')}",
            )
        )
    for step_id, score in found.worst_scores:
        if score.estimate is not None:
            terms.append(
                Term(
                    f"{metric_name(score.metric)} · {scene.step_name(step_id)}",
                    score_value(score.metric, score.estimate.value, locale),
                    score_sure(score, locale),
                    f"{address}{scene.about(f'score.{step_id}.{score.question_key}')}",
                )
            )
    words = {
        each.promise_id: scene.promise_words(each)
        for step in scene.document.steps
        for each in step.binding.promises
    }
    for _step_id, promise in found.promises:
        if promise.kept is not None:
            terms.append(
                Term(
                    f"{_('Promises kept')} · {words.get(promise.promise_id, promise.promise_id)}",
                    locale.percent(promise.kept.value),
                    sure_of_kept(half_width(promise.kept.interval), promise.decided, locale),
                    f"{address}{scene.about(f'promise.{promise.promise_id}')}",
                )
            )
    for pain in found.pains[:1]:
        step = scene.step_name(pain.step)
        terms.append(
            Term(
                f"{pain_words(scene, pain)} · {step}",
                people(pain.people, locale),
                href=f"{address}{scene.about(f'step.{pain.step}')}",
            )
        )
    return tuple(terms)
