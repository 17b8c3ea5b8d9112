"""A tab of the page Web: what people search for, whether they find it, and what they do then."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.observe.searches import SearchesAnswer, Term
from safar.show.journeys.web import SearchesWords, found_nothing, searches_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .pages_page import WEB
from .web_forms import SearchesForm
from .words import interval_in_words, share_with_interval

_LONGEST: Final = 60
#: Searches below which a term is no finding.
_FEWEST: Final = 20
#: Places of columns of the table.
_ZERO, _REFINED = 3, 5


def shown_searches(asked: Asked) -> Shown:
    """Return searches in the reader's words."""
    answer: SearchesAnswer = asked.answer
    if not answer.total.searches:
        return Shown(
            empty=EmptyState(
                _("Nobody searched here"),
                _("No search fits this question. Searches are events called search_performed, with a query."),
            )
        )
    form = asked.form
    assert isinstance(form, SearchesForm)
    ranked = list(enumerate(answer.terms))
    in_vain = sorted(
        ((place, term) for place, term in ranked if found_nothing(term)),
        key=lambda each: -found_nothing(each[1]),
    )
    tables = [_table(asked, ranked[: form.length], _("Searches, the most frequent first"), "q")]
    if in_vain:
        caption = _("Searches in vain, the most frequent first")
        tables.insert(0, _table(asked, in_vain[: form.length], caption, "z"))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_drawing(asked),),
        tables=tuple(tables),
    )


def _term(term: Term) -> str:
    return cut(visible(term.term), _LONGEST) if term.term else pgettext("search", "without words")


def _figures(asked: Asked) -> tuple[Figure, ...]:
    total, locale = asked.answer.total, asked.locale
    return (
        Figure(
            pgettext("web", "Searches"),
            locale.number(total.searches),
            filled(
                ngettext("by %(count)s customer", "by %(count)s customers", total.searchers),
                count=locale.number(total.searchers),
            ),
            asked.behind({"number": "searches"}),
        ),
        _figure(asked, _("Found nothing"), total.zero_result_rate, "zero_results"),
        _figure(asked, _("Searched in other words"), total.refinement_rate, "refined"),
        _figure(asked, _("Looked at a result"), total.click_rate, "clicked"),
        Figure(_("Different searches"), locale.number(asked.answer.different)),
    )


def _figure(asked: Asked, name: str, rate: Estimate | None, number: str) -> Figure:
    locale = asked.locale
    if rate is None:
        return Figure(name, locale.percent(None), _("searches do not say"))
    sure = filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(rate.interval.level),
        interval=interval_in_words(rate, locale),
    )
    return Figure(name, locale.percent(rate.value, decimals=1), sure, asked.behind({"number": number}))


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return what most search in vain, and which words are most often put otherwise."""
    terms, locale = asked.answer.terms, asked.locale
    found = []
    in_vain = max(enumerate(terms), key=lambda each: found_nothing(each[1]), default=None)
    if in_vain is not None and found_nothing(in_vain[1]):
        place, term = in_vain
        sentence = filled(
            _("“%(term)s” is most often searched for in vain: %(count)s of %(all)s searches found nothing."),
            term=_term(term),
            count=locale.number(found_nothing(term)),
            all=locale.number(term.known),
        )
        found.append(Finding(sentence, f"z{place}", _ZERO))
    total = asked.answer.total.refinement_rate
    form = asked.form
    assert isinstance(form, SearchesForm)
    clear = [
        (place, term)
        for place, term in enumerate(terms[: form.length])
        if term.refinement_rate is not None
        and term.searches >= _FEWEST
        and term.refinement_rate.interval.low > total.interval.high
    ]
    if clear:
        place, term = max(clear, key=lambda each: each[1].refinement_rate.value)
        sentence = filled(
            _("After “%(term)s”, %(share)s search in other words; after all searches %(all)s do."),
            term=_term(term),
            share=share_with_interval(term.refinement_rate, locale),
            all=locale.percent(total.value, decimals=1),
        )
        found.append(Finding(sentence, f"q{place}", _REFINED))
    return tuple(found)


def _drawing(asked: Asked) -> Drawing:
    locale, answer = asked.locale, asked.answer
    is_in_vain = any(found_nothing(term) for term in answer.terms)
    name = (
        _("What is most often searched for in vain") if is_in_vain else _("What is most often searched for")
    )
    words = SearchesWords(
        title=_("The searches, one bar each; the table below has the same numbers."),
        term=lambda text: cut(visible(text), _LONGEST) if text else pgettext("search", "without words"),
        of=lambda count, known: filled(
            _("%(count)s of %(all)s"), count=locale.number(count), all=locale.number(known)
        ),
    )

    def drawn(width: float, drawing_id: str) -> str:
        return searches_drawing(
            answer,
            locale,
            words,
            href=lambda term: (
                asked.behind({"label": term.term, "number": "zero_results" if is_in_vain else "searches"})
                or None
            ),
            width=width,
            drawing_id=drawing_id,
        )

    said = _("How many searches found nothing, of those that say how much they found.") if is_in_vain else ""
    return Drawing.in_both_widths(
        "searches",
        name,
        drawn,
        said=said,
    )


def _table(asked: Asked, terms: list[tuple[int, Term]], caption: str, key: str) -> Table:
    locale = asked.locale

    def rate(term: Term, estimate: Estimate | None, number: str) -> Cell:
        if estimate is None:
            return Cell(locale.number(None), value="")
        href = asked.behind({"label": term.term, "number": number}) if estimate.value else ""
        return Cell(share_with_interval(estimate, locale, decimals=0), href, value=estimate.value)

    rows = [
        Row(
            (
                Cell(_term(term)),
                Cell(
                    locale.number(term.searches),
                    asked.behind({"label": term.term, "number": "searches"}),
                    value=term.searches,
                ),
                Cell(locale.number(term.searchers), value=term.searchers),
                rate(term, term.zero_result_rate, "zero_results"),
                rate(term, term.click_rate, "clicked"),
                rate(term, term.refinement_rate, "refined"),
                rate(term, term.repeat_rate, "repeated"),
                rate(term, term.exit_rate, "exited"),
                rate(term, term.elsewhere_rate, "elsewhere"),
            ),
            f"{key}{place}",
        )
        for place, term in terms
    ]
    return Table(
        caption=caption,
        columns=(
            Column("term", _("Searched for")),
            Column("searches", pgettext("web", "Searches"), "number"),
            Column("searchers", _("Customers"), "number"),
            Column("zero", _("Found nothing"), "number"),
            Column("click", _("Looked at a result"), "number"),
            Column("refined", _("Searched in other words"), "number"),
            Column("repeated", _("Searched the same again"), "number"),
            Column("exit", _("Left"), "number"),
            Column("elsewhere", _("Went on without a result"), "number"),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    label = str(cell.get("label") or "")
    numbers = {
        "searches": (_("Customers who searched"), _("Customers who searched for “%(term)s”")),
        "zero_results": (
            _("Customers who found nothing"),
            _("Customers who searched for “%(term)s” and found nothing"),
        ),
        "clicked": (
            _("Customers who looked at a result"),
            _("Customers who searched for “%(term)s” and looked at a result"),
        ),
        "refined": (
            _("Customers who searched in other words"),
            _("Customers who searched for “%(term)s” and then in other words"),
        ),
        "repeated": (
            _("Customers who searched the same again"),
            _("Customers who searched for “%(term)s” again"),
        ),
        "exited": (
            _("Customers who left after a search"),
            _("Customers who left after searching for “%(term)s”"),
        ),
        "elsewhere": (
            _("Customers who went on without a result"),
            _("Customers who went on without a result for “%(term)s”"),
        ),
    }
    bare, named = numbers.get(str(cell.get("number", "searches")), numbers["searches"])
    return filled(named, term=cut(visible(label), _LONGEST)) if label else bare


SEARCHES: Final = KindPage(
    key="searches",
    name=pgettext_lazy("kind of question", "Searches"),
    group=WEB,
    lead=gettext_lazy("What do people search for, and do they find it?"),
    form=SearchesForm,
    shown=shown_searches,
    meaning=gettext_lazy(
        "Spellings that mean the same are one search. What came next in the same visit is one of five: a result was"
        " looked at, other words were searched for, the same words again, nothing more came, or something else did."
    ),
    method=gettext_lazy(
        "Searches that do not say how much they found are left out of the share that found nothing. Shares have"
        " Wilson's 95% interval; searches of one customer depend on one another, so that it is somewhat too narrow."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric.of(answer.total.zero_result_rate),
    metric_name=gettext_lazy("Found nothing"),
)
