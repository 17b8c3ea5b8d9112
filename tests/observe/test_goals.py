"""Goals and what is left: by hand, against a plain reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from builders import a_path
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.goals import CART, CHECKOUT, Abandonment, GoalsQuestion, GoalsRefused, adds_to_goal, goals
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from weblog import ACTS, Visits, visits

ORDER = StepRule("order", ("order_placed",))
QUICK = Abandonment("cart", StepRule("cart", ("cart_added",)), ORDER, timedelta(hours=1))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


@pytest.fixture
def shop(log: Log) -> Log:
    write(
        log,
        a_path("page 09:00 > cart_added 09:05 > checkout_started 09:06 > order_placed 09:10", customer="a"),
        a_path("cart_added 09:00 > cart_added 09:20 > page 1d 08:00 > order_placed 1d 08:05", customer="b"),
        a_path("cart_added 09:00 > page 20d 09:00 > order_placed 20d 09:01", customer="c"),
        a_path("order_placed 09:00 > cart_added 09:01 > page 29d 09:00 > cart_added 29d 09:01", customer="d"),
        a_path("page 09:00 > survey_sent 12:00 > noise 30d 00:00", customer="e"),
    )
    return log


def test_goals_by_hand(shop: Log) -> None:
    page = StepRule("page", ("page",))
    answer = goals(shop, GoalsQuestion((ORDER, page)))
    order, seen = answer.goals
    assert (order.completions, order.sessions, order.customers) == (4, 4, 4)
    assert (seen.completions, seen.sessions, seen.customers) == (5, 5, 5)
    # a has one session, b, c, d and e two each
    assert (answer.sessions, answer.customers) == (9, 5)
    assert (order.session_rate, order.customer_rate) == (share(4, 9), share(4, 5))
    assert answer.table.column("name") == ["order", "page"]


def test_carts_by_hand(shop: Log) -> None:
    answer = goals(shop, GoalsQuestion())
    cart, checkout = answer.left
    # a ordered at once, b on the next day, c after twenty: lost; d before the first cart, the second is still open
    assert (cart.begun, cart.customers, cart.completed, cart.later, cart.lost, cart.undecided) == (
        5,
        4,
        1,
        1,
        2,
        1,
    )
    assert (cart.abandonment_rate, cart.lost_rate) == (share(4, 5), share(2, 4))
    assert cart.recovery_rate == share(1, 3)
    assert (checkout.begun, checkout.completed, checkout.abandonment_rate) == (1, 1, share(0, 1))
    assert answer.notes == (Note.of("goals.dependent"), Note.of("goals.undecided", count=1))
    assert answer.left_table.column("lost") == [2, 0]
    within = Abandonment("cart", CART.begins, CART.ends, timedelta(days=21))
    (cart,) = goals(shop, GoalsQuestion((), (within,))).left
    assert (cart.later, cart.lost, cart.undecided) == (2, 1, 1)


def test_who_is_behind_a_goal(shop: Log) -> None:
    paths = shop.paths()

    def behind(**cell: str) -> list[str]:
        found = persons_behind(paths.shards, adds_to_goal(paths, GoalsQuestion(), cell))
        return sorted(shop.ids_of(found.persons))

    assert behind(goal="order") == ["a", "b", "c", "d"]
    assert behind(left="cart", number="lost") == ["c", "d"]
    assert behind(left="cart", number="later") == ["b"]
    assert behind(left="checkout", number="begun") == ["a"]
    for cell in ({"goal": "fame"}, {"left": "cart"}, {"left": "cart", "number": "won"}, {}):
        with pytest.raises(CellRefused):
            behind(**cell)


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (
        lambda: GoalsQuestion((), ()),
        lambda: GoalsQuestion((ORDER, ORDER)),
        lambda: GoalsQuestion(abandonments=(CART, CHECKOUT, CART)),
        lambda: GoalsQuestion(tuple(StepRule(f"g{place}", ("x",)) for place in range(21))),
        lambda: Abandonment("", CART.begins, CART.ends),
        lambda: Abandonment("cart", CART.begins, CART.ends, timedelta(0)),
    ):
        with pytest.raises(GoalsRefused):
            wrong()


def test_an_empty_log_reaches_nothing(log: Log) -> None:
    answer = goals(log, GoalsQuestion())
    assert (answer.sessions, answer.goals[0].session_rate, answer.left[0].lost_rate) == (0, None, None)


def reference(walked: Visits) -> tuple[Counter[str], Counter[str]]:
    """Goals and carts, in plain Python."""
    reached, left = Counter(), Counter()
    customers = set()
    for customer, session in walked.sessions():
        names = [ACTS[act][0] for act, _ in session]
        reached["completions"] += names.count("order_placed")
        reached["sessions"] += "order_placed" in names
        reached["all"] += 1
        customers |= {customer} if "order_placed" in names else set()
    reached["customers"] = len(customers)
    last = max((minute for _, _, minute in walked.acts), default=0)
    orders = [(customer, minute) for customer, act, minute in walked.acts if ACTS[act][0] == "order_placed"]
    for customer, session in walked.sessions(is_cut=False):
        begun = [
            (place, minute) for place, (act, minute) in enumerate(session) if ACTS[act][0] == "cart_added"
        ]
        if not begun or not walked.span[0] <= begun[0][1] < walked.span[1]:
            continue
        left["begun"] += 1
        end = session[-1][1]
        later = [minute for whose, minute in orders if whose == customer and minute > end]
        if any(ACTS[act][0] == "order_placed" for act, _ in session[begun[0][0] :]):
            left["completed"] += 1
        elif later and min(later) - begun[-1][1] <= 60:
            left["later"] += 1
        elif last - begun[-1][1] < 60:
            left["undecided"] += 1
        else:
            left["lost"] += 1
    return reached, left


@settings(max_examples=80)
@given(walked=visits())
def test_as_a_plain_reference_says(tmp_path_factory, walked: Visits) -> None:
    with walked.log(tmp_path_factory.mktemp("goals")) as log:
        question = GoalsQuestion((ORDER,), (QUICK,), walked.window)
        answer = goals(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert goals(log, question, executor=executor) == answer
    reached, left = reference(walked)
    (goal,), (cart,) = answer.goals, answer.left
    assert (goal.completions, goal.sessions, goal.customers, answer.sessions) == (
        reached["completions"],
        reached["sessions"],
        reached["customers"],
        reached["all"],
    )
    assert (cart.begun, cart.completed, cart.later, cart.lost, cart.undecided) == tuple(
        left[name] for name in ("begun", "completed", "later", "lost", "undecided")
    )
