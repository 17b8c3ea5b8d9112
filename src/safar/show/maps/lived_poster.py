"""A lived map as one sheet in English words, and in the digits and the direction of a reader; the map's own names.

The page and its posters say the same and more in three languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from safar.maps.anatomy import JourneyMap, Step, said
from safar.maps.emotion import Emotion, beliefs
from safar.maps.lived import LivedMap, StepReading
from safar.maps.pains import Pain, PainKind
from safar.maps.scores import StepScore
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .blocks import Block, Figure, Meter, Words
from .emotion import EmotionLine, EmotionWords
from .lived import RiverWords, emotion_drawing, hot_steps, river_drawing
from .poster import CellRow, LegendLine, Poster, PosterFact, PosterStage, PosterStep, StripRow

_MOST_PAINS: Final = 3
_RIVER: Final[tuple[tuple[LegendLine, str], ...]] = (
    ("band", "they go on as designed"),
    ("skip", "they skip steps"),
    ("arc", "a way that is not on the map"),
    ("lost", "their walk ends here"),
    ("hot", "it hurts most here"),
)
_FEELINGS: Final[tuple[tuple[LegendLine, str], ...]] = (
    ("whole", "Said in answers"),
    ("dotted", "Shown by behaviour"),
    ("dashed", "Believed by the team"),
)


def lived_poster(document: JourneyMap, lived: LivedMap, locale: Locale) -> Poster:
    """Return a map and how it is lived as a sheet, ready for `safar.show.maps.poster_drawing.draw_poster`.

    Parameters
    ----------
    document
        The map that was asked about.
    lived
        How it is lived.
    locale
        Whose digits and direction of reading; in which language names of the map are wanted.
    """
    return _Sheet(document, lived, locale).poster()


@dataclass(frozen=True, slots=True)
class _Sheet:
    document: JourneyMap
    lived: LivedMap
    locale: Locale

    def poster(self) -> Poster:
        document, hot = self.document, hot_steps(self.lived)
        return Poster(
            title=self.words(document.name) or "Without a name",
            about=self.words(document.about),
            language="en",
            direction=self.locale.direction,
            state="As lived, over as designed",
            stages=tuple(
                PosterStage(self.words(stage.name) or stage.stage_id, "", len(stage.steps))
                for stage in document.stages
            ),
            steps=tuple(PosterStep(self.name(step), is_hot=step.step_id in hot) for step in document.steps),
            rows=tuple(self.rows()),
            facts=tuple(self.facts()),
        )

    def words(self, words: Mapping[str, str]) -> str:
        return said(words, self.locale.language, *self.document.languages)

    def name(self, step: Step) -> str:
        return self.words(step.name) or step.step_id

    def facts(self) -> Iterator[PosterFact]:
        walked, locale = self.lived.conformance, self.locale
        if walked is None:
            return
        yield PosterFact(
            "On the journey", self.people(walked.customers), f"{locale.number(walked.passages)} walks"
        )
        for name, share in (("Fitness", walked.fitness), ("Coverage", walked.coverage)):
            if share is not None:
                yield PosterFact(name, locale.percent(share.value), self.sure(share))

    def rows(self) -> Iterator[CellRow | StripRow]:
        if self.lived.conformance is not None:
            yield StripRow("Flow", "customers", self.river(), _RIVER)
        yield self.lane("People and lost", "who get here, who end here", self.people_at)
        yield StripRow(
            "Emotion", f"{self.locale.signed(-2)} to {self.locale.signed(2)}", self.feelings(), _FEELINGS
        )
        yield self.lane("Scores", "with interval and n", self.scores_at)
        yield self.lane("Promises", "kept", self.promises_at)
        yield self.lane("Pains", "by people and severity", self.pains_at)

    def lane(self, name: str, note: str, of: Callable[[Step, StepReading], Iterator[Block]]) -> CellRow:
        readings = {each.step: each for each in self.lived.steps}
        return CellRow(
            name, note, tuple(tuple(of(step, readings[step.step_id])) for step in self.document.steps)
        )

    def people_at(self, _step: Step, reading: StepReading) -> Iterator[Block]:
        if reading.customers is None:
            yield Words("not bound to events", "soft")
            return
        yield Figure("", self.people(reading.customers))
        if reading.lost is not None and reading.lost.value > 0:
            yield Figure("lost here", self.locale.percent(reading.lost.value), self.sure(reading.lost))

    def scores_at(self, _step: Step, reading: StepReading) -> Iterator[Block]:
        for score in reading.scores:
            yield Figure(score.metric.upper(), *self.score(score))

    def promises_at(self, step: Step, reading: StepReading) -> Iterator[Block]:
        words = {each.promise_id: self.words(each.words) for each in step.binding.promises}
        for each in reading.promises:
            name = words.get(each.promise_id) or each.promise_id
            share = None if each.kept is None else each.kept.value
            text = "nothing due yet" if share is None else self.locale.percent(share)
            yield Meter(name, share, text, each.goal, f"of {self.locale.number(each.decided)}")

    def pains_at(self, step: Step, reading: StepReading) -> Iterator[Block]:
        for pain in reading.pains[:_MOST_PAINS]:
            yield Words(self.pain(step, pain), has_dot=True)
            yield Words(self.people(pain.people), "soft", 10.5)

    def people(self, count: int) -> str:
        return f"{self.locale.number(count)} {'person' if count == 1 else 'people'}"

    def sure(self, share: Estimate) -> str:
        ends = share.interval
        return f"{self.locale.percent_interval(ends.low, ends.high, decimals=1)} · n = {self.locale.number(share.n)}"

    def score(self, score: StepScore) -> tuple[str, str]:
        of_n = f"n = {self.locale.number(score.n)}"
        if score.estimate is None:
            return "–", of_n
        value, ends = score.estimate.value, score.estimate.interval
        if score.metric == "csat":
            return self.locale.percent(value), self.sure(score.estimate)
        decimals = 1 if score.metric == "ces" else 0
        between = self.locale.interval(ends.low, ends.high, decimals=decimals)
        return self.locale.number(value, decimals=decimals), f"{between} · {of_n}"

    def pain(self, step: Step, pain: Pain) -> str:
        facts = dict(pain.facts)
        share = self.locale.percent(float(facts.get("share", 0.0)))
        kept = {each.promise_id: self.words(each.words) for each in step.binding.promises}
        target = self.document.step(str(facts.get("target", "")))
        promise = str(facts.get("promise", ""))
        return _PAINS[pain.kind].format(
            share=share,
            promise=f"\u2068{kept.get(promise) or promise}\u2069",
            metric=str(facts.get("metric", "")).upper(),
            step=f"\u2068{self.name(target)}\u2069" if target else "",
            who=f"{share} turn" if "share" in facts else "They turn",
        )

    def river(self) -> Callable[[tuple[int, int], float, bool, str], str]:
        locale, number = self.locale, self.locale.number
        words = RiverWords(
            title="How customers went along the journey.",
            name=self.name,
            people=self.people,
            lost=lambda count, of: f"{number(count)} of {number(of)} walks end here",
            back=lambda share: f"{share} of those who go on turn back (not on the map)",
            aside=lambda share: f"{share} of those who go on jump ahead (not on the map)",
            skip=lambda share, skipped: f"{share} skip {', '.join(skipped)}",
            turn=lambda share: f"{share} turn back",
            jump=lambda share: f"{share} jump ahead",
            past=lambda share: f"{share} skip steps",
        )

        def draw(window: tuple[int, int], column: float, is_fluid: bool, drawing_id: str) -> str:
            return river_drawing(
                self.document, self.lived, locale, words,
                window=window, column=column, is_fluid=is_fluid, drawing_id=drawing_id,
            )  # fmt: skip

        return draw

    def feelings(self) -> Callable[[tuple[int, int], float, bool, str], str]:
        locale = self.locale
        in_answers, in_behaviour, by_team = (name for _, name in _FEELINGS)
        title = "How people feel at each step: said, shown by behaviour, believed by the team."
        words = EmotionWords(
            title, in_answers, in_behaviour, by_team, lambda value: locale.signed(value, decimals=1)
        )

        def told(_line: EmotionLine, emotion: Emotion) -> str:
            return f"{locale.signed(emotion.value, decimals=1)} · n = {locale.number(emotion.n)}"

        def draw(window: tuple[int, int], column: float, is_fluid: bool, drawing_id: str) -> str:
            return emotion_drawing(
                self.document, self.lived, beliefs(self.document), locale, words,
                name=self.name, told=told,
                window=window, column=column, is_fluid=is_fluid, drawing_id=drawing_id,
            )  # fmt: skip

        return draw


_PAINS: Final[Mapping[PainKind, str]] = MappingProxyType(
    {
        PainKind.PROMISE_BROKEN: "{share} broken: {promise}",
        PainKind.LOW_SCORE: "{share} unhappy in {metric}",
        PainKind.LOST: "{share} leave the journey here",
        PainKind.CONTACT: "{who} to support",
        PainKind.BACK: "{share} of those who go on go to “{step}”, not on the map",
        PainKind.SKIPPED: "{share} go past this step",
    }
)
