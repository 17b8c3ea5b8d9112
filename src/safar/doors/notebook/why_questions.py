"""Questions about why: what goes with satisfaction and coming back, what a bad experience costs, what moved a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from safar.explain.change_rows import ChangeExplainedAnswer, ChangeExplainedQuestion, Side
from safar.explain.driver_rows import DriversAnswer, DriversQuestion
from safar.explain.kano_rows import KanoAnswer, KanoQuestion
from safar.explain.learners import Learner
from safar.explain.mediation_rows import MediationAnswer, MediationQuestion
from safar.explain.path_model_rows import Block, PathModelAnswer, PathModelQuestion
from safar.explain.path_solver import Scheme
from safar.explain.penalty_reward_rows import PenaltyRewardAnswer, PenaltyRewardQuestion
from safar.explain.step_experience import StepExperienceQuestion
from safar.explain.value_at_risk import Support, ValueAtRiskAnswer, ValueAtRiskQuestion
from safar.explain.value_what_if import Left, ValueWhatIfAnswer, ValueWhatIfQuestion
from safar.listen.groups import By
from safar.observe.steps import StepRule

from .answers import NotebookAnswer
from .asking import Asking
from .inputs import Group, Length, Rule, Stretch, length


class WhyQuestions(Asking):
    """Why customers are content, come back and spend; of a home and of a log."""

    def drivers(
        self,
        outcome: str = "nps",
        ratings: Sequence[str] = (),
        experiences: Sequence[StepRule] = (),
        *,
        within: Length = timedelta(days=90),
        horizon: Length = timedelta(days=180),
        stated: Mapping[str, str] | None = None,
        currency: str | None = None,
        level: float = 0.95,
        resamples: int = 500,
        seed: int = 1,
    ) -> NotebookAnswer[DriversAnswer]:
        """Ask which answers and experiences go with an outcome; see `DriversQuestion`.

        ``log.drivers("@return", ["csat_delivery"])`` asks about coming back. ``answer.fit`` has each driver.
        ``stated={"csat_delivery": "delivery_importance"}`` sets what people say matters beside it.

        Raises
        ------
        NeedsALog, NoSuchScore, TooFewRows, ColumnsRefused
        """
        return self.ask(
            DriversQuestion(
                outcome,
                tuple(ratings),
                tuple(experiences),
                length(within),
                length(horizon),
                stated=tuple((stated or {}).items()),
                currency=currency,
                level=level,
                resamples=resamples,
                seed=seed,
            )
        )

    def value_at_risk(
        self,
        at: StepExperienceQuestion,
        only: Sequence[str] = (),
        *,
        support: Support | None = None,
        learner: Learner = "best",
        level: float = 0.95,
        seed: int = 1,
    ) -> NotebookAnswer[ValueAtRiskAnswer]:
        """Ask what bad experiences at a step cost; see `ValueAtRiskQuestion`.

        `safar.explain.usual_experiences.usual_steps` has the steps that every shop has.

        Raises
        ------
        NeedsALog, NothingBought, TooFewRows, ExperienceRefused
        """
        return self.ask(
            ValueAtRiskQuestion(at, tuple(only), support=support, learner=learner, level=level, seed=seed)
        )

    def value_what_if(
        self,
        at: StepExperienceQuestion,
        left: Mapping[str, float] | None = None,
        question_key: str = "",
        *,
        level: float = 0.95,
        resamples: int = 500,
        seed: int = 1,
    ) -> NotebookAnswer[ValueWhatIfAnswer]:
        """Ask what would come of it if bad experiences at a step were rarer; see `ValueWhatIfQuestion`.

        ``log.value_what_if(orders, {"late_delivery": 0.5})`` halves one; ``answer.value_a_year`` has what a year would
        bring. Asked again with other parts, the same fitted chain answers.

        Parameters
        ----------
        left
            What is left of an experience, by its name: 0 does away with it, 2 doubles it.

        Raises
        ------
        NeedsALog, NothingBought, NoSuchScore, TooFewRows, ExperienceRefused
        """
        parts = tuple(Left(experience, part) for experience, part in (left or {}).items())
        return self.ask(
            ValueWhatIfQuestion(at, parts, question_key, level=level, resamples=resamples, seed=seed)
        )

    def change_explained(
        self,
        question_key: str = "",
        *,
        now: Stretch | None = None,
        before: Stretch | None = None,
        segment: Group | None = None,
        beside: Group | None = None,
        touchpoints: Sequence[Rule] = (),
        by: str = "channel",
        within: Length = timedelta(days=30),
        level: float = 0.95,
        resamples: int = 500,
        seed: int = 1,
    ) -> NotebookAnswer[ChangeExplainedAnswer]:
        """Ask why a score differs between two times, or two segments; see `ChangeExplainedQuestion`.

        ``log.change_explained("nps", now="2026-02-01..2026-03-01", before="2026-01-01..2026-02-01")``. ``answer.split``
        has groups, ``answer.touchpoint_table`` what customers had lived through.

        Parameters
        ----------
        now, before
            The two times; the same one (all time when None) where two segments are compared.
        segment, beside
            Whose answers, and with whose they are compared; ``segment`` on both sides when ``beside`` is None.
        touchpoints
            Whether who answered had lived through one at most ``within`` before: ``"Refund: refund_issued"``.
        by
            ``"channel"``, ``"step"``, ``"question:age"`` …

        Raises
        ------
        NeedsALog, NoSuchScore, MixedScales, GroupingRefused, TooFewRows, ColumnsRefused
        """
        said = self.inputs()
        whose, others = (
            said.among((), (), each) for each in (segment, segment if beside is None else beside)
        )
        return self.ask(
            ChangeExplainedQuestion(
                Side(said.window(now), whose),
                Side(said.window(now if before is None else before), others),
                question_key,
                said.rules(touchpoints),
                By.read(by),
                length(within),
                level=level,
                resamples=resamples,
                seed=seed,
            )
        )

    def mediation(
        self,
        at: StepExperienceQuestion,
        question_key: str = "",
        only: Sequence[str] = (),
        *,
        level: float = 0.95,
        resamples: int = 500,
        seed: int = 1,
    ) -> NotebookAnswer[MediationAnswer]:
        """Ask how much of what experiences at a step do goes through satisfaction; see `MediationQuestion`.

        Raises
        ------
        NeedsALog, NothingBought, NoSuchScore, TooFewRows, ExperienceRefused
        """
        return self.ask(
            MediationQuestion(at, question_key, tuple(only), level=level, resamples=resamples, seed=seed)
        )

    def penalty_reward(
        self,
        outcome: str = "nps",
        ratings: Sequence[str] = (),
        *,
        within: Length = timedelta(days=90),
        horizon: Length = timedelta(days=180),
        level: float = 0.95,
        resamples: int = 500,
        seed: int = 1,
    ) -> NotebookAnswer[PenaltyRewardAnswer]:
        """Ask which answers annoy where they are low, and which delight where they are high; see
        `PenaltyRewardQuestion`.

        Raises
        ------
        NeedsALog, NoSuchScore, TooFewRows, ColumnsRefused
        """
        return self.ask(
            PenaltyRewardQuestion(
                outcome,
                tuple(ratings),
                length(within),
                length(horizon),
                level=level,
                resamples=resamples,
                seed=seed,
            )
        )

    def kano(self, features: Sequence[str] = (), *, level: float = 0.95) -> NotebookAnswer[KanoAnswer]:
        """Ask which features are taken for granted, and which delight; see `KanoQuestion`.

        Raises
        ------
        NeedsALog, NoSuchScore
        """
        return self.ask(KanoQuestion(tuple(features), level=level))

    def path_model(
        self,
        blocks: Mapping[str, Sequence[str]] | None = None,
        *,
        scheme: Scheme = "path",
        level: float = 0.95,
        resamples: int = 300,
        seed: int = 1,
    ) -> NotebookAnswer[PathModelAnswer]:
        """Ask what moves satisfaction and loyalty; see `PathModelQuestion`.

        ``log.path_model({"quality": ["csat_delivery"], "loyalty": ["nps"]})``; guessed from names of keys by default.

        Raises
        ------
        NeedsALog, NoSuchScore, TooFewRows, ModelRefused
        """
        told = tuple(Block(name, tuple(keys)) for name, keys in (blocks or {}).items())
        return self.ask(PathModelQuestion(told, scheme, level=level, resamples=resamples, seed=seed))
