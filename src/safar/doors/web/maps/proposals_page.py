"""What the log proposes for a map: events and questions of its steps, and steps that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import in_words
from safar.maps.anatomy import JourneyMap, said
from safar.maps.proposing import Proposal, StepProposal
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

from .edit_forms import NEW, told

_WHYS: Final[dict[str, Promise | str]] = {
    "proposal.known_name": gettext_lazy("%(event)s is a name that this step often has."),
    "proposal.same_words": gettext_lazy("%(event)s has words of the step's name."),
    "proposal.same_topic": gettext_lazy("%(event)s is about the same."),
    "proposal.position": gettext_lazy("%(event)s happens about there in a journey."),
    "proposal.channel": gettext_lazy("%(event)s comes by the step's channel."),
    "proposal.question": gettext_lazy("The question %(question)s is about the same."),
}
#: Reasons that are shown of one proposal.
_MOST_REASONS: Final = 4


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One proposal, to accept.

    Attributes
    ----------
    key
        Of the step it is for; of its topic where the map lacks the step.
    title, sentence
        The step; what is proposed for it.
    events, questions
        By name.
    reach
        Whom the rule finds; empty where it was not asked.
    reasons
        Why.
    edits
        As JSON, what accepting does.
    """

    key: str
    title: str
    sentence: str
    events: tuple[str, ...]
    questions: tuple[str, ...]
    reach: str
    reasons: tuple[str, ...]
    edits: tuple[str, ...]


def binding_view(
    proposal: Proposal, document: JourneyMap, locale: Locale, *, language: str, reach: Callable[[str], str]
) -> ProposalView:
    """Return what a step could be bound to."""
    step = document.step(proposal.step_id)
    bound = step.binding.question_keys if step else ()
    edits = []
    if proposal.rule:
        edits.append(told("step.events", of=proposal.step_id, value=proposal.rule))
    if proposal.question_keys:
        edits.append(told("step.questions", of=proposal.step_id, value=[*bound, *proposal.question_keys]))
    name = said(step.name, language, *document.languages) if step else ""
    sure = locale.percent(proposal.score)
    return ProposalView(
        key=proposal.step_id,
        title=name,
        sentence=filled(_("These look like %(step)s. How sure: %(score)s."), step=name, score=sure),
        events=tuple(map(in_words, proposal.event_names)),
        questions=proposal.question_keys,
        reach=reach(proposal.rule) if proposal.rule else "",
        reasons=_reasons(proposal.why),
        edits=tuple(edits),
    )


def step_view(
    proposal: StepProposal, document: JourneyMap, *, language: str, reach: Callable[[str], str]
) -> ProposalView:
    """Return a step that the map lacks, to be put where it belongs."""
    name = said(proposal.name, language)
    before, stage = "", document.stages[0] if document.stages else None
    for each in document.stages:
        ids = [step.step_id for step in each.steps]
        if proposal.after in ids:
            place = ids.index(proposal.after) + 1
            stage, before = each, ids[place] if place < len(ids) else ""
    if not proposal.after and stage is not None and stage.steps:
        before = stage.steps[0].step_id
    words = {each: proposal.name[each] for each in document.languages if each in proposal.name}
    edit: dict[str, Any] = {
        "stage_id": stage.stage_id if stage else "",
        "before": before,
        "step": {"step_id": NEW, "name": words or proposal.name, "binding": {"events": proposal.rule}},
    }
    return ProposalView(
        key=f"topic-{proposal.topic}",
        title=name,
        sentence=_("No step of the map takes these events."),
        events=tuple(map(in_words, proposal.event_names)),
        questions=(),
        reach=reach(proposal.rule),
        reasons=(),
        edits=(told("step.add", **edit),) if stage else (),
    )


def _reasons(why: tuple[Note, ...]) -> tuple[str, ...]:
    found = []
    for note in why:
        sentence = _WHYS.get(note.code)
        if sentence is not None:
            found.append(
                filled(str(sentence), **{name: str(value) for name, value in dict(note.facts).items()})
            )
    return tuple(dict.fromkeys(found))[:_MOST_REASONS]
