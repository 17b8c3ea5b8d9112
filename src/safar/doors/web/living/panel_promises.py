"""Panels of promises: one, all of the map, and how many were kept, were broken or are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from safar.doors.web.design.words import filled
from safar.maps.anatomy import Promise, Step
from safar.maps.lived import PromiseKept
from safar.show.locale import Locale

from .facts import pooled
from .lanes import promise_item
from .number_words import (
    half_width,
    length_in_words,
    people,
    promises_words,
    rule_in_words,
    share_between,
    sure_of_kept,
)
from .openings import OF_PROMISE
from .panel_parts import PanelScene, PanelShown, Section, Term, kept_of, known, voices_section

#: What a count of promises is called, and what it means.
_COUNTS: Final = {
    "broken": (
        gettext_lazy("Broken promises"),
        gettext_lazy("Promises that fell due in this period and were kept late or not at all."),
    ),
    "kept": (
        gettext_lazy("Promises kept in time"),
        gettext_lazy("Promises that fell due in this period and were kept in time."),
    ),
    "open": (
        gettext_lazy("Promises not due yet"),
        gettext_lazy("Promises made in this period whose time was not over when the log ended."),
    ),
}


def promise_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return how often one promise is kept, or one count of it."""
    scene, locale = at.scene, at.scene.locale
    found = next((each for each in _promises(at) if rest and each[1].promise_id == rest[0]), None)
    if found is None:
        return None
    step, promise, kept = found
    words = scene.promise_words(promise)
    if len(rest) > 1:
        return _count_panel(key, rest[1], [kept], words, at)
    terms = [*_terms(f"promise.{kept.promise_id}", [kept], at)]
    terms.append(Term(_("Half were kept within"), locale.duration(kept.median)))
    if kept.goal is not None:
        terms.append(Term(pgettext("promise", "Goal"), locale.percent(kept.goal)))
    return PanelShown(
        key,
        words,
        scene.step_name(step),
        "—" if kept.kept is None else locale.percent(kept.kept.value),
        "" if kept.kept is None else sure_of_kept(half_width(kept.kept.interval), kept.decided, locale),
        _meaning(promise, locale),
        ""
        if kept.kept is None
        else filled(
            _(
                "%(interval)s. It counts promises, and takes those to one customer as kept or broken together."
            ),
            interval=share_between(kept.kept.interval, locale),
        ),
        known(
            Section(_("Kept and broken"), tuple(terms)), voices_section(scene, scene.reading(step.step_id))
        ),
        at.rows(f"{key}.{OF_PROMISE[0]}"),
    )


def promises_panel(key: str, rest: Sequence[str], at: PanelScene) -> PanelShown | None:
    """Return all promises of the map, or one count of them."""
    scene, locale = at.scene, at.scene.locale
    found = _promises(at)
    all_kept = [kept for _step, _promise, kept in found]
    if rest:
        return _count_panel(key, rest[0], all_kept, "", at)
    decided = [kept for kept in all_kept if kept.kept is not None]
    if not decided:
        return None
    value, half, n = pooled(decided)
    items = tuple(
        promise_item(scene, scene.promise_words(promise), promise.goal, kept)
        for _step, promise, kept in found
    )
    return PanelShown(
        key,
        _("Promises kept"),
        "",
        locale.percent(value),
        sure_of_kept(half, n, locale),
        _("Of all promises that fell due in this period, the share that was kept in time."),
        _("The interval is as wide as if all promises to one customer were kept or broken together."),
        known(
            Section(_("Kept and broken"), _terms("promises", all_kept, at)),
            Section(_("Each promise"), items=items),
        ),
        at.rows(f"{key}.{OF_PROMISE[0]}"),
    )


def _promises(at: PanelScene) -> list[tuple[Step, Promise, PromiseKept]]:
    """Return the promises of the map of which it is known how they are kept, with their steps."""
    return [
        (step, promise, kept)
        for step in at.scene.document.steps
        for promise in step.binding.promises
        if (kept := kept_of(at.scene, step, promise.promise_id)) is not None
    ]


def _terms(key: str, promises: Sequence[PromiseKept], at: PanelScene) -> tuple[Term, ...]:
    """Return how many fell due, were kept, broken and are open, each leading to its customers."""
    locale = at.scene.locale
    decided = sum(each.decided for each in promises)
    alone = promises[0].kept if len(promises) == 1 else None
    due = Term(
        _("Fell due"),
        promises_words(decided, locale),
        "" if alone is None else people(alone.n, locale),
    )
    return (due, *_counts(key, promises, at))


def _counts(key: str, promises: Sequence[PromiseKept], at: PanelScene) -> tuple[Term, ...]:
    locale = at.scene.locale
    return tuple(
        Term(
            name,
            locale.number(count),
            _whose(number, promises, at),
            at.rows(f"{key}.{number}") if count else "",
        )
        for number, name in (
            ("kept", _("Kept in time")),
            ("broken", _("Broken")),
            ("open", _("Not due yet")),
        )
        for count in [_count(number, promises)]
    )


def _count_panel(
    key: str, number: str, promises: Sequence[PromiseKept], words: str, at: PanelScene
) -> PanelShown | None:
    """Return how many of these promises were kept, were broken or are open; None without promises or such a number."""
    if number not in _COUNTS or not promises:
        return None
    title, meaning = _COUNTS[number]
    return PanelShown(
        key,
        str(title),
        words,
        promises_words(_count(number, promises), at.scene.locale),
        _whose(number, promises, at),
        str(meaning),
        rows_href=at.rows(key),
    )


def _meaning(promise: Promise, locale: Locale) -> str:
    """Return what a promise measures, and by which clock."""
    measured = filled(
        _("Whoever does “%(begins)s” gets “%(kept)s” within %(within)s."),
        begins=rule_in_words(promise.begins),
        kept=rule_in_words(promise.kept_by),
        within=length_in_words(promise.within, locale),
    )
    return f"{measured} {_('The clock runs day and night, not in working time alone.')}"


def _count(number: str, promises: Sequence[PromiseKept]) -> int:
    if number == "kept":
        return sum(each.decided - each.broken for each in promises)
    return sum(each.broken if number == "broken" else each.open for each in promises)


def _whose(number: str, promises: Sequence[PromiseKept], at: PanelScene) -> str:
    """Return to how many customers one promise was broken; of other counts the customers are not counted."""
    if number != "broken" or len(promises) != 1:
        return ""
    return people(promises[0].broken_customers, at.scene.locale)
