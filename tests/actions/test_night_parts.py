"""Planned in parts, through files, a portfolio has the plan it has as a whole, wherever it is split."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.actions import nights
from arrears.engines.partitions import plan_facts
from arrears.engines.parts import plan_partition
from arrears.engines.plans import read_plan
from arrears.engines.snapshot import write_part
from arrears.engines.splitting import slices
from arrears.kernel.days import day_of, instant_of
from arrears.kernel.planning.choice import Outcome
from arrears.rulepacks import load_law
from arrears.store.facts import load_facts
from arrears.store.models import LoanParty
from arrears.strategies import load_strategy
from tests.actions.sending import a_cap
from tests.builders import (
    NOW,
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_person,
    an_attempt,
    an_opt_out,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SAMPLE, SHIPPED = load_strategy("sample"), load_law()
BY_EMAIL = replace(SAMPLE, ladders=(replace(SAMPLE.ladders[0], steps=SAMPLE.steps[1:]),))
"""The one step that goes where people share addresses."""
LAW = replace(
    SHIPPED,
    rules=(
        *SHIPPED.rules,
        a_cap("test.address", scope="value", most=1),
        a_cap("test.debt", scope="person_and_debt", most=2, hours=24 * 7),
    ),
)
MAILBOXES = ["home@example.org", "office@example.org", "club@example.org"]
NO_BUSY = np.empty(0, np.int64)


def a_neighbourhood(random: Random):
    """Late customers who share mailboxes, guarantee each other's loans and were written to lately."""
    lender, other = a_lender(), a_lender(name="Other Bank")
    people = [a_person(lender) for _ in range(random.randint(2, 7))]
    stranger = a_person(other)
    points = [
        a_contact_point(person, "email", value=value)
        for person in [*people, stranger]
        for value in random.sample(MAILBOXES, random.choice([0, 0, 1, 2]))
    ]
    points += [a_contact_point(person) for person in people]
    loans = [
        a_loan(lender, person, overdue_days=random.choice([5, 12]))
        for person in people
        for _ in range(random.randint(0, 2))
    ]
    foreign = a_loan(other, stranger, overdue_days=12)
    for _ in range(random.randint(0, 6) if loans else 0):
        _something_happens(random, people, points, loans, foreign)
    return lender


def _something_happens(random, people, points, loans, foreign):
    loan, person, point = random.choice(loans), random.choice(people), random.choice(points)
    what = random.randrange(5)
    if what == 0:
        of = foreign if point.person.lender_id == foreign.lender_id else loan
        an_attempt(of, point, at=NOW - timedelta(hours=random.choice([3, 30])), channel="email")
    elif what == 1:
        an_opt_out(value_key=point.value_key, lender_id=loan.lender_id)
    elif what == 2:
        an_opt_out(person)
    elif what == 3:
        a_hold(loan=loan)
    elif not LoanParty.objects.filter(loan=loan, person=person).exists():
        a_party(loan, person, random.choice(["guarantor", "family"]))


def _planned(facts):
    return plan_facts(facts, LAW, BY_EMAIL, on=TODAY, at=instant_of(NOW), busy=NO_BUSY)


def _told(plan):
    """Every answer and every contact in words of ids: equal for equal plans, whatever their row numbers."""
    candidates, solution = plan.proposals.candidates, plan.choice.solution
    name = [
        (int(candidates["loan"][row]), int(candidates["point"][row])) for row in range(len(plan.proposals))
    ]
    answers = {
        name[row]: (
            *(int(candidates[column][row]) for column in sorted(candidates) if column not in _OF_NAMES),
            Outcome(int(plan.choice.outcome[row])).name,
            *(int(getattr(solution, each)[row]) for each in ("from_at", "until_at", "hard_from_at")),
            [(each.rule.id, each.from_at, each.is_now, each.release) for each in solution.reasons(row)],
            [rule.id for rule in solution.flags(row)],
            int(plan.due.episode_start_on[plan.proposals.due[row]]),
            plan.due.passed_over(int(plan.proposals.due[row]), BY_EMAIL),
        )
        for row in range(len(plan.proposals))
    }
    contacts = {
        (
            name[plan.contacts.lead[contact]],
            int(plan.contacts.step[contact]),
            int(plan.contacts.not_before_at[contact]),
            int(plan.contacts.not_after_at[contact]),
            tuple(sorted(name[row] for row in plan.joined(contact))),
        )
        for contact in range(len(plan.contacts))
    }
    return answers, contacts


_OF_NAMES = ("zones", "places", "law_place")
"""Columns that number the names of their own part."""


def _in_parts(lender, size, folder):
    links, persons, _ = nights._links(lender)
    for number, (loans, of_part) in enumerate(slices(links, persons, size=size)):
        part, out = folder / f"{number}", folder / f"{number}-out"
        write_part(load_facts(lender_id=lender, loans=loans, persons=of_part, known_at=NOW), part)
        counts = plan_partition(part, LAW, BY_EMAIL, on=TODAY, at=instant_of(NOW), busy=NO_BUSY, out=out)
        kept = read_plan(out, LAW, BY_EMAIL, on=day_of(TODAY), at=counts["asked_at"])
        yield kept.plan, counts


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_plan_of_a_portfolio_is_the_plans_of_its_parts_together(random, size):
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        lender = a_neighbourhood(random).pk
        whole = _planned(load_facts(lender_id=lender, known_at=NOW))

        parts = list(_in_parts(lender, size, Path(folder)))

        answers, contacts = _told(whole.plan)
        told = [_told(plan) for plan, _ in parts]
        assert {name: each for found, _ in told for name, each in found.items()} == answers
        assert set().union(*(found for _, found in told)) == contacts
        assert sum(len(found) for found, _ in told) == len(answers)
        for name, count in whole.counts.items():
            assert sum(counts[name] for _, counts in parts) == count
        transaction.set_rollback(True)


def test_customers_who_share_a_mailbox_are_planned_together_and_its_cap_holds():
    lender = a_lender()
    for _ in range(2):
        together, apart = a_person(lender), a_person(lender)
        a_contact_point(together, value=MAILBOXES[0])
        a_contact_point(apart)
        a_loan(lender, together, overdue_days=12)
        a_loan(lender, apart, overdue_days=12)

    links, persons, _ = nights._links(lender.pk)
    parts = [loans.tolist() for loans, _ in slices(links, persons, size=1)]
    plan = plan_facts(
        load_facts(lender_id=lender.pk, known_at=NOW),
        LAW,
        BY_EMAIL,
        on=TODAY,
        at=instant_of(NOW),
        busy=NO_BUSY,
    ).plan

    assert sorted(map(len, parts)) == [1, 1, 2]
    assert len(plan.contacts) == 3
