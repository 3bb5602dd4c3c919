"""A day lived: what its run plans for the day itself is made, unanswered, and is a fact from then on.

What is planned for a later day is not made: the run of that day plans it anew.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import Codes, Column, Facts
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.assumed import Attempts, with_attempts, with_rows, with_tables
from arrears.kernel.planning.plan import DayPlan
from arrears.kernel.planning.strategy import Strategy


def made_before(plan: DayPlan, end: int) -> Rows:
    """The contacts of the plan that begin before this instant, the end of its day."""
    return np.flatnonzero(plan.contacts.not_before_at < end)


def attempts_of(plan: DayPlan, contacts: Rows) -> Attempts:
    """These contacts (ascending), made at the instants they are planned for."""
    lead = plan.contacts.lead[contacts]
    candidates = plan.proposals.candidates
    member = plan.joined_to(contacts)
    return Attempts(
        at=plan.contacts.not_before_at[contacts],
        person=candidates["person"][lead],
        value=candidates["value"][lead],
        channel=candidates["channel"][lead],
        loan_row=np.searchsorted(contacts, plan.choice.contact[member]),
        loan=candidates["loan"][member],
    )


def steps_of(plan: DayPlan, contacts: Rows) -> Codes:
    """For each loan told in these contacts, in the order of `attempts_of`, its own step."""
    return plan.proposals.step[plan.joined_to(contacts)]


def with_made(
    facts: Facts, strategy: Strategy, zone: ZoneSegments, attempts: Attempts, step: Column
) -> Facts:
    """The facts once these attempts have been made.

    `step` has, for each loan they tell of (`Attempts.loan`), its own step, which is done with it.
    A step is done on the day of its attempt in the lender's `zone`.
    """
    if len(attempts.at) == 0:
        return facts
    row = attempts.loan_row
    done = {
        "loan": attempts.loan,
        "done_on": zone.day(attempts.at)[row],
        "rank": strategy.of_steps("rank")[step],
        "person": attempts.person[row],
        "track": strategy.of_steps("track")[step],
        "is_superseded": np.zeros(len(row), np.bool_),
    }
    return with_rows(with_attempts(facts, attempts), {"step_done": done})


def with_books_through(facts: Facts, through_on: int) -> Facts:
    """The facts with books that are complete through this day at least."""
    complete = np.maximum(facts["lender"]["payments_complete_through_on"], through_on)
    return with_lender_books(facts, complete)


def with_lender_books(facts: Facts, through_on: Column) -> Facts:
    """The facts with books that are complete through this day, one per lender."""
    lender = facts["lender"]
    table = {**lender, "payments_complete_through_on": through_on.astype(np.int32)}
    return with_tables(facts, {"lender": table})
