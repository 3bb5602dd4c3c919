"""Where the demo's customers come from, and what their lender is.

The real file describes September 2005, so its demo lives in October 2005: no dated rule of a pack is in
force yet, and the house rules and undated rules answer. The invented portfolio lives in June 2026.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from arrears.demo.core_system import Account, Terms
from arrears.demo.portfolio import write_portfolio
from arrears.kernel.days import months_before

REAL_FILE = "credit_card_clients_taiwan_2005.csv"


@dataclass(frozen=True)
class Lender:
    """What is recorded of the lender: names of the vocabulary, and what its notices say of itself."""

    name: str
    country: str
    zone: str
    language: str
    currency: str
    actor_kind: str
    licence: str


@dataclass(frozen=True)
class Source:
    """A file to import, what it says about each account, and the days that are lived afterwards.

    `through_on` is the day the file describes the end of; `about_the_law` says which rules bind then.
    """

    title: str
    file: Path
    mapping: str
    lender: Lender
    accounts: tuple[Account, ...]
    through_on: date
    holidays: frozenset[date]
    about_the_law: str

    def business_days(self, count: int) -> list[date]:
        """The first `count` business days after `through_on`: no weekend, no holiday of the lender."""
        days: list[date] = []
        on = self.through_on
        while len(days) < count:
            on += timedelta(days=1)
            if on.weekday() < 5 and on not in self.holidays:
                days.append(on)
        return days


def find_real_file(project: Path) -> Path | None:
    """The file of 2005, where it lies beside the project's folder."""
    path = project.parent / "shared" / "data" / REAL_FILE
    return path if path.is_file() else None


def real_source(file: Path) -> Source:
    on = date(2005, 9, 30)
    accounts = tuple(_account_of_2005(row, on) for row in _rows(file))
    return Source(
        title=f"{len(accounts):,} real credit card customers, Taiwan, September 2005 (Yeh 2009, CC BY 4.0)",
        file=file,
        mapping="taiwan_card_2005",
        lender=Lender("示範銀行", "TW", "Asia/Taipei", "zh-Hant", "TWD", "original_creditor", "bank"),
        accounts=accounts,
        through_on=on,
        holidays=frozenset({date(2005, 10, 10)}),
        about_the_law=(
            "no dated rule of a pack was in force in 2005 (the first begins in 2021), so the\n"
            "lender's own rules (house) and the undated ones answer"
        ),
    )


def synthetic_source(file: Path, *, loans: int, seed: int) -> Source:
    """Writes the invented portfolio to `file` first."""
    on = date(2026, 5, 31)
    write_portfolio(file, loans=loans, seed=seed, statement_on=on)
    return Source(
        title=f"{loans:,} invented loans in China, Taiwan and the United States, May 2026",
        file=file,
        mapping="demo_portfolio",
        lender=Lender(
            "灯塔示范信贷", "CN", "Asia/Shanghai", "zh-Hans", "CNY", "assignee", "consumer_finance"
        ),
        accounts=tuple(_account_of_portfolio(row, on) for row in _rows(file)),
        through_on=on,
        holidays=frozenset({date(2026, 6, 19)}),
        about_the_law=(
            "in June 2026 the dated rules of the packs cn and us bind beside the lender's own\n"
            "(house); the lender bought its loans, so in the United States it is a debt collector"
        ),
    )


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _account_of_2005(row: dict[str, str], on: date) -> Account:
    number = str(_whole(row["ID"]))
    terms = Terms(number, "TWD", "card", "credit_card", "TW", "zh-Hant", on.isoformat())
    return _account(terms, number, _whole(row["PAY_0"]), _whole(row["BILL_AMT1"]), on)


def _account_of_portfolio(row: dict[str, str], on: date) -> Account:
    debt_kind = {"card": "credit_card", "loan": "consumer_loan"}[row["product"]]
    terms = Terms(
        row["customer_no"],
        row["currency"],
        row["product"],
        debt_kind,
        row["governing_law"],
        row["language"],
        row["statement_on"],
    )
    return _account(terms, row["loan_no"], int(row["pay_status"]), int(row["statement_balance"]), on)


def _account(terms: Terms, loan_no: str, pay_status: int, balance: int, on: date) -> Account:
    months = max(pay_status, 0)
    since_on = months_before(on, months) if months else None
    return Account(terms, loan_no, months, since_on, balance, is_in_use=pay_status != -2)


def _whole(text: str) -> int:
    """The file writes some numbers as 1e+05; a double holds every one of them exactly."""
    return int(float(text))
