"""Panels of a step: who was here, where they go, what hurts; and of the ways between steps."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import in_words
from safar.maps.pains import Pain, PainKind
from safar.observe.conformance import MoveKind
from safar.vocabulary.interval import Estimate

from .asking import OF_MONEY
from .lanes import voice_item
from .number_words import (
    joined,
    money_words,
    people,
    rule_in_words,
    share_between,
    sure_of_share,
)
from .pain_words import pain_words
from .panel_parts import (
    MOST,
    AddOffer,
    PanelScene,
    PanelShown,
    Section,
    Term,
    cases_section,
    comments_section,
    design_section,
    feelings_section,
    funnel_of,
    funnel_to,
    kind_words,
    known,
    pains_at,
    pains_section,
    promises_section,
    scores_section,
    sounds_section,
    stage_of,
    voices_section,
    walks_section,
    ways_section,
)
from .risk_words import evidence_name, interval_of, no_risk, risk_href, risk_name
from .scene import Scene


def step_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return all that is known of a step."""
    scene = at.scene
    step = scene.document.step(rest[0]) if rest else None
    if step is None:
        return None
    reading, locale = scene.reading(step.step_id), scene.locale
    if reading is None or reading.customers is None:
        return PanelShown(
            key,
            scene.step_name(step),
            stage_of(scene, step),
            meaning=scene.words(step.about),
            method=_("This step is not bound to events: nobody can be counted here. Bind it in the editor.")
            if scene.lived is not None
            else "",
            sections=known(
                at.nested(step),
                design_section(scene, step),
                promises_section(scene, reading, step),
                sounds_section(at, step.step_id),
                voices_section(scene, reading),
            ),
            question_keys=step.binding.question_keys,
        )
    return PanelShown(
        key,
        scene.step_name(step),
        stage_of(scene, step),
        people(reading.customers, locale),
        _("customers who were here in this period"),
        _("A customer is here when at least one event of theirs fits the rule of the step."),
        filled(_("Rule: %(rule)s"), rule=rule_in_words(step.binding.events)),
        known(
            walks_section(scene, step),
            at.nested(step),
            feelings_section(scene, step.step_id),
            scores_section(scene, reading, step),
            promises_section(scene, reading, step),
            pains_section(scene, reading),
            ways_section(scene, step),
            sounds_section(at, step.step_id),
            voices_section(scene, reading),
            cases_section(at, step.step_id),
            design_section(scene, step),
            comments_section(at, step.step_id),
        ),
        at.rows(key),
        funnel_to(at, (step.step_id,)),
        question_keys=step.binding.question_keys,
    )


def count_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return a count of walks at a step."""
    scene, locale = at.scene, at.scene.locale
    word = key.partition(".")[0]
    walked = scene.walked(rest[0]) if rest else None
    if walked is None:
        return None
    title, meaning = {
        "lost": (
            _("Lost here"),
            _(
                "Walks whose last step is this one although the journey does not end here, of all that were here."
            ),
        ),
        "began": (_("Walks that began here"), _("Walks whose first step on the map is this one.")),
        "ended": (_("Walks that ended here"), _("Walks whose last step on the map is this one.")),
        "open": (
            _("Walks that stand here now"),
            _("The pause that ends a walk is not over: they may still go on."),
        ),
        "again": (
            _("Came back to it later"),
            _("Customers who left the step for another one and reached it again in the same walk."),
        ),
        "skipped": (
            _("Walks that went past it"),
            _(
                "The step lies on the shortest designed way between two steps that were done one after the other."
            ),
        ),
        "retried": (
            _("Tried the same again and again"),
            _("Walks in which one event of the step came three times within half an hour."),
        ),
        "went_back": (
            _("Went back beside the map"),
            _("Walks that went from here to an earlier step where the map leads to none."),
        ),
        "contacted": (
            _("Turned to support"),
            _("Walks that turned to support within seven days after the step, before any other step."),
        ),
    }[word]
    if word == "lost":
        if walked.lost is None:
            return None
        return PanelShown(
            key,
            title,
            scene.step_name(rest[0]),
            locale.percent(walked.lost.value),
            sure_of_share(walked.lost, locale),
            meaning,
            share_between(walked.lost.interval, locale),
            known(pains_at(scene, rest[0])),
            at.rows(key) if walked.lost.value else "",
            funnel_to(at, (rest[0],)),
        )
    return PanelShown(
        key,
        title,
        scene.step_name(rest[0]),
        locale.number(getattr(walked, word)),
        filled(_("of %(count)s walks here"), count=locale.number(walked.passages)),
        meaning,
        rows_href=at.rows(key),
        question_href=funnel_to(at, (rest[0],)),
    )


def time_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return how long it takes to the next step."""
    scene, locale = at.scene, at.scene.locale
    walked = scene.walked(rest[0]) if rest else None
    if walked is None or walked.median_to_next is None:
        return None
    conformance = scene.lived.conformance if scene.lived else None
    moves = [
        move
        for move in (conformance.moves if conformance else ())
        if move.source == rest[0] and move.median_gap
    ]
    terms = tuple(
        Term(
            scene.step_name(move.target),
            locale.duration(move.median_gap),
            filled(_("one in ten: over %(time)s"), time=locale.duration(move.p90_gap)),
            scene.about(f"move.{move.source}.{move.target}"),
        )
        for move in moves[:MOST]
    )
    return PanelShown(
        key,
        _("Time to the next step"),
        scene.step_name(rest[0]),
        locale.duration(walked.median_to_next),
        filled(_("one in ten: over %(time)s"), time=locale.duration(walked.p90_to_next)),
        _("From the last event of this step to the first of the next one, whichever it is: half are faster."),
        _("Exact quantiles over all moves; what is still under way does not count."),
        known(Section(_("By the next step"), terms)),
        at.rows(key),
        funnel_to(at, (rest[0],)),
    )


def voices_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return all voices of a step."""
    reading = at.scene.reading(rest[0]) if rest else None
    if reading is None or not reading.voices:
        return None
    return PanelShown(
        key,
        _("What customers said"),
        at.scene.step_name(rest[0]),
        meaning=_(
            "What they wrote with their answers and in their messages: the unhappiest and the newest in turn."
        ),
        sections=known(
            sounds_section(at, rest[0]),
            Section(
                _("In their words"),
                items=tuple(voice_item(at.scene, rest[0], each, is_whole=True) for each in reading.voices),
            ),
        ),
        rows_href=at.rows(key),
    )


def pain_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return a pain: whom it meets, what it is worth, what was said."""
    scene, locale = at.scene, at.scene.locale
    reading = scene.reading(rest[0]) if rest else None
    step = scene.document.step(rest[0]) if rest else None
    place = number_in(rest[1]) if len(rest) == 2 else None
    if reading is None or step is None or place is None or place >= len(reading.pains):
        return None
    found = reading.pains[place]
    worth = _risk_terms(scene, step.step_id) + tuple(
        Term(name, sums[0], joined(*sums[1:]), scene.about(f"{what}.{step.step_id}"))
        for what, name, amounts in (
            ("revenue", _("The step brings"), reading.revenue),
            ("cost", _("The step costs"), reading.cost),
        )
        if (sums := money_words(amounts, locale))
    )
    return PanelShown(
        key,
        pain_words(scene, found),
        scene.step_name(step),
        people(found.people, locale),
        joined(
            _behind_pain(scene, found), filled(_("severity %(share)s"), share=locale.percent(found.severity))
        ),
        locale.shape(
            _("Pains are ranked by the people they meet times how bad they are for them, from 0 to 1.")
        ),
        _(
            "The column counts customers, the flow and the share count walks. One customer may walk more than once, and"
            " walks that may still go on are not judged."
        )
        if found.kind is PainKind.LOST
        else "",
        known(
            Section(
                _("What it is worth"),
                worth or (Term(pgettext("lane", "Value"), "—", _("no money rule")),),
            ),
            scores_section(scene, reading, step),
            promises_section(scene, reading, step),
            voices_section(scene, reading),
            walks_section(scene, step),
            comments_section(at, step.step_id),
        ),
        at.rows(key),
        funnel_to(at, (step.step_id,)),
    )


def _behind_pain(scene: Scene, pain: Pain) -> str:
    """Return how many walks a loss was counted on, and how many may still go on; empty for other pains."""
    walked, locale = scene.walked(pain.step), scene.locale
    if pain.kind is not PainKind.LOST or walked is None or walked.lost is None:
        return ""
    over, undecided = walked.decided, walked.passages - walked.decided
    ended = round(walked.lost.value * over)
    return joined(
        filled(
            ngettext("%(count)s of %(of)s walk ends here", "%(count)s of %(of)s walks end here", ended),
            count=locale.number(ended),
            of=locale.number(over),
        ),
        ""
        if not undecided
        else filled(
            ngettext("%(count)s walk may still go on", "%(count)s walks may still go on", undecided),
            count=locale.number(undecided),
        ),
    )


def move_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return a way from one step to another."""
    scene, locale = at.scene, at.scene.locale
    conformance = scene.lived.conformance if scene.lived else None
    found = next(
        (
            each
            for each in (conformance.moves if conformance else ())
            if [each.source, each.target] == list(rest)
        ),
        None,
    )
    if found is None:
        return None
    title = f"{scene.step_name(found.source)} – {scene.step_name(found.target)}"
    kinds = {
        MoveKind.DESIGNED: _("The map leads there."),
        MoveKind.SKIP: _("The map leads there over other steps: these are gone past."),
        MoveKind.OFF_MAP: _("The map does not lead there: customers found this way themselves."),
        MoveKind.STAY: _("The same step again."),
    }
    terms = [Term(_("People"), people(found.customers, locale)), Term(_("Times"), locale.number(found.count))]
    if found.median_gap is not None:
        terms.append(Term(_("Half are faster than"), locale.duration(found.median_gap)))
    if found.skipped:
        terms.append(Term(_("Gone past"), " · ".join(scene.step_name(step) for step in found.skipped)))
    share: Estimate | None = found.share
    add = None
    if at.can_edit and found.kind is not MoveKind.DESIGNED and found.kind is not MoveKind.STAY:
        add = AddOffer(key, _("Add this way to the map"))
    return PanelShown(
        key,
        title,
        kind_words(found.kind),
        locale.percent(share.value) if share is not None else locale.number(found.count),
        sure_of_share(share, locale) if share is not None else "",
        kinds[found.kind],
        _("The share is of all moves that leave the first step, in this period."),
        known(Section(_("Who goes this way"), tuple(terms)), pains_at(scene, found.source)),
        at.rows(key),
        funnel_of(at, (found.source, found.target)),
        add,
    )


def unmapped_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return an event that no step takes."""
    scene, locale = at.scene, at.scene.locale
    conformance = scene.lived.conformance if scene.lived else None
    found = next(
        (each for each in (conformance.unmapped if conformance else ()) if each.event_name == rest[0]), None
    )
    if found is None:
        return None
    return PanelShown(
        key,
        in_words(found.event_name),
        _("not on the map"),
        people(found.customers, locale),
        filled(
            ngettext("%(count)s event", "%(count)s events", found.count), count=locale.number(found.count)
        ),
        _("What customers did themselves on the way, between two steps of one walk, and no step takes."),
        rows_href=at.rows(key),
        add=AddOffer(key, _("Add it to the map as a step")) if at.can_edit else None,
    )


def _risk_terms(scene: Scene, step_id: str) -> tuple[Term, ...]:
    """Return each bad experience of a step with what it puts at risk and what halving it would bring in a year."""
    locale = scene.locale
    why = "" if OF_MONEY in scene.state.hidden else no_risk(scene, step_id)[1]
    if why:
        return (Term(_("At risk"), "—", why),)
    return tuple(
        Term(
            filled(_("At risk: %(experience)s"), experience=risk_name(risk.found)),
            locale.money(risk.found.at_risk.value, compact=True),
            joined(
                interval_of(risk.found.at_risk, locale),
                _("over all time"),
                evidence_name(risk.found),
                filled(
                    _("to halve it would bring %(amount)s in a year, %(interval)s"),
                    amount=locale.money(risk.halved_in_a_year.value, compact=True),
                    interval=interval_of(risk.halved_in_a_year, locale),
                ),
            ),
            risk_href(scene),
        )
        for risk in (scene.risks or {}).get(step_id, ())
    )
