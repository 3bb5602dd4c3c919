"""Invented books of one lender: a folder of feeds with a manifest, as a core system would deliver it.

    products, persons, contact_points, places, loans, installments, payments, loan_events
    manifest.toml              business day, payments complete through it, rows and digest of each file

    python -m arrears.demo.books FOLDER [--loans N] [--seed N] [--on DAY]

Every loan has twelve installments. Nine in ten customers pay around the due day; of the others
some pay late, some in part, some stop. A few payments come back, and a fee follows. The same
seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from arrears.demo.names import name_of_somebody
from arrears.demo.portfolio import HOMES, Home

INSTALLMENTS = 12
_MONTH = timedelta(days=30)
_PAYS_IN_TIME, _PAYS_LATE, _PAYS_IN_PART = 0.9, 0.05, 0.02
_COMES_BACK = 0.01

HEADERS = {
    "products": ("code", "currency", "tolerance_amount", "grace_days", "business_day_roll", "calendar"),
    "persons": ("person_ref", "language", "name"),
    "contact_points": ("person_ref", "kind", "value", "source"),
    "places": ("person_ref", "source", "place", "zone"),
    "loans": (
        *("loan_ref", "person_ref", "product", "debt_kind", "governing_law", "currency"),
        "opened_on",
    ),
    "installments": ("loan_ref", "number", "due_on", "principal", "interest"),
    "payments": ("payment_ref", "loan_ref", "value_on", "amount"),
    "reversals": ("payment_ref", "reversed_on", "reason"),
    "loan_events": ("event_ref", "loan_ref", "kind", "amount", "value_on", "component"),
}
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan of one customer; amounts in whole units of its currency."""

    number: int
    home: Home
    opened_on: date
    principal: int
    interest: int

    @property
    def ref(self) -> str:
        return f"K{self.number}"

    @property
    def person(self) -> str:
        return f"C{self.number}"

    def due_on(self, installment: int) -> date:
        return self.opened_on + installment * _MONTH


def write_books(folder: Path, *, loans: int, seed: int, on: date) -> None:
    """Write a full delivery for business day `on` into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = Random(seed)  # noqa: S311 - invented people, no secrets
    rows: dict[str, list[Row]] = {name: [] for name in HEADERS}
    rows["products"] = list(_products())
    for number in range(loans):
        _add(rows, chance, _loan(chance, 300_001 + number, on), on)
    manifest = [
        f"business_date = {on}",
        f"payments_complete_through = {on}",
    ]
    for name, listed in rows.items():
        path = folder / f"{name}.csv"
        _write(path, HEADERS[name], listed)
        manifest += [
            *("", "[[file]]", f'feed = "{name}"', f'path = "{path.name}"', f"rows = {len(listed)}"),
            f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"',
        ]
    (folder / "manifest.toml").write_text("\n".join(manifest) + "\n", encoding="utf-8")


def _products() -> Iterator[Row]:
    for currency, calendar in (("CNY", "CN"), ("TWD", "TW"), ("USD", "US")):
        yield f"loan-{currency.lower()}", currency, 1, 3, "following", calendar


def _loan(chance: Random, number: int, on: date) -> Loan:
    home = chance.choices(HOMES, [home.weight for home in HOMES])[0]
    opened_on = on - timedelta(days=chance.randint(20, 350))
    principal = chance.randint(2, 60) * 50
    return Loan(number, home, opened_on, principal, max(principal // 40, 1))


def _add(rows: dict[str, list[Row]], chance: Random, loan: Loan, on: date) -> None:
    home = loan.home
    rows["persons"].append((loan.person, home.language, name_of_somebody(chance, home.language)))
    rows["contact_points"] += [
        (loan.person, "email", f"customer.{loan.number}@mail.example", "contract"),
        (loan.person, "app_inbox", f"app-{loan.person}", "contract"),
    ]
    rows["places"].append((loan.person, "address", home.place, home.time_zone))
    rows["loans"].append(
        (
            *(loan.ref, loan.person, f"loan-{home.currency.lower()}", "consumer_loan"),
            *(home.place.split("-")[0], home.currency, loan.opened_on),
        )
    )
    for number in range(1, INSTALLMENTS + 1):
        rows["installments"].append((loan.ref, number, loan.due_on(number), loan.principal, loan.interest))
    for payment in _payments(chance, loan, on):
        rows["payments"].append(payment)
        if chance.random() < _COMES_BACK:
            _take_back(rows, loan, payment, on)


def _payments(chance: Random, loan: Loan, on: date) -> Iterator[Row]:
    """What came up to the end of `on`; somebody who stops pays nothing more."""
    amount = loan.principal + loan.interest
    for number in range(1, INSTALLMENTS + 1):
        draw = chance.random()
        part = amount if draw < _PAYS_IN_TIME + _PAYS_LATE else amount // 2
        delay = chance.randint(-3, 0) if draw < _PAYS_IN_TIME else chance.randint(5, 40)
        value_on = loan.due_on(number) + timedelta(days=delay)
        if value_on > on or draw > _PAYS_IN_TIME + _PAYS_LATE + _PAYS_IN_PART:
            return
        yield f"P{loan.number}-{number}", loan.ref, max(value_on, loan.opened_on), part


def _take_back(rows: dict[str, list[Row]], loan: Loan, payment: Row, on: date) -> None:
    """The payment comes back within two days, and a fee is charged for it."""
    reference, _, value_on, _ = payment
    assert isinstance(value_on, date), value_on
    back_on = min(value_on + timedelta(days=2), on)
    rows["reversals"].append((reference, back_on, "returned"))
    rows["loan_events"].append((f"F-{reference}", loan.ref, "charge", 5, back_on, "fee"))


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m arrears.demo.books",
        description="Write invented books as a delivery for arrears import folder.",
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--loans", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", type=date.fromisoformat, default=date(2026, 5, 31), metavar="DAY")
    told = parser.parse_args()
    write_books(told.folder, loans=told.loans, seed=told.seed, on=told.on)


if __name__ == "__main__":
    main()
