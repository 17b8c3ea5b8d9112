"""How well labels are, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.vocabulary.interval import Estimate

from .learning import Judged
from .page import Pages
from .rereading import SecondReading
from .words import LANGUAGES, SENTIMENTS, kind_in_words


@dataclass(frozen=True, slots=True)
class JudgedCard:
    """One kind of label: how well the machine does, how well what was learned does, and what is used.

    Attributes
    ----------
    name
        Which label.
    by_rule, learned
        Shares with their intervals and counts, as sentences; empty where nothing is known.
    used
        What labels comments now, as a sentence.
    missing
        What is still needed, as sentences.
    by_language, confusion
        Tables; the latter one for each language.
    """

    name: str
    by_rule: str
    learned: str
    used: str
    missing: tuple[str, ...]
    by_language: Table | None
    confusion: tuple[tuple[str, Table], ...]


@dataclass(frozen=True, slots=True)
class SecondCard:
    """The second reading by the larger model: whether it is on, how far it is, and how to get it.

    Attributes
    ----------
    is_on
        Whether the workspace chose it.
    is_installed
        Whether it can be chosen here.
    state
        How far it is, as a sentence; empty while it is off.
    percent
        Of the comments that it has read; None while it is off.
    href
        Where it is switched; empty for who may not.
    """

    is_on: bool
    is_installed: bool
    state: str
    percent: int | None
    href: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    """What the page of the quality of labels is given."""

    tabs: tuple[Tab, ...]
    cards: tuple[JudgedCard, ...]
    learns: bool
    can_change: bool
    learning_href: str
    check_href: str
    topics_href: str
    empty: EmptyState | None
    second: SecondCard


def quality_page(
    pages: Pages,
    judged: Sequence[Judged],
    topic_names: Mapping[str, str],
    *,
    learns: bool,
    second: SecondReading,
) -> QualityPage:
    """Return the page of how well labels are."""
    can_label = Capability.LABEL_COMMENTS in pages.capabilities
    return QualityPage(
        tabs=tabs(pages.workspace, "topics"),
        cards=tuple(_card(pages, each, topic_names, learns=learns) for each in judged if each.n),
        learns=learns,
        can_change=Capability.CHANGE_RULES in pages.capabilities,
        learning_href=pages.address("label-learning"),
        check_href=pages.address("label-check") if can_label and second.comments else "",
        topics_href=pages.address("topics"),
        empty=None
        if any(each.n for each in judged)
        else EmptyState(
            _("Nobody has judged a label yet"),
            _(
                "Open comments, confirm or correct their labels: from that it is counted how often they are right."
            ),
        ),
        second=_second(pages, second),
    )


def _second(pages: Pages, second: SecondReading) -> SecondCard:
    state = filled(
        ngettext(
            "%(read)s of %(count)s comment was read a second time.",
            "%(read)s of %(count)s comments were read a second time.",
            second.comments,
        ),
        read=pages.locale.number(second.read),
        count=pages.locale.number(second.comments),
    )
    can_change = Capability.CHANGE_RULES in pages.capabilities and (second.is_on or second.is_installed)
    return SecondCard(
        is_on=second.is_on,
        is_installed=second.is_installed,
        state=state if second.is_on else "",
        percent=100 * second.read // max(second.comments, 1) if second.is_on else None,
        href=pages.address("label-second-reading") if can_change else "",
    )


def _card(pages: Pages, each: Judged, topic_names: Mapping[str, str], *, learns: bool) -> JudgedCard:
    field, _sign, key = each.field.partition(":")
    is_used = each.takes_over and learns
    name = {"sentiment": _("Sentiment"), "kind": _("Kind")}.get(field) or filled(
        _("Topic: %(name)s"), name=topic_names.get(key, key)
    )
    return JudgedCard(
        name=name,
        by_rule=_estimate(pages, each.by_rule),
        learned=_estimate(pages, each.learned),
        used=_("What was learned here labels comments: it is clearly better.")
        if is_used
        else _("What comes with Safar labels comments."),
        missing=tuple(
            filled(
                ngettext(
                    "%(count)s more comment that is “%(label)s” is needed before anything is learned.",
                    "%(count)s more comments that are “%(label)s” are needed before anything is learned.",
                    count,
                ),
                count=pages.locale.number(count),
                label=_label(field, label),
            )
            for label, count in each.missing.items()
        )
        or ((_("Enough was judged: it is learned within some minutes."),) if each.learned is None else ()),
        by_language=_by_language(pages, name, each),
        confusion=tuple(_confusions(pages, name, field, each)),
    )


def _estimate(pages: Pages, estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return filled(
        _("%(share)s right (%(interval)s), n = %(count)s"),
        share=pages.locale.percent(estimate.value),
        interval=pages.locale.percent_interval(estimate.interval.low, estimate.interval.high),
        count=pages.locale.number(estimate.n),
    )


def _by_language(pages: Pages, name: str, each: Judged) -> Table | None:
    if not each.by_language:
        return None
    return Table(
        caption=filled(_("How often the label was right, by language: %(name)s"), name=name),
        columns=(Column("language", _("Language")), Column("right", _("Right"), "number")),
        rows=tuple(
            Row((Cell(_language(language)), Cell(_estimate(pages, estimate), value=estimate.value)))
            for language, estimate in each.by_language.items()
        ),
    )


def _confusions(pages: Pages, name: str, field: str, each: Judged) -> list[tuple[str, Table]]:
    """Return for each language which label stood where members said which."""
    found = []
    for language, cells in sorted(each.confusion.items()):
        labels = sorted(
            {label for pair in cells for label in pair}, key=lambda label: _ORDER.get(label, label)
        )
        columns = (
            Column("by_rule", _("The machine said")),
            *(
                Column(label, filled(_("members said “%(label)s”"), label=_label(field, label)), "number")
                for label in labels
            ),
        )
        rows = tuple(
            Row(
                (
                    Cell(_label(field, by_rule)),
                    *(
                        Cell(pages.locale.number(n), value=n)
                        for said in labels
                        for n in [cells.get((by_rule, said), 0)]
                    ),
                )
            )
            for by_rule in labels
        )
        caption = filled(_("Labels in %(language)s"), language=_language(language))
        whole = filled(_("%(caption)s: %(name)s"), caption=caption, name=name)
        found.append((caption, Table(caption=whole, columns=columns, rows=rows)))
    return found


_ORDER = {"-1": "a", "0": "b", "1": "c", "complaint": "a", "request": "b", "praise": "c", "other": "d"}


def _label(field: str, label: str) -> str:
    if field == "sentiment":
        return str(SENTIMENTS.get(int(label), label))
    if field == "kind":
        return kind_in_words(label)
    return _("about it") if label == "yes" else _("not about it")


def _language(language: str) -> str:
    return str(LANGUAGES.get(language, language))
