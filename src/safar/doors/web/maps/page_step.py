"""The panel of a step: its texts, what it is bound to, and how it is joined to others."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.maps.anatomy import (
    Promise,
    Stage,
    Step,
)

from .edit_forms import NEW, Choice, Control, EditForm, Press, told
from .panel_parts import (
    BLANK_LINES,
    Asked,
    Blanks,
    Panel,
    Section,
    language_name,
    order,
    translations,
)
from .words import length_in_blank


def step_panel(asked: Asked, step_id: str) -> Panel | None:
    """Return the panel of a step; None where there is none."""
    document = asked.document
    step = document.step(step_id)
    if step is None:
        return None
    blanks = Blanks()
    blanks.words(asked, "step.name", step_id, pgettext("part of a map", "Name"), step.name)
    blanks.words(asked, "step.about", step_id, _("About it"), step.about, kind="text")
    blanks.add(
        told("step.owner", of=step_id),
        lambda number: Control(
            f"{number}:value", _("Who answers for it"), value=step.owner, listed="map-members"
        ),
    )
    stage = next(each for each in document.stages if step in each.steps)
    return Panel(
        place=f"step/{step_id}",
        eyebrow=filled(
            _("Step %(number)s · %(stage)s"),
            number=asked.locale.number(document.steps.index(step) + 1),
            stage=asked.said(stage.name),
        ),
        title=asked.said(step.name) or _("Step without a name"),
        form=blanks.form(),
        sections=(
            _events(step),
            _feelings(asked, step),
            _promises(asked, step),
            _money(step),
            _joined(asked, step),
            *translations(
                asked,
                step_id,
                ("step.name", pgettext("part of a map", "Name"), step.name),
                ("step.about", _("About it"), step.about, "text"),
            ),
        ),
        presses=(
            *_step_order(asked, step, stage),
            Press(_("Remove the step"), (told("step.remove", of=step_id),), then="none", is_danger=True),
        ),
        takes_comments=True,
    )


def _step_order(asked: Asked, step: Step, stage: Stage) -> tuple[Press, ...]:
    """Return what moves a step within its stage, and at its ends into the stage beside it."""
    stages, ids = asked.document.stages, [each.step_id for each in stage.steps]
    place, own = stages.index(stage), step.step_id
    presses = list(order(asked, ids, own, "step.move", stage_id=stage.stage_id))
    if ids[0] == own and place:
        into = told("step.move", of=own, stage_id=stages[place - 1].stage_id)
        presses.insert(0, Press(_("Into the stage before"), (into,)))
    if ids[-1] == own and place + 1 < len(stages):
        following = stages[place + 1]
        before = following.steps[0].step_id if following.steps else ""
        into = told("step.move", of=own, stage_id=following.stage_id, before=before)
        presses.append(Press(_("Into the stage behind"), (into,)))
    return tuple(presses)


def _events(step: Step) -> Section:
    control = Control(
        "0:value",
        _("Events that mean that somebody is here"),
        "rule",
        step.binding.events,
        hint=_("Such as: order_placed, payment_done [channel = web | app]"),
        listed="map-events",
    )
    return Section(
        "events",
        _("Who is here"),
        _("From these events the map counts who reaches this step."),
        EditForm((told("step.events", of=step.step_id),), (control,)),
        is_open=True,
    )


def _feelings(asked: Asked, step: Step) -> Section:
    chosen = step.binding.question_keys
    keys = [*asked.choices.questions, *(each for each in chosen if each not in asked.choices.questions)]
    blanks = Blanks()
    if keys:
        blanks.add(
            told("step.questions", of=step.step_id),
            lambda number: Control(
                f"{number}:value|list",
                _("Questions whose answers say how it feels"),
                "many",
                choices=tuple(Choice(key, key, key in chosen) for key in keys),
            ),
        )
    else:
        blanks.add(
            told("step.questions", of=step.step_id),
            lambda number: Control(
                f"{number}:value|lines",
                _("Keys of questions whose answers say how it feels, one a line"),
                "text",
            ),
        )
    blanks.add(
        told("step.tags", of=step.step_id),
        lambda number: Control(
            f"{number}:value|lines",
            _("Tags of conversations that say what breaks, one a line"),
            "text",
            "\n".join(step.binding.tags),
        ),
    )
    return Section("feelings", _("How it feels and what breaks"), form=blanks.form(), is_open=bool(chosen))


def _promises(asked: Asked, step: Step) -> Section:
    promises = [*step.binding.promises, *[None] * BLANK_LINES]
    controls: list[Control] = []
    for place, promise in enumerate(promises):
        controls += _promise_controls(asked, place, promise)
    return Section(
        "promises",
        _("Promises"),
        _(
            "What customers are promised here, so that it can be measured: who does the one gets the other in time."
        ),
        EditForm((told("step.promises", of=step.step_id),), tuple(controls)),
        is_open=bool(step.binding.promises),
    )


def _promise_controls(asked: Asked, place: int, promise: Promise | None) -> Iterable[Control]:
    at = f"0:value.{place}"
    yield Control(f"{at}.promise_id", "", "hidden", promise.promise_id if promise else NEW)
    for language in asked.languages:
        words = promise.words.get(language, "") if promise else ""
        label = filled(_("The promise in words (%(language)s)"), language=language_name(language))
        yield Control(f"{at}.words.{language}", label, value=words, language=language)
    yield Control(
        f"{at}.begins", _("Begins with"), "code", promise.begins if promise else "", listed="map-events"
    )
    yield Control(
        f"{at}.kept_by", _("Kept by"), "code", promise.kept_by if promise else "", listed="map-events"
    )
    yield Control(
        f"{at}.within",
        _("Within"),
        value=length_in_blank(promise.within, asked.locale) if promise else "",
        hint=_("Such as 2 days, 4 hours or 10 minutes"),
    )
    yield Control(
        f"{at}.same",
        _("Same property"),
        "code",
        promise.same if promise else "",
        hint=_("What tells which belongs to which, such as order_id; may be empty"),
        listed="map-properties",
    )
    goal = promise.goal if promise else None
    yield Control(
        f"{at}.goal|share",
        _("Goal in percent"),
        "code",
        "" if goal is None else f"{goal * 100:g}",
        hint=_("May be empty"),
    )


def _money(step: Step) -> Section:
    blanks = Blanks()
    for edit, label, value in (
        ("step.revenue", _("Events whose amounts it brings"), step.binding.revenue),
        ("step.cost", _("Events whose amounts it costs"), step.binding.cost),
    ):
        blanks.add(
            told(edit, of=step.step_id),
            lambda number, label=label, value=value: Control(  # type: ignore[misc]
                f"{number}:value", label, "code", value, listed="map-events"
            ),
        )
    is_open = bool(step.binding.revenue or step.binding.cost)
    return Section("money", _("What it brings and costs"), form=blanks.form(), is_open=is_open)


def _joined(asked: Asked, step: Step) -> Section:
    blanks = Blanks()
    for edit, label, is_on in (
        ("step.can_begin", _("A journey may begin here"), step.can_begin),
        ("step.can_end", _("A journey may end well here"), step.can_end),
    ):
        blanks.add(
            told(edit, of=step.step_id),
            lambda number, label=label, is_on=is_on: Control(  # type: ignore[misc]
                f"{number}:value|flag", label, "flag", is_on=is_on
            ),
        )
    nested = (
        Choice("", pgettext("map", "None"), not step.nested),
        *(Choice(each, name, each == step.nested) for each, name in asked.choices.maps),
    )
    blanks.add(
        told("step.nested", of=step.step_id),
        lambda number: Control(f"{number}:value", _("Map that shows it in detail"), "select", choices=nested),
    )
    presses = tuple(
        Press(
            filled(_("Remove the move to %(step)s"), step=asked.step_name(target)),
            (told("move.remove", source=step.step_id, target=target.step_id),),
        )
        for move in asked.document.moves
        if move.source == step.step_id and (target := asked.document.step(move.target)) is not None
    )
    return Section(
        "joined", _("How it is joined"), form=blanks.form(), presses=presses, is_open=bool(step.nested)
    )
