"""What hurts, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.maps.pains import Pain, PainKind

from .number_words import metric_name
from .scene import Scene

_Facts = dict[str, str | int | float]


def pain_words(scene: Scene, pain: Pain) -> str:
    """Return a pain as a short sentence."""
    return _SENTENCES[pain.kind](scene, pain, dict(pain.facts))


def _broken(scene: Scene, pain: Pain, facts: _Facts) -> str:
    step = scene.document.step(pain.step)
    promises = step.binding.promises if step is not None else ()
    found = next((each for each in promises if each.promise_id == facts.get("promise")), None)
    words = str(facts.get("promise", "")) if found is None else scene.promise_words(found)
    return filled(_("%(share)s broken: %(promise)s"), share=_share(scene, facts), promise=words)


def _low(scene: Scene, _pain: Pain, facts: _Facts) -> str:
    metric = metric_name(str(facts.get("metric", "")))
    return filled(_("%(share)s unhappy in %(metric)s"), share=_share(scene, facts), metric=metric)


def _lost(scene: Scene, _pain: Pain, facts: _Facts) -> str:
    return filled(_("%(share)s leave the journey here"), share=_share(scene, facts))


def _contact(scene: Scene, _pain: Pain, facts: _Facts) -> str:
    if "share" not in facts:
        return filled(_("They write to support: %(tags)s"), tags=str(facts.get("tags", "")))
    return filled(_("%(share)s turn to support"), share=_share(scene, facts))


def _back(scene: Scene, _pain: Pain, facts: _Facts) -> str:
    step = scene.step_name(str(facts.get("target", "")))
    words = _("%(share)s of those who go on go to “%(step)s”, not on the map")
    return filled(words, share=_share(scene, facts), step=step)


def _skipped(scene: Scene, _pain: Pain, facts: _Facts) -> str:
    return filled(_("%(share)s go past this step"), share=_share(scene, facts))


def _share(scene: Scene, facts: _Facts) -> str:
    return scene.locale.percent(float(facts.get("share", 0.0)))


_SENTENCES: Final[dict[PainKind, Callable[[Scene, Pain, _Facts], str]]] = {
    PainKind.PROMISE_BROKEN: _broken,
    PainKind.LOW_SCORE: _low,
    PainKind.LOST: _lost,
    PainKind.CONTACT: _contact,
    PainKind.BACK: _back,
    PainKind.SKIPPED: _skipped,
}
