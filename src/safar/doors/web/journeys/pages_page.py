"""Two tabs of the page Web: which pages are viewed, and where visits come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.observe.web_pages import Page, PagesAnswer, PagesBy
from safar.show.journeys.web import PagesWords, pages_drawing
from safar.show.locale import Locale

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .web_forms import PagesForm, SourcesForm
from .words import interval_in_words, share_with_interval

WEB: Final = pgettext_lazy("kind of question", "Web")

_LONGEST: Final = 80
#: Sessions that a page began, below which its bounces are no finding.
_FEWEST: Final = 30
_BOUNCE: Final = 5


def shown_pages(asked: Asked) -> Shown:
    """Return pages in the reader's words."""
    return _shown(asked, "views", _page_findings)


def shown_sources(asked: Asked) -> Shown:
    """Return where visits come from in the reader's words."""
    return _shown(asked, "entries", _source_findings)


def _shown(asked: Asked, number: str, findings: Callable[[Asked], list[Finding]]) -> Shown:
    answer: PagesAnswer = asked.answer
    if not answer.total.views:
        return Shown(
            empty=EmptyState(
                _("Nobody viewed a page here"),
                _(
                    "No view of a page fits this question. Ask about a longer period, or with fewer conditions."
                ),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=tuple(findings(asked)),
        drawings=(_drawing(asked, number),),
        tables=(_table(asked, number),),
    )


def _label(asked: Asked, label: str) -> str:
    by = asked.question.by
    if not label:
        if by in {PagesBy.PAGE, PagesBy.TITLE}:
            return pgettext("page", "without an address or a title")
        return pgettext("source", "Directly, or not said")
    if by is PagesBy.CHANNEL:
        return channel_in_words(label)
    return cut(visible(label), _LONGEST)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    total, locale = asked.answer.total, asked.locale
    sure = ""
    if total.bounce_rate is not None:
        sure = filled(
            _("%(level)s interval: %(interval)s"),
            level=locale.percent(total.bounce_rate.interval.level),
            interval=interval_in_words(total.bounce_rate, locale),
        )
    return (
        Figure(
            pgettext("web", "Views"),
            locale.number(total.views),
            filled(
                ngettext("by %(count)s customer", "by %(count)s customers", total.visitors),
                count=locale.number(total.visitors),
            ),
            asked.behind({"number": "views"}),
        ),
        Figure(pgettext("web", "Visits"), locale.number(total.sessions)),
        Figure(pgettext("web", "Views of a visit"), locale.number(total.views_per_session, decimals=2)),
        Figure(
            _("Left at once"),
            locale.percent(total.bounce_rate.value if total.bounce_rate else None, decimals=1),
            sure,
            asked.behind({"number": "bounces"}) if total.bounce_rate else "",
        ),
        Figure(
            _("Time on a page"),
            locale.duration(total.mean_time),
            _("in the mean, where it is known") if total.mean_time is not None else "",
        ),
    )


def _page_findings(asked: Asked) -> list[Finding]:
    """Return the page most visits begin with and the one they end with, and where most leave at once."""
    pages, locale, total = asked.answer.pages, asked.locale, asked.answer.total
    found = []
    for number, words in (
        ("entries", _("Most visits begin with “%(page)s”: %(share)s of them.")),
        ("exits", _("Most visits end with “%(page)s”: %(share)s of them.")),
    ):
        place = max(range(len(pages)), key=lambda each, number=number: getattr(pages[each], number))  # type: ignore[misc]
        sentence = filled(
            words,
            page=_label(asked, pages[place].label),
            share=locale.percent(getattr(pages[place], number) / total.sessions),
        )
        found.append(Finding(sentence, f"g{place}", 4 if number == "entries" else 6))
    return [*found, *_bouncing(asked)]


def _source_findings(asked: Asked) -> list[Finding]:
    """Return where most visits come from, and from where most leave at once."""
    pages, locale, total = asked.answer.pages, asked.locale, asked.answer.total
    place = max(range(len(pages)), key=lambda each: pages[each].entries)
    sentence = filled(
        _("Most visits come from “%(source)s”: %(share)s of them."),
        source=_label(asked, pages[place].label),
        share=locale.percent(pages[place].entries / total.sessions),
    )
    return [Finding(sentence, f"g{place}", 1), *_bouncing(asked)]


def _bouncing(asked: Asked) -> list[Finding]:
    """Return the label of which clearly more leave at once than of all visits, the one that loses most."""
    total, locale = asked.answer.total.bounce_rate, asked.locale
    if total is None:
        return []
    found = [
        (page.entries * (page.bounce_rate.value - total.value), place, page)
        for place, page in enumerate(asked.answer.pages)
        if page.bounce_rate is not None
        and page.entries >= _FEWEST
        and page.bounce_rate.interval.low > total.interval.high
    ]
    if not found:
        return []
    _more, place, page = max(found, key=lambda each: each[0])
    sentence = filled(
        _("Of visits that begin with “%(page)s”, %(share)s leave at once; of all visits %(all)s."),
        page=_label(asked, page.label),
        share=share_with_interval(page.bounce_rate, locale),
        all=locale.percent(total.value, decimals=1),
    )
    return [Finding(sentence, f"g{place}", _BOUNCE)]


def _drawing(asked: Asked, number: str) -> Drawing:
    locale, answer = asked.locale, asked.answer
    is_pages = number == "views"
    words = PagesWords(
        title=_("The most viewed pages; the table below has the same numbers.")
        if is_pages
        else _("Where most visits come from; the table below has the same numbers."),
        label=lambda label: _label(asked, label),
        visitors=lambda count: filled(
            ngettext("%(count)s customer", "%(count)s customers", count), count=locale.number(count)
        ),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return pages_drawing(
            answer,
            locale,
            words,
            number=number,
            href=lambda page: asked.behind({"label": page.label, "number": number}) or None,
            width=width,
            drawing_id=drawing_id,
        )

    left_out = answer.different - len(answer.pages)
    said = (
        filled(
            ngettext(
                "%(count)s further one has fewer views and is not listed.",
                "%(count)s further ones have fewer views and are not listed.",
                left_out,
            ),
            count=locale.number(left_out),
        )
        if left_out > 0
        else ""
    )
    return Drawing.in_both_widths(
        "pages",
        _("The most viewed pages") if is_pages else _("Visits by where they come from"),
        drawn,
        said=said,
    )


def _table(asked: Asked, number: str) -> Table:
    locale, is_pages = asked.locale, number == "views"

    def counted(page: Page, name: str, behind: str = "") -> Cell:
        count = getattr(page, name)
        href = asked.behind({"label": page.label, "number": behind}) if behind and count else ""
        return Cell(locale.number(count), href, value=count)

    ranked = sorted(enumerate(asked.answer.pages), key=lambda each: -getattr(each[1], number))
    rows = []
    for place, page in ranked:
        views = (counted(page, "views", "views"), counted(page, "visitors"), counted(page, "sessions"))
        begun = (
            counted(page, "entries", "entries"),
            Cell(share_with_interval(page.bounce_rate, locale), value=_value(page.bounce_rate)),
        )
        ended = (
            counted(page, "exits", "exits"),
            Cell(share_with_interval(page.exit_rate, locale), value=_value(page.exit_rate)),
        )
        each_visit = Cell(
            locale.number(page.views_per_session, decimals=2),
            value="" if page.views_per_session is None else page.views_per_session,
        )
        time = Cell(
            locale.duration(page.mean_time),
            value="" if page.mean_time is None else page.mean_time.total_seconds(),
        )
        name = Cell(_label(asked, page.label))
        cells = (
            (name, *views, *begun, *ended, time)
            if is_pages
            else (name, begun[0], views[1], views[0], each_visit, begun[1], time)
        )
        rows.append(Row(cells, f"g{place}"))
    visitors = Column("visitors", _("Customers"), "number")
    views_column = Column("views", pgettext("web", "Views"), "number")
    bounces = Column("bounces", _("Left at once"), "number")
    time_column = Column("time", _("Time on a page"), "number")
    if is_pages:
        columns: tuple[Column, ...] = (
            Column("page", pgettext("web", "Page")),
            views_column,
            visitors,
            Column("sessions", pgettext("web", "Visits"), "number"),
            Column("entries", _("Visits begun here"), "number"),
            bounces,
            Column("exits", _("Visits ended here"), "number"),
            Column("exit_rate", _("Share of views that ended a visit"), "number"),
            time_column,
        )
    else:
        columns = (
            Column("source", pgettext("web", "Source")),
            Column("entries", pgettext("web", "Visits"), "number"),
            visitors,
            views_column,
            Column("per_visit", pgettext("web", "Views of a visit"), "number"),
            bounces,
            time_column,
        )
    return Table(
        caption=_("Pages, the most viewed first") if is_pages else _("Sources, those of most visits first"),
        columns=columns,
        rows=tuple(rows),
    )


def _value(estimate: object) -> float | str:
    return getattr(estimate, "value", "")


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    label = str(cell.get("label") or "")
    numbers = {
        "views": (_("Customers who viewed a page"), _("Customers behind the views of “%(label)s”")),
        "entries": (_("Customers who came"), _("Customers whose visits begin with “%(label)s”")),
        "exits": (_("Customers who left"), _("Customers whose visits end with “%(label)s”")),
        "bounces": (_("Customers who left at once"), _("Customers who left “%(label)s” at once")),
    }
    bare, named = numbers.get(str(cell.get("number", "views")), numbers["views"])
    return filled(named, label=cut(visible(label), _LONGEST)) if label else bare


_METHOD: Final = gettext_lazy(
    "A visit ends after a pause in what the customer does; what the company sends is left out. A visit of a single view"
    " in which nothing comes for ten seconds left at once. Time on a page is known where something follows in the same"
    " visit. Shares have Wilson's 95% interval; visits of one customer depend on one another, so that it is somewhat"
    " too narrow."
)

PAGES: Final = KindPage(
    key="pages",
    name=pgettext_lazy("kind of question", "Pages"),
    group=WEB,
    lead=gettext_lazy("Which pages are viewed, and with which do visits begin and end?"),
    form=PagesForm,
    shown=shown_pages,
    meaning=gettext_lazy(
        "Each view of a page or a screen counts. Addresses are the same page without what follows a question mark."
    ),
    method=_METHOD,
    cell_words=_cell_in_words,
    metric=lambda answer: Metric.of(answer.total.bounce_rate),
    metric_name=gettext_lazy("Left at once"),
)

SOURCES: Final = KindPage(
    key="sources",
    name=pgettext_lazy("kind of question", "Sources"),
    group=WEB,
    lead=gettext_lazy("Where do visits come from, and do they stay?"),
    form=SourcesForm,
    shown=shown_sources,
    meaning=gettext_lazy(
        "A visit comes from where its first view says it came: the site that led here, or the campaign of its address."
    ),
    method=_METHOD,
    cell_words=_cell_in_words,
    metric=lambda answer: Metric.of(answer.total.bounce_rate),
    metric_name=gettext_lazy("Left at once"),
)
