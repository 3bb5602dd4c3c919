"""Where the demo's customers come from, and what their lender is.

The real file describes September 2005, so its demo lives in October 2005: no dated rule of a pack is in
force yet, and the house rules and undated rules answer. The invented portfolio lives in June 2026.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from arrears.demo.core_system import Account, Terms
from arrears.demo.portfolio import STATEMENT_OF_2005, write_customers_of_2005, write_portfolio
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
    `file` is of those customers who take part.
    """

    title: str
    file: Path
    lender: Lender
    accounts: tuple[Account, ...]
    through_on: date
    about_the_law: str

    def days(self, count: int) -> list[date]:
        """The first `count` days after `through_on`."""
        return [self.through_on + timedelta(days=number) for number in range(1, count + 1)]


def find_real_file(project: Path) -> Path | None:
    """The file of 2005, where it lies beside the project's folder."""
    path = project.parent / "shared" / "data" / REAL_FILE
    return path if path.is_file() else None


def real_source(file: Path, portfolio: Path, *, loans: int, seed: int) -> Source:
    """Writes `loans` customers of the real file to `portfolio` first."""
    every = write_customers_of_2005(file, portfolio, loans=loans, seed=seed)
    accounts = _accounts(portfolio)
    return Source(
        title=f"{len(accounts):,} of {every:,} real credit card customers, Taiwan, September 2005\n"
        "(Yeh 2009, CC BY 4.0)",
        file=portfolio,
        lender=Lender("示範銀行", "TW", "Asia/Taipei", "zh-Hant", "TWD", "original_creditor", "bank"),
        accounts=accounts,
        through_on=STATEMENT_OF_2005,
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
        lender=Lender(
            "灯塔示范信贷", "CN", "Asia/Shanghai", "zh-Hans", "CNY", "assignee", "consumer_finance"
        ),
        accounts=_accounts(file),
        through_on=on,
        about_the_law=(
            "in June 2026 the dated rules of the packs cn and us bind beside the lender's own\n"
            "(house); the lender bought its loans, so in the United States it is a debt collector"
        ),
    )


def _accounts(portfolio: Path) -> tuple[Account, ...]:
    with portfolio.open(encoding="utf-8", newline="") as lines:
        return tuple(_account(row) for row in csv.DictReader(lines))


def _account(row: dict[str, str]) -> Account:
    terms = Terms(
        row["customer_no"],
        row["currency"],
        row["product"],
        {"card": "credit_card", "loan": "consumer_loan"}[row["product"]],
        row["governing_law"],
        row["language"],
        row["statement_on"],
    )
    pay_status = int(row["pay_status"])
    months = max(pay_status, 0)
    since_on = months_before(date.fromisoformat(row["statement_on"]), months) if months else None
    balance = int(row["statement_balance"])
    return Account(terms, row["loan_no"], months, since_on, balance, is_in_use=pay_status != -2)
