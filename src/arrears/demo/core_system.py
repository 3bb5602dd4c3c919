"""An invented core banking system: what happens to the accounts of a file after its last row was written.

Nothing here happened to anybody. From a seed and the starting state of each account it makes, for every
morning, what such a system would deliver: the payments booked since the last delivery, and a report of the
arrears of each account that changed. The same seed and file give the same events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

_PAYS_EACH_DAY = 0.015
_PAYS_IN_FULL = 0.6
_FALLS_LATE_EACH_DAY = 0.0025
_SMALLEST_PART, _LARGEST_PART = 0.1, 0.6


@dataclass(frozen=True, slots=True)
class Terms:
    """What a delivery repeats about an account, as it stands in the feed."""

    customer_no: str
    currency: str
    product: str
    debt_kind: str
    governing_law: str
    language: str
    statement_on: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the core system sees it.

    `overdue_since_on` is None when it is not late, `months_late` whole months, 0 too in the first of them;
    `balance` is that of the last statement, in whole units of its currency. `terms` are columns of the
    feed that never change.
    """

    terms: Terms
    loan_no: str
    months_late: int
    overdue_since_on: date | None
    balance: int
    is_in_use: bool = True

    @property
    def is_late(self) -> bool:
        return self.overdue_since_on is not None


@dataclass(frozen=True, slots=True)
class Paid:
    """`amount` whole units of the account's currency, booked on `value_on`."""

    payment_no: str
    loan_no: str
    value_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrives on one morning: payments through `through_on`, and each changed account as it now is.

    `newly_late` are the numbers of those that were not late before.
    """

    through_on: date
    payments: tuple[Paid, ...]
    changed: tuple[Account, ...]
    newly_late: tuple[str, ...]


class CoreSystem:
    """Lives from delivery to delivery.

    A part payment is delivered at once as a payment, and shows in the arrears only with the next
    delivery: on the day between nobody should be asked for that money.
    """

    def __init__(self, accounts: Iterable[Account], *, seed: int) -> None:
        self._accounts = {account.loan_no: account for account in accounts}
        self._seed = seed
        self._part_paid: list[str] = []
        self._paid_early: set[str] = set()

    @property
    def first_account(self) -> Account:
        """As it is now: repeated in a file that would otherwise be empty."""
        return next(iter(self._accounts.values()))

    def pay_early(self, loan_no: str, on: date) -> Paid:
        """Somebody pays in full on the morning of `on`; the arrears show it with the next delivery."""
        self._paid_early.add(loan_no)
        amount = self._accounts[loan_no].balance
        return Paid(f"P{on:%Y%m%d}-{loan_no}-early", loan_no, on, amount)

    def deliver(self, through_on: date) -> Delivery:
        """Everything up to the end of `through_on` that was not delivered before."""
        chance = Random(f"{self._seed} {through_on}")  # noqa: S311 - invented events, no secrets
        changed = {loan_no: self._less_late(loan_no) for loan_no in self._part_paid}
        changed |= {loan_no: _paid_in_full(self._accounts[loan_no]) for loan_no in sorted(self._paid_early)}
        self._accounts |= changed
        self._part_paid, self._paid_early = [], set()
        payments, newly_late = [], []
        for account in list(self._accounts.values()):
            if self._pays(account, chance):
                paid = self._pay(account, through_on, chance)
                payments.append(paid)
            elif self._falls_late(account, chance):
                since_on = through_on - timedelta(days=chance.randrange(4))
                self._accounts[account.loan_no] = replace(account, overdue_since_on=since_on)
                newly_late.append(account.loan_no)
            if self._accounts[account.loan_no] is not account:
                changed[account.loan_no] = self._accounts[account.loan_no]
        return Delivery(through_on, tuple(payments), tuple(changed.values()), tuple(newly_late))

    @staticmethod
    def _pays(account: Account, chance: Random) -> bool:
        return account.is_late and account.balance > 0 and chance.random() < _PAYS_EACH_DAY

    @staticmethod
    def _falls_late(account: Account, chance: Random) -> bool:
        could = account.is_in_use and not account.is_late and account.balance > 0
        return could and chance.random() < _FALLS_LATE_EACH_DAY

    def _less_late(self, loan_no: str) -> Account:
        """After a part payment: late all the same, and by a month less where it was more than one."""
        account = self._accounts[loan_no]
        if account.months_late <= 1 or account.overdue_since_on is None:
            return account
        since_on = account.overdue_since_on + timedelta(days=30)
        return replace(account, months_late=account.months_late - 1, overdue_since_on=since_on)

    def _pay(self, account: Account, through_on: date, chance: Random) -> Paid:
        if chance.random() < _PAYS_IN_FULL:
            amount = account.balance
            self._accounts[account.loan_no] = _paid_in_full(account)
        else:
            amount = max(1, int(account.balance * chance.uniform(_SMALLEST_PART, _LARGEST_PART)))
            self._part_paid.append(account.loan_no)
        return Paid(f"P{through_on:%Y%m%d}-{account.loan_no}", account.loan_no, through_on, amount)


def _paid_in_full(account: Account) -> Account:
    return replace(account, months_late=0, overdue_since_on=None, balance=0)
