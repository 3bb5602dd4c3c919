"""What the invented core system writes: a morning file for the mapping `demo_feed`, and earlier contacts."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

from arrears.demo import people
from arrears.demo.core_system import Account

COLUMNS = (
    "loan_no",
    "customer_no",
    "as_of_on",
    "status",
    "months_late",
    "overdue_since_on",
    "statement_balance",
    "statement_on",
    "currency",
    "product",
    "debt_kind",
    "governing_law",
    "language",
)
_CALLED, _CALLED_WITHIN_DAYS = 0.2, 10
_TOLD_OF_THE_SALE, _AGREED = 0.97, 0.98


def write_feed(path: Path, accounts: Iterable[Account], *, as_of_on: date) -> None:
    """Write one row per account that changed, as of the end of `as_of_on`; UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(_row(account, as_of_on) for account in accounts)


def write_contacts(path: Path, accounts: Iterable[Account], *, through_on: date, seed: int) -> None:
    """Write the calls that some of those who are late got through `through_on`: a feed of contacts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("contact_ref", "person_ref", "at", "channel", "network_result", "loan_refs"))
        for account in accounts:
            drawn = people.chance(seed, "was called", through_on, account.loan_no)
            if account.is_late and drawn < _CALLED:
                on = through_on - timedelta(days=int(drawn * 1_000) % _CALLED_WITHIN_DAYS)
                person = account.terms.customer_no
                rows.writerow(
                    (f"CALL-{account.loan_no}", person, f"{on}T15:00", "call", "rang_out", account.loan_no)
                )


def write_notices(path: Path, accounts: Iterable[Account], *, on: date, seed: int) -> None:
    """Write a feed of notices: most customers were told by a letter served on `on` who bought the loan.

    In the United States it had the validation information in it.
    """
    header = ("notice_ref", "loan_ref", "person_ref", "notice", "channel", "state", "at", "evidence_ref")
    served = ("letter", "served", on, "post book")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(header)
        for account in accounts:
            if people.does(seed, "was told of the sale", _TOLD_OF_THE_SALE, on, account.loan_no):
                who = (account.loan_no, account.terms.customer_no)
                rows.writerow((f"SALE-{account.loan_no}", *who, "assignment_notice", *served))
                if account.terms.governing_law == "US":
                    rows.writerow((f"INFO-{account.loan_no}", *who, "validation", *served))


def write_consents(path: Path, accounts: Iterable[Account], *, on: date, seed: int) -> None:
    """Write a feed of consents: most customers agreed on `on` that their data go to the buyer."""
    customers = dict.fromkeys(account.terms.customer_no for account in accounts)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("consent_ref", "person_ref", "kind", "form", "given_at", "evidence_ref"))
        for customer in customers:
            if people.does(seed, "agreed", _AGREED, on, customer):
                rows.writerow((f"DATA-{customer}", customer, "data_transfer", "separate", on, "form on file"))


def _row(account: Account, as_of_on: date) -> dict[str, str]:
    since = account.overdue_since_on
    return asdict(account.terms) | {
        "loan_no": account.loan_no,
        "as_of_on": as_of_on.isoformat(),
        "status": _status(account),
        "months_late": str(account.months_late),
        "overdue_since_on": since.isoformat() if since else "",
        "statement_balance": str(account.balance),
    }


def _status(account: Account) -> str:
    if account.is_late:
        return "late"
    return "minimum_paid" if account.balance > 0 else "paid_in_full"
