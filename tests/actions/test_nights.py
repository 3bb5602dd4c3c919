"""The run of a business day in parts: the same rows as in one piece, whatever the parts and whoever dies."""

from __future__ import annotations

import pytest
from django.db import transaction

from arrears.actions import days
from arrears.actions.nights import InParts, run_night
from arrears.rulepacks import load_law
from arrears.store.models import (
    Decision,
    PlannedContact,
    PlannedContactLoan,
    StepRecord,
)
from arrears.strategies import load_strategy
from tests.actions.lives import morning_of
from tests.builders import (
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_person,
    an_opt_out,
)

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
BOTH = ("app_inbox", "email")


def in_parts(lender, tmp_path, *, workers=1, loans_a_part=2, on=TODAY, **more):
    return run_night(
        lender=lender.pk,
        on=on,
        strategy=SAMPLE,
        law=LAW,
        parts=InParts(workers, tmp_path, loans_a_part),
        actor="program:test",
        at=morning_of(on),
        **more,
    )


def in_one_piece(lender, on=TODAY):
    return days.run_day(
        lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor="program:test", at=morning_of(on)
    )


def a_town(loans=7):
    """Late loans with what makes the law say no, one couple of loans, and one shared mailbox."""
    lender = a_lender()
    people = [a_person(lender) for _ in range(loans)]
    for person in people:
        a_contact_point(person, "app_inbox")
        a_contact_point(person, "email")
    lent = [
        a_loan(lender, person, overdue_days=days) for person, days in zip(people, range(1, 99), strict=False)
    ]
    a_loan(lender, people[0], overdue_days=6)
    a_party(lent[2], people[3], "guarantor")
    for person in people[1:6:4]:
        a_contact_point(person, "email", value="together@example.org")
    an_opt_out(people[4])
    a_hold(loan=lent[5])
    return lender


def rows_written():
    """Everything a run writes but its own numbers: each contact with its loans, each decision, each step."""
    contact_of = {}
    numbers = ("id", "run_id", "planned_contact_id", "decision_id", "decided_at")
    contacts = sorted(PlannedContact.objects.values(), key=lambda row: (row["person_id"], row["channel"]))
    for place, row in enumerate(contacts):
        contact_of[row["id"]] = place
    decisions = {row["id"]: row for row in Decision.objects.values()}
    kept = [
        *contacts,
        *(
            row | {"of": contact_of[row["planned_contact_id"]], "why": _plain(decisions[row["decision_id"]])}
            for row in PlannedContactLoan.objects.order_by("loan_id").values()
        ),
        *(
            row | {"of": contact_of.get(row["planned_contact_id"])}
            for row in Decision.objects.order_by("loan_id", "contact_point_id").values()
        ),
        *StepRecord.objects.order_by("loan_id", "step").values(),
    ]
    return [_plain(row, numbers) for row in kept]


def _plain(row, without=("id", "run_id", "planned_contact_id")):
    return {name: value for name, value in row.items() if name not in without}


def undone(work):
    """What `work` returns; what it wrote is taken back by removing the rows of its run."""
    result = work()
    written = rows_written()
    with transaction.atomic():
        _forget()
    return result, written


def _forget():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in ("planned_contact_loan", "planned_contact", "decision", "step_record", "run"):
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize(("workers", "loans_a_part"), [(1, 1), (2, 3), (1, 100)])
def test_a_run_in_parts_writes_what_one_in_one_piece_writes(tmp_path, workers, loans_a_part):
    lender = a_town()
    whole, rows = undone(lambda: in_one_piece(lender))

    summary = in_parts(lender, tmp_path, workers=workers, loans_a_part=loans_a_part)

    assert rows_written() == rows
    assert summary.counts == whole.counts
    assert summary.counts["contacts"] > 2
