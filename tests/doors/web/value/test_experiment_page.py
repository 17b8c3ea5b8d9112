"""The page Experiments shows what the library says, in words; a log without experiments says what to send."""

from __future__ import annotations

import html
import re

import pytest

from a_shop import days_ago
from builders import an_event


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


@pytest.fixture
def shown(tell) -> None:
    """Two hundred customers, half of whom see a new checkout; of those more order."""
    events = []
    for number in range(200):
        customer, arm = f"x{number}", ("old", "new")[number % 2]
        events.append(
            an_event(
                "experiment_viewed",
                days_ago(30, 9),
                customer=customer,
                properties={"experiment": "checkout", "variation": arm},
            )
        )
        if number < (120 if arm == "new" else 60):
            events.append(
                an_event("order_placed", days_ago(20, 9), customer=customer, amount=500_000, currency="IRR")
            )
    tell(*events)


def test_the_page_says_what_the_change_brought(let_in, desk, shown) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/experiment?control=old")))
    assert "Experiment “checkout” 200 customers in 2 arms" in page
    assert "“new” changes it by" in page
    assert "+30.00 points" in page
    assert "Assignment as planned" in page
    assert "3 comparisons were looked at" in page
    assert (
        "Go on: the interval of “new” that holds however often one looks reaches over zero (−4.21 points to +64.21"
        " points). To tell a difference like the one measured from chance, about 61 more customers are needed."
        " Customers who ordered"
    ) in page
    assert "CUPED): the values" not in page, "nothing is known of the time before"


def test_it_says_how_many_more_customers_it_takes(let_in, desk, tell) -> None:
    """Ten a day for forty days, 44 % of one arm order and 36 % of the other: told from chance by neither yet."""
    events = []
    for number in range(400):
        customer, arm = f"x{number}", ("old", "new")[number % 2]
        day = 59 - number // 10
        properties = {"experiment": "checkout", "variation": arm}
        events.append(
            an_event("experiment_viewed", days_ago(day, 9), customer=customer, properties=properties)
        )
        if number // 2 % 25 < (11 if arm == "new" else 9):
            events.append(
                an_event(
                    "order_placed", days_ago(day - 1, 9), customer=customer, amount=500_000, currency="IRR"
                )
            )
    tell(*events)
    page = text_of(let_in("en", "analyst").get(desk("/experiment?control=old")))
    found = re.search(
        r"about ([\d,]+) more customers are needed\. At the present pace that takes about (\d+) more", page
    )
    assert found, page
    more, days = int(found[1].replace(",", "")), int(found[2])
    assert 400 < more < 4_000
    assert abs(days - more * 39 / 400) <= 1


def test_what_is_adjusted_stands_beside_the_plain_difference(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/experiment")))
    assert "Differences are adjusted for how customers were before (CUPED): the values of" in page


def test_a_hold_out_is_judged_by_what_was_planned(let_in, desk, tell) -> None:
    """Ten of a hundred are held out: no fault where that was the plan."""
    arms = [("new", "held out")[number % 10 == 0] for number in range(200)]
    tell(
        *(
            an_event(
                "experiment_viewed",
                days_ago(30, 9),
                customer=f"h{number}",
                properties={"experiment": "checkout", "variation": arm},
            )
            for number, arm in enumerate(arms)
        )
    )
    browser = let_in("en", "analyst")
    assert "Assignment not as planned" in text_of(browser.get(desk("/experiment")))
    page = text_of(browser.get(desk("/experiment?planned=new+۹۰٪;+held+out:+10")))
    assert "Assignment as planned" in page
    assert "held out 20 20" in page
    wrong = browser.get(desk("/experiment?planned=new"))
    assert (wrong.status_code, "Write each arm" in text_of(wrong)) == (422, True)


def test_an_event_can_be_what_it_was_to_move(let_in, desk, shown) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/experiment?control=old&event=order_placed&within=7")))
    assert "Customers who did it" in page
    assert "0.00%" in page, "nobody orders within a week"


def test_an_unknown_arm_is_said_at_the_form(let_in, desk, shown) -> None:
    answer = let_in("en", "analyst").get(desk("/experiment?control=blue"))
    assert "The experiment has no such arm" in text_of(answer)


def test_without_experiments_it_says_what_to_send(let_in, desk, tell) -> None:
    tell(an_event("order_placed", days_ago(20), customer="c", amount=100, currency="IRR"))
    page = text_of(let_in("en", "analyst").get(desk("/experiment")))
    assert "No such experiment in the log" in page
    assert "experiment_viewed" in page


def test_nobody_watched_long_enough_is_said(let_in, desk, shown) -> None:
    """The data end ten days after the arms were shown."""
    page = text_of(let_in("en", "analyst").get(desk("/experiment?within=28")))
    assert "Too few customers so far" in page


def test_an_interval_that_holds_at_any_look_says_to_stop(let_in, desk, shown, tell) -> None:
    """All 60 further customers who were shown the new one order, and none of 60 others."""
    events = []
    for customer, arm in ((f"{arm}-{number}", arm) for arm in ("old", "new") for number in range(60)):
        seen = {"experiment": "checkout", "variation": arm}
        events.append(an_event("experiment_viewed", days_ago(30, 9), customer=customer, properties=seen))
        if arm == "new":
            events.append(
                an_event("order_placed", days_ago(20, 9), customer=customer, amount=500_000, currency="IRR")
            )
    tell(*events)
    page = text_of(let_in("en", "analyst").get(desk("/experiment?control=old")))
    said = re.search("You may stop: .*? Customers who ordered", page)
    assert said is not None
    assert said[0] == (
        "You may stop: the interval of “new” that holds however often one looks leaves zero out (+36.16 points to"
        " +76.34 points). Customers who ordered"
    )


def test_a_planned_look_says_whether_to_stop(let_in, desk, shown, tell) -> None:
    """60 of 100 against 30 of 100 is more than four standard errors: past the second bound of five."""
    tell(an_event("page", days_ago(1), customer="somebody"))
    browser = let_in("en", "analyst")
    page = text_of(browser.get(desk("/experiment?control=old&within=28&looks=5&bound=obrien_fleming&look=2")))
    assert "Look 2 of 5: “new” has passed its bound (z +" in page
    assert "bound ±3.23" in page
    assert "You may stop here" in page
    assert "Difference, at this look" in page
    assert "Look 2 of 5 may stop z +" in page
    assert "±4.56" in page, "of the first look"
    assert "each customer is watched for the same time" not in page


def test_between_the_bounds_it_goes_on_until_the_last_look(let_in, desk, tell) -> None:
    """Half of each arm orders: z is 0."""
    events = []
    for number in range(40):
        seen = {"experiment": "colour", "variation": ("a", "b")[number % 2]}
        events.append(an_event("experiment_viewed", days_ago(30, 9), customer=f"z{number}", properties=seen))
        if number < 20:
            events.append(
                an_event("order_placed", days_ago(20, 9), customer=f"z{number}", amount=100, currency="IRR")
            )
    tell(*events)
    browser = let_in("en", "analyst")
    # 20 of 40 planned in each arm are in: the second of four looks
    page = text_of(browser.get(desk("/experiment?looks=4&arm_size=40")))
    assert "Look 2 of 4: “b” has not passed its bound (z 0.00, bound ±2.96)" in page
    assert "Go on to the next look" in page
    assert "50% of the information is in" in page
    assert "each customer is watched for the same time" in page
    last = text_of(browser.get(desk("/experiment?looks=4&arm_size=15&bound=pocock")))
    assert "Last of 4 looks: “b” has not passed its bound" in last
    assert "The experiment is over, and the difference may be chance." in last


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("looks=5", "Say which look this is, or how many customers each arm was to get in the end."),
        ("looks=5&look=2&arm_size=100", "Fill in one of the two"),
        ("looks=5&look=6", "5 looks were planned."),
        ("look=2", "Say how many looks were planned."),
        ("looks=50&look=2", "Select a valid choice"),
    ],
)
def test_looks_that_contradict_each_other_are_said_at_their_fields(let_in, desk, shown, query, said) -> None:
    answer = let_in("en", "analyst").get(desk(f"/experiment?{query}"))
    assert (answer.status_code, said in text_of(answer)) == (422, True)


def test_no_look_decides_where_arms_are_not_as_planned(let_in, desk, shown) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/experiment?planned=old+90;+new+10&looks=5&look=3")))
    assert "Decide nothing yet: arms do not have" in page
    assert "look into the arms first" in page
    assert "You may stop here" not in page


@pytest.fixture
def of_many_arms(tell) -> None:
    """Fifty customers in each of four arms: one of them brings orders."""
    events = []
    for place, (arm, orders) in enumerate((("a", 10), ("b", 40), ("c", 12), ("d", 11))):
        for number in range(50):
            customer = f"m{place}-{number}"
            seen = {"experiment": "colour", "variation": arm}
            events.append(an_event("experiment_viewed", days_ago(30, 9), customer=customer, properties=seen))
            if number < orders:
                events.append(
                    an_event("order_placed", days_ago(20, 9), customer=customer, amount=100, currency="IRR")
                )
    tell(*events)


def test_of_many_arms_those_that_stand_out_are_told_and_the_rest_together(let_in, desk, of_many_arms) -> None:
    browser = let_in("en", "analyst")
    page = text_of(browser.get(desk("/experiment")))
    assert "“b” beside “a”" in page, "the arm that is clearest stands at the head"
    assert "Customers who ordered: “b” changes it by +60.00 points" in page
    assert "Customers who ordered: the differences of 2 arms may be chance." in page
    assert "Customers who ordered: “c” differs" not in page
    looked = text_of(browser.get(desk("/experiment?looks=3&look=2")))
    assert "Look 2 of 3: “b” has passed its bound" in looked
    assert "2 other arms have not passed their bounds." in looked
    early = text_of(browser.get(desk("/experiment?looks=10&look=1")))
    assert "Look 1 of 10: “b” has not passed its bound" in early, "the bound is above 6"
    assert "2 other arms have not passed their bounds." in early


def test_where_arms_are_not_as_planned_nothing_is_called_more_than_chance(let_in, desk, of_many_arms) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/experiment?planned=a+70;+b+10;+c+10;+d+10")))
    assert "Assignment not as planned" in page
    assert "Decide nothing yet: arms do not have" in page
    assert "not to be judged" in page
    assert "more than chance" not in page.split("What these numbers mean")[0].replace("“", "")
