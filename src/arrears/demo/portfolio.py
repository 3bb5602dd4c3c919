"""The portfolio of the demo: invented customers in several countries, or real rows with invented addresses.

`write_portfolio` invents customers; `write_customers_of_2005` takes those of the real file, of whom
nothing is known but how they stood, and invents how they are reached. Either writes a
month-end report of arrears as a core system would, one row per loan:

    customer_no, loan_no       the lender's own numbers; one customer may have two loans
    name, language             invented, or empty; language is zh-Hans, zh-Hant or en
    place, time_zone           ISO 3166 (`CN`, `US-HI`) and IANA; place is empty where it is not known
    app_inbox, email           e-mail under .example; empty for those who have none
    mobile                     under the country code 999, which no country has
    product, currency          card, loan; CNY, TWD, USD
    governing_law              ISO 3166 of the law the contract names
    pay_status                 -2 unused, -1 paid in full, 0 minimum paid, 1..8 months late
    statement_on               day of the statement and of the report
    statement_balance          whole units of the currency; zero or less for some who are late

    python -m arrears.demo.portfolio FILE [--loans N] [--seed N] [--statement-on DAY]

The same seed gives the same bytes. The shares of `pay_status`, and of balances that are not positive, are
those of September 2005 in Yeh, I. C. (2009), Default of Credit Card Clients, UCI Machine Learning
Repository (CC BY 4.0).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from arrears.demo.names import name_of_somebody

COLUMNS = (
    "customer_no",
    "loan_no",
    "name",
    "language",
    "place",
    "time_zone",
    "app_inbox",
    "email",
    "mobile",
    "product",
    "currency",
    "governing_law",
    "pay_status",
    "statement_on",
    "statement_balance",
)

_STATUS_COUNTS = {-2: 2759, -1: 5686, 0: 14737, 1: 3688, 2: 2667, 3: 322, 4: 76, 5: 26, 6: 11, 7: 9, 8: 19}
STATEMENT_OF_2005 = date(2005, 9, 30)
_NOT_POSITIVE = {-2: 903 / 2759, -1: 6 / 5686, 1: 1689 / 3688}
_SHARE_OF_SECOND_LOANS = 0.06
_SHARE_WITHOUT_PLACE = 0.004
_SHARE_WITH_APP = 0.6
_SHARE_WITHOUT_EMAIL = 0.12
_SHARE_OF_SHARED_EMAILS = 0.02


@dataclass(frozen=True)
class Home:
    """Where customers live, and what follows from it in the file."""

    place: str
    time_zone: str
    language: str
    currency: str
    weight: int


HOMES = (
    Home("CN", "Asia/Shanghai", "zh-Hans", "CNY", 36),
    Home("TW", "Asia/Taipei", "zh-Hant", "TWD", 24),
    Home("US-NY", "America/New_York", "en", "USD", 12),
    Home("US-IL", "America/Chicago", "en", "USD", 8),
    Home("US-CO", "America/Denver", "en", "USD", 3),
    Home("US-AZ", "America/Phoenix", "en", "USD", 4),
    Home("US-CA", "America/Los_Angeles", "en", "USD", 8),
    Home("US-CA", "America/Los_Angeles", "zh-Hant", "USD", 2),
    Home("US-AK", "America/Anchorage", "en", "USD", 1),
    Home("US-HI", "Pacific/Honolulu", "en", "USD", 2),
)


@dataclass(frozen=True)
class Customer:
    number: int
    name: str
    home: Home
    is_place_known: bool
    has_app: bool
    email: str


def write_portfolio(path: Path, *, loans: int, seed: int, statement_on: date) -> None:
    """Write the report of `loans` loans to `path` as UTF-8 CSV, replacing what is there."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(portfolio(loans=loans, seed=seed, statement_on=statement_on))


def portfolio(*, loans: int, seed: int, statement_on: date) -> Iterator[dict[str, str]]:
    """The rows of the report, keys `COLUMNS`, every value as it stands in the file."""
    chance = Random(seed)  # noqa: S311 - invented people, no secrets
    customer = _customer(chance, 10_001, None)
    for index in range(loans):
        if index and chance.random() >= _SHARE_OF_SECOND_LOANS:
            customer = _customer(chance, customer.number + 1, customer)
        yield _row(chance, customer, loan_no=f"L{200_001 + index}", statement_on=statement_on)


def _customer(chance: Random, number: int, neighbour: Customer | None) -> Customer:
    """`neighbour` may turn out to be of the same household, with one e-mail address for both."""
    home = chance.choices(HOMES, [home.weight for home in HOMES])[0]
    is_housemate = neighbour is not None and chance.random() < _SHARE_OF_SHARED_EMAILS
    home = neighbour.home if neighbour and is_housemate else home
    name = name_of_somebody(chance, home.language)
    is_place_known = chance.random() >= _SHARE_WITHOUT_PLACE
    has_app = chance.random() < _SHARE_WITH_APP
    email = _email(chance, number)
    if email and neighbour and is_housemate:
        email = neighbour.email
    return Customer(number, name, home, is_place_known, has_app, email)


def _email(chance: Random, number: int) -> str:
    host = chance.choice(("post", "mail", "inbox"))
    return "" if chance.random() < _SHARE_WITHOUT_EMAIL else f"customer.{number}@{host}.example"


def _mobile(number: int) -> str:
    return f"+999{number:08}"


def _row(chance: Random, customer: Customer, *, loan_no: str, statement_on: date) -> dict[str, str]:
    status = chance.choices(list(_STATUS_COUNTS), list(_STATUS_COUNTS.values()))[0]
    balance = int(chance.lognormvariate(8.2, 1.1)) + 1
    if chance.random() < _NOT_POSITIVE.get(status, 0.0):
        balance = chance.choice((0, 0, 0, -balance))
    home = customer.home
    return {
        "customer_no": f"C{customer.number}",
        "loan_no": loan_no,
        "name": customer.name,
        "language": home.language,
        "place": home.place if customer.is_place_known else "",
        "time_zone": home.time_zone if customer.is_place_known else "",
        "app_inbox": f"app-C{customer.number}" if customer.has_app else "",
        "email": customer.email,
        "mobile": _mobile(customer.number),
        "product": chance.choice(("card", "card", "card", "loan")),
        "currency": home.currency,
        "governing_law": home.place.split("-")[0],
        "pay_status": str(status),
        "statement_on": statement_on.isoformat(),
        "statement_balance": str(balance),
    }


def write_customers_of_2005(file: Path, path: Path, *, loans: int, seed: int) -> int:
    """Write up to `loans` customers of the real file, taken at equal distances; how many it has.

    Read are `ID`, the state of the account in September (`PAY_0`) and its balance (`BILL_AMT1`).
    """
    with file.open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines))
    taken = found if loans >= len(found) else [found[n * len(found) // loans] for n in range(loans)]
    chance = Random(seed)  # noqa: S311 - invented addresses, no secrets
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(_row_of_2005(chance, each) for each in taken)
    return len(found)


def _row_of_2005(chance: Random, found: dict[str, str]) -> dict[str, str]:
    number = _whole(found["ID"])
    has_app = chance.random() < _SHARE_WITH_APP
    return {
        "customer_no": str(number),
        "loan_no": str(number),
        "name": "",
        "language": "zh-Hant",
        "place": "TW",
        "time_zone": "Asia/Taipei",
        "app_inbox": f"app-{number}" if has_app else "",
        "email": _email(chance, number),
        "mobile": _mobile(number),
        "product": "card",
        "currency": "TWD",
        "governing_law": "TW",
        "pay_status": str(_whole(found["PAY_0"])),
        "statement_on": STATEMENT_OF_2005.isoformat(),
        "statement_balance": str(_whole(found["BILL_AMT1"])),
    }


def _whole(text: str) -> int:
    """The file writes some numbers as 1e+05; a double holds every one of them exactly."""
    return int(float(text))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m arrears.demo.portfolio",
        description="Write an invented portfolio, for the mapping demo_portfolio.",
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--loans", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--statement-on", type=date.fromisoformat, default=date(2026, 5, 31), metavar="DAY")
    told = parser.parse_args()
    write_portfolio(told.file, loans=told.loans, seed=told.seed, statement_on=told.statement_on)


if __name__ == "__main__":
    main()
