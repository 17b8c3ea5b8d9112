"""Customers in tables of the desk: called as on the desk Customers, each a link to the profile."""

from __future__ import annotations

from collections.abc import Sequence

from safar.doors.web.design.table import Cell
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import customer_in_words
from safar.doors.web.homes import current_home
from safar.doors.web.journeys.kind import Asked
from safar.observe.customers import customer_facts


def customer_cells(asked: Asked, ids: Sequence[str]) -> list[Cell]:
    """Return a cell for each id: the customer's name and id, or the id alone where no name is known.

    For tables that only those see who may see customers.
    """
    log = current_home().log(asked.workspace.workspace_id)
    return [
        Cell(customer_in_words(facts), customer_href(asked.workspace, facts.customer_id))
        for facts in customer_facts(log, ids)
    ]
