"""Small books of a lender as files, and importing in one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arrears.actions.feeds.deliveries import Options
from arrears.actions.feeds.importing import import_feed
from arrears.actions.feeds.reports import DeliveryReport, FileReport

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday, 10:00 in Taipei."""
TODAY = date(2026, 3, 2)
Row = Mapping[str, object]

PRODUCT = {"code": "card", "currency": "TWD"}
PERSON = {"person_ref": "C1", "language": "zh-Hant", "name": "林怡君"}
LOAN = {
    "loan_ref": "L1",
    "person_ref": "C1",
    "product": "card",
    "debt_kind": "consumer_loan",
    "governing_law": "TW",
    "currency": "TWD",
    "opened_on": "2025-01-10",
}
INSTALLMENT = {
    "loan_ref": "L1",
    "number": 1,
    "due_on": "2025-02-10",
    "principal": "900",
    "interest": "100.50",
}
PAYMENT = {"payment_ref": "P1", "loan_ref": "L1", "value_on": "2025-02-10", "amount": "500.25"}

BUREAU = {"organisation_ref": "JCIC", "kind": "bureau", "name": "聯徵中心", "country": "TW"}
FUND = {"organisation_ref": "F1", "kind": "funder", "name": "Fund One", "country": ""}
FUNDER = {
    "loan_ref": "L1",
    "organisation_ref": "F1",
    "share": "0.7",
    "is_reported": "yes",
    "reports_to": "JCIC",
}
PARTY = {"loan_ref": "L1", "person_ref": "C2", "role": "guarantor", "from_on": "2025-01-10", "until_on": ""}
PART = {"payment_ref": "P1", "number": 1, "component": "interest", "amount": "100.25"}
EVENT = {"event_ref": "E1", "loan_ref": "L1", "kind": "waiver", "value_on": "2025-03-01", "amount": "10"}
REVERSAL = {"payment_ref": "P1", "event_ref": "", "reversed_on": "2025-03-05", "reason": "bounced"}
STATEMENT = {
    "loan_ref": "L1",
    "statement_on": "2025-02-01",
    "due_on": "2025-02-15",
    "balance": "5000",
    "minimum_due": "500",
    "minimum_includes_unpaid": "yes",
}
REPORT = {
    "loan_ref": "L1",
    "as_of_on": "2026-03-01",
    "status": "late",
    "months_late": 1,
    "overdue_since_on": "2026-02-01",
    "overdue_amount": "12.5",
}
ITEMISATION = {
    "loan_ref": "L1",
    "itemised_from": "charge_off",
    "itemised_on": "2025-06-30",
    "creditor": "Harbour Bank",
    "itemised_amount": "1000",
    "interest": "10.25",
    "fees": "0",
    "payments": "0",
    "credits": "0",
    "stated_on": "2026-02-28",
}
EXAMPLES = {
    "organisations": BUREAU,
    "products": PRODUCT,
    "persons": PERSON,
    "loans": LOAN,
    "loan_parties": PARTY,
    "loan_funders": FUNDER,
    "installments": INSTALLMENT,
    "statements": STATEMENT,
    "reported_arrears": REPORT,
    "payments": PAYMENT,
    "payment_allocations": PART,
    "loan_events": EVENT,
    "reversals": REVERSAL,
    "itemisations": ITEMISATION,
}
"""A good row of each feed of the money."""


def csv_text(rows: Sequence[Row]) -> str:
    """The rows under a header of everything any of them states."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, content: Sequence[Row] | str | bytes) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else csv_text(content), encoding="utf-8")
    return path


def deliver(
    folder: Path, feed: str, content, *, days=0, strict=False, dry_run=False, accept=False, **options
):
    """Import one file of a feed, `days` after the first day."""
    delivered: DeliveryReport = import_feed(
        feed=feed,
        file=write(folder / f"{feed}.csv", content),
        mapping=options.pop("mapping", None),
        lender=options.pop("lender", None),
        options=Options(strict=strict, dry_run=dry_run, accept_removals=accept),
        actor="staff:anna",
        at=AT + timedelta(days=days),
        **options,
    )
    return delivered


def load(folder: Path, feed: str, content, **options) -> FileReport:
    """What became of that one file."""
    (report,) = deliver(folder, feed, content, **options).files
    return report


def faults(report: FileReport) -> list[tuple[int, str, str]]:
    return [(reject.line, reject.field, reject.reason) for reject in report.rejects]


def a_book(folder: Path, *, loans: int = 1, **changes: object) -> None:
    """A product, and persons with a loan each."""
    load(folder, "products", [{**PRODUCT, **changes}])
    numbers = range(1, loans + 1)
    load(folder, "persons", [{**PERSON, "person_ref": f"C{n}"} for n in numbers])
    load(folder, "loans", [{**LOAN, "loan_ref": f"L{n}", "person_ref": f"C{n}"} for n in numbers])
