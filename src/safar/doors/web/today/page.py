"""The page Today: the answers of the library as facts in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.answers import Kept
from safar.doors.web.design.fact import Fact
from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.show.numbers import NO_BREAK
from safar.store.registry import Workspace
from safar.vocabulary.money import Money

from .facts import Scene, counting_fact, estimating_fact
from .first_steps import FirstSteps, first_steps
from .listen_links import Links, ListenAddresses
from .measures import Counted, Estimated, answers_phrase, scores_wording, shares_wording
from .options import Option, at_end, groupings, options, other_end
from .painful_steps import PainfulSteps
from .queries import FRESH, TodayAnswers, WeekAnswers
from .ratios import customers_ratio, orders_ratio
from .week import WeekPanel, week_panel

#: How many further currencies stand on the card of revenue itself; the table has them all.
_OTHERS_SHOWN: Final = 3
#: The card of how many answer.
_RESPONSE: Final = "response"


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under one heading."""

    key: str
    heading: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TodayPage:
    """What the template of Today is given.

    Attributes
    ----------
    workspace
        Whose numbers.
    period, compared_with
        The chosen window and the one before, in the reader's words.
    options, groupings
        What else to choose.
    groups
        The facts; empty when the workspace has no events yet.
    week
        What changed this week; None when the workspace has no events yet.
    can_export, query
        Whether the reader may take tables away, and what he looks at, as a query.
    updated
        Until when the log reaches, in the reader's words.
    as_of
        The time of day of the numbers where they are not the newest; else empty.
    data_until
        The same where that is more than a day ago; else empty.
    other_end
        Where old data are shown up to today: the same up to where they end; where they are shown up to their end: the
        same up to today. None for fresh data.
    commands
        What brings the first events in.
    """

    workspace: Workspace
    period: str
    compared_with: str
    options: tuple[Option, ...]
    groupings: tuple[Option, ...]
    groups: tuple[FactGroup, ...]
    week: WeekPanel | None
    can_export: bool
    query: str
    updated: str
    as_of: str
    data_until: str
    other_end: Option | None
    commands: FirstSteps


def today_page(
    workspace: Workspace,
    kept: Kept[TodayAnswers],
    week: Kept[WeekAnswers],
    locale: Locale,
    *,
    now: datetime,
    base_url: str,
    listen: ListenAddresses,
    events_address: str,
    can_export: bool,
    is_at_end: bool = False,
) -> TodayPage:
    """Return the page in the reader's words.

    Parameters
    ----------
    listen
        Where answers and comments are read.
    events_address
        Of the desk Events; empty where the reader may not see single customers.
    is_at_end
        Whether the period ends where the data end, not today.
    """
    answers = kept.answer
    chosen, last = answers.chosen, answers.overview.last_event_at
    history = ""
    if last is not None and not chosen.has_data:
        history = filled(_("No comparison: the data end on %(day)s"), day=locale.date(last))
    elif answers.history_starts_at:
        history = filled(
            _("No comparison: the first event is of %(day)s"), day=locale.date(answers.history_starts_at)
        )
    scene = Scene(locale, chosen, history)
    groups: tuple[FactGroup, ...] = ()
    if not answers.is_empty:
        did = (
            _customers(scene, answers),
            _orders(scene, answers),
            _revenue(scene, answers, workspace.currency),
            _conversion(scene, answers),
        )
        said = (
            _nps(scene, answers, listen.of("nps", chosen, locale)),
            _csat(scene, answers, listen.of("csat", chosen, locale)),
            _ces(scene, answers, listen.of("ces", chosen, locale)),
            _response(scene, answers),
        )
        groups = (
            FactGroup("did", _("What customers did"), did),
            FactGroup("said", _("What customers said"), said),
        )
    updated = "" if last is None else locale.datetime(last)
    shown = f"period={chosen.choice.key}&by={chosen.cut.unit}"
    is_old = last is not None and now - last > FRESH
    return TodayPage(
        workspace=workspace,
        period=locale.range(*chosen.days),
        compared_with=locale.range(*chosen.before_days),
        options=options(chosen, locale, is_at_end=is_at_end),
        groupings=groupings(chosen, is_at_end=is_at_end),
        groups=groups,
        week=week_panel(
            week.answer.changes,
            week.answer.week,
            locale,
            events_address=events_address,
            painful=PainfulSteps(workspace),
            has_history=week.answer.has_history,
            has_loss=_has_loss(groups),
            moved=_moved(groups),
        )
        if groups
        else None,
        can_export=can_export,
        query=at_end(shown) if is_at_end else shown,
        updated=updated,
        as_of=""
        if kept.is_current and week.is_current
        else locale.time(min(each.as_of for each in (kept, week) if not each.is_current), seconds=True),
        data_until=updated if is_old else "",
        other_end=other_end(shown, is_at_end=is_at_end) if is_old else None,
        commands=first_steps(workspace.workspace_id, base_url),
    )


def _moved(groups: tuple[FactGroup, ...]) -> tuple[tuple[str, str], ...]:
    """Return the cards whose number moved by more than chance, by name and place on the page."""
    facts = (fact for group in groups for fact in group.facts)
    return tuple(
        (fact.name, f"#fact-{fact.key}") for fact in facts if fact.change is not None and fact.change.tone
    )


def _has_loss(groups: tuple[FactGroup, ...]) -> bool:
    """Return whether customers do or say worse than before; that fewer answer hurts nobody."""
    facts = (fact for group in groups for fact in group.facts if fact.key != _RESPONSE)
    return any(fact.change is not None and fact.change.tone == "worse" for fact in facts)


def _customers(scene: Scene, answers: TodayAnswers) -> Fact:
    overviews, locale = answers.overview.overviews, scene.locale
    new = overviews[0].new_customers
    counted = Counted(
        name=_("Customers"),
        head=_("Customers"),
        values=tuple(each.customers for each in overviews),
        say=locale.number,
        say_change=locale.signed,
        ratio=customers_ratio(answers),
        sure=filled(
            ngettext("%(count)s of them new", "%(count)s of them new", new), count=locale.number(new)
        ),
    )
    return counting_fact("customers", scene, counted, provenance=answers.overview.provenance)


def _orders(scene: Scene, answers: TodayAnswers) -> Fact:
    overviews, locale = answers.overview.overviews, scene.locale
    orderers = overviews[0].orderers
    counted = Counted(
        name=_("Orders"),
        head=_("Orders"),
        values=tuple(each.orders for each in overviews),
        say=locale.number,
        say_change=locale.signed,
        ratio=orders_ratio(answers),
        sure=filled(
            ngettext("by %(count)s customer", "by %(count)s customers", orderers),
            count=locale.number(orderers),
        ),
    )
    return counting_fact("orders", scene, counted, provenance=answers.overview.provenance)


def _revenue(scene: Scene, answers: TodayAnswers, own_currency: str) -> Fact:
    locale, found = scene.locale, answers.revenue.by_currency
    if not any(one.ordered.minor or one.refunded.minor for each in found for one in each.revenues):
        found = ()  # where nothing was sold, none of its currencies is the shop's more than its own
    currency = found[0].currency if found else own_currency
    revenues = found[0].revenues if found else ()
    values = tuple(each.net.minor for each in revenues) or (0,) * len(answers.overview.overviews)

    def say(minor: int) -> str:
        return locale.money(Money(minor, currency))

    def say_short(minor: int) -> str:
        return locale.money(Money(minor, currency), compact=True)

    def say_change(minor: int) -> str:
        return locale.money(Money(minor, currency), compact=True, signed=True)

    sure = ""
    if revenues and revenues[0].refunded.minor:
        sure = filled(
            _("%(ordered)s ordered, %(refunded)s paid back"),
            ordered=locale.money(revenues[0].ordered, compact=True),
            refunded=locale.money(revenues[0].refunded, compact=True),
        )
    elif revenues:
        sure = _("nothing paid back")
    others = len(found) - 1
    beside = ""
    if others > 0:
        words = ngettext(
            "and %(count)s other currency, shown apart:",
            "and %(count)s other currencies, shown apart:",
            others,
        )
        shown = [
            filled(
                "%(amount)s", amount=locale.money(each.revenues[0].net, compact=True).replace(" ", NO_BREAK)
            )
            for each in found[1 : 1 + _OTHERS_SHOWN]
        ]
        rest = others - _OTHERS_SHOWN
        if rest > 0:
            in_table = ngettext("%(count)s more in the table", "%(count)s more in the table", rest)
            shown.append(filled(in_table, count=locale.number(rest)))
        amounts = " · ".join(shown)
        beside = f"{filled(words, count=locale.number(others))} {amounts}"
    counted = Counted(
        name=_("Revenue"),
        head=_("Revenue"),
        values=values,
        say=say,
        say_short=say_short,
        say_axis=lambda minor: locale.amount(Money(minor, currency)),
        say_change=say_change,
        sure=sure,
        beside=beside,
        more_head=(_("Currency"), _("Orders"), _("Ordered"), _("Paid back")),
        more_rows=tuple(
            (
                locale.currency_name(each.currency),
                locale.number(each.revenues[0].orders),
                locale.amount(each.revenues[0].ordered),
                locale.amount(each.revenues[0].refunded),
            )
            for each in (found if others > 0 else ())
        ),
    )
    return counting_fact(
        "revenue", scene, counted, provenance=answers.revenue.provenance, notes=answers.revenue.notes
    )


def _conversion(scene: Scene, answers: TodayAnswers) -> Fact:
    locale = scene.locale

    def visitors(n: int) -> str:
        return filled(ngettext("of %(count)s visitor", "of %(count)s visitors", n), count=locale.number(n))

    estimated = Estimated(
        name=_("Conversion"),
        estimates=tuple(each.conversion for each in answers.overview.overviews),
        answers=visitors,
        head_of_count=_("Visitors"),
        nothing=_("Nobody visited in this period"),
        head=_("Conversion"),
        limits=(0.0, None),
        wording=shares_wording(locale),
    )
    return estimating_fact(
        "conversion", scene, estimated, provenance=answers.overview.provenance, notes=answers.overview.notes
    )


def _response(scene: Scene, answers: TodayAnswers) -> Fact:
    locale = scene.locale

    def invitations(n: int) -> str:
        return filled(
            ngettext("of %(count)s invitation", "of %(count)s invitations", n), count=locale.number(n)
        )

    estimated = Estimated(
        name=_("Response rate"),
        estimates=tuple(each.estimate for each in answers.response.responses),
        answers=invitations,
        head_of_count=_("Invitations"),
        nothing=locale.shape(_("All invitations of this period are younger than 7 days"))
        if answers.response.responses[0].young
        else _("Nobody was asked in this period"),
        head=_("Response rate"),
        limits=(0.0, None),
        wording=shares_wording(locale),
    )
    return estimating_fact(
        _RESPONSE, scene, estimated, provenance=answers.response.provenance, notes=answers.response.notes
    )


def _nps(scene: Scene, answers: TodayAnswers, links: Links) -> Fact:
    locale, scores = scene.locale, answers.nps.scores
    now = scores[0]
    beside = ""
    if now is not None:
        beside = filled(
            _("%(promoters)s promoters, %(detractors)s detractors"),
            promoters=locale.percent(now.promoters / now.estimate.n),
            detractors=locale.percent(now.detractors / now.estimate.n),
        )
    estimated = Estimated(
        name=_("Recommendation (NPS)"),
        estimates=tuple(None if each is None else each.estimate for each in scores),
        wording=scores_wording(locale, decimals=1, decimals_of_value=0),
        answers=answers_phrase(locale),
        head_of_count=_("Answers"),
        beside=beside,
        nothing=_("Nobody answered in this period"),
        head="NPS",
        limits=(-100.0, 100.0),
    )
    return estimating_fact(
        "nps", scene, estimated, provenance=answers.nps.provenance, notes=answers.nps.notes, links=links
    )


def _csat(scene: Scene, answers: TodayAnswers, links: Links) -> Fact:
    locale, scores = scene.locale, answers.csat.scores
    now = scores[0]
    beside = ""
    if now is not None and now.mean is not None:
        beside = filled(_("mean %(mean)s of 5"), mean=locale.number(now.mean.value, decimals=2))
    estimated = Estimated(
        name=_("Satisfaction (CSAT)"),
        estimates=tuple(None if each is None else each.estimate for each in scores),
        answers=answers_phrase(locale),
        head_of_count=_("Answers"),
        beside=locale.shape(beside),
        nothing=_("Nobody answered in this period"),
        head="CSAT",
        limits=(0.0, 1.0),
        wording=shares_wording(locale),
    )
    return estimating_fact(
        "csat", scene, estimated, provenance=answers.csat.provenance, notes=answers.csat.notes, links=links
    )


def _ces(scene: Scene, answers: TodayAnswers, links: Links) -> Fact:
    locale, scores = scene.locale, answers.ces.scores
    now = scores[0]
    beside = ""
    if now is not None:
        beside = filled(_("%(share)s agreed"), share=locale.percent(now.share.value))
    estimated = Estimated(
        name=_("Ease (CES)"),
        estimates=tuple(None if each is None else each.mean for each in scores),
        wording=scores_wording(locale, decimals=2, decimals_of_value=2),
        answers=answers_phrase(locale),
        head_of_count=_("Answers"),
        unit=locale.shape(_("of 7")),
        beside=beside,
        nothing=_("Nobody answered in this period")
        if now is None
        else _("Only one answer in this period: no interval"),
        head="CES",
        limits=(1.0, 7.0),
    )
    return estimating_fact(
        "ces", scene, estimated, provenance=answers.ces.provenance, notes=answers.ces.notes, links=links
    )
