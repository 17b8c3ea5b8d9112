"""The page Flow: which step follows which."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.flow import Edge, FlowAnswer, FlowQuestion
from safar.show.journeys.flow import FlowCut, FlowWords, cut_flow, flow_drawing
from safar.show.locale import Locale

from .counted_paths import nothing_happened, paths_figure
from .fields import RangeInput, only_these_steps
from .forms import OWN, QuestionForm
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .words import paths_in_words, step_names

USUAL_SHARE: Final = 90
#: Rows of the table on the page; a file has them all.
_MOST_ROWS: Final = 40
#: Places of columns of the table.
_COUNT, _MEDIAN = 2, 5


class FlowForm(QuestionForm):
    """Which steps, and how much of the flow is drawn."""

    share = NumberField(
        label=gettext_lazy("Draw so much of it"),
        required=False,
        least=Decimal(10),
        most=Decimal(100),
        whole=True,
        initial=USUAL_SHARE,
        widget=RangeInput({"min": 10, "max": 100, "step": 5}),
        help_text=gettext_lazy("The most frequent connections that together are this many percent of all."),
    )
    step = only_these_steps()
    usual_events: ClassVar = OWN
    of_showing: ClassVar = ("share",)

    def question(self) -> FlowQuestion:
        """Return the question."""
        scope = self.scope
        return FlowQuestion(self.cleaned_data["step"], scope.window, pause=scope.pause, among=scope.among)


def shown_flow(asked: Asked) -> Shown:
    """Return a flow in the reader's words."""
    answer: FlowAnswer = asked.answer
    if not answer.edges:
        return Shown(empty=nothing_happened())
    locale = asked.locale
    cut = cut_flow(answer, share=(asked.form.cleaned_data["share"] or USUAL_SHARE) / 100)
    names = step_names(answer.steps)
    words = FlowWords(
        title=_("Which step follows which: the table below has the same numbers."),
        start=pgettext("flow", "Start"),
        end=pgettext("flow", "End"),
        step=lambda step: names[step],
    )

    def drawn(orientation: str, drawing_id: str) -> str:
        return flow_drawing(
            answer,
            cut,
            locale,
            words,
            href=lambda edge: asked.behind(_cell(edge)) or None,
            orientation="down" if orientation == "down" else "across",
            drawing_id=drawing_id,
        )

    drawing = Drawing(
        key="flow",
        name=_("Flow of steps"),
        svg=drawn("across", "flow"),
        narrow=drawn("down", "flow-narrow"),
        said=_hidden(cut, asked),
    )
    return Shown(
        figures=_figures(answer, cut, asked),
        findings=_findings(answer, asked),
        drawings=(drawing,),
        tables=(_table(answer, asked),),
    )


def _cell(edge: Edge) -> dict[str, str | int | None]:
    return {"source": edge.source, "target": edge.target}


def _key(edge: Edge, answer: FlowAnswer) -> str:
    """Return the key of an edge's row: its place among the most frequent."""
    return f"e{answer.edges.index(edge)}"


def _figures(answer: FlowAnswer, cut: FlowCut, asked: Asked) -> tuple[Figure, ...]:
    locale = asked.locale
    return (
        paths_figure(asked),
        Figure(_("Steps taken"), locale.number(answer.events)),
        Figure(
            _("Different steps"),
            locale.number(
                len({each for edge in answer.edges for each in (edge.source, edge.target) if each})
            ),
        ),
        Figure(
            _("Connections"),
            locale.number(len(answer.edges)),
            filled(_("%(count)s drawn"), count=locale.number(len(cut.edges))),
        ),
    )


def _hidden(cut: FlowCut, asked: Asked) -> str:
    """Return what the drawing leaves out."""
    locale = asked.locale
    shown = filled(
        _("Drawn: %(share)s of everything that followed something."),
        share=locale.percent(cut.share, decimals=0 if cut.share < 0.995 or not cut.hidden_edges else 1),
    )
    if not cut.hidden_edges:
        return f"{shown} {_('Nothing is hidden.')}"
    hidden = filled(
        ngettext(
            "%(count)s rarer connection is hidden.",
            "%(count)s rarer connections are hidden.",
            cut.hidden_edges,
        ),
        count=locale.number(cut.hidden_edges),
    )
    if not cut.hidden_steps:
        return f"{shown} {hidden}"
    steps = filled(
        ngettext(
            "%(count)s step has none that is drawn.",
            "%(count)s steps have none that is drawn.",
            cut.hidden_steps,
        ),
        count=locale.number(cut.hidden_steps),
    )
    return f"{shown} {hidden} {steps}"


def _findings(answer: FlowAnswer, asked: Asked) -> tuple[Finding, ...]:
    """Return what stands out: how paths start and end, what is repeated, where it takes long."""
    locale, called = asked.locale, step_names(answer.steps)
    found = []
    for edges, sentence in (
        (answer.starts, _("Most paths start with “%(step)s”: %(share)s of them.")),
        (answer.ends, _("Most paths end with “%(step)s”: %(share)s of them.")),
    ):
        for edge in edges[:1]:
            step, share = called[edge.target or edge.source or ""], locale.percent(edge.count / answer.paths)
            found.append(Finding(filled(sentence, step=step, share=share), _key(edge, answer), _COUNT))
    if answer.loops:
        edge = answer.loops[0]
        found.append(
            Finding(
                filled(
                    _("“%(step)s” is most often repeated at once: %(times)s times, by %(customers)s."),
                    step=called[edge.source or ""],
                    times=locale.number(edge.count),
                    customers=paths_in_words(edge.customers, locale, are_visits=False),
                ),
                _key(edge, answer),
                _COUNT,
            )
        )
    slow = _slowest(answer)
    if slow is not None:
        found.append(
            Finding(
                filled(
                    _(
                        "Of the frequent connections, from “%(source)s” to “%(target)s” takes longest: half of them"
                        " more than %(gap)s."
                    ),
                    source=called[slow.source or ""],
                    target=called[slow.target or ""],
                    gap=locale.duration(slow.median_gap),
                ),
                _key(slow, answer),
                _MEDIAN,
            )
        )
    return tuple(found)


def _slowest(answer: FlowAnswer) -> Edge | None:
    """Return the connection with the longest median gap among those that are at least a hundredth of all."""
    least = sum(edge.count for edge in answer.edges) / 100
    frequent = [
        edge
        for edge in answer.edges
        if edge.median_gap is not None and edge.count >= least and edge.source != edge.target
    ]
    return max(frequent, key=lambda edge: (edge.median_gap, edge.count), default=None)


def _table(answer: FlowAnswer, asked: Asked) -> Table:
    locale, called = asked.locale, step_names(answer.steps)
    every = sum(edge.count for edge in answer.edges)
    start, end = pgettext("flow", "Start"), pgettext("flow", "End")
    rows = []
    for place, edge in enumerate(answer.edges[:_MOST_ROWS]):
        href = asked.behind(_cell(edge))
        rows.append(
            Row(
                (
                    Cell(start if edge.source is None else called[edge.source]),
                    Cell(end if edge.target is None else called[edge.target]),
                    Cell(locale.number(edge.count), value=edge.count),
                    Cell(locale.number(edge.customers), href, value=edge.customers),
                    Cell(locale.percent(edge.count / every, decimals=1), value=edge.count / every),
                    Cell(locale.duration(edge.median_gap), value=_seconds(edge.median_gap)),
                    Cell(locale.duration(edge.p90_gap), value=_seconds(edge.p90_gap)),
                ),
                f"e{place}",
            )
        )
    return Table(
        caption=_("Connections, the most frequent first"),
        columns=(
            Column("from", pgettext("connection", "From")),
            Column("to", pgettext("connection", "To")),
            Column("count", _("Times"), "number"),
            Column("customers", _("Customers"), "number"),
            Column("share", _("Share of all"), "number"),
            Column("median", _("Half take longer than"), "number"),
            Column("p90", _("A tenth takes longer than"), "number"),
        ),
        rows=tuple(rows),
    )


def _seconds(gap: object) -> float | str:
    """Return what a gap is compared by; empty for none, which stands last."""
    return gap.total_seconds() if hasattr(gap, "total_seconds") else ""


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    called = step_names([each for each in cell.values() if isinstance(each, str)])
    source, target = cell.get("source"), cell.get("target")
    if source is None:
        return filled(_("Customers whose path starts with “%(step)s”"), step=called.get(str(target), ""))
    if target is None:
        return filled(_("Customers whose path ends with “%(step)s”"), step=called.get(str(source), ""))
    return filled(
        _("Customers who went from “%(source)s” straight to “%(target)s”"),
        source=called.get(str(source), ""),
        target=called.get(str(target), ""),
    )


FLOW: Final = KindPage(
    key="flow",
    name=pgettext_lazy("kind of question", "Flow"),
    lead=gettext_lazy("Which step follows which, how often, and after how long?"),
    form=FlowForm,
    shown=shown_flow,
    meaning=gettext_lazy(
        "Each connection is one step directly followed by another on the path of a customer. It is counted every time;"
        " customers are counted once."
    ),
    method=gettext_lazy(
        "All events of the question are counted, none is estimated: counts are facts about the log and have no"
        " interval. Medians and tenths are exact. Two steps at one instant follow each other in the order they arrived."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric(float(answer.paths), None, answer.paths),
    metric_name=pgettext_lazy("flow", "Paths"),
    metric_unit="count",
)
