"""What experiments refuse: columns that do not fit, too few customers, plans that no experiment can keep."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class ColumnsDoNotFit(Refusal, ValueError):
    """Columns of an experiment differ in length, hold no numbers, or name an arm or period that is not there."""

    code = "experiment.columns_do_not_fit"


class TooFewCustomers(Refusal, ValueError):
    """An arm, a group or a time has too few customers for a spread."""

    code = "experiment.too_few_customers"


class UnknownExperiment(Refusal, LookupError):
    """The log shows no experiment, or none of that name."""

    code = "experiment.unknown"


class ImpossiblePlan(Refusal, ValueError):
    """Shares, looks, effects or sizes of a plan contradict each other."""

    code = "experiment.impossible_plan"


class ImpossibleLooks(ImpossiblePlan):
    """Planned looks are too few or too many, or it is not said, or said twice, how far the experiment is."""

    code = "experiment.impossible_looks"


class ReleaseRefused(Refusal, ValueError):
    """It is not said what was released, when, for whom, or what it was to move; or too little time lies around it."""

    code = "release.refused"
