"""All scores at once are the same as each by itself."""

from __future__ import annotations

from safar.listen.all_metrics import AllMetrics, AllMetricsQuestion, all_metrics
from safar.listen.ces import CesQuestion, ces
from safar.listen.csat import CsatQuestion, csat
from safar.listen.nps import NpsQuestion, nps
from safar.store.log import Log


def test_at_once_or_one_by_one(log: Log, answered, day) -> None:
    answered("nps", 10, 9, 3, 11)
    answered("nps", 0, first_customer=1, survey="again")
    answered("csat", 5, 4, 1, first_customer=1)  # the same people: no repetition, as it is another metric
    answered("csat", 5, scale_max=7, first_customer=30)
    answered("ces", 7, 7, 2, on=22, first_customer=40)
    windows = (day(21), day(22))
    found = all_metrics(log, AllMetricsQuestion(windows))
    assert found == AllMetrics(
        nps(log, NpsQuestion(windows)), csat(log, CsatQuestion(windows)), ces(log, CesQuestion(windows))
    )
    assert [note.code for note in found.nps.notes] == ["nps.unreadable", "nps.repeated"]
    assert [note.code for note in found.csat.notes] == ["csat.other_scale"]
    assert found.ces.scores[0] is None
