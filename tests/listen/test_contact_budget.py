"""Who may be asked, and why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safar.listen.contact_budget import BudgetRefused, Candidate, ContactBudget, Verdict, is_sampled, judge

NOW = datetime(2026, 3, 21, 12, tzinfo=UTC)
BUDGET = ContactBudget(
    most=2, within=timedelta(days=30), quarantine=timedelta(days=14), same_survey_after=timedelta(days=90)
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("candidate", "verdict"),
    [
        (Candidate(customer_id="c"), Verdict.ASK),
        (Candidate(customer_id="c", asked_at=[ago(3), ago(29)]), Verdict.BUDGET),
        (Candidate(customer_id="c", asked_at=[ago(3), ago(30)]), Verdict.ASK),
        (Candidate(customer_id="c", answered_at=ago(13.9)), Verdict.QUARANTINE),
        (Candidate(customer_id="c", answered_at=ago(14)), Verdict.ASK),
        (Candidate(customer_id="c", same_survey_at=ago(89), answered_at=ago(1)), Verdict.ASKED_LATELY),
        (Candidate(customer_id="c", has_address=False, same_survey_at=ago(1)), Verdict.NO_ADDRESS),
        (Candidate(customer_id="c", has_consent=False), Verdict.ASK),
        (Candidate(customer_id="c", has_opted_out=True, has_address=False), Verdict.OPTED_OUT),
    ],
)
def test_the_first_reason_that_holds(candidate: Candidate, verdict: Verdict) -> None:
    assert judge(candidate, BUDGET, NOW) is verdict


def test_a_consent_is_needed_where_the_budget_names_a_purpose() -> None:
    asks = ContactBudget(consent="surveys")
    assert judge(Candidate(customer_id="c", has_consent=False), asks, NOW) is Verdict.NO_CONSENT
    assert judge(Candidate(customer_id="c"), asks, NOW) is Verdict.ASK


def test_a_sample_is_a_share_and_stays_as_it_fell() -> None:
    ids = [f"c{place}" for place in range(20_000)]
    drawn = {each for each in ids if is_sampled(each, 0.25, "spring")}
    # four standard deviations of a binomial count
    assert abs(len(drawn) - 5_000) < 4 * (20_000 * 0.25 * 0.75) ** 0.5
    assert drawn == {each for each in ids if is_sampled(each, 0.25, "spring")}
    # a larger share takes the smaller one in; another seed draws others
    assert drawn < {each for each in ids if is_sampled(each, 0.5, "spring")}
    other = {each for each in ids if is_sampled(each, 0.25, "summer")}
    assert abs(len(drawn & other) - 1_250) < 4 * (20_000 * 0.0625 * 0.9375) ** 0.5
    assert not any(is_sampled(each, 0.0, "spring") for each in ids)
    assert all(is_sampled(each, 1.0, "spring") for each in ids)


def test_budgets_that_cannot_be_kept() -> None:
    with pytest.raises(BudgetRefused):
        ContactBudget(most=-1)
    with pytest.raises(BudgetRefused):
        ContactBudget(within=timedelta(days=5_000))
