"""The questions of a survey with what was answered to them, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import visible
from safar.doors.web.scores.queries import BoundStep, bound_steps
from safar.doors.web.scores.words import ScoreWords, metric_name
from safar.listen.questionnaire.questions import (
    Area,
    Choice,
    ConstantSum,
    Differential,
    Dual,
    FirstClick,
    Goal,
    Matrix,
    Number,
    Question,
    Ranking,
    Scored,
    Slider,
    TreeNode,
    TreeTest,
)
from safar.listen.questionnaire.tally import ChoiceCount, QuestionTally, RowMean
from safar.listen.scoring import score_of, scoring_of
from safar.maps.anatomy import said
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate

from .queries import Results

_WIDE: Final = 640.0
_NARROW: Final = 330.0
#: A slider has more points than can be drawn: they are gathered into so many.
_BINS: Final = 10
#: A mean from here on is said without decimals.
_WHOLE_FROM: Final = 1000
_DONE: Final[dict[str, Promise | str]] = {
    "yes": pgettext_lazy("of a goal", "did it"),
    "partly": pgettext_lazy("of a goal", "did part of it"),
    "no": pgettext_lazy("of a goal", "did not do it"),
}
#: Source of the groups: Reichheld, The One Number You Need to Grow, HBR 81(12), 2003.
_GROUPS: Final[dict[str, Promise | str]] = {
    "promoters": gettext_lazy("Promoters (9–10)"),
    "passives": gettext_lazy("Passives (7–8)"),
    "detractors": gettext_lazy("Detractors (0–6)"),
}
_TEXTS: Final = 8
_SIDES: Final[dict[str, tuple[Promise | str, Promise | str]]] = {
    "importance_satisfaction": (gettext_lazy("Importance"), gettext_lazy("Satisfaction")),
    "expectation_perception": (gettext_lazy("Expectation"), gettext_lazy("Perception")),
}


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the table that says the same as the drawing."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words of a respondent, and his response; its address is empty where nobody may see it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class GroupShare:
    """Promoters, passives or detractors: their share and count."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """What was answered to one question.

    Attributes
    ----------
    score, score_name, sure
        Its score, of which metric it is, and its interval, where it has one.
    score_href
        The page of the key's score over all surveys and times.
    drawing, narrow
        The same drawing for a wide page and for a telephone; empty without answers.
    heads, lines
        The table twin.
    texts
        The newest words, with their responses.
    groups
        Of a recommendation: promoters, passives, detractors.
    steps
        Steps of maps that ask this key: names and addresses.
    """

    key: str
    title: str
    answered: str
    score: str = ""
    score_name: str = ""
    sure: str = ""
    score_href: str = ""
    drawing: str = ""
    narrow: str = ""
    heads: tuple[str, ...] = ()
    lines: tuple[TableLine, ...] = ()
    texts: tuple[TextLine, ...] = ()
    groups: tuple[GroupShare, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()


class Cards:
    """Says the tallies of a survey to one reader.

    Parameters
    ----------
    shows_texts
        Whether the reader may see what single respondents wrote.
    """

    def __init__(
        self, workspace: Workspace, survey_id: str, found: Results, locale: Locale, *, shows_texts: bool
    ) -> None:
        self._workspace, self._survey, self._locale = workspace, found.survey, locale
        self._survey_id, self._text_ids, self._shows_texts = survey_id, found.text_ids, shows_texts
        self._bound = bound_steps(workspace, locale.language)

    def card(self, found: QuestionTally, place: int) -> QuestionCard:
        """Return the card of a question."""
        question, locale = found.question, self._locale
        answered = filled(
            ngettext("%(count)s answer", "%(count)s answers", found.answered),
            count=locale.number(found.answered),
        )
        if found.not_applicable:
            rest = filled(_("%(count)s said it does not apply"), count=locale.number(found.not_applicable))
            answered = f"{answered} · {rest}"
        score, score_name, sure, href = self._score(found)
        bars, heads = self._bars(found)
        lines = tuple(
            TableLine(" – ".join(filter(None, (each.detail, each.label))), (each.text,)) for each in bars
        )
        drawing = narrow = ""
        if bars and found.answered:
            title = filled(
                _("Answers to “%(question)s”; the table has the same numbers."), question=self.title(question)
            )
            reach = None if any(bar.value is not None and bar.value > 1 for bar in bars) else (0.0, 1.0)
            drawing, narrow = (
                draw.draw_bars(
                    bars,
                    title=title,
                    direction=locale.direction,
                    reach=reach,
                    width=width,
                    drawing_id=f"q{place}{kind}",
                )
                for width, kind in ((_WIDE, ""), (_NARROW, "n"))
            )
        texts = tuple(self._text(number, text) for number, text in found.texts[:_TEXTS])
        return QuestionCard(
            question.question_key,
            self.title(question),
            answered,
            score,
            score_name,
            sure,
            href,
            drawing,
            narrow,
            heads,
            lines,
            texts if self._shows_texts else (),
            self._groups(found),
            self._steps(question),
        )

    def _text(self, number: int, text: str) -> TextLine:
        named = {"workspace_id": self._workspace.workspace_id, "survey_id": self._survey_id}
        return TextLine(
            visible(text),
            reverse("survey-response", kwargs={**named, "response_id": self._text_ids[number]}),
        )

    def _groups(self, found: QuestionTally) -> tuple[GroupShare, ...]:
        if found.question.metric != "nps" or not found.answered:
            return ()
        counts = dict.fromkeys(_GROUPS, 0)
        for each in found.counts:
            point = int(each.choice)
            counts["promoters" if point >= 9 else "passives" if point >= 7 else "detractors"] += each.count
        locale = self._locale
        return tuple(
            GroupShare(
                kind,
                str(_GROUPS[kind]),
                f"{locale.percent(count / found.answered)} · {locale.number(count)}",
            )
            for kind, count in counts.items()
        )

    def _steps(self, question: Question) -> tuple[tuple[str, str], ...]:
        """Return the steps of maps where the question's key stands, by name and address."""
        found = self._bound.get(question.question_key, ()) if isinstance(question, Scored) else ()
        return tuple((f"{step.map_name} – {step.step_name}", self._step_href(step)) for step in found)

    def _step_href(self, step: BoundStep) -> str:
        return reverse(
            "living-map", kwargs={"workspace_id": self._workspace.workspace_id, "map_id": step.map_id}
        )

    def title(self, question: Question) -> str:
        """Return the question in the reader's language, else in the survey's first."""
        return self._said(question.title) or question.question_id

    def _score(self, found: QuestionTally) -> tuple[str, str, str, str]:
        question = found.question
        if not isinstance(question, Scored) or not found.answered:
            return "", "", "", ""
        scoring = scoring_of(question.metric, question.scale)
        values = np.repeat(
            [float(each.choice) for each in found.counts], [each.count for each in found.counts]
        ).astype(np.float64)
        score = score_of(scoring, values)
        if score is None or score.estimate is None:
            return "", "", "", ""
        words = ScoreWords(self._locale, scoring)
        address = reverse("score", kwargs={"workspace_id": self._workspace.workspace_id})
        return (
            words.value(score.estimate.value),
            metric_name(question.metric),
            filled(
                _("%(interval)s (%(level)s interval)"),
                interval=words.interval(score.estimate),
                level=self._locale.percent(score.estimate.interval.level),
            ),
            f"{address}?{urlencode({'key': question.question_key})}",
        )

    def _bars(self, found: QuestionTally) -> tuple[list[draw.Bar], tuple[str, ...]]:
        """Return what is drawn of a question, and the heads of the table that says the same."""
        question = found.question
        is_table = isinstance(question, Matrix | Dual | Differential)
        if isinstance(question, Slider) and len(question.scale.points) > _BINS + 1:
            return self._binned(found, question), (_("Answer"), _("Share"))
        if found.counts and not (is_table and found.means):
            return self._choice_bars(found.counts, question), (_("Answer"), _("Share"))
        heads = {Ranking: _("Mean rank"), ConstantSum: _("Mean part")}
        return self._mean_bars(found), (_("Answer"), heads.get(type(question), _("Mean")))

    def _choice_bars(self, counts: Sequence[ChoiceCount], question: Question) -> list[draw.Bar]:
        locale, bars = self._locale, []
        for each in counts:
            part = each.estimate
            text = "–" if part is None else f"{locale.percent(part.value)} · {locale.number(each.count)}"
            label, row = self._label(question, each)
            bars.append(
                draw.Bar(
                    label,
                    None if part is None else part.value,
                    text,
                    None if part is None else part.interval.low,
                    None if part is None else part.interval.high,
                    row,
                )
            )
        return bars

    def _mean_bars(self, found: QuestionTally) -> list[draw.Bar]:
        locale, bars = self._locale, []
        for each in found.means:
            mean = each.estimate
            value, sure = self._mean(found.question, mean)
            bars.append(
                draw.Bar(
                    self._row_name(found.question, each),
                    None if mean is None else mean.value,
                    f"{value}{sure} · n {locale.number(each.n)}",
                    None if mean is None else mean.interval.low,
                    None if mean is None else mean.interval.high,
                )
            )
        return bars

    def _mean(self, question: Question, mean: Estimate | None) -> tuple[str, str]:
        """Return a mean, of a number with its unit, and how sure it is."""
        if mean is None:
            return "–", ""
        locale, decimals = self._locale, 2 if abs(mean.value) < _WHOLE_FROM else 0
        unit = self._said(question.unit) if isinstance(question, Number) else ""
        value = " ".join(filter(None, (locale.number(mean.value, decimals=decimals), unit)))
        return value, f" ({locale.interval(mean.interval.low, mean.interval.high, decimals=decimals)})"

    def _binned(self, found: QuestionTally, question: Slider) -> list[draw.Bar]:
        locale, low, high = self._locale, question.lowest, question.highest
        width = -(-(high - low + 1) // _BINS)
        bars = []
        for start in range(low, high + 1, width):
            end = min(high, start + width - 1)
            count = sum(each.count for each in found.counts if start <= int(each.choice) <= end)
            part = count / found.answered if found.answered else None
            text = "–" if part is None else f"{locale.percent(part)} · {locale.number(count)}"
            bars.append(draw.Bar(f"{locale.number(start)} – {locale.number(end)}", part, text))
        return bars

    def _label(self, question: Question, each: ChoiceCount) -> tuple[str, str]:
        """Return what was chosen, and in which row of a table."""
        if isinstance(question, Goal) and each.row == "done":
            return str(_DONE[each.choice]), ""
        if each.choice.lstrip("-").isdigit() and isinstance(question, Scored):
            return self._locale.number(int(each.choice)), ""
        names = {part_id: self._said(words) or part_id for part_id, words in _named(question)}
        return names.get(each.choice, each.choice), names.get(each.row, each.row)

    def _row_name(self, question: Question, each: RowMean) -> str:
        if not each.row:
            return _("Mean")
        names = {part_id: self._said(words) or part_id for part_id, words in _named(question)}
        if isinstance(question, Dual):
            row, _sep, side = each.row.rpartition(".")
            first, second = _SIDES[question.pair]
            own = question.first_words if side == "first" else question.second_words
            words = self._said(own) or str(first if side == "first" else second)
            return f"{names.get(row, row)} – {words}"
        if isinstance(question, Differential):
            ends = next(part for part in question.rows if part.choice_id == each.row)
            return f"{self._said(ends.words)} … {self._said(ends.opposite)}"
        return names.get(each.row, each.row)

    def _said(self, words: dict[str, str]) -> str:
        return said(words, self._locale.language, *self._survey.languages)


def _named(question: Question) -> list[tuple[str, dict[str, str]]]:
    """Return the parts of a question that have words, by id."""
    if isinstance(question, TreeTest):
        return list(_places(question.nodes))
    if isinstance(question, FirstClick):
        return [(area.area_id, area.words) for area in question.areas]
    parts: list[Choice | Area] = [
        part for field in ("choices", "rows", "columns") for part in getattr(question, field, ())
    ]
    return [(part.choice_id, part.words) for part in parts if isinstance(part, Choice)]


def _places(nodes: Sequence[TreeNode]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for node in nodes:
        found.append((node.node_id, node.words))
        found += _places(node.nodes)
    return found


def question_cards(
    workspace: Workspace, survey_id: str, found: Results, locale: Locale, *, shows_texts: bool
) -> tuple[tuple[QuestionCard, ...], tuple[str, ...]]:
    """Return a card for every question that was answered, and what the others ask."""
    cards = Cards(workspace, survey_id, found, locale, shows_texts=shows_texts)
    shown = [each for each in found.found.questions if each.answered or each.not_applicable]
    rest = [each for each in found.found.questions if not (each.answered or each.not_applicable)]
    return (
        tuple(cards.card(each, place) for place, each in enumerate(shown)),
        tuple(cards.title(each.question) for each in rest),
    )
