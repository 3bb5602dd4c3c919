"""The morning file of the invented core system, in the form of the mapping `demo_feed`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

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


def write_feed(path: Path, accounts: Iterable[Account], *, as_of_on: date) -> None:
    """Write one row per account that changed, as of the end of `as_of_on`; UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(_row(account, as_of_on) for account in accounts)


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
