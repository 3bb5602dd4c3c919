"""The invented portfolio and the invented events: repeatable, and of the shape they claim."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arrears.demo.core_system import Account, CoreSystem, Terms
from arrears.demo.portfolio import COLUMNS, portfolio, write_customers_of_2005, write_portfolio
from arrears.rulepacks import ZONES, countries

STATEMENT_ON = date(2026, 5, 31)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return list(portfolio(loans=5000, seed=7, statement_on=STATEMENT_ON))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("same", 7), ("other", 8)):
        write_portfolio(tmp_path / name, loans=300, seed=seed, statement_on=STATEMENT_ON)

    one = (tmp_path / "one").read_bytes()
    assert one == (tmp_path / "same").read_bytes()
    assert one != (tmp_path / "other").read_bytes()


def test_the_file_is_read_back_as_it_was_made(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    write_portfolio(tmp_path / "file", loans=5000, seed=7, statement_on=STATEMENT_ON)

    with (tmp_path / "file").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == COLUMNS
        assert list(reader) == rows


def test_every_loan_has_its_own_number_and_some_customers_have_two(rows: list[dict[str, str]]) -> None:
    assert len({row["loan_no"] for row in rows}) == 5000
    loans_of = Counter(row["customer_no"] for row in rows)
    assert 4600 < len(loans_of) < 4800
    assert max(loans_of.values()) >= 2


def test_a_customer_is_the_same_person_in_every_row(rows: list[dict[str, str]]) -> None:
    own = ("name", "language", "place", "time_zone", "email", "currency")
    seen: dict[str, tuple[str, ...]] = {}

    for row in rows:
        assert seen.setdefault(row["customer_no"], tuple(row[c] for c in own)) == tuple(row[c] for c in own)


def test_places_have_a_law_and_zones_exist(rows: list[dict[str, str]]) -> None:
    places = {row["place"] for row in rows}

    assert {"", "CN", "TW", "US-HI", "US-AZ", "US-NY"} <= places
    assert {place.split("-")[0] for place in places if place} <= set(countries())
    assert all(row["time_zone"] in ZONES for row in rows if row["place"])
    assert all(not row["time_zone"] for row in rows if not row["place"])


def test_no_address_can_reach_anybody(rows: list[dict[str, str]]) -> None:
    addresses = {row["email"] for row in rows if row["email"]}

    assert len(addresses) > 3900
    assert all(address.endswith(".example") for address in addresses)
    assert any(not row["email"] for row in rows)
    assert len({(row["customer_no"], row["email"]) for row in rows if row["email"]}) > len(addresses)


def test_no_number_belongs_to_a_country(rows: list[dict[str, str]]) -> None:
    assert all(row["mobile"].startswith("+999") for row in rows)


def test_the_customers_of_2005_are_taken_at_equal_distances_as_they_stood(tmp_path: Path) -> None:
    file, out = tmp_path / "real.csv", tmp_path / "portfolio.csv"
    file.write_text("ID,PAY_0,BILL_AMT1\n" + "".join(f"{n},{n % 3},{n}e2\n" for n in range(1, 11)), "utf-8")

    assert write_customers_of_2005(file, out, loans=5, seed=1) == 10

    with out.open(encoding="utf-8", newline="") as lines:
        taken = list(csv.DictReader(lines))
    assert [row["loan_no"] for row in taken] == ["1", "3", "5", "7", "9"]
    assert [row["pay_status"] for row in taken] == ["1", "0", "2", "1", "0"]
    assert [row["statement_balance"] for row in taken] == ["100", "300", "500", "700", "900"]
    assert {row["statement_on"] for row in taken} == {"2005-09-30"}


def test_lateness_is_spread_as_in_the_real_file(rows: list[dict[str, str]]) -> None:
    status = Counter(int(row["pay_status"]) for row in rows)
    late = sum(count for value, count in status.items() if value >= 1)

    assert set(status) <= set(range(-2, 9))
    assert late / 5000 == pytest.approx(6818 / 30000, abs=0.02)
    assert status[1] / 5000 == pytest.approx(3688 / 30000, abs=0.02)


def test_some_are_late_and_owe_nothing_on_their_statement(rows: list[dict[str, str]]) -> None:
    one_month = [row for row in rows if row["pay_status"] == "1"]
    without = [row for row in one_month if int(row["statement_balance"]) <= 0]

    assert len(without) / len(one_month) == pytest.approx(1689 / 3688, abs=0.06)
    assert all(int(row["statement_balance"]) > 0 for row in rows if int(row["pay_status"]) >= 2)


TERMS = Terms("C1", "CNY", "card", "credit_card", "CN", "zh-Hans", "2026-05-31")
LATE = Account(TERMS, "L1", 2, date(2026, 4, 1), 100)
NOT_LATE = Account(TERMS, "L2", 0, None, 100)


def many(account: Account, count: int) -> list[Account]:
    return [replace(account, loan_no=f"L{n}") for n in range(count)]


def test_the_same_seed_makes_the_same_events() -> None:
    accounts = many(LATE, 500) + [replace(a, loan_no="N" + a.loan_no) for a in many(NOT_LATE, 500)]
    one, same, other = (CoreSystem(accounts, seed=seed) for seed in (1, 1, 2))

    for day in range(5):
        through_on = date(2026, 6, 1) + timedelta(days=day)
        delivered = one.deliver(through_on)
        assert delivered == same.deliver(through_on)
        assert delivered != other.deliver(through_on)


def test_a_payment_in_full_ends_the_lateness_in_the_same_delivery() -> None:
    delivery = CoreSystem(many(LATE, 500), seed=1).deliver(date(2026, 6, 1))
    in_full = {paid.loan_no for paid in delivery.payments if paid.amount == LATE.balance}

    assert in_full
    assert {account.loan_no for account in delivery.changed} == in_full
    assert all(not account.is_late and account.balance == 0 for account in delivery.changed)


def test_a_part_payment_shows_in_the_arrears_one_delivery_later() -> None:
    system = CoreSystem(many(LATE, 500), seed=1)
    first = system.deliver(date(2026, 6, 1))
    in_part = {paid.loan_no for paid in first.payments if paid.amount < LATE.balance}

    second = system.deliver(date(2026, 6, 2))

    assert in_part
    assert not in_part & {account.loan_no for account in first.changed}
    later = {account.loan_no: account for account in second.changed}
    assert in_part <= set(later)
    assert all(later[loan_no].months_late == 1 or not later[loan_no].is_late for loan_no in in_part)


def test_who_pays_early_is_delivered_as_paid_the_next_time_and_pays_once() -> None:
    system = CoreSystem([replace(LATE, loan_no=f"L{n}") for n in range(500)], seed=1)
    paid = {system.pay_early(f"L{n}", date(2026, 6, 1)).amount for n in range(500)}

    delivery = system.deliver(date(2026, 6, 1))

    assert paid == {LATE.balance}
    assert delivery.payments == ()
    assert len(delivery.changed) == 500
    assert all(not account.is_late for account in delivery.changed)


def test_somebody_falls_late_who_was_not() -> None:
    delivery = CoreSystem(many(NOT_LATE, 2000), seed=1).deliver(date(2026, 6, 1))

    assert delivery.payments == ()
    assert delivery.changed
    for account in delivery.changed:
        assert account.overdue_since_on is not None
        assert date(2026, 5, 29) <= account.overdue_since_on <= date(2026, 6, 1)
