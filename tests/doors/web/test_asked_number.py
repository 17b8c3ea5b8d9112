"""Numbers in what a request says, of as many digits as a request holds: no page breaks on them."""

from __future__ import annotations

import pytest

from later import Later

fields = Later("safar.doors.web.journeys.fields")
conditions = Later("safar.doors.web.surveys.condition_form")
sources = Later("safar.doors.web.estimates.sources")
estimates = Later("safar.doors.web.estimates.errors")

#: More digits than Python reads as one number, and more than a float holds.
LONG = ["9" * 5_000, "9" * 400, "۹" * 400]


@pytest.mark.parametrize("number", [*LONG, "²"])
def test_a_slider_keeps_what_it_cannot_say(shop, number: str) -> None:
    said = fields.RangeInput().get_context("left", number, {})["widget"]
    assert (said["value"], said["said"]) == (number, "")


@pytest.mark.parametrize("number", LONG)
def test_a_button_of_a_place_that_no_list_has_changes_nothing(shop, number: str) -> None:
    assert fields.rearranged(["a", "b"], f"remove-{number}") == ["a", "b"]
    assert conditions.pressed(None, f"remove:show_when.{number}", "show_when", ()) is None


@pytest.mark.parametrize("number", [*LONG, "²"])
def test_a_saved_question_that_no_table_holds_is_none(shop, number: str) -> None:
    from safar.show.locale import Locale

    with pytest.raises(estimates.EstimateRefused):
        sources.measured(shop, f"{number}:each", Locale("en"))
