"""Facts from what a lender's file says about each loan."""

from __future__ import annotations

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, UNKNOWN_MINOR, Facts, facts_of
from arrears.kernel.vocabulary import HoldReason, ReportedStatus, Stops
from arrears.rulepacks.zones import ZONES
from tests.kernel.arrears.oracle import Report

ZONE = "Asia/Taipei"
LENDER = 9


def late(as_of, *, months=1, since=None, overdue=None, statement=None) -> Report:
    return Report(as_of, True, months, since, overdue, statement)


def not_late(as_of, *, statement=None) -> Report:
    return Report(as_of, False, statement=statement)


def facts_about(reports: dict[int, list[Report]], *, holds=(), zone=ZONE, borrowers=None) -> Facts:
    """`reports` by loan; `holds` are (loan or None, person or None, Hold, stops)."""
    loans = sorted(reports)
    tables = {
        "loan": {
            "loan": loans,
            "lender": [LENDER] * len(loans),
            "borrower": [(borrowers or {}).get(loan, loan) for loan in loans],
            "debt": loans,
            "debt_kind": [0] * len(loans),
            "law_place": [-1] * len(loans),
            "contact_group": loans,
            "is_closed": [False] * len(loans),
            "currency": [0] * len(loans),
            "risk": [-1] * len(loans),
            "opened_on": [NO_DATE] * len(loans),
        },
        "lender": {
            "lender": [LENDER],
            "payments_complete_through_on": [NO_DATE],
            "contacts_known_from_on": [NO_DATE],
            "zone": [0],
            "actor_kind": [0],
            "licence": [0],
        },
    }
    if rows := [_row(loan, report) for loan in loans for report in reports[loan]]:
        tables["report"] = {name: [row[name] for row in rows] for name in rows[0]}
    if holds:
        tables["hold"] = {
            "hold": list(range(len(holds))),
            "loan": [NO_ID if loan is None else loan for loan, _, _, _ in holds],
            "person": [NO_ID if person is None else person for _, person, _, _ in holds],
            "reason": [HoldReason.DISPUTE] * len(holds),
            "stops": [int(stops) for _, _, _, stops in holds],
            "from_at": [hold.from_at for _, _, hold, _ in holds],
            "until_at": [NEVER if hold.until_at is None else hold.until_at for _, _, hold, _ in holds],
        }
    return facts_of(tables, known_at=0, zones=(zone,))


def arrears_on(as_of, *reports: Report, holds=(), zone=ZONE) -> dict[str, object]:
    """The arrears of one loan with these reports and these holds that stop its ageing."""
    facts = facts_about({1: list(reports)}, holds=[(1, None, h, Stops.AGEING) for h in holds], zone=zone)
    return row_of(arrears_of(facts, as_of, ZONES), 0)


def row_of(arrears, row) -> dict[str, object]:
    return {name: column[row].item() for name, column in arrears.items()}


def same(left, right) -> bool:
    return left.keys() == right.keys() and all(np.array_equal(left[name], right[name]) for name in left)


def _row(loan, report):
    return {
        "loan": loan,
        "as_of_on": report.as_of,
        "status": ReportedStatus.LATE if report.is_late else ReportedStatus.PAID_IN_FULL,
        "months_late": report.months,
        "overdue_since_on": NO_DATE if report.since is None else report.since,
        "overdue_minor": UNKNOWN_MINOR if report.overdue is None else report.overdue,
        "statement_minor": UNKNOWN_MINOR if report.statement is None else report.statement,
    }
