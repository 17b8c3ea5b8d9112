"""What goes with leaving sooner or later, on the page How long they stay."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.customers.traits import trait_in_words
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.journeys.kind import Asked
from safar.doors.web.journeys.words import number_with_interval
from safar.measure.lifetime_factors import OTHERS, Factor
from safar.measure.lifetimes import LifetimesAnswer
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

_MOST_FACTORS: Final = 20
#: Place of the risk among the columns of the table of factors.
RISK_PLACE: Final = 2


def factor_sentence(asked: Asked, factor: Factor) -> str:
    """Return what goes with leaving, and by how much."""
    locale, ratio = asked.locale, factor.hazard_ratio.value
    words = (
        _("“%(what)s” goes with leaving sooner: %(ratio)s times the risk, everything else alike.")
        if ratio > 1
        else _("“%(what)s” goes with staying longer: %(ratio)s times the risk, everything else alike.")
    )
    return filled(words, what=_what(asked, factor), ratio=_ratio(ratio, locale))


def _ratio(value: float, locale: Locale) -> str:
    return locale.number(value, decimals=2)


def _value(text: str) -> str:
    if not text:
        return pgettext("value of a property", "Not told")
    return _("Others") if text == OTHERS else _readable(text)


def _readable(text: str) -> str:
    """Return a name or a value of a property as it is said: ``on_delivery`` is written for machines."""
    return visible(cut(text)).replace("_", " ")


def _what(asked: Asked, factor: Factor) -> str:
    """Return what a factor is of: a value of a property, or so much more of a number."""
    called, _value_said = trait_in_words(factor.name, "", asked.locale)
    name = _("Channel") if factor.name == "@channel" else _readable(called)
    if not factor.beside and not factor.value:
        decimals = 0 if factor.step >= 1 else 3
        return filled(
            _("%(name)s: %(step)s more"), name=name, step=asked.locale.number(factor.step, decimals=decimals)
        )
    value = channel_in_words(factor.value) if factor.name == "@channel" and factor.value else ""
    return filled(_("%(name)s: %(value)s"), name=name, value=value or _value(factor.value))


def factors_table(asked: Asked) -> tuple[Table, ...]:
    """Return the table of what may matter; none where nothing could be told."""
    answer: LifetimesAnswer = asked.answer
    if answer.factors is None or not answer.factors.factors:
        return ()
    locale = asked.locale
    has_time = any(each.time_ratio is not None for each in answer.factors.factors)

    def ratio(found: Estimate | None) -> Cell:
        if found is None:
            return Cell(locale.number(None))
        low, high = (_ratio(each, locale) for each in (found.interval.low, found.interval.high))
        return Cell(
            number_with_interval(
                _ratio(found.value, locale), filled(_("%(low)s to %(high)s"), low=low, high=high), locale
            ),
            value=found.value,
        )

    def sure(factor: Factor) -> str:
        if factor.is_clear and factor.changes_with_time:
            return _("more than chance; another early than late")
        return _("more than chance") if factor.is_clear else _("may be chance")

    return (
        Table(
            caption=_("What goes with leaving sooner or later, everything else alike"),
            columns=(
                Column("what", pgettext("survival", "What")),
                Column("beside", _("Compared with")),
                Column("risk", _("Times the risk of leaving"), "number"),
                *((Column("time", _("Times the time they stay"), "number"),) if has_time else ()),
                Column("sure", _("How sure")),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(_what(asked, each)),
                        Cell(_value(each.beside) if each.beside or each.value else _("so much less")),
                        ratio(each.hazard_ratio),
                        *((ratio(each.time_ratio),) if has_time else ()),
                        Cell(sure(each)),
                    ),
                    f"f{place}",
                )
                for place, each in enumerate(answer.factors.factors[:_MOST_FACTORS])
            ),
        ),
    )
